/** The sheet of a stop and the ticks of the list. Without it both are pages and plain forms. */
import { on } from './dom.ts'
import { onHtmx } from './htmx.ts'
import { refresh } from './live.ts'
import { showToast } from './toasts.ts'

const sheet = () => document.querySelector<HTMLDialogElement>('[data-sheet]')

function showSheet(): void {
  const dialog = sheet()
  const content = dialog?.querySelector<HTMLElement>('.sheet__body')
  if (!dialog || !content) return
  if (content.querySelector('[data-board-stale]')) void refresh()
  const saved = content.querySelector<HTMLElement>('[data-sheet-saved]')?.dataset.sheetSaved
  if (saved !== undefined) {
    dialog.close()
    content.replaceChildren()
    clearPicks()
    showToast(saved, 'success')
    return
  }
  if (!dialog.open) dialog.showModal()
  content.scrollTop = 0
  content.querySelector<HTMLElement>('#sheet-title')?.focus()
}

const picks = () => document.querySelectorAll<HTMLInputElement>('[data-bulk-pick]')

function clearPicks(): void {
  for (const pick of picks()) pick.checked = false
  countPicks()
}

function countPicks(): void {
  const chosen = [...picks()].filter(({ checked }) => checked).length
  const count = document.querySelector<HTMLElement>('[data-bulk-count]')
  if (count) count.textContent = chosen === 0 ? (count.dataset.none ?? '') : (count.dataset.chosen ?? '').replace('{count}', String(chosen))
  document.querySelector('[data-bulk-form]')?.toggleAttribute('data-ui-chosen', chosen > 0)
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-bulk]'))
    button.disabled = chosen < (button.id === 'bulk-merge' ? 2 : 1)
  const all = document.querySelector<HTMLInputElement>('[data-bulk-all]')
  if (!all) return
  all.checked = chosen > 0 && chosen === picks().length
  all.indeterminate = chosen > 0 && !all.checked
}

export function startDowntime(): void {
  if (!sheet()) return
  onHtmx('htmx:after:swap', ({ detail: { ctx } }) => {
    if (ctx.target?.id === 'sheet-body') showSheet()
    else countPicks()
  })
  on('click', '[data-sheet-close]', () => sheet()?.close())
  on('change', '[data-bulk-pick]', countPicks)
  on('change', '[data-bulk-all]', (box) => {
    for (const pick of picks()) pick.checked = (box as HTMLInputElement).checked
    countPicks()
  })
  countPicks()
}
