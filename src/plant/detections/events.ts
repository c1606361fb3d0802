import { sql } from 'kysely'
import type { Text } from '../../platform/i18n/i18n.ts'
import { dayS, formatLocal, parseLocal, type Span, type Zone } from '../../platform/time/index.ts'
import type { StoredEvent } from '../downtime/index.ts'
import type { PlantDb } from '../source/plant-db.ts'

/** Stored events of one line that overlap `span` (start < to and end > from), by start. Optional columns may be missing. Events that do not end after
 *  they start are ignored; those and wrong durations are told in `warnings`. The stored duration is never used. */
export async function readEvents(
  plantDb: PlantDb,
  zone: Zone,
  line: { lineId: number; lineName: string; downtimeTable: string | null },
  span: Span,
): Promise<{ events: StoredEvent[]; warnings: Text[] }> {
  if (line.downtimeTable === null) return { events: [], warnings: [] }
  // a day around the span: wall times are compared, instants decide below
  const below = formatLocal(zone.toLocalS(span.toS) + dayS)
  const above = formatLocal(Math.max(0, zone.toLocalS(Math.max(0, span.fromS)) - dayS))
  // every column: customers' tables lack some of the optional ones
  const { rows } = await sql<
    Record<string, unknown>
  >`select * from ${sql.id(line.downtimeTable)} where ${sql.id('start_time')} < ${below} and ${sql.id('end_time')} > ${above}`.execute(
    plantDb.kysely,
  )
  const events: StoredEvent[] = []
  const warnings: Text[] = []
  for (const row of rows) {
    const startLocalS = parseLocal(String(row.start_time))
    const endLocalS = parseLocal(String(row.end_time))
    if (startLocalS === null || endLocalS === null) continue
    const event = {
      eventId: Number(row.event_id),
      span: { fromS: zone.toEpochS(startLocalS), toS: zone.toEpochS(endLocalS) },
      startLocalS,
      endLocalS,
      storedDurationS: integerOrNull(row.duration),
      reasonCode: integerOrNull(row.reason_code),
      reasonText: typeof row.reason === 'string' ? row.reason : null,
      isManual: Number(row.is_manual ?? 0) !== 0,
    }
    // one that ends before it starts is only told about, where it starts
    const isBackwards = event.span.toS <= event.span.fromS
    if (event.span.fromS >= span.toS || (isBackwards ? event.span.fromS < span.fromS : event.span.toS <= span.fromS)) continue
    const warning = eventWarning(line.lineName, event)
    if (warning) warnings.push(warning)
    if (!isBackwards) events.push(event)
  }
  events.sort((a, b) => a.span.fromS - b.span.fromS || a.eventId - b.eventId)
  return { events, warnings }
}

function integerOrNull(value: unknown): number | null {
  if (value === null || value === undefined || value === '') return null
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : null
}

function eventWarning(lineName: string, { eventId, span, storedDurationS }: StoredEvent): Text | null {
  const durationS = span.toS - span.fromS
  if (durationS <= 0) {
    return {
      es: `${lineName}: la parada ${eventId} no termina después de empezar y se ignora.`,
      en: `${lineName}: stop ${eventId} does not end after it starts and is ignored.`,
    }
  }
  if (storedDurationS === null || storedDurationS === durationS) return null
  return {
    es: `${lineName}: la parada ${eventId} tiene guardada una duración de ${storedDurationS} s; se usan ${durationS} s.`,
    en: `${lineName}: stop ${eventId} has a stored duration of ${storedDurationS} s; ${durationS} s are used.`,
  }
}
