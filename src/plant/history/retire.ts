/** Days whose rows are taken out of the customer's table on purpose (retention, archive), and brought back. */
import { transaction } from '../../platform/db/index.ts'
import * as store from './store.ts'
import type { StoredLine } from './stored-line.ts'

/** Days since 1970-01-01, half-open; −∞ for whatever is older. */
export type DayRange = { readonly fromDay: number; readonly belowDay: number }

export const isInRange = (day: number, { fromDay, belowDay }: DayRange): boolean => day >= fromDay && day < belowDay

const maxAttempts = 20

/** Rows that the stored summaries of these days stand for. The line must be caught up with and compared. */
export async function rowsOfDays(line: StoredLine, range: DayRange): Promise<number> {
  const seen = await line.refresh()
  return [...(seen?.directory ?? [])].reduce((sum, [day, { rowCount }]) => sum + (isInRange(day, range) ? rowCount : 0), 0)
}

/** Labels the days, so that neither the nightly check nor a table read from its begin takes their summaries for wrong; or takes the label off. Answers
 *  those that were labelled otherwise before: who takes a label back, takes back only these. While the line loads, a label stays (its day would be
 *  joined with its own rows), and none is given: the summaries are not whole. */
export async function labelDays(line: StoredLine, which: DayRange | readonly number[], isPurged: boolean): Promise<readonly number[]> {
  const isAsked = 'fromDay' in which ? (day: number) => isInRange(day, which) : (day: number) => which.includes(day)
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const seen = await line.refresh()
    if (!seen) return []
    const isLoading = seen.state.loadedFromId !== null
    const days = [...seen.directory]
      .filter(([day, entry]) => isAsked(day) && entry.isPurged !== isPurged && !entry.isLost)
      .map(([day]) => day)
    if (days.length === 0 || (isLoading && !isPurged)) return []
    if (isLoading) throw new Error('the history of the line is loading: its days cannot be labelled')
    const { revision } = seen.state
    const hasWon = await transaction(line.tenant, async (tx) => {
      if (!(await store.changeState(tx, line.lineId, revision, { updated_at: line.deps.clock.nowMs() }))) return false
      await store.markPurged(tx, line.lineId, revision + 1, days, isPurged)
      return true
    })
    if (hasWon) return days
  }
  throw new Error('the history of the line changed each time its days were to be labelled')
}
