/** The layout editor's comforts: dragging, keys, typing that counts at once, a warning before leaving. Each of them presses a button of the form,
 *  so what the server answers is the same as without this script. */
import { debounced, on, plain } from './dom.ts'
import { onHtmx } from './htmx.ts'

type Dragging = typeof import('./layout-grid.ts')

const editor = () => document.querySelector<HTMLElement>('[data-layout-editor]')
const form = () => document.querySelector<HTMLFormElement>('#layout-form')

let dragging: Promise<Dragging> | null = null
/** The same once it is there: what leaves the page must be let go before, not a moment after. */
let loaded: Dragging | null = null
/** The session ended: asking whether to stay would keep nobody's changes. */
let isLeaving = false

const isEditorAnswer = (action: string): boolean => {
  const own = form()?.action
  return own !== undefined && new URL(action, location.href).pathname === new URL(own).pathname
}

async function startGrid(): Promise<void> {
  if (!document.querySelector('[data-layout-grid]')) return
  dragging ??= import('./layout-grid.ts')
  const grid = await dragging
  loaded = grid
  grid.startGrid((arrangement) => {
    const field = document.querySelector<HTMLInputElement>('[data-arrangement]')
    if (!field) return
    field.value = arrangement
    press('#layout-arrange')
  })
}

function press(selector: string): void {
  const button = document.querySelector<HTMLButtonElement>(selector)
  if (button) form()?.requestSubmit(button)
}

/** A morph leaves what people typed or marked: after an answer the form says what the draft says (undo must not be undone by an old field). */
function syncFields(): void {
  for (const field of form()?.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select') ?? []) {
    if (field instanceof HTMLSelectElement) {
      const chosen = [...field.options].findIndex((option) => option.hasAttribute('selected'))
      if (chosen >= 0 && field.selectedIndex !== chosen) field.selectedIndex = chosen
    } else if (field.type === 'checkbox') field.checked = field.hasAttribute('checked')
    else if (field !== document.activeElement || field.type === 'number') field.value = field.getAttribute('value') ?? ''
  }
}

const keys: Readonly<Record<string, readonly [move: string, resize: string]>> = {
  ArrowLeft: ['left', 'narrower'],
  ArrowRight: ['right', 'wider'],
  ArrowUp: ['up', 'shorter'],
  ArrowDown: ['down', 'taller'],
}

/** Every tile has these buttons, some of them in its dialog. */
function moveByKey(handle: HTMLElement, event: KeyboardEvent): void {
  const words = keys[event.key]
  const tile = handle.closest<HTMLElement>('[data-tile]')
  if (!words || !tile) return
  event.preventDefault()
  const word = event.shiftKey ? words[1] : words[0]
  const button = tile.querySelector<HTMLButtonElement>(`button[value="${word}:${tile.dataset.tile}"]`)
  if (button) form()?.requestSubmit(button)
}

function searchPalette(query: string): void {
  const wanted = plain(query)
  let found = 0
  for (const entry of document.querySelectorAll<HTMLElement>('[data-entry]')) {
    entry.hidden = !(entry.dataset.entry ?? '').includes(wanted)
    if (!entry.hidden) found += 1
  }
  const none = document.querySelector<HTMLElement>('[data-palette-none]')
  if (none) none.hidden = found > 0
}

function startKeys(): void {
  on('keydown', '[data-handle]', moveByKey)
  on('keydown', '[data-palette-query]', (_, event) => {
    if (event.key === 'Enter') event.preventDefault()
  })
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target instanceof HTMLInputElement) return
    const key = event.key.toLowerCase()
    const word = key === 'y' || (key === 'z' && event.shiftKey) ? 'redo' : key === 'z' ? 'undo' : null
    if (!word) return
    event.preventDefault()
    press(`[data-shortcut=${word}]`)
  })
}

export function startLayoutEditor(): void {
  if (!editor()) return
  startKeys()
  on('input', '[data-palette-query]', (input) => {
    if (input instanceof HTMLInputElement) searchPalette(input.value)
  })
  const apply = debounced(() => press('#layout-apply'), 150)
  on('change', '[data-apply] input, [data-apply] select', apply)
  onHtmx('htmx:before:swap', ({ detail: { ctx } }) => {
    if (isEditorAnswer(ctx.request.action)) loaded?.stopGrid()
  })
  onHtmx('htmx:after:swap', ({ detail: { ctx } }) => {
    if (!isEditorAnswer(ctx.request.action)) return
    syncFields()
    void startGrid()
  })
  addEventListener('beforeunload', (event) => {
    if (editor()?.dataset.dirty === '1' && !isLeaving) event.preventDefault()
  })
  document.addEventListener('andon:session-ended', () => {
    isLeaving = true
  })
  void startGrid()
}
