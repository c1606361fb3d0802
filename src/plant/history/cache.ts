/** Decoded days of all companies in this process, the longest unused ones forgotten first. */
import { LRUCache } from 'lru-cache'
import type { Bursts } from './bursts.ts'
import type { CoarseDay, FineDay, SlotCounts } from './day.ts'

type Held = { readonly revision: number; readonly value: CoarseDay | FineDay; readonly bytes: number }

export type DayCache = {
  /** Undefined when it is not held, or held as another revision wrote it. */
  readonly get: (key: string, revision: number) => CoarseDay | FineDay | undefined
  readonly set: (key: string, revision: number, value: CoarseDay | FineDay) => void
  readonly info: () => {
    readonly days: number
    readonly bytes: number
    readonly maxBytes: number
    readonly hits: number
    readonly misses: number
  }
}

const objectBytes = 600
const slotBytes = ({ slot, pairs }: SlotCounts): number => objectBytes + slot.length * 12 + pairs.areaId.length * 16
const burstBytes = ({ fromS }: Bursts): number => 100 + fromS.length * 9

function bytesOf(value: CoarseDay | FineDay): number {
  if (!('byArea' in value)) return slotBytes(value)
  let bytes = slotBytes(value) + value.idSlot.length * 18 + value.pairFirstS.length * 16 + burstBytes(value.all)
  if (value.byArea.size > 1) for (const bursts of value.byArea.values()) bytes += burstBytes(bursts)
  return bytes
}

export function createDayCache(maxMb: number): DayCache {
  const maxBytes = maxMb * 1024 * 1024
  const lru = new LRUCache<string, Held>({ maxSize: maxBytes, sizeCalculation: (held) => held.bytes })
  let [hits, misses] = [0, 0]
  return {
    get(key, revision) {
      const held = lru.get(key)
      if (held?.revision === revision) {
        hits++
        return held.value
      }
      misses++
      return undefined
    },
    set: (key, revision, value) => void lru.set(key, { revision, value, bytes: bytesOf(value) }),
    info: () => ({ days: lru.size, bytes: lru.calculatedSize, maxBytes, hits, misses }),
  }
}
