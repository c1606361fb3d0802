/** What the screens need, gathered once per request. Widgets are pure functions of these; none of them touches a database.
 *  Seconds are whole elapsed seconds, counts are pieces, weights hundredths of a kilogram, ratios 0… unrounded and null for "no data". */
import type { Text } from '../../platform/i18n/i18n.ts'
import type { LocalS } from '../../platform/time/index.ts'
import type { LineClock } from '../clock-health/index.ts'
import type { Stop, StopTotals } from '../downtime/index.ts'
import type { KpiFacts, PlannedQuantities } from '../kpi/index.ts'
import type { Line } from '../model/model.ts'

export type { KpiFacts, Stop }

export type LineStatus = 'running' | 'stopped' | 'idle' | 'no_data' | 'no_table'

export type LineFacts = {
  readonly line: Line
  readonly thresholdS: number
  readonly kpi: KpiFacts
  readonly quantities: PlannedQuantities
  /** Filtered rows in range; `output` on the counting basis of compare.md 1. */
  readonly counts: { readonly total: number; readonly output: number; readonly input: number; readonly scrap: number }
  /** Now, whatever the range. */
  readonly status: LineStatus
  readonly lastDetectionLocalS: LocalS | null
  readonly minutesSinceLast: number | null
}

export type ProductCount = {
  readonly productId: number
  /** Null = not in the catalogue ("Desconocido"). */
  readonly productName: string | null
  readonly productCode: string
  readonly productColor: string | null
  readonly weightCentikg: number
  readonly count: number
}

export type AreaCount = {
  readonly areaId: number
  /** Null = no such area ("Desconocida"). */
  readonly areaName: string | null
  /** One of the four types, a type of the customer's own in lower case, or `unknown` when there is no such area. */
  readonly areaType: string
  /** Null = no such area; rows of all lines are then counted together. */
  readonly lineId: number | null
  readonly count: number
}

/** Rows aligned with the axis; bucket starts in wall time. */
export type SeriesFacts = {
  readonly bucketStartsLocalS: readonly LocalS[]
  /** Output per product id, zero-filled; products without output are absent. */
  readonly outputByProduct: ReadonlyMap<number, readonly number[]>
  readonly flow: {
    readonly entrada: readonly number[]
    readonly salida: readonly number[]
    /** Signed per bucket; see compare.md 8. */
    readonly descarte: readonly number[]
    readonly total: { readonly entrada: number; readonly salida: number; readonly descarte: number }
  }
}

export type Summary = {
  readonly totalDetections: number
  readonly outputCount: number
  readonly totalWeightCentikg: number
  readonly uniqueProducts: number
  /** Elapsed seconds from the first to the last filtered row. */
  readonly spanS: number
  readonly firstDetectionLocalS: LocalS | null
  readonly lastDetectionLocalS: LocalS | null
}

export type RecentDetection = {
  readonly detectionId: number
  readonly detectedAtLocalS: LocalS
  readonly lineId: number
  readonly areaId: number
  readonly productId: number
}

/** Most stops that one answer carries: more are only counted, and listed by pages (`docs/decisions/0010-plant-numbers.md`). */
export const maxListedStops = 200

/** The stop figures that KpiTotalDowntime and the summary share. */
export type DowntimeTotals = { readonly stopCount: number; readonly downtimeS: number }

/** What an external source of the company said, as it said it. */
export type ExternalAnswer = {
  readonly ok: boolean
  readonly name: string
  readonly data: unknown
  /** Why there is no data. */
  readonly error: Text | null
  readonly askedAtMs: number
}

export type Facts = {
  readonly kpi: KpiFacts
  readonly lines: readonly LineFacts[]
  readonly downtime: DowntimeTotals
  readonly stopTotals: StopTotals
  /** All of them, worked out when asked for: a year has thousands. Order: start, line, end, event id. */
  readonly stops: readonly Stop[]
  /** The last `maxListedStops` of `stops`. */
  readonly latestStops: readonly Stop[]
  /** The `maxListedStops` longest of `stops`, in the order of `stops`. */
  readonly longestStops: readonly Stop[]
  readonly series: SeriesFacts
  /** Filtered output per product: count desc, name, id. */
  readonly products: readonly ProductCount[]
  /** Filtered rows per area: count desc, then name. */
  readonly areas: readonly AreaCount[]
  readonly summary: Summary
  /** Newest first, at most 50, filters applied. */
  readonly recentDetections: readonly RecentDetection[]
  /** The same figures over the preceding range of equal length; null when it holds no detection of the chosen lines. */
  readonly previous: { readonly kpi: KpiFacts; readonly downtime: DowntimeTotals } | null
  /** Newest row of the chosen lines, for "data is n s old". */
  readonly newestDetectionLocalS: LocalS | null
  readonly warnings: readonly Text[]
  /** Of the chosen lines that have a table; empty unless asked for. */
  readonly clocks: readonly LineClock[]
  /** By id of the source; only those asked for. */
  readonly external: ReadonlyMap<string, ExternalAnswer>
}
