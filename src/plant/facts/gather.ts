/** Facts of a request: gathered once, line by line, then added up (`assemble.ts`). */
import { isUnreadableTable } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { readClocks } from '../clock-health/index.ts'
import { noEvents, readContext } from '../detections/index.ts'
import type { Memory, PlantHistory } from '../history/index.ts'
import type { Line, PlantModel } from '../model/model.ts'
import { axisOf, type Scope, shownRange } from '../scope/index.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { assemble } from './assemble.ts'
import { calendarOf } from './calendar.ts'
import type { Facts } from './facts.ts'
import { askedOf, type GatheredLine, gatherLine, type LineRequest, type Opened } from './line.ts'
import { type KnownEvents, knownEvents, windowAround } from './line-events.ts'
import { modelNumber } from './model-number.ts'
import { needsRows, type OpenedHistory } from './open-reader.ts'
import { precedingRange } from './ranges.ts'

/** What may be left out when no widget asks for it; `clocks` is gathered only when asked for. Without `status` a line's status and last detection are of the rows that were read. */
export type FactNeeds = { readonly previous?: boolean; readonly status?: boolean; readonly recent?: boolean; readonly clocks?: boolean }
type GatherOptions = {
  readonly needs?: FactNeeds
  readonly limitMs?: number
  readonly maxRows?: number
  /** Absent = every figure from raw rows: the oracle. */
  readonly history?: PlantHistory
  /** Sources that widgets show, and who asks them. */
  readonly external?:
    | { readonly keys: readonly string[]; readonly ask: (keys: readonly string[]) => Promise<Facts['external']> }
    | undefined
}

const nothing: Facts['external'] = new Map()

/** Lines read at once: enough to hide the round trips, few enough to leave connections to others. */
const maxParallel = 3

/** The same object for the same question while nothing changed: model, second, rows and stop events. Throws `range_too_large` (503) when reading takes
 *  longer than `limitMs` (30 s), or one line has more than `maxRows` (3 million) rows to read. */
export async function gatherFacts(
  plantDb: PlantDb,
  model: PlantModel,
  scope: Scope,
  { needs = {}, history, external, ...limits }: GatherOptions = {},
): Promise<Facts> {
  const zone = zoneOf(model.settings.timeZone)
  const memory = history?.memory ?? null
  const request: LineRequest = {
    context: readContext(plantDb, zone, scope.now.epochS, limits),
    model,
    zone,
    scope,
    calendar: calendarOf(model, zone, scope, memory),
    previous: needs.previous === false ? null : precedingRange(zone, scope),
    needsStatus: needs.status !== false,
    needsRecent: needs.recent !== false,
    memory,
    beyond: [],
    bucketStarts: axisOf(zone, shownRange(model, zone, scope.lines, scope.shiftId, scope.range), scope.now, scope.interval),
  }
  const opened = await openLines(request, history ?? null)
  const make = async (): Promise<Facts> => {
    const said = external ? external.ask(external.keys) : nothing
    const gathered = await inParallel(opened, maxParallel, (one) => gatherReadable(request, one, history ?? null))
    const clocks = needs.clocks ? await readClocks({ context: request.context, model, memory, viewOf: viewsOf(opened) }, scope.lines) : []
    return assemble(model, zone, scope, request.bucketStarts, gathered, clocks, await said)
  }
  return memory ? remembered(memory, request, opened, `${needs.clocks === true} ${JSON.stringify(external?.keys ?? [])}`, make) : make()
}

type OpenedLine = { readonly line: Line } & ({ readonly opened: Opened } | { readonly error: unknown })

/** Rows and stop events are asked for side by side, each in one statement for all lines. */
async function openLines(request: LineRequest, history: PlantHistory | null): Promise<OpenedLine[]> {
  const { context, calendar, scope, memory } = request
  const asked = scope.lines.map((line) => ({ line, asked: askedOf(calendar, request, line).asked }))
  const window = windowAround(context.plantDb.engine, request.zone, {
    fromS: Math.min(...asked.map((one) => one.asked.fromS)),
    toS: Math.max(...asked.map((one) => one.asked.toS)),
  })
  const summarised = asked.filter(({ line, asked: span }) => line.detectionTable !== null && !needsRows(span, context.nowS))
  const histories = history?.answers(summarised.map(({ line }) => line)) ?? new Map<number, Promise<OpenedHistory | null>>()
  const events = knownEvents(context.plantDb, request.zone, scope.lines, window, memory)
  return Promise.all(
    scope.lines.map(async (line) => {
      const [own, stored] = await Promise.allSettled([histories.get(line.lineId) ?? null, events.get(line.lineId) as Promise<KnownEvents>])
      if (own.status === 'rejected') return { line, error: own.reason }
      if (stored.status === 'rejected') return { line, error: stored.reason }
      return { line, opened: { history: own.value, events: stored.value } }
    }),
  )
}

