/** When failed sign-ins close an account: for one address after a few, for all strange addresses after many. Pure. */

const quarterHourMs = 15 * 60_000

/** `failures` within `windowMs` block for `blockMs`. */
export type Tier = { readonly failures: number; readonly windowMs: number; readonly blockMs: number }
export const tiers = {
  pair: { failures: 5, windowMs: quarterHourMs, blockMs: quarterHourMs },
  account: { failures: 20, windowMs: quarterHourMs, blockMs: quarterHourMs },
} as const satisfies Record<string, Tier>
export type TierName = keyof typeof tiers

/** `hits`: epoch milliseconds, oldest first. */
export type Counter = { readonly hits: readonly number[]; readonly blockedUntilMs: number | null }
export const emptyCounter: Counter = { hits: [], blockedUntilMs: null }

/** What lies further ahead than it could ever lie behind was written by a clock that has been set back since, and counts no more. */
export const recentHits = ({ hits }: Counter, { windowMs }: Tier, nowMs: number): readonly number[] =>
  hits.filter((hit) => Math.abs(nowMs - hit) < windowMs)

/** A block that ends later than this was given by such a clock, and holds nobody. */
export const latestBlockMs = ({ blockMs }: Tier, nowMs: number): number => nowMs + 2 * blockMs

const isHeld = ({ blockedUntilMs }: Counter, tier: Tier, nowMs: number): boolean =>
  blockedUntilMs !== null && nowMs < blockedUntilMs && blockedUntilMs <= latestBlockMs(tier, nowMs)

/** A try counts from the moment it begins, so that of many at once no more are evaluated than may fail. */
export const isBlocked = (counter: Counter, tier: Tier, nowMs: number): boolean =>
  isHeld(counter, tier, nowMs) || recentHits(counter, tier, nowMs).length >= tier.failures

export const begun = (counter: Counter, tier: Tier, nowMs: number): Counter => ({
  hits: [...recentHits(counter, tier, nowMs), nowMs],
  blockedUntilMs: isHeld(counter, tier, nowMs) ? counter.blockedUntilMs : null,
})

/** The try that began at `beganAtMs` was no failure. */
export function withdrawn(counter: Counter, beganAtMs: number): Counter {
  const at = counter.hits.indexOf(beganAtMs)
  return at === -1 ? counter : { ...counter, hits: counter.hits.toSpliced(at, 1) }
}

/** A try failed: the counter, blocked when that was the last one. Counted at its beginning, it is not counted again. */
export const failed = (counter: Counter, tier: Tier, nowMs: number): Counter =>
  counter.blockedUntilMs === null && recentHits(counter, tier, nowMs).length >= tier.failures
    ? { ...counter, blockedUntilMs: nowMs + tier.blockMs }
    : counter
