/** Ids below the watermark that no row had when they were passed: rows commit out of order, and some come late. Pure. */
import type { ReadRows } from '../detections/index.ts'
import type { MissingIds } from './store.ts'

type Ids = ArrayLike<number> & Iterable<number>

/** Of all rows that were read: one that belongs to no day has come too. */
export const idsOfRows = ({ id, undatedIds }: ReadRows): Ids => (undatedIds.length === 0 ? id : [...id, ...undatedIds])

const keepMissingMs = 7 * 86_400_000
/** More missing ranges than this are a habit of the server's (ids in steps): the oldest are left to reconciliation. */
const maxMissing = 400

export const isMissing = (ledger: readonly MissingIds[], id: number): boolean => ledger.some(({ from, to }) => id >= from && id <= to)

/** Ids of `(above, upTo]` that are not among `ids`; others of them do not matter. */
export function missingIds(ids: Ids, above: number, upTo: number, nowMs: number): MissingIds[] {
  const missing: MissingIds[] = []
  let previous = above
  const see = (id: number): void => {
    if (id > previous + 1) missing.push({ from: previous + 1, to: id - 1, missedMs: nowMs })
    previous = id
  }
  if (upTo - above <= mostMarked) {
    const isThere = new Uint8Array(upTo - above + 1)
    for (const id of ids) isThere[id - above] = 1
    for (let at = 1; at < isThere.length; at++) if (isThere[at]) see(above + at)
  } else for (const id of Float64Array.from(ids).sort()) if (id > above && id <= upTo) see(id)
  if (upTo > previous) missing.push({ from: previous + 1, to: upTo, missedMs: nowMs })
  return missing
}

/** A byte per id is cheaper than sorting, unless ids are far apart. */
const mostMarked = 1_000_000

export const newestMissing = (ledger: readonly MissingIds[]): MissingIds[] => ledger.slice(-maxMissing)

export const keptLedger = (ledger: readonly MissingIds[], nowMs: number): MissingIds[] =>
  newestMissing(ledger.filter(({ missedMs }) => missedMs > nowMs - keepMissingMs))

export function withoutFound(ledger: readonly MissingIds[], found: Ids): MissingIds[] {
  const ids = Float64Array.from(found).sort()
  return ledger.flatMap(({ from, to, missedMs }) => {
    const parts: MissingIds[] = []
    let at = from
    for (const id of ids) {
      if (id > to) break
      if (id < from) continue
      if (id > at) parts.push({ from: at, to: id - 1, missedMs })
      at = id + 1
    }
    if (at <= to) parts.push({ from: at, to, missedMs })
    return parts
  })
}
