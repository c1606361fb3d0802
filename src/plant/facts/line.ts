/** Everything one line contributes, gathered once: its stops and its tallies, over the range and the preceding one. */
import type { Text } from '../../platform/i18n/i18n.ts'
import { dayS, intersect, nextTurn, type Span, type Zone } from '../../platform/time/index.ts'
import { noDataLimitS } from '../clock-health/index.ts'
import { eventsWithin, type ReadContext } from '../detections/index.ts'
import {
  type CalculatedStop,
  calculatedStops,
  isAutomatic,
  listStops,
  reasonOf,
  type StopPiece,
  type StopTotals,
  type StoredEvent,
} from '../downtime/index.ts'
import { type Memory, NotLoadedError, StaleViewError } from '../history/index.ts'
import { type KpiInput, noTime, plannedQuantities, type TimeElements, timeElementsOf } from '../kpi/index.ts'
import type { Line, PlantModel } from '../model/model.ts'
import type { Scope } from '../scope/index.ts'
import type { Calendar } from './calendar.ts'
import type { LineStatus } from './facts.ts'
import { covers, type KnownEvents, knownEvents, windowAround } from './line-events.ts'
import { type LineRules, lineRules } from './line-rules.ts'
import { type OpenedHistory, openReader } from './open-reader.ts'
import type { LineRange } from './ranges.ts'
import type { LineReader } from './reader.ts'
import { type Newest, statusOf } from './status.ts'
import type { Tally } from './tally.ts'

export type LineRequest = {
  /** Stop events that were read because a stop reaches out of the window that all lines were asked for: filled while the answer is made. */
  readonly beyond: { readonly line: Line; readonly known: KnownEvents }[]
  readonly context: ReadContext
  readonly model: PlantModel
  readonly zone: Zone
  readonly scope: Scope
  readonly calendar: Calendar
  /** Null = no trends wanted. */
  readonly previous: Span | null
  readonly needsStatus: boolean
  readonly needsRecent: boolean
  /** What earlier answers worked out; null = everything anew. */
  readonly memory: Memory | null
  readonly bucketStarts: readonly number[]
}

/** One line over one range. */
export type LineResult = {
  readonly range: LineRange
  readonly tally: Tally
  readonly stopTotals: StopTotals
  /** By start, end, event id; made when asked for. */
  readonly stops: () => readonly StopPiece[]
  readonly kpi: KpiInput
}

/** Its figures are worked out only when some line has rows in it. */
export type PreviousResult = { readonly hasRows: boolean; readonly kpi: () => KpiInput }

export type GatheredLine = {
  readonly line: Line
  readonly rules: LineRules
  readonly status: LineStatus
  readonly newest: Newest
  readonly current: LineResult
  readonly previous: PreviousResult | null
  readonly warnings: readonly Text[]
}

/** What was asked of the servers for one line. `history` null = from raw rows. */
export type Opened = { readonly history: OpenedHistory | null; readonly events: KnownEvents }

const maxAttempts = 5

type Reopen = () => Promise<OpenedHistory | null>

export const gatherLine = (request: LineRequest, line: Line, opened: Opened, reopen: Reopen): Promise<GatheredLine> =>
  fromOneState(opened, reopen, (current) => gatherOnce(request, line, current))

/** Calculated stops that touch the scope's range, whole, and the stored events around them. */
export type CalculatedLine = {
  readonly stops: readonly CalculatedStop[]
  readonly events: readonly StoredEvent[]
  readonly rules: LineRules
  readonly newest: Newest
  readonly history: OpenedHistory | null
}

/** `isLeftOut`: stored events that do not count, as if they were not there. */
export const calculateLine = (
  request: LineRequest,
  line: Line,
  opened: Opened,
  reopen: Reopen,
  isLeftOut: (event: StoredEvent) => boolean,
): Promise<CalculatedLine> =>
  fromOneState(opened, reopen, async (current) => {
    const { stops, events, rules, reader } = await stopsOfLine(request, line, current, isLeftOut)
    return { stops, events, rules, newest: reader.newest, history: current.history }
  })

/** When another process wrote a day of the line's history meanwhile, everything is asked again: one answer comes from one state. */
async function fromOneState<Result>(opened: Opened, reopen: Reopen, make: (opened: Opened) => Promise<Result>): Promise<Result> {
  let { history } = opened
  for (let attempt = 1; ; attempt++) {
    try {
      return await make({ ...opened, history })
    } catch (error) {
      if (attempt === maxAttempts) throw error
      if (error instanceof StaleViewError) history = await reopen()
      // a stop or the newest row reaches below the days that are loaded
      else if (error instanceof NotLoadedError && history?.loading) history = { view: null, loading: history.loading }
      else throw error
    }
  }
}

