/** Units of the widgets: everything is rounded once, on its way out. */
import { difference, roundHalfAway } from '../../kpi/index.ts'

/** Percentage points between two unrounded, uncapped ratios; null when either is missing. */
export const trendPoints = (now: number | null, before: number | null | undefined): number | null => difference(now, before, 1, 100)

export const minutes = (seconds: number): number => roundHalfAway(seconds / 60, 1)

export const kilograms = (centikg: number): number => roundHalfAway(centikg / 100, 2)
