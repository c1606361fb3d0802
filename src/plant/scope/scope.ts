/** What a request asks for, checked and typed: made once from raw parameters, then only read. */
import type { LocalS, Span, Zone } from '../../platform/time/index.ts'
import type { Line } from '../model/model.ts'

export const intervals = ['minute', '15min', 'hour', 'day', 'week', 'month'] as const
export type Interval = (typeof intervals)[number]
export type CurveType = 'smooth' | 'linear' | 'stepped' | 'stacked'

export type { LocalS }

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

/** What nobody chose: no filter takes part. */
export const unfiltered = {
  shiftId: null,
  areaIds: null,
  productIds: null,
  onlyHour: null,
  interval: 'hour',
  thresholdOverrideS: null,
  curveType: 'smooth',
  showDowntime: true,
  highlightPeaks: false,
  search: '',
  parameters: {},
} as const satisfies Partial<Scope>

/** The scope of a stretch that nobody typed: these lines, unfiltered. */
export const plainScope = (zone: Zone, lines: readonly Line[], range: Span, nowS: number): Scope => ({
  ...unfiltered,
  lines: [...lines].sort((a, b) => a.lineId - b.lineId),
  isMultiLine: lines.length > 1,
  fromLocalS: zone.toLocalS(range.fromS),
  toLocalS: zone.toLocalS(range.toS),
  range,
  elapsed: { fromS: Math.min(range.fromS, nowS), toS: Math.min(range.toS, nowS) },
  now: { epochS: nowS, localS: zone.toLocalS(nowS) },
})
