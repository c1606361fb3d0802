/** Figures, Pareto and strips as the API gives them. Pure. */
import type { Static } from 'typebox'
import type { Language } from '../../platform/i18n/index.ts'
import { formatDurationS, type Span, type Zone } from '../../platform/time/index.ts'
import { lineNames, localIso } from '../dashboards/index.ts'
import { isCounted, type ParetoRow, paretoOf } from '../downtime/index.ts'
import type { Stop } from '../facts/index.ts'
import type { PlantModel } from '../model/index.ts'
import type { StripSchema } from './api-schemas.ts'
import type { DowntimeFigures } from './figures.ts'
import { paretoLabel } from './messages.ts'
import type { Strip } from './segments.ts'

/** One decimal, half up; shares are never negative. */
const percentOf = (share: number): number => Math.round(share * 1_000) / 10

export const apiPareto = (rows: readonly ParetoRow[], language: Language) =>
  rows.map((row) => ({
    key: row.key,
    reason: paretoLabel(row, language),
    failure_type: row.failureType,
    count: row.count,
    seconds: row.seconds,
    share: percentOf(row.share),
    cumulative_share: percentOf(row.cumulative),
  }))

/** The union of the counted stops is the total, so overlapping stops can add up to more than it. */
export const apiSummary = (stops: readonly Stop[], figures: DowntimeFigures, language: Language) => {
  const seconds = stops.filter(isCounted).map(({ countedS }) => countedS)
  return {
    total_downtimes: figures.stopCount,
    total_duration_seconds: figures.downtimeS,
    total_duration_formatted: formatDurationS(figures.downtimeS),
    avg_duration_seconds: figures.mttrS,
    max_duration_seconds: seconds.reduce<number | null>((most, one) => Math.max(most ?? 0, one), null),
    min_duration_seconds: seconds.reduce<number | null>((least, one) => Math.min(least ?? one, one), null),
    mtbf_seconds: figures.mtbfS,
    mttr_seconds: figures.mttrS,
    mtbf_reason: figures.reason,
    unexplained: { count: figures.unexplainedCount, seconds: figures.unexplainedS, ratio: figures.unexplainedShare },
    micro_stops: figures.micro,
    longer_stops: figures.longer,
    pareto: apiPareto(paretoOf(stops, 'reason', 'seconds'), language),
  }
}

export const apiStrips = (strips: readonly Strip[], model: PlantModel, zone: Zone): Static<typeof StripSchema>[] => {
  const names = lineNames(model)
  const shifts = new Map(model.shifts.map((shift) => [shift.shiftId, shift.shiftName]))
  const times = ({ fromS, toS }: Span) => ({
    start_time: localIso(zone.toLocalS(fromS)),
    end_time: localIso(zone.toLocalS(toS)),
    start_epoch: fromS,
    end_epoch: toS,
  })
  return strips.map(({ lineId, kind, shiftId, span, figures, segments }) => ({
    line_id: lineId,
    line_name: names.get(lineId) ?? '',
    kind,
    shift_id: shiftId,
    shift_name: shiftId === null ? null : (shifts.get(shiftId) ?? null),
    ...times(span),
    figures: figures && {
      scheduled_seconds: figures.scheduledS,
      planned_busy_time_seconds: figures.plannedBusyTimeS,
      downtime_seconds: figures.downtimeS,
      unexplained_seconds: figures.unexplainedS,
      stop_count: figures.stopCount,
      availability: figures.availability,
      mtbf_seconds: figures.mtbfS,
      mttr_seconds: figures.mttrS,
    },
    segments: segments.map((segment) => ({
      state: segment.state,
      ...times(segment.span),
      seconds: segment.span.toS - segment.span.fromS,
      event_id: segment.stop?.eventId ?? null,
      reason: segment.stop?.recorded?.label ?? segment.stop?.recorded?.reasonText ?? null,
    })),
  }))
}
