/** Which refusals are worth another look at the plant: something that was just added to it, not what a camera sends wrongly all day long. */
import type { Refusal } from './rest.ts'

/** What a plant that was read anew does not have is not waited for again until then. */
const knownMs = 3_600_000
const mostKnown = 1_000

/** `refreshMs`: ingest reads a plant anew for rows that it does not know, and not again before that. Answers how long to wait until it may; 0 = the
 *  answer stands. */
export function createPatience(refreshMs: number): (refused: readonly Refusal[], nowMs: number) => number {
  const missingSinceMs = new Map<string, number>()
  let readAtMs = Number.NEGATIVE_INFINITY
  return (refused, nowMs) => {
    if (refused.length === 0) return 0
    const ageMs = nowMs - readAtMs
    if (ageMs < refreshMs)
      return refused.some(({ detail }) => nowMs - (missingSinceMs.get(detail.en) ?? Number.NEGATIVE_INFINITY) > knownMs)
        ? Math.min(refreshMs, refreshMs - ageMs)
        : 0
    // it was read for these
    readAtMs = nowMs
    for (const { detail } of refused) missingSinceMs.set(detail.en, nowMs)
    for (const oldest of missingSinceMs.keys()) {
      if (missingSinceMs.size <= mostKnown) break
      missingSinceMs.delete(oldest)
    }
    return 0
  }
}
