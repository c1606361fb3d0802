/** What answers keep of their own work, of all companies in this process: derived from rows and worth nothing once those change, so every value is kept
 *  beside the stamp of what it was made from. The longest unused go first. */
import { LRUCache } from 'lru-cache'

export type Memory = {
  /** Undefined when nothing is kept under the key, or it was made from something else than `stamp` says. Keys begin with the company's id. */
  readonly get: <Value>(key: string, stamp: string) => Value | undefined
  /** `bytes` is an estimate. */
  readonly set: (key: string, stamp: string, value: unknown, bytes: number) => void
  readonly info: () => MemoryInfo
}

export type MemoryInfo = {
  readonly entries: number
  readonly bytes: number
  readonly maxBytes: number
  readonly hits: number
  readonly misses: number
}

type Held = { readonly stamp: string; readonly value: unknown; readonly bytes: number }

export function createMemory(maxMb: number): Memory {
  const maxBytes = maxMb * 1024 * 1024
  const lru = new LRUCache<string, Held>({ maxSize: maxBytes, sizeCalculation: (held) => held.bytes })
  let [hits, misses] = [0, 0]
  return {
    get<Value>(key: string, stamp: string) {
      const held = lru.get(key)
      if (held?.stamp === stamp) {
        hits++
        return held.value as Value
      }
      misses++
      return undefined
    },
    set: (key, stamp, value, bytes) => void lru.set(key, { stamp, value, bytes: Math.ceil(200 + key.length + stamp.length + bytes) }),
    info: () => ({ entries: lru.size, bytes: lru.calculatedSize, maxBytes, hits, misses }),
  }
}
