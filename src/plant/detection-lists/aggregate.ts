/** Detections per time bucket, line, area and product. Counted from day summaries where they can say, so a year costs its days. */

import { rowFilter } from '../facts/index.ts'
import type { Line } from '../model/index.ts'
import { bucketStart, type LocalS, type Scope } from '../scope/index.ts'
import type { LineRows, RowCounter } from './line-rows.ts'

/** Wall time of the bucket's start; both passes of a repeated hour share one. */
export type Bucket = {
  readonly startLocalS: LocalS
  readonly line: Line
  readonly areaId: number
  readonly productId: number
  readonly count: number
}

/** More than this is no table for people or programs: a coarser interval is (413). */
export const mostBuckets = 100_000

/** In order of time, line, area and product; only those with rows. Their sum is the count of the scope. Null = more than `mostBuckets`. */
export async function aggregate(lines: readonly LineRows[], scope: Scope): Promise<readonly Bucket[] | null> {
  const buckets: Bucket[] = []
  for (const line of lines) {
    const counter = createBucketCounter(scope)
    await line.tally(counter, scope.interval === 'minute')
    for (const [startLocalS, pairs] of counter.buckets())
      for (const { areaId, productId, count } of pairs.values()) buckets.push({ startLocalS, line: line.line, areaId, productId, count })
    if (buckets.length > mostBuckets) return null
  }
  return buckets.sort(
    (a, b) => a.startLocalS - b.startLocalS || a.line.lineId - b.line.lineId || a.areaId - b.areaId || a.productId - b.productId,
  )
}

type Pair = { readonly areaId: number; readonly productId: number; count: number }

function createBucketCounter(scope: Scope): RowCounter & { readonly buckets: () => Map<LocalS, Map<string, Pair>> } {
  const keeps = rowFilter(scope)
  const keepsPair = rowFilter({ ...scope, onlyHour: null })
  const keepsHour = rowFilter({ ...scope, areaIds: null, productIds: null })
  const buckets = new Map<LocalS, Map<string, Pair>>()
  const add = (startLocalS: LocalS, areaId: number, productId: number, count: number): void => {
    const pairs = buckets.get(startLocalS) ?? new Map<string, Pair>()
    buckets.set(startLocalS, pairs)
    const key = `${areaId} ${productId}`
    const pair = pairs.get(key)
    if (pair) pair.count += count
    else pairs.set(key, { areaId, productId, count })
  }
  return {
    buckets: () => buckets,
    addSlots({ pairs, slot, pair, count }, fromSlot, toSlot, _startS, locals) {
      const isKept = pairs.areaId.map((area, p) => keepsPair(area, pairs.productId[p] as number, 0))
      let [known, startLocalS, isHour] = [-1, 0, true]
      for (let i = 0; i < slot.length; i++) {
        const [own, p] = [slot[i] as number, pair[i] as number]
        if (own < fromSlot || own >= toSlot || !isKept[p]) continue
        if (own !== known) {
          const localS = locals(own) ?? 0
          known = own
          startLocalS = bucketStart(localS, scope.interval)
          isHour = keepsHour(0, 0, localS)
        }
        if (isHour) add(startLocalS, pairs.areaId[p] as number, pairs.productId[p] as number, count[i] as number)
      }
    },
    addRows(rows) {
      for (let i = 0; i < rows.length; i++) {
        const [areaId, productId, localS] = [rows.areaId[i] as number, rows.productId[i] as number, rows.localS[i] as number]
        if (keeps(areaId, productId, localS)) add(bucketStart(localS, scope.interval), areaId, productId, 1)
      }
    },
  }
}
