/** The only source of "now". Tests pass a fixed one. */
export type Clock = { readonly nowMs: () => number }
export const systemClock: Clock = { nowMs: () => Date.now() }
export const fixedClock = (nowMs: number): Clock => ({ nowMs: () => nowMs })