/** A line whose tables the server refuses is told about and left out, like one without tables: the others have their figures. */
async function gatherReadable(request: LineRequest, one: OpenedLine, history: PlantHistory | null): Promise<GatheredLine> {
  const { line } = one
  try {
    if ('error' in one) throw one.error
    return await gatherLine(request, line, one.opened, async () => history?.answer(line) ?? null)
  } catch (error) {
    if (!isUnreadableTable(error)) throw error
    const bare = { ...line, detectionTable: null, downtimeTable: null }
    const always = { fromLocalS: Number.NEGATIVE_INFINITY, toLocalS: Number.POSITIVE_INFINITY }
    const gathered = await gatherLine(request, bare, { history: null, events: { window: always, events: noEvents } }, async () => null)
    return { ...gathered, warnings: [unreadable(line), ...gathered.warnings] }
  }
}

/** One answer and what it was made from. */
type Remembered = {
  readonly made: readonly unknown[]
  readonly beyond: LineRequest['beyond']
  readonly facts: Promise<Facts>
  isBroken: boolean
}
type Second = { readonly atS: number; readonly byQuestion: Map<string, Remembered> }

/** Answers of the running second: in the next one every question is another. */
const seconds = new WeakMap<Memory, Second>()
const mostRemembered = 64

const viewsOf = (opened: readonly OpenedLine[]) => {
  const views = new Map(opened.map((one) => [one.line.lineId, 'opened' in one ? (one.opened.history?.view ?? null) : null]))
  return ({ lineId }: Line) => views.get(lineId) ?? null
}

/** `more`: further parts that the answer has. */
async function remembered(
  memory: Memory,
  request: LineRequest,
  opened: readonly OpenedLine[],
  more: string,
  make: () => Promise<Facts>,
): Promise<Facts> {
  const made = opened.flatMap((one) =>
    // while loading, rows of days that are not loaded may be in the answer, and nothing tells that those changed
    'opened' in one && one.opened.history?.view && !one.opened.history.loading ? [one.opened.history.view, one.opened.events.events] : [],
  )
  if (made.length < 2 * opened.length) return make()
  const atS = request.scope.now.epochS
  let second = seconds.get(memory)
  if (second?.atS !== atS || second.byQuestion.size >= mostRemembered) {
    second = { atS, byQuestion: new Map() }
    seconds.set(memory, second)
  }
  const key = `${questionKey(request)} ${more}`
  const known = second.byQuestion.get(key)
  if (known && !known.isBroken && known.made.length === made.length && known.made.every((value, i) => value === made[i])) {
    const facts = await known.facts
    if (await stillHold(request, known.beyond)) return facts
  }
  const entry: Remembered = { made, beyond: request.beyond, facts: make(), isBroken: false }
  entry.facts.catch(() => {
    entry.isBroken = true
  })
  second.byQuestion.set(key, entry)
  return entry.facts
}

/** Whether stop events further back are the same ones: the window that all lines were asked for does not tell. */
async function stillHold({ context, zone, memory }: LineRequest, beyond: LineRequest['beyond']): Promise<boolean> {
  const again = await Promise.all(
    beyond.map(({ line, known }) => knownEvents(context.plantDb, zone, [line], known.window, memory).get(line.lineId)),
  )
  return again.every((one, i) => one?.events === beyond[i]?.known.events)
}

/** All that the figures depend on, but for rows and events. */
function questionKey({ model, scope, previous, needsStatus, needsRecent }: LineRequest): string {
  const { lines, range, fromLocalS, toLocalS, shiftId, areaIds, productIds, onlyHour, interval, thresholdOverrideS, now } = scope
  return `${model.tenantId} ${modelNumber(model)} ${JSON.stringify([
    lines.map(({ lineId }) => lineId),
    [range.fromS, range.toS, fromLocalS, toLocalS, now.epochS],
    [shiftId, areaIds && [...areaIds], productIds && [...productIds], onlyHour, interval, thresholdOverrideS],
    [previous, needsStatus, needsRecent],
  ])}`
}

function unreadable({ lineName, detectionTable, downtimeTable }: Line): Text {
  const tables = [detectionTable?.name, downtimeTable].filter((name) => typeof name === 'string').join(', ')
  return {
    es: `${lineName}: no se pueden leer sus tablas (${tables}): falta una tabla o columna, o la cuenta no tiene permiso. La línea queda fuera; verifique la planta.`,
    en: `${lineName}: its tables (${tables}) cannot be read: a table or column is missing, or the account has no right. The line is left out; verify the plant.`,
  }
}

async function inParallel<Item, Result>(items: readonly Item[], limit: number, work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = new Array(items.length)
  let next = 0
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as Item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
  return results
}
