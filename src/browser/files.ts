/** Says beside the button which file was chosen: the browser's own field, which would say it in the browser's language, is out of sight. */
import { on } from './dom.ts'

export function startFiles(): void {
  on('click', '[data-file-for]', (button) =>
    document.querySelector<HTMLInputElement>(`#${CSS.escape(button.dataset.fileFor ?? '')}`)?.click(),
  )
  on('change', '.file__input', (field) => {
    const name = field.parentElement?.querySelector('[data-file-name]')
    if (name && field instanceof HTMLInputElement) name.textContent = field.files?.[0]?.name ?? ''
  })
}
