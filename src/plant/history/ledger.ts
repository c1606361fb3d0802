/** Ids below the watermark that no row had when they were passed: rows commit out of order, and some come late. Pure. */
import type { Detections } from '../detections/index.ts'
import type { MissingIds } from './store.ts'

const keepMissingMs = 7 * 86_400_000
/** More missing ranges than this are a habit of the server's (ids in steps): the oldest are left to reconciliation. */
const maxMissing = 400

export const isMissing = (ledger: readonly MissingIds[], id: number): boolean => ledger.some(({ from, to }) => id >= from && id <= to)

/** Ids of `(above, upTo]` that no row has. */
export function missingIds(rows: Detections, above: number, upTo: number, nowMs: number): MissingIds[] {
  const ids = inOrder(rows.id)
  const missing: MissingIds[] = []
  let previous = above
  for (const id of ids) {
    if (id > previous + 1) missing.push({ from: previous + 1, to: id - 1, missedMs: nowMs })
    previous = id
  }
  if (upTo > previous) missing.push({ from: previous + 1, to: upTo, missedMs: nowMs })
  return missing
}

export const newestMissing = (ledger: readonly MissingIds[]): MissingIds[] => ledger.slice(-maxMissing)

export const keptLedger = (ledger: readonly MissingIds[], nowMs: number): MissingIds[] =>
  newestMissing(ledger.filter(({ missedMs }) => missedMs > nowMs - keepMissingMs))

export function withoutFound(ledger: readonly MissingIds[], rows: Detections): MissingIds[] {
  const ids = [...rows.id].sort((a, b) => a - b)
  return ledger.flatMap(({ from, to, missedMs }) => {
    const parts: MissingIds[] = []
    let at = from
    for (const id of ids) {
      if (id < from || id > to) continue
      if (id > at) parts.push({ from: at, to: id - 1, missedMs })
      at = id + 1
    }
    if (at <= to) parts.push({ from: at, to, missedMs })
    return parts
  })
}

/** Ids come nearly sorted, so the test comes first. */
function inOrder(ids: Float64Array): Float64Array {
  for (let i = 1; i < ids.length; i++) if ((ids[i] as number) < (ids[i - 1] as number)) return Float64Array.from(ids).sort()
  return ids
}