/** With `extend` the preceding range may end last. */
export function askedOf(calendar: Calendar, { scope, previous }: Pick<LineRequest, 'scope' | 'previous'>, { lineId }: Line) {
  const current = calendar.range(lineId, scope.range)
  const before = previous ? calendar.range(lineId, previous) : null
  const asked = { fromS: (before ?? current).range.fromS, toS: Math.max(current.range.toS, before?.range.toS ?? current.range.toS) }
  return { current, before, asked }
}

const nothingLeftOut = (): boolean => false

async function stopsOfLine(request: LineRequest, line: Line, opened: Opened, isLeftOut: (event: StoredEvent) => boolean = nothingLeftOut) {
  const { model, calendar, context, scope } = request
  const rules = lineRules(model, line, scope.thresholdOverrideS)
  const { current, before, asked } = askedOf(calendar, request, line)
  const isDetecting = line.autoDetectDowntime && rules.thresholdS > 0
  const reader = await openReader(request, line, rules, asked, isDetecting, opened.history)
  const hasData = reader.newest.anyS !== null
  const isBegun = asked.fromS < context.nowS
  const calculated = hasData && isDetecting && isBegun ? await calculate(request, line, reader, asked) : noCalculation(asked)
  const { events, suppressed, warnings } = await eventsAround(request, line, opened.events, calculated.reach)
  // of the breaks before a silence without beginning only the last ones matter, and they come every week
  const breaks = calendar.breaks({ ...calculated.reach, fromS: Math.max(calculated.reach.fromS, asked.fromS - farBackS) })
  const counted = isLeftOut === nothingLeftOut ? events : events.filter((event) => !isLeftOut(event))
  const stops = calculatedStops({
    runs: calculated.runs,
    pieces: calculated.pieces,
    events: [...counted.map((event) => event.span), ...suppressed, ...breaks],
    thresholdS: rules.thresholdS,
    nowS: context.nowS,
  })
  return { rules, current, before, reader, hasData, events, warnings, breaks, stops }
}

async function gatherOnce(request: LineRequest, line: Line, opened: Opened): Promise<GatheredLine> {
  const { model, calendar, context } = request
  // with another threshold, what the job stored under the line's own is calculated again
  const isLeftOut = request.scope.thresholdOverrideS === null ? nothingLeftOut : isAutomatic
  const found = await stopsOfLine(request, line, opened, isLeftOut)
  const { rules, current, before, reader, hasData, warnings, breaks, stops } = found
  const events = isLeftOut === nothingLeftOut ? found.events : found.events.filter((event) => !isLeftOut(event))
  const { newest } = reader
  if (stops.length > manyStops) await nextTurn()
  const resultOf = (range: LineRange, tally: Tally): LineResult =>
    result(request, rules, tally, { range, events, breaks, calculated: stops, hasData })
  const previousOf = async (range: LineRange): Promise<PreviousResult> => {
    const tally = await reader.tally(range, null)
    return { hasRows: tally.hasRows, kpi: () => resultOf(range, tally).kpi }
  }
  const around = calendar.pieces(line.lineId, { fromS: context.nowS, toS: context.nowS + 1 })
  return {
    line,
    rules,
    newest,
    status:
      line.detectionTable === null
        ? 'no_table'
        : statusOf(newest, around, rules.thresholdS, context.nowS, noDataLimitS(model.settings, line.lineId)),
    current: resultOf(current, await reader.tally(current, request.bucketStarts)),
    previous: before ? await previousOf(before) : null,
    warnings: [
      ...futureWarning(line, reader.futureRows),
      ...reader.warnings,
      ...warnings,
      ...reasonWarnings(model, line, events),
      ...thresholdWarning(line, rules),
    ],
  }
}

/** A threshold of seconds makes a stop of every pause: others have their turn before they are listed. */
const manyStops = 5_000

const farBackS = 60 * dayS

/** Events that overlap the reach; those known already when they go far enough. */
async function eventsAround({ context, memory, beyond }: LineRequest, line: Line, known: KnownEvents, reach: Span) {
  const { plantDb, zone } = context
  const needed = windowAround(plantDb.engine, zone, reach)
  if (covers(known.window, needed)) return eventsWithin(known.events, line.lineName, reach)
  const wider = (await knownEvents(plantDb, zone, [line], needed, memory).get(line.lineId)) ?? known
  beyond.push({ line, known: wider })
  return eventsWithin(wider.events, line.lineName, reach)
}

