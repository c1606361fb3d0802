/** Menus close when the person goes elsewhere; the filter panel opens as a drawer on small screens and folds away on large ones. */
import { closest, on, recall, remember } from './dom.ts'

const isWide = () => matchMedia('(min-width: 1024px)').matches
const drawer = () => document.querySelector<HTMLElement>('[data-drawer]')
let opener: HTMLElement | null = null

function closeDrawer(): void {
  const panel = drawer()
  if (!panel?.hasAttribute('data-ui-open')) return
  panel.removeAttribute('data-ui-open')
  document.querySelector('#content')?.removeAttribute('inert')
  opener?.focus()
  opener = null
}

function openDrawer(by: HTMLElement): void {
  const panel = drawer()
  if (!panel) return
  panel.setAttribute('data-ui-open', '')
  document.querySelector('#content')?.setAttribute('inert', '')
  opener = by
  panel.querySelector<HTMLElement>('input:not([type=hidden]), select, button')?.focus()
}

export function startMenus(): void {
  if (recall('filters') === 'closed') document.documentElement.setAttribute('data-ui-aside', 'closed')
  document.addEventListener('click', (event) => {
    const inside = closest(event, 'details[data-menu], details[data-multi]')
    for (const menu of document.querySelectorAll<HTMLDetailsElement>('details[data-menu][open], details[data-multi][open]'))
      if (menu !== inside) menu.open = false
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    const menu = closest<HTMLDetailsElement>(event, 'details[data-menu][open], details[data-multi][open]')
    if (menu) {
      menu.open = false
      menu.querySelector<HTMLElement>('summary')?.focus()
    } else closeDrawer()
  })
  on('click', '[data-drawer-open]', (button, event) => {
    event.preventDefault()
    if (!isWide()) {
      openDrawer(button)
      return
    }
    const isClosed = document.documentElement.getAttribute('data-ui-aside') === 'closed'
    document.documentElement.setAttribute('data-ui-aside', isClosed ? 'open' : 'closed')
    remember('filters', isClosed ? 'open' : 'closed')
  })
  on('click', '[data-drawer-close]', (_, event) => {
    event.preventDefault()
    closeDrawer()
  })
  on('submit', '[data-drawer] form', closeDrawer)
  matchMedia('(min-width: 1024px)').addEventListener('change', closeDrawer)
}
