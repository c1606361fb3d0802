/** A form whose answer takes a while (`data-busy`: what its button says meanwhile) cannot be sent twice. */

const onSubmit = (event: SubmitEvent): void => {
  const form = event.target
  if (!(form instanceof HTMLFormElement)) return
  const words = form.dataset.busy
  if (words === undefined) return
  if (form.getAttribute('aria-busy') === 'true') {
    event.preventDefault()
    return
  }
  form.setAttribute('aria-busy', 'true')
  const label = form.querySelector('button[type=submit] span')
  if (label) label.textContent = words
}

/** Back by the browser's own button: the page is shown as it was left. */
const onShow = (event: PageTransitionEvent): void => {
  if (event.persisted && document.querySelector('form[aria-busy=true]')) location.reload()
}

export function startBusy(): void {
  document.addEventListener('submit', onSubmit)
  window.addEventListener('pageshow', onShow)
}
