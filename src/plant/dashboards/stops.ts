/** Stops as the API gives them. Pure. */
import type { Static } from 'typebox'
import type { Language } from '../../platform/i18n/index.ts'
import { formatDurationS } from '../../platform/time/index.ts'
import type { Stop } from '../facts/index.ts'
import type { PlantModel } from '../model/index.ts'
import type { StopSchema } from './schemas.ts'
import { localIso } from './widgets/local-time.ts'
import { lineNames, stopLabel } from './widgets/stop-words.ts'

export type ApiStop = Static<typeof StopSchema>

export const apiStops = (stops: readonly Stop[], model: PlantModel, language: Language): ApiStop[] => {
  const names = lineNames(model)
  return stops.map((stop) => ({
    line_id: stop.lineId,
    line_name: names.get(stop.lineId) ?? '',
    event_id: stop.eventId,
    source: stop.source,
    is_manual: stop.source === 'manual',
    is_planned: stop.isPlanned,
    visual_type: stop.visualType,
    category: stop.category,
    start_time: localIso(stop.startLocalS),
    end_time: localIso(stop.endLocalS),
    start_epoch: stop.span.fromS,
    end_epoch: stop.span.toS,
    duration: stop.durationS,
    duration_formatted: formatDurationS(stop.durationS),
    counted_seconds: stop.countedS,
    full_seconds: stop.fullS,
    label: stopLabel(stop, language),
    reason_code: stop.recorded?.reasonCode ?? null,
    reason: stop.recorded?.reasonText ?? null,
    recorded_start: stop.recorded === null ? null : localIso(stop.recorded.startLocalS),
    recorded_end: stop.recorded === null ? null : localIso(stop.recorded.endLocalS),
    failure_type: stop.recorded?.failureType ?? null,
    failure_desc: stop.recorded?.failureDescription ?? null,
    incident_code: stop.recorded?.incidentCode ?? null,
    incident_desc: stop.recorded?.incidentDescription ?? null,
  }))
}

export type DowntimeSummary = {
  readonly total_downtimes: number
  readonly total_duration_seconds: number
  readonly total_duration_formatted: string
  readonly avg_duration_seconds: number | null
  readonly max_duration_seconds: number | null
  readonly min_duration_seconds: number | null
  readonly pareto: readonly ParetoRow[]
}
export type ParetoRow = {
  readonly reason: string
  readonly failure_type: string | null
  readonly count: number
  readonly seconds: number
  /** Percent of the seconds of all rows, one decimal. */
  readonly share: number
}

/** Stops that cost planned time; their union is the total, so overlapping stops can add up to more than it. */
export const downtimeSummary = (
  stops: readonly Stop[],
  totals: { readonly stopCount: number; readonly downtimeS: number },
  language: Language,
): DowntimeSummary => {
  const counted = stops.filter((stop) => !stop.isPlanned && stop.countedS > 0)
  const seconds = counted.map(({ countedS }) => countedS)
  return {
    total_downtimes: totals.stopCount,
    total_duration_seconds: totals.downtimeS,
    total_duration_formatted: formatDurationS(totals.downtimeS),
    avg_duration_seconds: totals.stopCount === 0 ? null : totals.downtimeS / totals.stopCount,
    max_duration_seconds: seconds.length === 0 ? null : Math.max(...seconds),
    min_duration_seconds: seconds.length === 0 ? null : Math.min(...seconds),
    pareto: pareto(counted, language),
  }
}

const pareto = (stops: readonly Stop[], language: Language): ParetoRow[] => {
  const total = stops.reduce((sum, { countedS }) => sum + countedS, 0)
  const groups = new Map<string, { reason: string; failure_type: string | null; count: number; seconds: number }>()
  for (const stop of stops) {
    const reason = stopLabel(stop, language)
    const failure = stop.recorded?.failureType ?? null
    const key = JSON.stringify([reason, failure])
    const group = groups.get(key) ?? { reason, failure_type: failure, count: 0, seconds: 0 }
    groups.set(key, { ...group, count: group.count + 1, seconds: group.seconds + stop.countedS })
  }
  return [...groups.values()]
    .sort((a, b) => b.seconds - a.seconds || a.reason.localeCompare(b.reason))
    .map((group) => ({ ...group, share: Math.round((group.seconds * 1000) / total) / 10 }))
}
