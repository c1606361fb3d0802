/** The only rounding of shown figures: once, on output, half away from zero (spec plant 6.2). */

/** Floating point may hold a tie such as 2.675 a few units below itself; what is closer to a tie than this share of its size is the tie. No quotient
 *  of two counts below 10⁹ comes that close without being one. */
const tieShare = 1e-12

export function roundHalfAway(value: number, decimals: number): number {
  const scale = 10 ** decimals
  const scaled = Math.abs(value) * scale
  const rounded = Math.floor(scaled + 0.5 + scaled * tieShare) / scale
  return value < 0 && rounded !== 0 ? -rounded : rounded
}

/** Ratio 0… → percent as shown: capped at 100, one decimal. The uncapped one is `percent`. Null stays null. */
export const cappedPercent = (ratio: number | null): number | null => (ratio === null ? null : roundHalfAway(Math.min(100, ratio * 100), 1))

/** Ratio 0… → percent, one decimal, not capped. */
export const percent = (ratio: number | null): number | null => (ratio === null ? null : roundHalfAway(ratio * 100, 1))

/** Trend: difference of the unrounded values, rounded once; null when either is missing. `scale` 100 turns ratios into percent points. */
export const difference = (value: number | null, previous: number | null | undefined, decimals: number, scale = 1): number | null =>
  value === null || previous === null || previous === undefined ? null : roundHalfAway((value - previous) * scale, decimals)

/** Quotient, or null when there is nothing to divide by: 0/0 is "no data", not 0. */
export const ratioOf = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null)
