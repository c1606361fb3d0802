/** The figures above the timeline: how often, how long, how much of it nobody explained. Pure. */
import { intersect, type Span, subtract, union, type Zone } from '../../platform/time/index.ts'
import { isCounted, isExplained } from '../downtime/index.ts'
import type { Facts, Stop } from '../facts/index.ts'
import { ratioOf } from '../kpi/index.ts'
import type { PlantModel } from '../model/index.ts'
import { breakSpans, plannedWindows, type Scope } from '../scope/index.ts'
import { lostTime } from './segments.ts'

type CountAndTime = { readonly count: number; readonly seconds: number }

export type DowntimeFigures = {
  /** Unplanned stops that cost planned time. */
  readonly stopCount: number
  /** Union of their time, line by line. */
  readonly downtimeS: number
  readonly mtbfS: number | null
  readonly mttrS: number | null
  /** Why MTBF and MTTR are null. */
  readonly reason: 'no_planned_time' | 'no_stops' | null
  readonly unexplainedS: number
  /** 0…1 of the time lost; null when none was. */
  readonly unexplainedShare: number | null
  readonly unexplainedCount: number
  /** Shorter than the tenant's limit, apart from the others: what each cost, overlapping ones each counted. */
  readonly micro: CountAndTime
  readonly longer: CountAndTime
}

export function downtimeFigures(
  model: PlantModel,
  zone: Zone,
  scope: Scope,
  { kpi, lines, stops }: Pick<Facts, 'kpi' | 'lines' | 'stops'>,
): DowntimeFigures {
  const counted = stops.filter(isCounted)
  // a line without data has no time to lose
  const known = lines.filter(({ lastDetectionLocalS }) => lastDetectionLocalS !== null)
  const unexplainedS = known.reduce((sum, { line }) => {
    const own = stops.filter(({ lineId }) => lineId === line.lineId)
    return sum + lostTime(busyTime(model, zone, scope, line.lineId, own), own.filter(isCounted)).unexplainedS
  }, 0)
  const { stopCount, unplannedDowntimeS, plannedBusyTimeS } = kpi.time
  return {
    stopCount,
    downtimeS: unplannedDowntimeS,
    mtbfS: kpi.mtbfS,
    mttrS: kpi.mttrS,
    reason: plannedBusyTimeS === 0 ? 'no_planned_time' : stopCount === 0 ? 'no_stops' : null,
    unexplainedS,
    unexplainedShare: ratioOf(unexplainedS, unplannedDowntimeS),
    unexplainedCount: counted.filter((stop) => !isExplained(stop)).length,
    micro: sumOf(counted.filter(({ category }) => category === 'micro_stop')),
    longer: sumOf(counted.filter(({ category }) => category !== 'micro_stop')),
  }
}

/** W up to now without planned stops and breaks: where an unplanned stop costs time. */
function busyTime(model: PlantModel, zone: Zone, scope: Scope, lineId: number, stops: readonly Stop[]): Span[] {
  const windows = plannedWindows(model, zone, lineId, scope.shiftId, scope.range)
  const elapsed = intersect(windows, [{ fromS: Number.NEGATIVE_INFINITY, toS: scope.now.epochS }])
  const planned = stops.filter(({ isPlanned }) => isPlanned).map(({ span }) => span)
  return subtract(elapsed, union([...planned, ...breakSpans(model, zone, hull(scope.range, windows))]))
}

/** With `extend` the last instance ends after the range. */
const hull = (range: Span, windows: readonly Span[]): Span => ({ fromS: range.fromS, toS: Math.max(range.toS, windows.at(-1)?.toS ?? 0) })

const sumOf = (stops: readonly Stop[]): CountAndTime => ({
  count: stops.length,
  seconds: stops.reduce((sum, { countedS }) => sum + countedS, 0),
})
