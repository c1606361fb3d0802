/** The operator's view: keeps the line true, puts stops into the form, and sends what is done through the queue, so that a poor network loses nothing. */
import { nowMs } from '../clock.ts'
import { clockText, closest, make, on, setText, wallText } from '../dom.ts'
import { htmx, onHtmx } from '../htmx.ts'
import { showSessionEnded } from '../requests.ts'
import { showToast } from '../toasts.ts'
import { cover, fetchKit, needsPads, serverNowMs, setServerNow } from './kit.ts'
import { type Action, createQueue, type Kept } from './queue.ts'
import { askSignature } from './sign.ts'
import { chooseTarget, forgetPicked, pick } from './target.ts'

const everyMs = 5_000
const longestMs = 30_000
const staleMs = 20_000

const page = document.querySelector<HTMLElement>('#op[data-operator]')
const { company = '', identity = '', signing = '' } = page?.dataset ?? {}
const labels = JSON.parse(page?.dataset.labels ?? '{}') as Record<string, string>
const live = () => document.querySelector<HTMLElement>('#op-live')
const isScreen = document.querySelector('#op-sign') !== null
const { version, live: liveUrl } = live()?.dataset ?? {}

const label = (word: string, values: Readonly<Record<string, string | number>> = {}): string =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, String(value)), labels[word] ?? '')

let answeredMs = nowMs()
let failures = 0
let nextRefresh = 0

const queue = createQueue({
  company,
  identity,
  signingUrl: signing,
  onChange: () => drawQueue(),
  onDone: (_action, outcome) => {
    showToast(label(outcome === 'pending' ? 'stored_pending' : 'stored'))
    scheduleRefresh(0)
  },
  onSignedOut: () => {
    if (queue.list().length > 0) showToast(label('ended'))
    showSessionEnded()
  },
})

// — what the page shows —

function drawQueue(): void {
  const box = document.querySelector<HTMLElement>('#op-queue')
  const list = document.querySelector<HTMLElement>('[data-op-queue]')
  if (!box || !list) return
  const kept = queue.list()
  box.hidden = kept.length === 0
  list.replaceChildren(...kept.map(queueRow))
  showNet()
  target()
}

function queueRow(action: Kept): HTMLElement {
  const isOther = action.identity !== identity
  const row = make('li', 'op-queue__item')
  row.dataset.state = action.refusal ? 'refused' : 'pending'
  const words = make('p', '', action.label)
  const waitS = queue.waitS(action)
  const state = action.refusal
    ? `${label('refused')}: ${action.refusal.detail}`
    : isOther
      ? label('other')
      : waitS > 0
        ? label('waiting', { seconds: waitS })
        : label(queue.isSending() && navigator.onLine ? 'sending' : 'pending')
  words.append(make('span', '', state))
  row.append(words)
  const button = (text: string, work: () => void): void => {
    const made = make('button', 'op-btn', text)
    made.type = 'button'
    made.addEventListener('click', work)
    row.append(made)
  }
  const isUnsigned = isOther || (action.refusal && /^(pin_wrong|signature_required|signature_used)$/.test(action.refusal.code))
  if (isUnsigned) button(label(isScreen ? 'sign_again' : 'send_mine'), () => void signAgain(action))
  if (isOther || action.refusal) button(label('dismiss'), () => queue.drop(action))
  return row
}

/** The key stays: if the first sending did arrive, this one is the same action. */
async function signAgain(action: Kept): Promise<void> {
  const { place, ...kept } = action
  const covered = isScreen ? await coveredSignature(action.label) : null
  if (isScreen && covered === null) return
  queue.keep({ ...kept, identity, covered, refusal: null }, place)
  void queue.flush()
}

async function coveredSignature(what: string): Promise<Action['covered']> {
  const signed = await askSignature(what, label('short'))
  if (!signed) return null
  const covered = cover(identity, signed.signer, signed.pin)
  if (!covered) showToast(label('no_pads'))
  return covered
}

function showNet(): void {
  const pill = document.querySelector<HTMLElement>('[data-op-net]')
  if (!pill) return
  const isOld = nowMs() - answeredMs > staleMs
  const isOffline = !navigator.onLine || isOld
  const localS = Number(live()?.dataset.nowLocalS ?? 0)
  const { online = '', offline = '', of = '' } = pill.dataset
  pill.dataset.state = isOffline ? 'offline' : 'online'
  setText(pill, isOffline ? `${offline} · ${of.replace('{time}', wallText(localS))}` : online)
}

function tick(): void {
  const ageS = (nowMs() - answeredMs) / 1_000
  for (const element of document.querySelectorAll<HTMLElement>('[data-tick-s]'))
    setText(element, clockText(Number(element.dataset.tickS) + Math.min(ageS, staleMs / 1_000)))
  showNet()
}

// — the line, asked again —

function scheduleRefresh(delayMs: number): void {
  clearTimeout(nextRefresh)
  nextRefresh = window.setTimeout(() => void refresh(), delayMs)
}

