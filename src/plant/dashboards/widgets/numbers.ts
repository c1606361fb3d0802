/** Rounding and the small unit changes of the widgets. Everything is rounded once, here, on its way out. */

/** Half away from zero. Twelve significant digits first, so that 1.005 (stored as 1.00499…) is the tie that people see. */
export const roundTo = (value: number, digits: number): number => {
  const scaled = Number((Math.abs(value) * 10 ** digits).toPrecision(12))
  const rounded = Math.round(scaled) / 10 ** digits
  return value < 0 && rounded !== 0 ? -rounded : rounded
}

/** Ratio 0…1 to percent with one decimal, not capped. */
export const percent = (ratio: number | null): number | null => (ratio === null ? null : roundTo(ratio * 100, 1))

/** As `percent`, at most 100: what a card shows. */
export const cappedPercent = (ratio: number | null): number | null => (ratio === null ? null : roundTo(Math.min(1, ratio) * 100, 1))

/** Percentage points between two unrounded, uncapped ratios; null when either is missing. */
export const trendPoints = (now: number | null, before: number | null | undefined): number | null =>
  now === null || before === null || before === undefined ? null : roundTo((now - before) * 100, 1)

export const minutes = (seconds: number): number => roundTo(seconds / 60, 1)

export const kilograms = (centikg: number): number => roundTo(centikg / 100, 2)
