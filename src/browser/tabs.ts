/** On a narrow window tabs scroll sideways: the current one is brought into sight. */
export function startTabs(): void {
  for (const strip of document.querySelectorAll('.tabs')) {
    const current = strip.querySelector('[aria-current]')
    if (!current) continue
    const [outer, own] = [strip.getBoundingClientRect(), current.getBoundingClientRect()]
    strip.scrollLeft += own.left - outer.left - (outer.width - own.width) / 2
  }
}
