/** A form whose answer takes a while (`data-busy`: what its button says meanwhile) cannot be sent twice. */
import { onHtmx } from './htmx.ts'

/** What each button said before. */
const said = new WeakMap<HTMLFormElement, string>()

const labelOf = (form: HTMLFormElement) => form.querySelector('button[type=submit] span')

const onSubmit = (event: SubmitEvent): void => {
  const form = event.target
  if (!(form instanceof HTMLFormElement)) return
  const words = form.dataset.busy
  if (words === undefined) return
  if (form.getAttribute('aria-busy') === 'true') {
    event.preventDefault()
    event.stopImmediatePropagation()
    return
  }
  form.setAttribute('aria-busy', 'true')
  const label = labelOf(form)
  if (!label) return
  said.set(form, label.textContent ?? '')
  label.textContent = words
}

/** An answer takes the form's place; where none came, it can be sent again. */
const release = (form: Element | undefined): void => {
  if (!(form instanceof HTMLFormElement) || form.dataset.busy === undefined) return
  form.removeAttribute('aria-busy')
  const label = labelOf(form)
  const words = said.get(form)
  if (label && words !== undefined) label.textContent = words
}

/** Back by the browser's own button: the page is shown as it was left. */
const onShow = (event: PageTransitionEvent): void => {
  if (event.persisted && document.querySelector('form[aria-busy=true]')) location.reload()
}

export function startBusy(): void {
  // before htmx, which listens on the form itself
  document.addEventListener('submit', onSubmit, true)
  onHtmx('htmx:finally:request', ({ detail: { ctx } }) => release(ctx.sourceElement))
  window.addEventListener('pageshow', onShow)
}
