/** Rows may come late by as much (spec plant 7.3). */
const graceS = 300

/** Until when a silence that ended is sure to be over: one detection alone ends no stop, and the next one may come until the threshold has passed. */
export const settledUntilS = (thresholdS: number, nowS: number): number => nowS - Math.max(graceS, thresholdS)
