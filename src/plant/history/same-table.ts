/** Is a table still the one that was read? A name alone does not tell: it may have been emptied, restored, or put in place of another. */
import type { TenantDb } from '../../platform/db/database.ts'
import { formatLocal } from '../../platform/time/index.ts'
import { type Detections, type ReadContext, readByIds } from '../detections/index.ts'
import { readDayRows } from './day-rows.ts'
import { foldRows } from './fold.ts'
import { isSameDay } from './join.ts'
import { type LineSource, signatureOf } from './options.ts'
import type { LineState, Snapshot } from './store.ts'
import { readDays } from './stored-days.ts'

/** The settled row is still there and still the same: below it stands the table that was read. */
export function isKnownRow({ settledId, settledRow }: LineState, read: Detections): boolean {
  if (settledId === null || settledRow === null) return true
  const at = read.id.indexOf(settledId)
  return at >= 0 && rowText(read, at) === settledRow
}

const rowText = (rows: Detections, i: number): string => `${formatLocal(rows.localS[i] as number)} ${rows.areaId[i]} ${rows.productId[i]}`

export function rowOf(rows: Detections, id: number | null): string | null {
  const at = id === null ? -1 : rows.id.indexOf(id)
  return at < 0 ? null : rowText(rows, at)
}

/** Days looked at to see that a table is still the one that was read. */
const daysCompared = 3

/** Days that the customer deleted from the low end of the table, in whole or in part, since they were last looked at: nobody can read them again. None
 *  when the table may be another one, or was emptied and begun anew. */
export async function daysGoneBelow(
  tenant: TenantDb,
  context: ReadContext,
  source: LineSource,
  { state, directory }: Snapshot,
  lowestId: number,
): Promise<number[]> {
  const held = [...directory].filter(([, { rowCount, isPurged }]) => rowCount > 0 && !isPurged)
  const gone = held.filter(([, { minId }]) => minId < lowestId).map(([day]) => day)
  if (gone.length === 0 || state.settledId === null || tableOf(state.signature) !== tableOf(signatureOf(source))) return []
  if (state.settledRow !== null) {
    const read = await readByIds(context, source.table, [{ from: state.settledId, to: state.settledId }])
    if (isKnownRow(state, read)) return gone
  }
  if (state.signature !== signatureOf(source)) return []
  // the newest row was corrected or deleted: then days below it are as they were
  const below = held.filter(([, { minId, maxId }]) => minId >= lowestId && maxId < (state.settledId as number))
  const compared = new Map(below.sort(([, a], [, b]) => b.maxId - a.maxId).slice(0, daysCompared))
  const stored = await readDays(tenant, source.lineId, [...compared.keys()])
  const { byIds, byTime } = await readDayRows(context, source.table, compared)
  const found = new Map([...foldRows(byIds, context.zone), ...[...byTime.values()].flatMap((rows) => [...foldRows(rows, context.zone)])])
  const isAsItWas = [...stored].some(([day, known]) => {
    const own = found.get(day)
    return own !== undefined && isSameDay(known, own)
  })
  return isAsItWas ? gone : []
}

/** Of no table that can be read now; the name of the table stays in it. */
export const damaged = (signature: string): string => signature.replace(/^\S*/, 'damaged')
const tableOf = (signature: string): string => signature.split(' ').slice(3).join(' ')
