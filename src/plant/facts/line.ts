/** Everything one line contributes, read and counted once: its rows (range, preceding range and a margin in one read), its stops, its tallies. */
import type { Text } from '../../platform/i18n/i18n.ts'
import { intersect, type Span, type Zone } from '../../platform/time/index.ts'
import { type Detections, type ReadContext, readDetections, readEvents } from '../detections/index.ts'
import {
  type CalculatedStop,
  calculatedStops,
  isPlannedEvent,
  listStops,
  reasonOf,
  type Stop,
  type StoredEvent,
  silentRuns,
} from '../downtime/index.ts'
import { type KpiInput, noTime, plannedQuantities, type TimeElements, timeElements } from '../kpi/index.ts'
import type { DetectionTable, Line, PlantModel } from '../model/model.ts'
import { breakSpans, plannedPieces, type Scope } from '../scope/index.ts'
import type { LineStatus, RecentDetection } from './facts.ts'
import { type LineRules, lineRules } from './line-rules.ts'
import { type LineRange, lineRange } from './ranges.ts'
import { marginS, referenceRows } from './reference.ts'
import { type Newest, readNewest, statusOf } from './status.ts'
import { type Tally, tallyRows } from './tally.ts'

export type LineRequest = {
  readonly context: ReadContext
  readonly model: PlantModel
  readonly zone: Zone
  readonly scope: Scope
  /** Null = no trends wanted. */
  readonly previous: Span | null
  readonly needsStatus: boolean
  readonly bucketStarts: readonly number[]
}

/** One line over one range. */
export type LineResult = {
  readonly range: LineRange
  readonly tally: Tally
  readonly stops: readonly Stop[]
  readonly kpi: KpiInput
}

/** One row, taken out of the columns. */
export type SeenRow = { readonly epochS: number } & RecentDetection

export type GatheredLine = {
  readonly line: Line
  readonly rules: LineRules
  /** Of the filtered rows in range. The rows themselves are let go with the line: a request must not hold those of all lines at once. */
  readonly first: SeenRow | null
  readonly last: SeenRow | null
  /** Newest first. */
  readonly recent: readonly SeenRow[]
  readonly status: LineStatus
  readonly newest: Newest
  readonly current: LineResult
  readonly previous: LineResult | null
  readonly warnings: readonly Text[]
}

const noRows: Detections = {
  length: 0,
  id: new Float64Array(),
  epochS: new Float64Array(),
  localS: new Float64Array(),
  areaId: new Int32Array(),
  productId: new Int32Array(),
}

export async function gatherLine(request: LineRequest, line: Line): Promise<GatheredLine> {
  const { model, zone, scope, context } = request
  const rules = lineRules(model, line, scope.thresholdOverrideS)
  const current = lineRange(model, zone, scope, line.lineId, scope.range)
  const previous = request.previous ? lineRange(model, zone, scope, line.lineId, request.previous) : null
  // with `extend` the preceding range may end last
  const asked = { fromS: (previous ?? current).range.fromS, toS: Math.max(current.range.toS, previous?.range.toS ?? current.range.toS) }
  const isDetecting = line.autoDetectDowntime && rules.thresholdS > 0
  const margin = isDetecting ? marginS(rules.thresholdS) : 0
  const read = { fromS: asked.fromS - margin, toS: asked.toS + margin }

  const { rows, futureRows } = line.detectionTable
    ? await readDetections(context, line.detectionTable, read)
    : { rows: noRows, futureRows: 0 }
  const newest = await newestOf(request, line.detectionTable, rules, rows, read)
  const hasData = newest.anyS !== null
  const isBegun = asked.fromS < context.nowS
  const calculated =
    line.detectionTable && hasData && isDetecting && isBegun
      ? await calculate(request, line, line.detectionTable, rules, rows, read, asked)
      : noCalculation(asked)
  const { events, warnings } = await readEvents(context.plantDb, zone, line, calculated.reach)
  const breaks = breakSpans(model, zone, calculated.reach)
  const stops = calculatedStops({
    runs: calculated.runs,
    pieces: calculated.pieces,
    events: [...events.map((event) => event.span), ...breaks],
    thresholdS: rules.thresholdS,
    nowS: context.nowS,
  })
  const resultOf = (range: LineRange, bucketStarts: readonly number[] | null): LineResult =>
    result(request, line, rules, rows, { range, events, breaks, calculated: stops, hasData }, bucketStarts)
  const around = plannedPieces(model, zone, line.lineId, { fromS: context.nowS, toS: context.nowS + 1 })
  const currentResult = resultOf(current, request.bucketStarts)
  const { tally } = currentResult
  const rowAt = (i: number): SeenRow => seenRow(line, rows, i)
  return {
    line,
    rules,
    first: tally.first === null ? null : rowAt(tally.first),
    last: tally.last === null ? null : rowAt(tally.last),
    recent: tally.recent.map(rowAt),
    newest,
    status: line.detectionTable === null ? 'no_table' : statusOf(newest, around, rules.thresholdS, context.nowS),
    current: currentResult,
    previous: previous ? resultOf(previous, null) : null,
    warnings: [...futureWarning(line, futureRows), ...warnings, ...reasonWarnings(model, line, events), ...thresholdWarning(line, rules)],
  }
}

const seenRow = ({ lineId }: Line, rows: Detections, i: number): SeenRow => ({
  epochS: rows.epochS[i] as number,
  detectionId: rows.id[i] as number,
  detectedAtLocalS: rows.localS[i] as number,
  lineId,
  areaId: rows.areaId[i] as number,
  productId: rows.productId[i] as number,
})

/** When the status is not wanted, only whether the line has any row at all: a line without one is no data, not stopped. */
async function newestOf(
  { context, needsStatus }: LineRequest,
  table: DetectionTable | null,
  rules: LineRules,
  rows: Detections,
  read: Span,
): Promise<Newest> {
  if (!table) return { anyS: null, referenceS: null }
  if (!needsStatus && rows.length > 0) return { anyS: rows.epochS[rows.length - 1] ?? null, referenceS: null }
  return readNewest(context, table, rules, rows, read)
}

type Calculation = {
  readonly runs: readonly Span[]
  readonly pieces: readonly Span[]
  /** Where events and breaks matter: the range and every stop that touches it. */
  readonly reach: Span
}

const noCalculation = (asked: Span): Calculation => ({ runs: [], pieces: [], reach: asked })

async function calculate(
  { context, model, zone }: LineRequest,
  line: Line,
  table: DetectionTable,
  rules: LineRules,
  rows: Detections,
  read: Span,
  asked: Span,
): Promise<Calculation> {
  const pieces = plannedPieces(model, zone, line.lineId, asked)
  const reference = await referenceRows({ context, table, rules, rows, read, range: asked, pieces })
  const runs = silentRuns(reference, rules.thresholdS, context.nowS)
  const fragments = intersect(runs, pieces)
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
  rows: Detections,
  { range, events, breaks, calculated, hasData }: LineStopsInput,
  bucketStarts: readonly number[] | null,
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
  const tally = tallyRows(rows, rules, scope, range, bucketStarts)
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
