/** What work on tables begins with: which lines and tables, which month, and whether they may be touched. */
import { isDatabaseSlow, isPlatformFault } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { formatLocal, zoneOf } from '../../platform/time/index.ts'
import type { TakeOutDeps } from '../archive/index.ts'
import type { Line, OpenPlant, Plants } from '../model/index.ts'
import { type Month, monthOfLocal, monthText, parseMonth } from '../source/index.ts'
import { problem } from './problems.ts'
import type { Note } from './tasks.ts'

export type WorkDeps = TakeOutDeps & { readonly plants: Pick<Plants, 'withPlant' | 'refresh'> }
/** `done` of `total`, and what it is at. */
export type Progress = (done: number, total: number, note: Note) => Promise<void>

export function currentMonth({ model }: Pick<OpenPlant, 'model'>, nowMs: number): Month {
  return monthOfLocal(formatLocal(zoneOf(model.settings.timeZone).toLocalS(Math.floor(nowMs / 1_000))))
}

/** Throws 403 `tables_are_the_customers`. */
export function demandOurs({ canManage }: Pick<OpenPlant, 'canManage'>, mayTouchCustomers = false): void {
  if (!canManage && !mayTouchCustomers) throw problem('tables_are_the_customers')
}

/** All lines with a table, those out of use too; or the one that is named. Throws `line_not_found`, `line_without_table`. */
export function linesOf({ model }: Pick<OpenPlant, 'model'>, lineId: number | null): Line[] {
  if (lineId === null) return model.lines.filter(({ detectionTable: table }) => table !== null)
  const line = model.lines.find((one) => one.lineId === lineId)
  if (!line) throw problem('line_not_found')
  if (!line.detectionTable) throw problem('line_without_table', { parameters: { line: line.lineName } })
  return [line]
}

/** Of work on one line. Throws `line_not_found`, `line_without_table`. */
export function lineOf(plant: Pick<OpenPlant, 'model'>, lineId: number | null): Line {
  const [line] = lineId === null ? [] : linesOf(plant, lineId)
  if (!line) throw problem('line_not_found')
  return line
}

/** And `monthsAhead` more. */
export const monthsFrom = (first: Month, monthsAhead: number): Month[] => Array.from({ length: monthsAhead + 1 }, (_, at) => first + at)

/** What is told of several lines' faults: a bug before a refusal. */
export const firstFault = (faults: readonly unknown[]): unknown => faults.find((fault) => !(fault instanceof Problem)) ?? faults[0]

/** Work on the table of one line. The plant answers also when this table is in use, or too slow: 409 `table_busy`. */
export async function onLine<T>(line: Line, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isPlatformFault(error) || !isDatabaseSlow(error)) throw error
    throw problem('table_busy', { parameters: { table: tableOf(line) }, cause: error })
  }
}

export const tableOf = ({ detectionTable: table }: Line): string => table?.name ?? ''

/** Fewer months are never left in a table by hand. */
const fewestKept = 3

/** Of a request. Throws 422. */
export function demandMonth(text: string | undefined, plant: Pick<OpenPlant, 'model'>, nowMs: number, isBefore: boolean): Month {
  const month = parseMonth(text ?? '')
  const limit = currentMonth(plant, nowMs) - (isBefore ? fewestKept : 0)
  if (month !== null && month <= limit) return month
  const message =
    month === null
      ? { es: 'Debe ser un mes, como 2026-03', en: 'Must be a month, as 2026-03' }
      : { es: `No puede ser después de ${monthText(limit)}`, en: `Cannot be later than ${monthText(limit)}` }
  throw problem('validation_failed', { fields: [{ path: 'month', rule: 'month', message }] })
}
