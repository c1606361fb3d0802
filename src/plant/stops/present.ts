/** Stored stops as the API gives them. Pure. */
import { formatDurationS, formatLocal, type LocalS } from '../../platform/time/index.ts'
import type { StoredStop } from './stored-stop.ts'

export const localIso = (localS: LocalS): string => formatLocal(localS).replace(' ', 'T')

export const apiStoredStop = (stop: StoredStop) => ({
  line_id: stop.lineId,
  event_id: stop.eventId,
  stored_in: stop.storedIn,
  start_time: localIso(stop.startLocalS),
  end_time: localIso(stop.endLocalS),
  start_epoch: stop.span.fromS,
  end_epoch: stop.span.toS,
  duration: stop.durationS,
  duration_formatted: formatDurationS(stop.durationS),
  reason_code: stop.reasonCode,
  reason: stop.reasonText,
  is_manual: stop.isManual,
  version: stop.version,
  edited_by: stop.editedBy,
  edited_at: stop.editedAtMs === null ? null : new Date(stop.editedAtMs).toISOString(),
})
