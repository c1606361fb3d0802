/** The facts of all lines added up. Pure. */
import type { Zone } from '../../platform/time/index.ts'
import { type Stop, type StopPiece, sortStops, stopOf } from '../downtime/index.ts'
import { computeKpis, type KpiFacts } from '../kpi/index.ts'
import type { PlantModel } from '../model/model.ts'
import type { Scope } from '../scope/index.ts'
import {
  type AreaCount,
  type DowntimeTotals,
  type Facts,
  type LineFacts,
  maxListedStops,
  type ProductCount,
  type RecentDetection,
  type SeriesFacts,
  type Summary,
} from './facts.ts'
import type { GatheredLine, LineResult } from './line.ts'
import { type Moment, maxRecent } from './tally.ts'

export function assemble(
  model: PlantModel,
  zone: Zone,
  scope: Scope,
  bucketStarts: readonly number[],
  gathered: readonly GatheredLine[],
  clocks: Facts['clocks'],
  external: Facts['external'],
): Facts {
  const current = gathered.map((line) => line.current)
  const kpi = computeKpis(current.map((result) => result.kpi))
  const previous = gathered.flatMap((line) => line.previous ?? [])
  const newestS = Math.max(...gathered.map((line) => line.newest.anyS ?? Number.NEGATIVE_INFINITY))
  const rest = {
    kpi,
    lines: gathered.map((line) => lineFacts(zone, scope, line)),
    downtime: totals(kpi),
    series: seriesFacts(bucketStarts, gathered),
    products: productCounts(model, current),
    areas: areaCounts(model, current),
    summary: summaryOf(gathered, kpi),
    recentDetections: recentDetections(gathered),
    previous: previous.some((result) => result.hasRows) ? withTotals(computeKpis(previous.map((result) => result.kpi()))) : null,
    newestDetectionLocalS: Number.isFinite(newestS) ? zone.toLocalS(newestS) : null,
    warnings: gathered.flatMap((line) => line.warnings),
    clocks,
    external,
  }
  // not spread: that would ask for every stop
  return Object.assign(stopFacts(model, zone, gathered), rest)
}

type OwnPiece = { readonly lineId: number; readonly piece: StopPiece }

/** Stops are put into words only where somebody reads them. */
function stopFacts(
  model: PlantModel,
  zone: Zone,
  gathered: readonly GatheredLine[],
): Pick<Facts, 'stopTotals' | 'stops' | 'latestStops' | 'longestStops'> {
  let [count, durationS, countedS] = [0, 0, 0]
  for (const { current } of gathered) {
    count += current.stopTotals.count
    durationS += current.stopTotals.durationS
    countedS += current.stopTotals.countedS
  }
  const words = (pieces: readonly OwnPiece[]): Stop[] => sortStops(pieces.map(({ lineId, piece }) => stopOf(model, zone, lineId, piece)))
  const chosen = (choose: (pieces: readonly StopPiece[]) => readonly StopPiece[]): OwnPiece[] =>
    gathered.flatMap(({ line: { lineId }, current }) => choose(current.stops()).map((piece) => ({ lineId, piece })))
  const stops = lazy(() => words(chosen((pieces) => pieces)))
  const latest = lazy(() => words(chosen((pieces) => pieces.slice(-maxListedStops))).slice(-maxListedStops))
  const longest = lazy(() => words(longestOf(chosen((pieces) => pieces))))
  return {
    stopTotals: { count, durationS, countedS },
    get stops() {
      return stops()
    },
    get latestStops() {
      return latest()
    },
    get longestStops() {
      return longest()
    },
  }
}

function lazy<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

const longestOf = (pieces: OwnPiece[]): OwnPiece[] =>
  pieces.length <= maxListedStops
    ? pieces
    : pieces.sort((a, b) => b.piece.span.toS - b.piece.span.fromS - (a.piece.span.toS - a.piece.span.fromS)).slice(0, maxListedStops)

const totals = ({ time }: KpiFacts): DowntimeTotals => ({ stopCount: time.stopCount, downtimeS: time.unplannedDowntimeS })
const withTotals = (kpi: KpiFacts): { kpi: KpiFacts; downtime: DowntimeTotals } => ({ kpi, downtime: totals(kpi) })

function lineFacts(zone: Zone, scope: Scope, { line, rules, status, newest, current }: GatheredLine): LineFacts {
  const { total, output, input, scrap } = current.tally
  return {
    line,
    thresholdS: rules.thresholdS,
    kpi: computeKpis([current.kpi]),
    quantities: current.kpi.quantities,
    counts: { total, output, input, scrap },
    status,
    lastDetectionLocalS: newest.anyS === null ? null : zone.toLocalS(newest.anyS),
    minutesSinceLast: newest.anyS === null ? null : (scope.now.epochS - newest.anyS) / 60,
  }
}

