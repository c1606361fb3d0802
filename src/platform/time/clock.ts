/** The only source of "now". Tests pass a fixed one. */
export type Clock = { readonly nowMs: () => number }
export const systemClock: Clock = { nowMs: () => Date.now() }
export const fixedClock = (nowMs: number): Clock => ({ nowMs: () => nowMs })

const waiting: (() => void)[] = []

/** Lets whatever else waits have its turn: a health check must not wait for a million rows, nor for three requests that each have a million;
 *  of those who wait here one goes on per turn. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(goOn)
  })

function goOn(): void {
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(goOn)
}
