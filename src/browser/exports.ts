/** A file that takes a while (`data-export`: its number of rows) tells how far it is, can be cancelled, and says in words what went wrong. Without the
 *  script the link downloads by itself. Rows are counted as they pass: lines of a CSV, rows of the sheet inside a spreadsheet. */
import { numberText, on } from './dom.ts'
import { keep, nameOf, refusalOf } from './downloads.ts'

let running: AbortController | null = null

const state = () => document.querySelector<HTMLElement>('[data-export-state]')

function tell(
  kind: 'starting' | 'progress' | 'done' | 'cut' | 'offline' | 'cancelled' | 'refused',
  values: Readonly<Record<string, string>> = {},
): void {
  const box = state()
  const text = box?.querySelector('[data-export-text]')
  if (!box || !text) return
  box.hidden = false
  const words = kind === 'refused' ? (values.detail ?? '') : (box.dataset[kind] ?? '')
  text.textContent = words.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
  const isRunning = kind === 'starting' || kind === 'progress'
  box.toggleAttribute('data-ui-failed', kind === 'cut' || kind === 'offline' || kind === 'refused')
  for (const part of box.querySelectorAll<HTMLElement>('[data-export-bar], [data-export-cancel]')) part.hidden = !isRunning
}

function showBar(done: number, total: number): void {
  const bar = state()?.querySelector<HTMLProgressElement>('[data-export-bar]')
  if (!bar) return
  bar.max = total
  bar.value = done
}

/** Occurrences of `mark`, over the edges of chunks. */
function counterOf(mark: string): (chunk: Uint8Array) => number {
  const bytes = new TextEncoder().encode(mark)
  let [found, matched] = [0, 0]
  return (chunk) => {
    for (const byte of chunk) {
      matched = byte === bytes[matched] ? matched + 1 : byte === bytes[0] ? 1 : 0
      if (matched < bytes.length) continue
      found += 1
      matched = 0
    }
    return found
  }
}

/** Counts the rows of a sheet while its archive passes: the parts before it are stored whole, and say how long they are. */
function sheetCounter(onRows: (rows: number) => void): (chunk: Uint8Array) => void {
  const count = counterOf('<row>')
  const inflate = new DecompressionStream('deflate-raw')
  const writer = inflate.writable.getWriter()
  const reader = inflate.readable.getReader()
  const read = async (): Promise<void> => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) onRows(Math.max(0, count(part.value) - 1))
  }
  read().catch(() => {}) // what comes after the sheet is no part of it
  let head: Uint8Array<ArrayBuffer> | null = new Uint8Array()
  const feed = (chunk: Uint8Array<ArrayBuffer>): void => void writer.write(chunk).catch(() => {})
  return (chunk) => {
    if (!head) return feed(new Uint8Array(chunk))
    const joined = new Uint8Array(head.length + chunk.length)
    joined.set(head)
    joined.set(chunk, head.length)
    head = joined
    const start = sheetStart(joined)
    if (start === null) return
    head = null
    feed(joined.slice(start))
  }
}

/** Where the data of the first packed part begins; null = further on. */
function sheetStart(bytes: Uint8Array<ArrayBuffer>): number | null {
  const view = new DataView(bytes.buffer)
  for (let at = 0; at + 30 <= bytes.length; ) {
    const data = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true)
    if (view.getUint16(at + 8, true) === 8) return data <= bytes.length ? data : null
    at = data + view.getUint32(at + 18, true)
  }
  return null
}

async function save(link: HTMLAnchorElement): Promise<void> {
  if (running) return
  const total = Number(link.dataset.export)
  const controller = new AbortController()
  running = controller
  let done = 0
  let isOver = false
  const show = (rows: number): void => {
    // a sheet is unpacked beside the download, and may come after its end
    if (isOver) return
    done = Math.min(rows, total)
    tell('progress', { done: numberText(done), total: numberText(total) })
    showBar(done, total)
  }
  tell('starting')
  showBar(0, total)
  try {
    const response = await fetch(link.href, { signal: controller.signal, headers: { accept: 'application/problem+json' } })
    if (!response.ok || !response.body || !response.headers.has('content-disposition'))
      return tell('refused', { detail: await refusalOf(response) })
    const isSheet = nameOf(response).endsWith('.xlsx')
    const lines = counterOf('\r\n')
    const see = isSheet ? sheetCounter(show) : (chunk: Uint8Array) => show(Math.max(0, lines(chunk) - 1))
    const parts: Uint8Array<ArrayBuffer>[] = []
    const reader = response.body.getReader()
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value)
      see(part.value)
    }
    isOver = true
    const file = nameOf(response)
    keep(new Blob(parts, { type: response.headers.get('content-type') ?? '' }), file)
    tell('done', { file, total: numberText(Number(response.headers.get('x-total-count') ?? total)) })
  } catch {
    isOver = true
    const hasBegun = done > 0
    tell(controller.signal.aborted ? 'cancelled' : hasBegun ? 'cut' : 'offline', { done: numberText(done), total: numberText(total) })
  } finally {
    running = null
  }
}

export function startExports(): void {
  on('click', 'a[data-export]', (link, event) => {
    event.preventDefault()
    void save(link as HTMLAnchorElement)
  })
  on('click', '[data-export-cancel]', () => running?.abort())
}
