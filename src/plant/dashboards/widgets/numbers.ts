/** Units of the widgets: everything is rounded once, on its way out. */
import { formatNumber, type Language } from '../../../platform/i18n/index.ts'
import { difference, roundHalfAway } from '../../kpi/index.ts'

/** Percentage points between two unrounded, uncapped ratios; null when either is missing. */
export const trendPoints = (now: number | null, before: number | null | undefined): number | null => difference(now, before, 1, 100)

export const minutes = (seconds: number): number => roundHalfAway(seconds / 60, 1)

/** In a text: at most `decimals`, none when the value is whole: 12 · 12,5. */
export const amount = (value: number, language: Language, decimals = 0): string =>
  formatNumber(value, language, Number.isInteger(value) ? 0 : decimals)

export const kilograms = (centikg: number): number => roundHalfAway(centikg / 100, 2)