type Calculation = {
  readonly runs: readonly Span[]
  readonly pieces: readonly Span[]
  /** Where events and breaks matter: the range and every stop that touches it. */
  readonly reach: Span
}

const noCalculation = (asked: Span): Calculation => ({ runs: [], pieces: [], reach: asked })

async function calculate({ calendar }: LineRequest, line: Line, reader: LineReader, asked: Span): Promise<Calculation> {
  const pieces = calendar.pieces(line.lineId, asked)
  const runs = await reader.silences(asked, pieces)
  const fragments = intersect(runs, pieces).filter((fragment) => fragment.fromS < asked.toS && fragment.toS > asked.fromS)
  const fromS = Math.min(asked.fromS, fragments[0]?.fromS ?? asked.fromS)
  return {
    runs,
    pieces,
    reach: { fromS: Number.isFinite(fromS) ? fromS : 0, toS: Math.max(asked.toS, fragments.at(-1)?.toS ?? asked.toS) },
  }
}

type LineStopsInput = {
  readonly range: LineRange
  readonly events: readonly StoredEvent[]
  readonly breaks: readonly Span[]
  readonly calculated: readonly CalculatedStop[]
  readonly hasData: boolean
}

function result(
  { model, scope }: LineRequest,
  rules: LineRules,
  tally: Tally,
  { range, events, breaks, calculated, hasData }: LineStopsInput,
): LineResult {
  const { busy, totals, stopCount, unplannedDowntimeS, pieces } = listStops({
    model,
    elapsed: range.elapsed,
    isOpen: range.range.toS > scope.now.epochS,
    windows: range.elapsedWindows,
    isShiftChosen: scope.shiftId !== null,
    events,
    breaks,
    calculated,
    hasData,
  })
  const time: TimeElements = hasData ? timeElementsOf({ windows: range.elapsedWindows, busy, unplannedDowntimeS, stopCount }) : noTime
  const quantities = plannedQuantities(
    { ...tally.planned, outputWeightCentikg: weightOf(model, tally.planned.output) },
    rules,
    time.plannedBusyTimeS,
    tally.outputOutsidePlan,
  )
  const kpi = {
    time,
    elapsedS: hasData ? Math.max(0, range.elapsed.toS - range.elapsed.fromS) : 0,
    quantities,
    totalProduction: tally.output,
    totalWeightCentikg: weightOf(model, tally.outputByProduct),
  }
  return { range, tally, stopTotals: totals, stops: pieces, kpi }
}

/** An unknown product weighs nothing. */
const weightOf = (model: PlantModel, counts: ReadonlyMap<number, number>): number =>
  counts.entries().reduce((sum, [productId, count]) => sum + count * (model.products.get(productId)?.weightCentikg ?? 0), 0)

function futureWarning({ lineName }: Line, futureRows: number): Text[] {
  if (futureRows === 0) return []
  return [
    {
      es: `${lineName}: ${futureRows} detecciones tienen fecha futura y se dejan fuera; revise el reloj de la cámara.`,
      en: `${lineName}: ${futureRows} detections are dated in the future and left out; check the camera's clock.`,
    },
  ]
}

/** Codes that are known only in the table they should not point to. */
function reasonWarnings(model: PlantModel, { lineName }: Line, events: readonly StoredEvent[]): Text[] {
  const codes = new Set(events.map(({ reasonCode }) => reasonCode))
  const foreign = [...codes].filter((code) => code !== null && reasonOf(model, code).isForeign)
  return foreign.map((code) => ({
    es: `${lineName}: el motivo ${code} no está en la tabla configurada; se muestra el de la otra.`,
    en: `${lineName}: reason ${code} is not in the configured table; the one of the other is shown.`,
  }))
}

/** A threshold within the ideal cycle would make one stop of everything. */
function thresholdWarning({ lineName }: Line, { unitsPerMinute, thresholdS }: LineRules): Text[] {
  if (unitsPerMinute === null || thresholdS <= 0 || thresholdS > 60 / unitsPerMinute) return []
  return [
    {
      es: `${lineName}: el umbral de ${thresholdS} s no supera el ciclo ideal; casi todo sería una sola parada.`,
      en: `${lineName}: the threshold of ${thresholdS} s is not above the ideal cycle; nearly everything would be one stop.`,
    },
  ]
}
