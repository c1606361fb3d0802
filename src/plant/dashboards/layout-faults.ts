/** What is wrong with a layout that somebody wants to save: every fault under the path where it stands. Reading is lenient (`layout.ts`), saving is not. Pure. */
import type { ProblemField } from '../../platform/http/problem.ts'
import type { Parameters, Text } from '../../platform/i18n/index.ts'
import { isBuiltInTab, leastRefreshS, mostRefreshS, mostTabs, mostWidgets, tabKeyPattern } from './layout.ts'

/** What the company has: nothing else may be named. Null = it could not be asked, so ids are let through. */
export type KnownIds = {
  readonly widgetIds: ReadonlySet<number>
  readonly filterIds: ReadonlySet<number> | null
  readonly lineIds: ReadonlySet<number> | null
}

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const rules = {
  shape: {
    es: 'No es un diseño: se espera un objeto con widgets y filters',
    en: 'Not a layout: an object with widgets and filters is expected',
  },
  list: { es: 'Se espera una lista', en: 'A list is expected' },
  too_many: { es: 'Son más de {most}', en: 'There are more than {most}' },
  id: { es: 'Se espera un número entero', en: 'A whole number is expected' },
  unknown_widget: { es: 'El widget {id} no está en el catálogo', en: 'Widget {id} is not in the catalogue' },
  unknown_filter: { es: 'La empresa no tiene el filtro {id}', en: 'The company has no filter {id}' },
  unknown_line: { es: 'La empresa no tiene la línea {id}', en: 'The company has no line {id}' },
  repeated: { es: 'El {id} está repetido', en: '{id} is repeated' },
  unknown_tab: { es: 'El tablero no tiene la pestaña {id}', en: 'The dashboard has no tab {id}' },
  tab_key: {
    es: 'La clave de una pestaña son letras minúsculas, números y guiones',
    en: 'The key of a tab is lower-case letters, digits and hyphens',
  },
  tab_name: { es: 'Una pestaña propia necesita un nombre', en: 'A tab of your own needs a name' },
  text: { es: 'Se espera un texto de hasta {most} letras', en: 'A text of at most {most} characters is expected' },
  range: { es: 'Se espera un número entero de {low} a {high}', en: 'A whole number from {low} to {high} is expected' },
  params: { es: 'Se espera un objeto de hasta {most} letras', en: 'An object of at most {most} characters is expected' },
} as const satisfies Record<string, Text>

/** A list of ten thousand faults helps nobody. */
const mostFaults = 20
const mostParams = 2_000

type Add = (path: string, rule: keyof typeof rules, parameters?: Parameters) => void

const whole = (value: unknown): number | null => (typeof value === 'number' && Number.isSafeInteger(value) ? value : null)
const idOf = (value: unknown): number | null => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : whole(value))
const shown = (value: unknown): string => String(typeof value === 'object' ? JSON.stringify(value) : value).slice(0, 40)

function checkList(value: unknown, path: string, most: number, add: Add): readonly unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    add(path, 'list')
    return []
  }
  if (value.length <= most) return value
  add(path, 'too_many', { most })
  return value.slice(0, most)
}

function checkIds(
  value: unknown,
  path: string,
  known: ReadonlySet<number> | null,
  rule: 'unknown_filter' | 'unknown_line',
  add: Add,
): void {
  const seen = new Set<number>()
  for (const [i, item] of checkList(value, path, mostWidgets, add).entries()) {
    const id = idOf(item)
    if (id === null) add(`${path}[${i}]`, 'id')
    else if (known && !known.has(id)) add(`${path}[${i}]`, rule, { id })
    else if (seen.has(id)) add(`${path}[${i}]`, 'repeated', { id })
    if (id !== null) seen.add(id)
  }
}

function checkText(value: unknown, path: string, most: number, add: Add): void {
  if (value !== undefined && value !== null && (typeof value !== 'string' || [...value].length > most)) add(path, 'text', { most })
}

