/** Buttons that copy what a field holds. Without a secure context (plain http on a factory network) the text is selected instead. */
import { on } from './dom.ts'
import { showToast } from './toasts.ts'

export function startCopy(): void {
  on('click', '[data-copy]', (button) => {
    const field = document.querySelector<HTMLInputElement>(`#${CSS.escape(button.dataset.copy ?? '')}`)
    if (!field) return
    field.select()
    navigator.clipboard?.writeText(field.value).then(
      () => showToast(button.dataset.copied ?? ''),
      () => {},
    )
  })
}
