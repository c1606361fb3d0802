/** Stop events as the customer stores them: many lines in one statement, since each line has a table of its own. */
import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import { type Engine, rowsDigest, wallSeconds } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import { formatLocal, type LocalS, parseLocal, type Span, type Zone } from '../../platform/time/index.ts'
import type { StoredEvent } from '../downtime/index.ts'
import type { PlantDb } from '../source/plant-db.ts'

export type EventLine = { readonly lineId: number; readonly downtimeTable: string | null }

/** Wall times: events that overlap them. */
export type EventWindow = { readonly fromLocalS: LocalS; readonly toLocalS: LocalS }

export type LineEvents = {
  /** By start, then id. */
  readonly events: readonly StoredEvent[]
  /** Those that people are warned about: with another duration than stored, or (not among `events`) not ending after they start. */
  readonly odd: readonly StoredEvent[]
  /** Silences that somebody said are no stop: kept by Andon, never by the customer. */
  readonly suppressed: readonly Span[]
}

/** `stamp` is equal for equal rows, and for no others. */
export type StampedEvents = { readonly stamp: string; readonly parse: () => LineEvents }

export const noEvents: LineEvents = { events: [], odd: [], suppressed: [] }

/** Null in the place of an optional column. */
type EventRow = readonly [
  line: unknown,
  id: unknown,
  start: unknown,
  end: unknown,
  duration: unknown,
  code: unknown,
  reason: unknown,
  manual: unknown,
]

const columns = ['event_id', 'start_time', 'end_time', 'duration', 'reason_code', 'reason', 'is_manual'] as const

/** By line, those without a table left out. Throws when one of the tables lacks a column or cannot be read: ask line by line then. */
export async function readEvents(
  plantDb: PlantDb,
  zone: Zone,
  lines: readonly EventLine[],
  window: EventWindow,
): Promise<Map<number, StampedEvents>> {
  const rows = await ofLines<{ l: unknown; i: unknown; s: unknown; e: unknown; d: unknown; c: unknown; r: unknown; m: unknown }>(
    plantDb,
    lines,
    window,
    'rows',
    (line) =>
      sql`select ${sql.lit(line)} as l, event_id as i, ${wallSeconds(plantDb.engine, 'start_time')} as s, ${wallSeconds(plantDb.engine, 'end_time')} as e, duration as d, reason_code as c, reason as r, is_manual as m`,
  )
  const byLine = new Map<number, EventRow[]>()
  for (const { l, i, s, e, d, c, r, m } of rows) {
    const row: EventRow = [l, i, s, e, d, c, r, m]
    const known = byLine.get(Number(l))
    if (known) known.push(row)
    else byLine.set(Number(l), [row])
  }
  return new Map(withTable(lines).map(({ lineId }) => [lineId, stamped(zone, byLine.get(lineId) ?? [])]))
}

/** A table that lacks optional columns, or the only one that can be read. */
export async function readEventsOf(plantDb: PlantDb, zone: Zone, line: EventLine, window: EventWindow): Promise<StampedEvents> {
  if (line.downtimeTable === null) return stamped(zone, [])
  const { rows } = await sql<Record<string, unknown>>`select * ${tail(line.downtimeTable, window)}`.execute(plantDb.kysely)
  return stamped(zone, rows.map(rowOf))
}

const rowOf = (row: Record<string, unknown>): EventRow => [
  0,
  row.event_id,
  row.start_time,
  row.end_time,
  row.duration,
  row.reason_code,
  row.reason,
  row.is_manual,
]

/** Whether this engine can tell by a sum that events are as they were (`digestEvents`). */
export const hasEventSums = (engine: Engine): boolean => engine !== 'sqlite'

/** A sum per line that any edit of its rows changes, so that unchanged events need not travel. Only where `hasEventSums`. */
export async function digestEvents(plantDb: PlantDb, lines: readonly EventLine[], window: EventWindow): Promise<Map<number, string>> {
  const digest = rowsDigest(plantDb.engine, 'event_id', columns)
  if (digest === null) throw new Error(`${plantDb.engine} has no sum of rows`)
  const rows = await ofLines<{ l: unknown; n: unknown; d: unknown }>(
    plantDb,
    lines,
    window,
    'digest',
    (line) => sql`select ${sql.lit(line)} as l, count(*) as n, ${digest} as d`,
  )
  return new Map(rows.map(({ l, n, d }) => [Number(l), `${n} ${d}`]))
}

const withTable = (lines: readonly EventLine[]) => lines.filter(({ downtimeTable }) => downtimeTable !== null)

const tail = (table: string, { fromLocalS, toLocalS }: EventWindow): RawBuilder<unknown> =>
  sql`from ${sql.id(table)} where ${sql.id('start_time')} < ${formatLocal(toLocalS)} and ${sql.id('end_time')} > ${formatLocal(fromLocalS)}`

/** Statements by their tables: only the window's two texts differ from one answer to the next. */
const statements = new Map<string, CompiledQuery>()
const maxStatements = 500

