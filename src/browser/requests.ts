/** Rules for every htmx request: the CSRF header on unsafe ones, tidy addresses for filters, and answers that must not replace the page. */
import { make } from './dom.ts'
import { type HtmxContext, onHtmx } from './htmx.ts'
import { showToast } from './toasts.ts'

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'
const isSameOrigin = (url: string): boolean => new URL(url, location.href).origin === location.origin

export function startRequests(): void {
  onHtmx('htmx:config:request', ({ detail: { ctx } }) => {
    const { csrf } = document.body.dataset
    if (csrf && !isSafe(ctx.request.method) && isSameOrigin(ctx.request.action)) ctx.request.headers['X-CSRF-Token'] = csrf
    if (ctx.request.method === 'GET' && ctx.request.body instanceof FormData) tidy(ctx.request.body)
  })
  onHtmx('htmx:error', ({ detail: { ctx } }) => {
    // a live refresh that fails is told by its pill
    if (ctx && !ctx.request.action.includes('/live?')) showToast(document.body.dataset.failedText ?? '')
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

/** Empty fields say nothing, a switch sends "off" before "on", lists are one CSV: the address stays short enough to read. */
function tidy(form: FormData): void {
  if (form.has('preset')) for (const name of ['start_date', 'start_time', 'end_date', 'end_time']) form.delete(name)
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name).filter((value) => value !== '')
    if (values.length === 0) form.delete(name)
    else if (values.length > 1) form.set(name, values[0] === '0' ? String(values.at(-1)) : values.join(','))
  }
}

const isSignedOut = ({ response }: HtmxContext): boolean =>
  response !== undefined && (response.status === 401 || new URL(response.raw.url || location.href).pathname.endsWith('/login'))

export function showSessionEnded(): void {
  if (document.querySelector('#session-ended')) return
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
