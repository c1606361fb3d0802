/** Keeps values in memory while they hold. Without room for all, the company that takes most loses its oldest: large values of one push out nobody else's. */

type Kept<Value> = { readonly value: Value; readonly bytes: number; readonly untilMs: number }

export type Shares<Value> = {
  readonly get: (tenantId: number, key: string) => Value | undefined
  readonly set: (tenantId: number, key: string, kept: Kept<Value>) => void
}

export function createShares<Value>({ mostBytes, nowMs }: { mostBytes: number; nowMs: () => number }): Shares<Value> {
  /** Oldest first. */
  const companies = new Map<number, Map<string, Kept<Value>>>()
  const bytesOf = (entries: ReadonlyMap<string, Kept<Value>>) => entries.values().reduce((sum, { bytes }) => sum + bytes, 0)
  const remove = (tenantId: number, key: string) => {
    const entries = companies.get(tenantId)
    entries?.delete(key)
    if (entries?.size === 0) companies.delete(tenantId)
  }
  const makeRoom = () => {
    for (const [tenantId, entries] of companies) for (const [key, { untilMs }] of entries) if (untilMs <= nowMs()) remove(tenantId, key)
    for (;;) {
      const taken = [...companies].map(([tenantId, entries]) => ({ tenantId, entries, bytes: bytesOf(entries) }))
      if (taken.reduce((sum, { bytes }) => sum + bytes, 0) <= mostBytes) return
      const most = taken.reduce((one, other) => (other.bytes > one.bytes ? other : one))
      for (const key of most.entries.keys().take(1)) remove(most.tenantId, key)
    }
  }
  return {
    get(tenantId, key) {
      const known = companies.get(tenantId)?.get(key)
      return known && known.untilMs > nowMs() ? known.value : undefined
    },
    set(tenantId, key, kept) {
      remove(tenantId, key)
      const entries = companies.get(tenantId) ?? new Map<string, Kept<Value>>()
      entries.set(key, kept)
      companies.set(tenantId, entries)
      makeRoom()
    },
  }
}