async function refresh(): Promise<void> {
  const url = live()?.dataset.live
  if (!url) return
  failures += 1 // taken back by the answer
  if (!document.hidden) {
    try {
      await htmx().ajax('GET', url, { target: '#op-live', swap: 'outerMorph' })
    } catch {
      // told by the pill
    }
  }
  scheduleRefresh(Math.min(longestMs, everyMs * Math.max(1, document.hidden ? 1 : failures)))
}

function afterAnswer(): void {
  // the line is not shown here any more: the answer was of the only other one, or the choice among some, which does not ask again
  if (live()?.dataset.live !== liveUrl) {
    location.reload()
    return
  }
  answeredMs = nowMs()
  failures = 0
  setServerNow(Number(live()?.dataset.nowMs ?? serverNowMs()))
  target()
  tick()
  if (queue.list().length > 0) queue.retryNow()
  if (isScreen && needsPads(identity)) void fetchKit(signing, identity)
  const isBusy = queue.list().length > 0 || document.querySelector('dialog[open]') !== null || isFormOpen()
  if (live()?.dataset.version !== version && !isBusy) location.reload()
}

const target = (): void => chooseTarget(new Set(queue.list().map(({ fields }) => fields.stop_key)))

const isFormOpen = (): boolean => document.querySelector('.op-forms details[open]') !== null

// — what is done —

const numbers = new Set(['line_id', 'event_id', 'at_s', 'reason_code', 'quantity', 'product_id', 'note_id'])
const leftOut = new Set(['csrf_token', 'idempotency_key', 'signer', 'pin'])

function fieldsOf(form: HTMLFormElement, button: HTMLElement | null): Record<string, string | number> {
  const fields: Record<string, string | number> = {}
  for (const [name, value] of new FormData(form, button)) {
    if (typeof value !== 'string' || value === '' || leftOut.has(name)) continue
    fields[name] = numbers.has(name) ? Number(value) : value
  }
  return fields
}

function labelOf(kind: string, fields: Readonly<Record<string, string | number>>, button: HTMLElement | null): string {
  const stop = document.querySelector('[data-op-title]')?.textContent ?? ''
  if (kind === 'explain') {
    const reason = button?.getAttribute('name') === 'reason_code' ? (button.textContent ?? '').trim() : String(fields.reason_text ?? '')
    return label('explain', { reason, stop })
  }
  if (kind === 'stop') return label('stop', { from: fields.start_time ?? '', to: fields.end_time ?? '' })
  return kind === 'scrap' ? label('scrap', { pieces: fields.quantity ?? '' }) : label('withdraw')
}

const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

async function act(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
  const kind = form.dataset.opForm ?? ''
  const fields = fieldsOf(form, button)
  const what = labelOf(kind, fields, button)
  const stopKey = form.dataset.key ?? ''
  const covered = isScreen ? await coveredSignature(what) : null
  if (isScreen && covered === null) return
  const action: Action = {
    key: newKey(),
    company,
    identity,
    url: form.action,
    fields: { ...fields, acted_at_ms: serverNowMs(), ...(kind === 'explain' && { stop_key: stopKey }) },
    label: what,
    covered,
    refusal: null,
  }
  forgetPicked()
  for (const opened of form.querySelectorAll('details[open]')) opened.removeAttribute('open')
  form.reset()
  if (!queue.keep(action)) showToast(label('full'))
  void queue.flush()
}

export function startOperator(): void {
  if (!page) return
  // the script asks for the signature once it is known what is signed
  for (const fields of document.querySelectorAll('[data-op-plain-signature]')) fields.remove()
  document.addEventListener('submit', (event) => {
    const form = closest<HTMLFormElement>(event, '[data-op-form]')
    if (!form) return
    event.preventDefault()
    void act(form, event.submitter)
  })
  on('click', '[data-op-stop]', pick)
  onHtmx('htmx:before:swap', (event) => {
    if ((event.detail.ctx.response?.status ?? 0) >= 400) event.preventDefault()
  })
  onHtmx('htmx:after:swap', ({ detail: { ctx } }) => {
    if ((ctx.response?.status ?? 500) < 400) afterAnswer()
  })
  addEventListener('online', () => {
    failures = 0
    scheduleRefresh(0)
    queue.retryNow()
  })
  addEventListener('offline', showNet)
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) scheduleRefresh(0)
  })
  // another tab of this browser keeps the same queue
  addEventListener('storage', () => drawQueue())
  // only this page knows of what storage would not take
  addEventListener('beforeunload', (event) => {
    if (queue.endsWithPage()) event.preventDefault()
  })
  setInterval(tick, 1_000)
  setServerNow(Number(live()?.dataset.nowMs ?? Date.now()))
  void fetchKit(signing, identity)
  drawQueue()
  void queue.flush()
  scheduleRefresh(everyMs)
}