async function ofLines<Row>(
  plantDb: PlantDb,
  lines: readonly EventLine[],
  window: EventWindow,
  name: string,
  select: (lineId: number) => RawBuilder<unknown>,
): Promise<readonly Row[]> {
  const asked = withTable(lines)
  if (asked.length === 0) return []
  const key = `${plantDb.engine} ${name} ${asked.map(({ lineId, downtimeTable }) => `${lineId} ${downtimeTable}`).join('\n')}`
  let compiled = statements.get(key)
  if (!compiled) {
    const parts = asked.map(({ lineId, downtimeTable }) => sql`${select(lineId)} ${tail(downtimeTable ?? '', window)}`)
    compiled = sql.join(parts, sql` union all `).compile(plantDb.kysely)
    if (statements.size === maxStatements) statements.clear()
    statements.set(key, compiled)
  }
  const [to, from] = [formatLocal(window.toLocalS), formatLocal(window.fromLocalS)]
  const startedMs = performance.now()
  const { rows } = await plantDb.kysely.executeQuery<Row>({
    ...compiled,
    parameters: asked.flatMap(() => [to, from]),
  } as CompiledQuery<Row>)
  plantDb.onRead?.({ sql: compiled.sql, rowCount: rows.length, durationMs: performance.now() - startedMs, isPlain: false })
  return rows
}

const stamped = (zone: Zone, rows: readonly EventRow[]): StampedEvents => ({
  stamp: JSON.stringify(rows),
  parse: () => parseRows(zone, rows),
})

function parseRows(zone: Zone, rows: readonly EventRow[]): LineEvents {
  const events: StoredEvent[] = []
  const odd: StoredEvent[] = []
  for (const [, id, start, end, duration, code, reason, manual] of rows) {
    const [startLocalS, endLocalS] = [localOf(start), localOf(end)]
    if (startLocalS === null || endLocalS === null) continue
    const event = {
      eventId: Number(id),
      span: { fromS: zone.toEpochS(startLocalS), toS: zone.toEpochS(endLocalS) },
      startLocalS,
      endLocalS,
      storedDurationS: integerOrNull(duration),
      reasonCode: integerOrNull(code),
      reasonText: typeof reason === 'string' ? reason : null,
      isManual: Number(manual ?? 0) !== 0,
    }
    const durationS = event.span.toS - event.span.fromS
    if (durationS > 0) events.push(event)
    if (durationS <= 0 || (event.storedDurationS !== null && event.storedDurationS !== durationS)) odd.push(event)
  }
  return { events: events.sort(byStart), odd: odd.sort(byStart), suppressed: [] }
}

const byStart = (a: StoredEvent, b: StoredEvent): number => a.span.fromS - b.span.fromS || a.eventId - b.eventId

/** What Andon keeps of a line: its own events, those that stand for events of the customer, and what is no stop. */
export type KeptEvents = {
  readonly events: readonly StoredEvent[]
  /** Ids of the customer's events that no longer count. */
  readonly replaced: ReadonlySet<number>
  readonly suppressed: readonly Span[]
}

/** The customer's events with what Andon keeps beside them. */
export function joinEvents(own: LineEvents, { events, replaced, suppressed }: KeptEvents): LineEvents {
  const counts = ({ eventId }: StoredEvent): boolean => !replaced.has(eventId)
  return { events: [...own.events.filter(counts), ...events].sort(byStart), odd: own.odd.filter(counts), suppressed }
}

/** Events of one line by id, as they are now; `isHeld`: nobody changes them until the transaction ends. */
export async function findEvents(
  plantDb: PlantDb,
  zone: Zone,
  table: string,
  eventIds: readonly number[],
  isHeld: boolean,
): Promise<readonly StoredEvent[]> {
  if (eventIds.length === 0) return []
  const lock = isHeld && plantDb.engine !== 'sqlite' ? sql`for update` : sql``
  const { rows } = await sql<
    Record<string, unknown>
  >`select * from ${sql.id(table)} where event_id in (${sql.join([...eventIds])}) ${lock}`.execute(plantDb.kysely)
  return parseRows(zone, rows.map(rowOf)).events
}

/** Seconds from the server, or text. */
const localOf = (value: unknown): LocalS | null =>
  typeof value === 'number' ? value : value === null || value === undefined ? null : parseLocal(String(value))

function integerOrNull(value: unknown): number | null {
  if (value === null || value === undefined || value === '') return null
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : null
}

/** Those that overlap `span`, and what is to be said of them. One that ends before it starts is only told about, where it starts; the stored duration
 *  is never used. */
export function eventsWithin(
  { events, odd, suppressed }: LineEvents,
  lineName: string,
  span: Span,
): { events: readonly StoredEvent[]; suppressed: readonly Span[]; warnings: Text[] } {
  const touches = (event: StoredEvent): boolean => event.span.fromS < span.toS && event.span.toS > span.fromS
  return {
    events: events.filter(touches),
    suppressed: suppressed.filter((one) => one.fromS < span.toS && one.toS > span.fromS),
    warnings: odd
      .filter((event) =>
        event.span.toS > event.span.fromS ? touches(event) : event.span.fromS >= span.fromS && event.span.fromS < span.toS,
      )
      .map((event) => eventWarning(lineName, event)),
  }
}

function eventWarning(lineName: string, { eventId, span, storedDurationS }: StoredEvent): Text {
  const durationS = span.toS - span.fromS
  if (durationS <= 0) {
    return {
      es: `${lineName}: la parada ${eventId} no termina después de empezar y se ignora.`,
      en: `${lineName}: stop ${eventId} does not end after it starts and is ignored.`,
    }
  }
  return {
    es: `${lineName}: la parada ${eventId} tiene guardada una duración de ${storedDurationS} s; se usan ${durationS} s.`,
    en: `${lineName}: stop ${eventId} has a stored duration of ${storedDurationS} s; ${durationS} s are used.`,
  }
}