const addInto = (sum: number[], counts: ArrayLike<number>, sign: 1 | -1 = 1): void => {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + sign * (counts[i] as number)
}

/** Entrada: lines with both ends. Salida: all lines. Descarte: scrap where it is seen, else the signed difference of the lines with both ends; its
 *  total never lets one line's surplus hide another's loss, so the buckets may add up to something else (compare.md 8). */
function seriesFacts(bucketStartsLocalS: readonly number[], gathered: readonly GatheredLine[]): SeriesFacts {
  const zeros = (): number[] => new Array<number>(bucketStartsLocalS.length).fill(0)
  const [entrada, salida, descarte] = [zeros(), zeros(), zeros()]
  const total = { entrada: 0, salida: 0, descarte: 0 }
  const outputByProduct = new Map<number, number[]>()
  for (const { rules, current } of gathered) {
    const { tally } = current
    const { series } = tally
    if (!series) continue
    const hasBothEnds = rules.hasInputArea && rules.hasOutputArea
    addInto(salida, series.output)
    total.salida += tally.output
    if (hasBothEnds) {
      addInto(entrada, series.input)
      total.entrada += tally.input
    }
    if (rules.hasScrapArea) {
      addInto(descarte, series.scrap)
      total.descarte += tally.scrap
    } else if (hasBothEnds) {
      addInto(descarte, series.input)
      addInto(descarte, series.output, -1)
      total.descarte += Math.max(0, tally.input - tally.output)
    }
    for (const [productId, counts] of series.outputByProduct) {
      const sum = outputByProduct.get(productId) ?? zeros()
      addInto(sum, counts)
      outputByProduct.set(productId, sum)
    }
  }
  return { bucketStartsLocalS, outputByProduct, flow: { entrada, salida, descarte, total } }
}

function productCounts(model: PlantModel, results: readonly LineResult[]): ProductCount[] {
  return [...addUp(results.map(({ tally }) => tally.outputByProduct))]
    .map(([productId, count]) => {
      const product = model.products.get(productId)
      return {
        productId,
        productName: product?.productName ?? null,
        productCode: product?.productCode ?? '',
        productColor: product?.productColor ?? null,
        weightCentikg: count * (product?.weightCentikg ?? 0),
        count,
      }
    })
    .sort(
      (a, b) => b.count - a.count || byText(a.productName ?? 'Desconocido', b.productName ?? 'Desconocido') || a.productId - b.productId,
    )
}

/** By code point: the same order whatever the server's language. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** By area id: equal names on different lines stay apart. */
function areaCounts(model: PlantModel, results: readonly LineResult[]): AreaCount[] {
  const areas = new Map(model.lines.flatMap((line) => line.areas.map((area) => [area.areaId, area])))
  return [...addUp(results.map(({ tally }) => tally.countByArea))]
    .map(([areaId, count]) => {
      const area = areas.get(areaId)
      const areaType = area ? (area.otherType ?? area.areaType) : 'unknown'
      return { areaId, areaName: area?.areaName ?? null, areaType, lineId: area?.lineId ?? null, count }
    })
    .sort((a, b) => b.count - a.count || byText(a.areaName ?? 'Desconocida', b.areaName ?? 'Desconocida') || a.areaId - b.areaId)
}

function addUp(all: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const sum = new Map<number, number>()
  for (const counts of all) for (const [id, count] of counts) sum.set(id, (sum.get(id) ?? 0) + count)
  return sum
}

function summaryOf(gathered: readonly GatheredLine[], kpi: KpiFacts): Summary {
  let first: Moment | null = null
  let last: Moment | null = null
  const productIds = new Set<number>()
  for (const { tally } of gathered.map(({ current }) => current)) {
    for (const productId of tally.productIds) productIds.add(productId)
    if (tally.first === null || tally.last === null) continue
    if (!first || tally.first.epochS < first.epochS) first = tally.first
    if (!last || tally.last.epochS > last.epochS) last = tally.last
  }
  return {
    totalDetections: gathered.reduce((sum, line) => sum + line.current.tally.total, 0),
    outputCount: kpi.totalProduction,
    totalWeightCentikg: kpi.totalWeightCentikg,
    uniqueProducts: productIds.size,
    spanS: first && last ? last.epochS - first.epochS : 0,
    firstDetectionLocalS: first?.localS ?? null,
    lastDetectionLocalS: last?.localS ?? null,
  }
}

const recentDetections = (gathered: readonly GatheredLine[]): RecentDetection[] =>
  gathered
    .flatMap(({ line, current }) =>
      current.tally.recent.map(({ id, localS, ...row }) => ({ ...row, detectionId: id, detectedAtLocalS: localS, lineId: line.lineId })),
    )
    .sort((a, b) => b.epochS - a.epochS || a.lineId - b.lineId || b.detectionId - a.detectionId)
    .slice(0, maxRecent)
    .map(({ epochS: _, ...detection }) => detection)
