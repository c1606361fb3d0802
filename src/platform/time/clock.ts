/** The only source of "now". Tests pass a fixed one. */
export type Clock = { readonly nowMs: () => number }
export const systemClock: Clock = { nowMs: () => Date.now() }
export const fixedClock = (nowMs: number): Clock => ({ nowMs: () => nowMs })

/** Lets whatever else waits have its turn: a health check must not wait for a million rows. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
