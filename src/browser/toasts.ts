/** Toasts go after five seconds, or when clicked. */
const shownMs = 5_000

export function startToasts(): void {
  const region = document.querySelector('#toasts')
  if (!region) return
  const arm = (toast: Element) => {
    const timer = window.setTimeout(() => toast.remove(), shownMs)
    toast.addEventListener('click', () => {
      clearTimeout(timer)
      toast.remove()
    })
  }
  for (const toast of region.children) arm(toast)
  new MutationObserver((records) => {
    for (const record of records) for (const node of record.addedNodes) if (node instanceof Element) arm(node)
  }).observe(region, { childList: true })
}
