/** Rules for every htmx request: the CSRF token on unsafe ones, tidy addresses for filters, and answers that must not replace the page. */
import { sendUnsafe } from './csrf.ts'
import { make } from './dom.ts'
import { type HtmxContext, onHtmx } from './htmx.ts'
import { showToast } from './toasts.ts'

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'
const isSameOrigin = (url: string): boolean => new URL(url, location.href).origin === location.origin

export function startRequests(): void {
  onHtmx('htmx:config:request', ({ detail: { ctx } }) => {
    if (!isSafe(ctx.request.method) && isSameOrigin(ctx.request.action)) ctx.fetch = sendUnsafe
    if (ctx.request.method === 'GET' && ctx.request.body instanceof FormData) {
      keepLines(ctx.request.body)
      keepRelative(ctx.request.body)
      tidy(ctx.request.body)
    }
  })
  onHtmx('htmx:error', ({ detail: { ctx } }) => {
    // a live refresh that fails is told by its pill; what asks every few seconds would say it each time
    const isPoll = ctx?.sourceElement?.getAttribute('hx-trigger')?.startsWith('every') ?? false
    if (ctx && !isPoll && !ctx.request.action.includes('/live?')) showToast(document.body.dataset.failedText ?? '')
  })
  onHtmx('htmx:before:swap', (event) => {
    const { ctx, tasks } = event.detail
    if (isSignedOut(ctx)) {
      event.preventDefault()
      showSessionEnded()
      return
    }
    // a refusal without the part that was asked for is shown inside it, so that the page can go on
    if ((ctx.response?.status ?? 200) >= 400)
      for (const task of tasks ?? [])
        if (task.swapSpec.style.startsWith('outer') && !task.fragment.querySelector('#board')) task.swapSpec.style = 'innerHTML'
  })
}

/** Several lines of the address, as long as they are the panel's choice. */
function keepLines(form: FormData): void {
  const chosen = document.querySelector<HTMLOptionElement>('[data-filters] [name=line_id] option[data-several]:checked')
  if (chosen && form.has('line_id')) form.set('line_ids', chosen.dataset.lines ?? '')
}

const rangeNames = ['start_date', 'start_time', 'end_date', 'end_time']

/** "Today", and the days a board shows by itself, go on with the calendar: their dates in the panel become fixed ones only when somebody edits them. */
function keepRelative(form: FormData): void {
  const range = document.querySelector('[data-filters] #filter-range')
  if (!range || !form.has('start_date') || form.has('preset')) return
  if ([...range.querySelectorAll('input')].some((input) => input.value !== input.defaultValue)) return
  const preset = range.querySelector<HTMLButtonElement>('[name=preset][aria-pressed=true]')?.value
  const asked = new URLSearchParams(location.search)
  if (preset) form.set('preset', preset)
  else if (!rangeNames.some((name) => asked.has(name))) for (const name of rangeNames) form.delete(name)
}

/** Empty fields say nothing, a switch sends "off" before "on", lists are one CSV: the address stays short enough to read. */
function tidy(form: FormData): void {
  if (form.has('preset')) for (const name of rangeNames) form.delete(name)
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name).filter((value) => value !== '')
    if (values.length === 0) form.delete(name)
    else if (values.length > 1) form.set(name, values[0] === '0' ? String(values.at(-1)) : values.join(','))
  }
}

const isSignedOut = ({ response }: HtmxContext): boolean =>
  response !== undefined && (response.status === 401 || new URL(response.raw.url || location.href).pathname.endsWith('/login'))

export function showSessionEnded(): void {
  const known = document.querySelector<HTMLDialogElement>('#session-ended')
  if (known) {
    // Escape closes it; whoever goes on is told again
    if (!known.open) known.showModal()
    return
  }
  // nobody signs in on a screen: it is paired anew
  if (document.body.dataset.screen !== undefined) {
    location.assign(`${document.body.dataset.base ?? '/'}display`)
    return
  }
  document.dispatchEvent(new CustomEvent('andon:session-ended'))
  const { dataset } = document.body
  const box = make('dialog', 'dialog dialog--small')
  box.id = 'session-ended'
  const body = make('div', 'dialog__body stack')
  const link = make('a', 'btn btn--primary', dataset.expiredLink)
  link.href = `${dataset.base ?? '/'}login?next=${encodeURIComponent(location.pathname + location.search)}`
  body.append(make('h2', 'dialog__title', dataset.expiredTitle), make('p', 'muted', dataset.expiredText), link)
  box.append(body)
  document.body.append(box)
  box.showModal()
}
