/** What the screens need, gathered once per request. Widgets are pure functions of these; none of them touches a database.
 *  Seconds are whole elapsed seconds, counts are pieces, weights hundredths of a kilogram, ratios 0… unrounded and null for "no data". */
import type { Text } from '../../platform/i18n/i18n.ts'
import type { AreaType, Line } from '../model/model.ts'
import type { LocalS, Span } from '../../platform/time/index.ts'

/** ISO 22400-2 time elements of one line (spec plant 6.2). */
export type TimeElements = {
  readonly scheduledS: number
  readonly plannedStopS: number
  readonly plannedBusyTimeS: number
  readonly unplannedDowntimeS: number
  readonly actualProductionTimeS: number
  /** Unplanned stops that cost planned time. */
  readonly stopCount: number
}

/** Pieces of one line inside its planned windows; area, product and hour filters do not reach them. */
export type PlannedQuantities = {
  readonly goodQuantity: number
  readonly processedQuantity: number
  readonly inputQuantity: number
  readonly scrapQuantity: number
  readonly qualityBasis: 'scrap_area' | 'input_output' | null
  /** input − output − scrap, when both input and scrap areas exist. */
  readonly unaccountedQuantity: number | null
  /** Σ ideal minutes × processed; null when one product of the mix has no known ideal. */
  readonly idealMinutes: number | null
  /** Output in range outside the planned windows; 0 when a shift is chosen. */
  readonly unplannedProduction: number
  readonly outputWeightCentikg: number
  /** Rate × PBT × the line's own mean output weight; null when the line has no rate or no output in plan. */
  readonly theoreticalWeightCentikg: number | null
}

/** The OEE family of a set of lines: ratio of sums, never a mean of ratios. */
export type KpiFacts = {
  readonly availability: number | null
  /** Uncapped. */
  readonly effectiveness: number | null
  readonly qualityRatio: number | null
  readonly oeeIndex: number | null
  readonly qualityAssumed: boolean
  readonly ratedSpeedExceeded: boolean
  readonly utilisation: number | null
  readonly weightEfficiency: number | null
  readonly actualWeightCentikg: number
  readonly theoreticalWeightCentikg: number
  readonly time: TimeElements
  readonly goodQuantity: number
  readonly processedQuantity: number
  readonly idealMinutes: number | null
  readonly mtbfS: number | null
  readonly mttrS: number | null
  readonly totalProduction: number
  readonly totalWeightCentikg: number
  /** Share of scrap detections among processed, lines with a scrap area; null when no line has one. */
  readonly rejectedRatio: number | null
  readonly scrapQuantity: number
}

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

export type StopSource = 'manual' | 'recorded' | 'calculated' | 'live'
export type Stop = {
  readonly lineId: number
  readonly eventId: number | null
  readonly source: StopSource
  readonly isPlanned: boolean
  readonly visualType: 'db_confirmed' | 'db_unconfirmed' | 'calculated' | 'live' | 'planned'
  readonly category: 'micro_stop' | 'stop' | 'breakdown'
  /** Cut to the range; wall time beside the instants. */
  readonly span: Span
  readonly startLocalS: LocalS
  readonly endLocalS: LocalS
  readonly durationS: number
  /** Part that costs planned time (planned stops: part inside the windows). */
  readonly countedS: number
  /** Before cutting. */
  readonly fullS: number
  /** Of stored events only. */
  readonly recorded: {
    readonly startLocalS: LocalS
    readonly endLocalS: LocalS
    readonly reasonCode: number | null
    readonly reasonText: string | null
    /** What people read; null when the event has neither code nor text ("Sin motivo"). A code known nowhere reads "Código N". */
    readonly label: string | null
    readonly failureType: string | null
    readonly failureDescription: string | null
    readonly incidentCode: string | null
    readonly incidentDescription: string | null
  } | null
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
  readonly areaName: string
  readonly areaType: AreaType
  readonly lineId: number
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

/** The stop figures that KpiTotalDowntime and the summary share. */
export type DowntimeTotals = { readonly stopCount: number; readonly downtimeS: number }

export type Facts = {
  readonly kpi: KpiFacts
  readonly lines: readonly LineFacts[]
  readonly downtime: DowntimeTotals
  /** Order: start, line, end, event id. */
  readonly stops: readonly Stop[]
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
}
