import type { ReadRows } from '../detections/index.ts'
import type { StoredLine } from './stored-line.ts'

const idsTold = 10

/** Rows whose time is no date belong to no day and are in no figure: said when their ids, those of `(aboveId, upToId]`, are settled. */
export function tellUndated({ deps, logFields }: StoredLine, { undatedIds }: ReadRows, aboveId: number, upToId: number): void {
  const ids = undatedIds.filter((id) => id > aboveId && id <= upToId)
  if (ids.length > 0)
    deps.log.warn({ ...logFields, rows: ids.length, ids: ids.slice(0, idsTold) }, 'detections whose time is no date are left out')
}
