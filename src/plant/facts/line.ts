/** Everything one line contributes, gathered once: its stops and its tallies, over the range and the preceding one. */
import type { Text } from '../../platform/i18n/i18n.ts'
import { intersect, type Span, type Zone } from '../../platform/time/index.ts'
import { type ReadContext, readEvents } from '../detections/index.ts'
import {
  type CalculatedStop,
  calculatedStops,
  isPlannedEvent,
  listStops,
  reasonOf,
  type Stop,
  type StoredEvent,
} from '../downtime/index.ts'
import { type PlantHistory, StaleViewError } from '../history/index.ts'
import { type KpiInput, noTime, plannedQuantities, type TimeElements, timeElements } from '../kpi/index.ts'
import type { Line, PlantModel } from '../model/model.ts'
import { breakSpans, plannedPieces, type Scope } from '../scope/index.ts'
import type { LineStatus } from './facts.ts'
import { type LineRules, lineRules } from './line-rules.ts'
import { openReader } from './open-reader.ts'
import { type LineRange, lineRange } from './ranges.ts'
import type { LineReader } from './reader.ts'
import { type Newest, statusOf } from './status.ts'
import type { Tally } from './tally.ts'

export type LineRequest = {
  readonly context: ReadContext
  readonly model: PlantModel
  readonly zone: Zone
  readonly scope: Scope
  /** Null = no trends wanted. */
  readonly previous: Span | null
  readonly needsStatus: boolean
  readonly needsRecent: boolean
  /** Null = raw rows only. */
  readonly history: PlantHistory | null
  readonly bucketStarts: readonly number[]
}

/** One line over one range. */
export type LineResult = {
  readonly range: LineRange
  readonly tally: Tally
  readonly stops: readonly Stop[]
  readonly kpi: KpiInput
}

export type GatheredLine = {
  readonly line: Line
  readonly rules: LineRules
  readonly status: LineStatus
  readonly newest: Newest
  readonly current: LineResult
  readonly previous: LineResult | null
  readonly warnings: readonly Text[]
}

const maxAttempts = 5

/** When another process wrote a day of the line's history meanwhile, everything is asked again: one answer comes from one state. */
export async function gatherLine(request: LineRequest, line: Line): Promise<GatheredLine> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await gatherOnce(request, line)
    } catch (error) {
      if (!(error instanceof StaleViewError) || attempt === maxAttempts) throw error
    }
  }
}

async function gatherOnce(request: LineRequest, line: Line): Promise<GatheredLine> {
  const { model, zone, scope, context } = request
  const rules = lineRules(model, line, scope.thresholdOverrideS)
  const current = lineRange(model, zone, scope, line.lineId, scope.range)
  const previous = request.previous ? lineRange(model, zone, scope, line.lineId, request.previous) : null
  // with `extend` the preceding range may end last
  const asked = { fromS: (previous ?? current).range.fromS, toS: Math.max(current.range.toS, previous?.range.toS ?? current.range.toS) }
  const isDetecting = line.autoDetectDowntime && rules.thresholdS > 0
  const reader = await openReader(request, line, rules, asked, isDetecting)
  const { newest } = reader
  const hasData = newest.anyS !== null
  const isBegun = asked.fromS < context.nowS
  const calculated = hasData && isDetecting && isBegun ? await calculate(request, line, reader, asked) : noCalculation(asked)
  const { events, warnings } = await readEvents(context.plantDb, zone, line, calculated.reach)
  const breaks = breakSpans(model, zone, calculated.reach)
  const stops = calculatedStops({
    runs: calculated.runs,
    pieces: calculated.pieces,
    events: [...events.map((event) => event.span), ...breaks],
    thresholdS: rules.thresholdS,
    nowS: context.nowS,
  })
  const resultOf = async (range: LineRange, bucketStarts: readonly number[] | null): Promise<LineResult> => {
    const tally = await reader.tally(range, bucketStarts)
    return result(request, line, rules, tally, { range, events, breaks, calculated: stops, hasData })
  }
  const around = plannedPieces(model, zone, line.lineId, { fromS: context.nowS, toS: context.nowS + 1 })
  return {
    line,
    rules,
    newest,
    status: line.detectionTable === null ? 'no_table' : statusOf(newest, around, rules.thresholdS, context.nowS),
    current: await resultOf(current, request.bucketStarts),
    previous: previous ? await resultOf(previous, null) : null,
    warnings: [
      ...futureWarning(line, reader.futureRows),
      ...reader.warnings,
      ...warnings,
      ...reasonWarnings(model, line, events),
      ...thresholdWarning(line, rules),
    ],
  }
}

type Calculation = {
  readonly runs: readonly Span[]
  readonly pieces: readonly Span[]
  /** Where events and breaks matter: the range and every stop that touches it. */
  readonly reach: Span
}

const noCalculation = (asked: Span): Calculation => ({ runs: [], pieces: [], reach: asked })

async function calculate({ model, zone }: LineRequest, line: Line, reader: LineReader, asked: Span): Promise<Calculation> {
  const pieces = plannedPieces(model, zone, line.lineId, asked)
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
  { model, zone, scope }: LineRequest,
  line: Line,
  rules: LineRules,
  tally: Tally,
  { range, events, breaks, calculated, hasData }: LineStopsInput,
): LineResult {
  const isOpen = range.range.toS > scope.now.epochS
  const stops = listStops({
    model,
    zone,
    lineId: line.lineId,
    elapsed: range.elapsed,
    windows: range.elapsedWindows,
    isShiftChosen: scope.shiftId !== null,
    events,
    breaks,
    calculated: calculated.map((stop) => ({ ...stop, isLive: stop.isLive && isOpen })),
  })
  const time: TimeElements = hasData
    ? timeElements({
        windows: range.elapsedWindows,
        plannedStops: [...events.filter((event) => isPlannedEvent(model, event)).map((event) => event.span), ...breaks],
        unplannedStops: stops.filter((stop) => !stop.isPlanned).map((stop) => stop.span),
      })
    : noTime
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
  return { range, tally, stops, kpi }
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
  const codes = new Set(
    events.flatMap(({ reasonCode }) => (reasonCode !== null && reasonOf(model, reasonCode).isForeign ? [reasonCode] : [])),
  )
  return [...codes].map((code) => ({
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
