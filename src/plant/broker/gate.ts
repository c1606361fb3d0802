/** Lets few in at once, of each company and of all: somebody's slow servers take neither the others' turn nor the memory. */

export type Gate = {
  /** Null: too many wait already. `stay`: keeps the place, also after the answer, until what goes on behind it has ended. */
  readonly enter: <T>(tenantId: number, work: (stay: (until: Promise<unknown>) => void) => Promise<T>) => Promise<T | null>
}

export function createGate({ perTenant, total, mostWaiting }: { perTenant: number; total: number; mostWaiting: number }): Gate {
  const inside = new Map<number, number>()
  let count = 0
  let waiting: { readonly tenantId: number; readonly go: () => void }[] = []
  const isOpen = (tenantId: number) => count < total && (inside.get(tenantId) ?? 0) < perTenant
  const take = (tenantId: number) => {
    count += 1
    inside.set(tenantId, (inside.get(tenantId) ?? 0) + 1)
  }
  const leave = (tenantId: number) => {
    count -= 1
    const left = (inside.get(tenantId) ?? 1) - 1
    if (left === 0) inside.delete(tenantId)
    else inside.set(tenantId, left)
    const next = waiting.find((one) => isOpen(one.tenantId))
    if (!next) return
    waiting = waiting.filter((one) => one !== next)
    take(next.tenantId)
    next.go()
  }
  return {
    async enter(tenantId, work) {
      if (isOpen(tenantId)) take(tenantId)
      else {
        // half of the places at most are one company's
        const own = waiting.filter((one) => one.tenantId === tenantId).length
        if (waiting.length >= mostWaiting || own >= Math.ceil(mostWaiting / 2)) return null
        await new Promise<void>((go) => waiting.push({ tenantId, go }))
      }
      const going: Promise<unknown>[] = []
      try {
        return await work((until) => void going.push(until))
      } finally {
        void Promise.allSettled(going).then(() => leave(tenantId))
      }
    },
  }
}
