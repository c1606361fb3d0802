/** How fast a company's messages are read: what one sends is no other's wait. Nothing is refused for it: who sends more is acknowledged later. */

/** Generous: a hundred cameras with five pieces a second each, or 5,000 pieces a second in messages of many. */
const perSecond = { messages: 500, bytes: 2 ** 19 } as const
/** What came while nobody listened is read at once, for as much as of this time. */
const burstMs = 4_000

/** Told of each message; milliseconds to wait before the next is read. `nowMs` of a clock that does not go back. */
export function createPace(): (bytes: number, nowMs: number) => number {
  let paidUntilMs = Number.NEGATIVE_INFINITY
  return (bytes, nowMs) => {
    paidUntilMs = Math.max(paidUntilMs, nowMs - burstMs) + 1_000 / perSecond.messages + (1_000 * bytes) / perSecond.bytes
    return Math.max(0, paidUntilMs - nowMs)
  }
}
