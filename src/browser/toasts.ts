/** Short notices at the corner. They go after five seconds, or when clicked. */
import { make } from './dom.ts'

const shownMs = 5_000

export function showToast(text: string, tone: 'danger' | 'success' = 'danger'): void {
  const toast = make('div', `toast toast--${tone}`, text)
  const timer = window.setTimeout(() => toast.remove(), shownMs)
  toast.addEventListener('click', () => {
    clearTimeout(timer)
    toast.remove()
  })
  document.querySelector('#toasts')?.append(toast)
}
