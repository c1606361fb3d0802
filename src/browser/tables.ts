/** Sorting and searching of the tables that are on the page. A live refresh brings rows in the server's order: they are put back before the screen is painted. */
import { debounced, on, plain } from './dom.ts'

type State = { query: string; column: number | null; isDescending: boolean; shown: string }
const states = new Map<string, State>()
/** What the panel searches for, in tables that come later, too. */
let panelQuery = ''

const stateOf = (box: Element): State => {
  const known = states.get(box.id)
  if (known) return known
  const fresh = { query: panelQuery, column: null, isDescending: false, shown: '' }
  states.set(box.id, fresh)
  return fresh
}

const keyOf = (row: HTMLTableRowElement, column: number): string | number => {
  const cell = row.cells[column]
  const key = cell?.dataset.sort ?? cell?.textContent?.trim() ?? ''
  const number = Number(key)
  return key !== '' && Number.isFinite(number) ? number : plain(key)
}

const compare = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b))

function apply(box: Element): void {
  const { query, column, isDescending } = stateOf(box)
  const body = box.querySelector('tbody')
  if (!body) return
  const rows = [...body.rows]
  if (column !== null) {
    const sorted = rows.map((row) => ({ row, key: keyOf(row, column) })).sort((a, b) => compare(a.key, b.key) * (isDescending ? -1 : 1))
    if (sorted.some(({ row }, i) => row !== rows[i])) for (const { row } of sorted) body.append(row)
  }
  for (const [index, head] of [...box.querySelectorAll('thead th')].entries()) {
    if (index === column) head.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending')
    else head.removeAttribute('aria-sort')
  }
  const wanted = plain(query)
  let visible = 0
  for (const row of rows) {
    row.hidden = wanted !== '' && !plain(row.textContent ?? '').includes(wanted)
    if (!row.hidden) visible += 1
  }
  const none = box.querySelector<HTMLElement>('[data-table-none]')
  if (none) none.hidden = visible > 0
}

const allTables = () => document.querySelectorAll('[data-table]')

/** The panel's search filter works on every table of the page (spec plant 4.3). */
export function searchAll(query: string): void {
  panelQuery = query
  for (const box of allTables()) {
    stateOf(box).query = query
    restore(box)
  }
}

/** A table that was put anew has an empty search box, and no row hidden. */
function restore(box: Element): void {
  const { query } = stateOf(box)
  const input = box.querySelector<HTMLInputElement>('[data-table-query]')
  if (input && input.value !== query) input.value = query
  apply(box)
}

/** Called after every swap, before the paint. */
export function restoreTables(): void {
  for (const box of allTables()) if (states.has(box.id) || panelQuery !== '') restore(box)
}

export function startTables(): void {
  const searches = new WeakMap<Element, () => void>()
  on('input', '[data-table-query]', (input) => {
    const box = input.closest('[data-table]')
    if (!box) return
    const run = searches.get(box) ?? debounced(() => apply(box), 300)
    searches.set(box, run)
    stateOf(box).query = (input as HTMLInputElement).value
    run()
  })
  on('click', '[data-table-sort]', (button) => {
    const box = button.closest('[data-table]')
    if (!box) return
    const state = stateOf(box)
    const column = Number(button.dataset.tableSort)
    state.isDescending = state.column === column ? !state.isDescending : false
    state.column = column
    apply(box)
  })
}
