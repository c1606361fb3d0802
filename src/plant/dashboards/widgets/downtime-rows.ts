/** Stops as rows of a table: shared by the widget and by `/downtime/list`. */
import type { Language } from '../../../platform/i18n/index.ts'
import type { Stop } from '../../facts/index.ts'
import type { DowntimeRow } from './data.ts'
import { localDateTime, localIso } from './local-time.ts'
import { minutes } from './numbers.ts'
import { stopBadge, stopReason, stopSource } from './stop-words.ts'

export const downtimeRow = (stop: Stop, lineName: string, language: Language): DowntimeRow => ({
  tipo: stopSource(stop, language),
  start_time: localDateTime(stop.startLocalS),
  end_time: localDateTime(stop.endLocalS),
  duration_min: minutes(stop.durationS),
  failure_type: stop.recorded?.failureType ?? '',
  failure_desc: stop.recorded?.failureDescription ?? '',
  incident_code: stop.recorded?.incidentCode ?? '',
  incident_desc: stop.recorded?.incidentDescription ?? '',
  line_name: lineName,
  source_badge: stopBadge(stop, language),
  line_id: stop.lineId,
  event_id: stop.eventId,
  source: stop.source,
  visual_type: stop.visualType,
  category: stop.category,
  is_manual: stop.source === 'manual',
  is_planned: stop.isPlanned,
  reason: stopReason(stop, language),
  reason_text: stop.recorded?.reasonText ?? null,
  editable: stop.eventId !== null,
  start_local: localIso(stop.startLocalS),
  end_local: localIso(stop.endLocalS),
  duration_seconds: stop.durationS,
  counted_seconds: stop.countedS,
})
