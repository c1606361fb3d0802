/** The filter panel: multiple choices, areas that follow the line, and the controls that only change how things are drawn. */

import { redrawCharts } from './charts.ts'
import { debounced, on, plain } from './dom.ts'
import { onHtmx } from './htmx.ts'
import { searchAll } from './tables.ts'

let editedDate: 'start_date' | 'end_date' | null = null

const form = () => document.querySelector<HTMLFormElement>('[data-filters]')

function showChosen(multi: Element): void {
  const value = multi.querySelector('[data-multi-value]')
  if (!value || !(multi instanceof HTMLElement)) return
  const chosen = [...multi.querySelectorAll<HTMLInputElement>('input[type=checkbox]:checked')]
  const only = chosen[0]?.closest('label')?.querySelector('.check__text')?.textContent
  value.textContent =
    chosen.length === 0
      ? (multi.dataset.all ?? '')
      : chosen.length === 1 && only
        ? only
        : (multi.dataset.chosen ?? '').replace('{count}', String(chosen.length))
}

function searchOptions(input: HTMLInputElement): void {
  const multi = input.closest('[data-multi]')
  const wanted = plain(input.value)
  let visible = 0
  for (const item of multi?.querySelectorAll<HTMLElement>('li') ?? []) {
    const isMatch = plain(item.textContent ?? '').includes(wanted)
    item.hidden = !isMatch || item.hasAttribute('data-ui-foreign')
    if (!item.hidden) visible += 1
  }
  const none = multi?.querySelector<HTMLElement>('[data-multi-none]')
  if (none) none.hidden = visible > 0
}

/** Areas of other lines go away and lose their mark; choosing a group or all clears the areas (spec plant 4.3). */
function cascade(select: HTMLSelectElement, isByPerson: boolean): void {
  const option = select.selectedOptions[0]
  const lines = new Set((option?.dataset.lines ?? '').split(','))
  const areas = document.querySelector('#filter-area_ids')
  if (!areas) return
  for (const item of areas.querySelectorAll<HTMLElement>('li[data-line]')) {
    const isForeign = !lines.has(item.dataset.line ?? '')
    item.toggleAttribute('data-ui-foreign', isForeign)
    item.hidden = isForeign
    const box = item.querySelector<HTMLInputElement>('input')
    if (box && (isForeign || (isByPerson && option?.dataset.group === '1'))) box.checked = false
  }
  showChosen(areas)
}

/** Applied at once and written into the address, without asking the server. */
function present(control: HTMLInputElement | HTMLSelectElement): void {
  const value = control instanceof HTMLInputElement && control.type === 'checkbox' ? (control.checked ? '1' : '0') : control.value
  const here = new URL(location.href)
  if (value === '') here.searchParams.delete(control.name)
  else here.searchParams.set(control.name, value)
  history.replaceState(history.state, '', here)
  const withChoice = (address: string): string => {
    const url = new URL(address, location.href)
    url.searchParams.set(control.name, value)
    return url.pathname + url.search
  }
  const board = document.querySelector<HTMLElement>('#board')
  if (board?.dataset.live) board.dataset.live = withChoice(board.dataset.live)
  for (const tab of document.querySelectorAll('.tabs__tab'))
    for (const name of ['href', 'hx-get']) tab.setAttribute(name, withChoice(tab.getAttribute(name) ?? ''))
  redrawCharts()
}

const presentation = new Set(['curve_type', 'highlight_peaks', 'show_downtime'])

/** Wherever a form has one. */
function startMultiSelects(): void {
  on('change', '[data-multi]', showChosen)
  on('input', '[data-multi-query]', (input) => {
    if (input instanceof HTMLInputElement) searchOptions(input)
  })
  on('keydown', '[data-multi-query]', (_, event) => {
    if (event.key === 'Enter') event.preventDefault()
  })
}

export function startFilters(): void {
  startMultiSelects()
  const panel = form()
  if (!panel) return
  const line = panel.querySelector<HTMLSelectElement>('[name=line_id]')
  if (line) cascade(line, false)
  const search = debounced(() => {
    const input = panel.querySelector<HTMLInputElement>('input[name=search]')
    if (!input) return
    searchAll(input.value)
    present(input)
  }, 300)
  panel.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return
    if (target.name === 'line_id' && target instanceof HTMLSelectElement) cascade(target, true)
    if (presentation.has(target.name)) present(target)
    if (target.name === 'start_date' || target.name === 'end_date') editedDate = target.name
  })
  // `change` comes with each key that leaves a whole date: one that is still being typed is not corrected
  panel.addEventListener('focusout', ({ target, relatedTarget }) => {
    const range = target instanceof Element && target.closest('#filter-range')
    if (range && !(relatedTarget instanceof Node && range.contains(relatedTarget))) raiseEnd(panel)
  })
  panel.addEventListener('submit', () => raiseEnd(panel), true)
  panel.addEventListener('input', ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === 'search') search()
  })
  panel.addEventListener(
    'toggle',
    ({ target }) => {
      if (target instanceof HTMLDetailsElement && target.open && target.matches('[data-multi]')) target.scrollIntoView({ block: 'nearest' })
    },
    true,
  )
  // the panel stays while the board is replaced: it must keep sending the tab that is shown
  onHtmx('htmx:after:swap', () => {
    const tab = document.querySelector<HTMLElement>('.tabs__tab[aria-current]')?.dataset.tab
    const hidden = panel.querySelector<HTMLInputElement>('[data-tab-field]')
    if (tab && hidden) hidden.value = tab
  })
  const initial = panel.querySelector<HTMLInputElement>('input[name=search]')?.value
  if (initial) searchAll(initial)
}

/** The end follows a start that was set behind it (spec plant 4.3); an end before the start is the server's to refuse. */
function raiseEnd(panel: HTMLFormElement): void {
  if (editedDate !== 'start_date') return
  const start = panel.querySelector<HTMLInputElement>('[name=start_date]')
  const end = panel.querySelector<HTMLInputElement>('[name=end_date]')
  if (start && end && start.value !== '' && end.value !== '' && end.value < start.value) end.value = start.value
}
