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