function checkRange(value: unknown, path: string, low: number, high: number, add: Add): void {
  if (value === undefined || value === null) return
  const number = whole(value)
  if (number === null || number < low || number > high) add(path, 'range', { low, high })
}

/** Keys of the tabs that may be named. */
function checkTabs(value: unknown, lineIds: KnownIds['lineIds'], add: Add): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const [i, item] of checkList(value, 'tabs', mostTabs, add).entries()) {
    const path = `tabs[${i}]`
    const source: Json = isObject(item) ? item : { key: item }
    const key = source.key ?? source.name
    if (typeof key !== 'string' || !new RegExp(tabKeyPattern).test(key)) {
      add(path, 'tab_key')
      continue
    }
    if (keys.has(key)) add(path, 'repeated', { id: key })
    keys.add(key)
    checkText(source.name, `${path}.name`, 40, add)
    const name = typeof source.name === 'string' ? source.name.trim() : ''
    if (!isBuiltInTab(key) && (name === '' || !isObject(item))) add(`${path}.name`, 'tab_name')
    if (source.line_ids !== null) checkIds(source.line_ids, `${path}.line_ids`, lineIds, 'unknown_line', add)
  }
  return keys.size > 0 ? keys : new Set(['produccion', 'oee'])
}

function checkWidget(item: unknown, path: string, isGrid: boolean, tabs: ReadonlySet<string>, add: Add): void {
  if (!isObject(item)) return
  checkText(item.title, `${path}.title`, 100, add)
  checkRange(item.col_span, `${path}.col_span`, 1, 4, add)
  checkRange(item.row_span, `${path}.row_span`, 1, 2, add)
  checkRange(item.refresh_seconds, `${path}.refresh_seconds`, leastRefreshS, mostRefreshS, add)
  if (isGrid) for (const name of ['x', 'y', 'w', 'h']) checkRange(item[name], `${path}.${name}`, 0, 1_000, add)
  if (item.tab !== undefined && item.tab !== null && !tabs.has(String(item.tab))) add(`${path}.tab`, 'unknown_tab', { id: shown(item.tab) })
  for (const name of ['params', 'config']) {
    const config = item[name]
    if (config === undefined || config === null) continue
    if (!isObject(config) || JSON.stringify(config).length > mostParams) add(`${path}.${name}`, 'params', { most: mostParams })
  }
}

/** Empty = may be saved. */
export function layoutFaults(layout: unknown, known: KnownIds): ProblemField[] {
  const faults: ProblemField[] = []
  const add: Add = (path, rule, parameters) => {
    if (faults.length < mostFaults) faults.push({ path, rule, message: rules[rule], ...(parameters && { parameters }) })
  }
  const lists = ['widgets', 'enabled_widget_ids', 'grid'] as const
  if (!isObject(layout) || ![...lists, 'filters', 'enabled_filter_ids', 'tabs'].some((name) => name in layout)) {
    add('layout_config', 'shape')
    return faults
  }
  const tabs = checkTabs(layout.tabs ?? undefined, known.lineIds, add)
  const name = Array.isArray(layout.grid) ? 'grid' : (lists.find((list) => layout[list] !== undefined) ?? 'widgets')
  const seen = new Set<number>()
  for (const [i, item] of checkList(layout[name], name, mostWidgets, add).entries()) {
    const path = `${name}[${i}]`
    const id = idOf(isObject(item) ? (item.widget_id ?? item.id) : item)
    if (id === null) add(path, 'id')
    else if (!known.widgetIds.has(id)) add(path, 'unknown_widget', { id })
    else if (seen.has(id)) add(path, 'repeated', { id })
    if (id !== null) seen.add(id)
    checkWidget(item, path, name === 'grid', tabs, add)
  }
  const filters = layout.filters === undefined ? 'enabled_filter_ids' : 'filters'
  checkIds(layout[filters], filters, known.filterIds, 'unknown_filter', add)
  return faults
}
