/** Sliding windows: how many instants may lie in any span of a length. Pure. */

/** At most `limit` in any `windowMs`. */
export type RateWindow = { readonly limit: number; readonly windowMs: number }

export const minuteMs = 60_000
/** No window is longer: what is older counts nowhere. */
export const hourMs = 3_600_000

/** Of the window with the fewest places left. At `freesAtMs` a place really frees: a refused call takes none. */
export type Taken = { readonly isAllowed: boolean; readonly limit: number; readonly remaining: number; readonly freesAtMs: number }
export type Slot = Taken & { readonly hits: readonly number[] }

/** `hits` are epoch milliseconds, oldest first; the answer's are what to keep. Several windows all have to have a place. */
export function takeSlot(hits: readonly number[], windows: readonly RateWindow[], nowMs: number): Slot {
  const spanMs = Math.max(...windows.map(({ windowMs }) => windowMs))
  // a clock that was set back leaves hits in the future: they happened, and no later than now
  const recent = hits.filter((hit) => hit > nowMs - spanMs).map((hit) => Math.min(hit, nowMs))
  const isAllowed = windows.every((window) => placesLeft(recent, window, nowMs) > 0)
  const kept = isAllowed ? [...recent, nowMs] : recent
  const states = windows.map((window) => ({
    limit: window.limit,
    remaining: placesLeft(kept, window, nowMs),
    freesAtMs: freesAtMs(kept, window, nowMs),
  }))
  const fewest = states.reduce((a, b) => (b.remaining < a.remaining || (b.remaining === a.remaining && b.freesAtMs > a.freesAtMs) ? b : a))
  return { isAllowed, ...fewest, hits: kept }
}

const within = (hits: readonly number[], { windowMs }: RateWindow, nowMs: number) => hits.filter((hit) => hit > nowMs - windowMs)

const placesLeft = (hits: readonly number[], window: RateWindow, nowMs: number): number =>
  Math.max(0, window.limit - within(hits, window, nowMs).length)

/** Of a full window, when it has a place again; else when its oldest hit leaves it. */
function freesAtMs(hits: readonly number[], window: RateWindow, nowMs: number): number {
  const inside = within(hits, window, nowMs)
  return (inside[Math.max(0, inside.length - window.limit)] ?? nowMs) + window.windowMs
}
