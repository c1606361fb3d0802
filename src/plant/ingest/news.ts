/** Who wants to know that rows were written: told a moment later, once for all that came meanwhile. */

export type News = {
  readonly tell: (tenantId: number, lineIds: readonly number[]) => void
  /** Returns how to stop it. */
  readonly listen: (listener: (tenantId: number, lineIds: readonly number[]) => void) => () => void
}

/** Rows may come by the thousand a second; whoever looks is looked for by this much later at most. */
const gatherMs = 150

export function createNews(): News {
  const listeners = new Set<(tenantId: number, lineIds: readonly number[]) => void>()
  const gathered = new Map<number, Set<number>>()
  const flush = (tenantId: number): void => {
    const lineIds = [...(gathered.get(tenantId) ?? [])]
    gathered.delete(tenantId)
    for (const listener of listeners) listener(tenantId, lineIds)
  }
  return {
    tell(tenantId, lineIds) {
      if (listeners.size === 0 || lineIds.length === 0) return
      const lines = gathered.get(tenantId)
      if (!lines) setTimeout(flush, gatherMs, tenantId)
      gathered.set(tenantId, new Set([...(lines ?? []), ...lineIds]))
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
