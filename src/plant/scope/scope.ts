/** What a request asks for, checked and typed: made once from raw parameters, then only read. */
import type { Line } from '../model/model.ts'
import type { Span } from '../../platform/time/span.ts'

export const intervals = ['minute', '15min', 'hour', 'day', 'week', 'month'] as const
export type Interval = (typeof intervals)[number]
export type CurveType = 'smooth' | 'linear' | 'stepped' | 'stacked'

/** Plant wall time as whole seconds since 1970-01-01 00:00 *of the wall clock* (no zone): only ever formatted or made an instant by the zone. */
export type LocalS = number

export type Now = { readonly epochS: number; readonly localS: LocalS }

export type Scope = {
  /** Chosen lines in id order; never empty. */
  readonly lines: readonly Line[]
  /** More than one line asked for. */
  readonly isMultiLine: boolean
  /** As asked: half-open in wall time, and the same as instants. May end after `now`. */
  readonly fromLocalS: LocalS
  readonly toLocalS: LocalS
  readonly range: Span
  /** `range` without what lies after `now`. */
  readonly elapsed: Span
  readonly shiftId: number | null
  /** Null = all. Restrict rows, never times or stops (compare.md 2). */
  readonly areaIds: ReadonlySet<number> | null
  readonly productIds: ReadonlySet<number> | null
  readonly onlyHour: { readonly targetHour: number; readonly targetDate: string | null } | null
  readonly interval: Interval
  /** Null = each line's own. */
  readonly thresholdOverrideS: number | null
  /** Presentation only. */
  readonly curveType: CurveType
  readonly showDowntime: boolean
  readonly highlightPeaks: boolean
  readonly search: string
  readonly now: Now
  /** What the person chose, normalised, as query parameters that reproduce the view. */
  readonly parameters: Readonly<Record<string, unknown>>
}
