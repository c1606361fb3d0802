/** Facts of a request: gathered once, line by line, then added up. */
import { isUnreadableTable } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import type { Zone } from '../../platform/time/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { readContext } from '../detections/index.ts'
import { sortStops } from '../downtime/index.ts'
import type { PlantHistory } from '../history/index.ts'
import { computeKpis, type KpiFacts } from '../kpi/index.ts'
import type { Line, PlantModel } from '../model/model.ts'
import { axisOf, type Scope, shownRange } from '../scope/index.ts'
import type { PlantDb } from '../source/plant-db.ts'
import type { AreaCount, DowntimeTotals, Facts, LineFacts, ProductCount, RecentDetection, SeriesFacts, Summary } from './facts.ts'
import { type GatheredLine, gatherLine, type LineRequest, type LineResult } from './line.ts'
import { precedingRange } from './ranges.ts'
import { type Moment, maxRecent } from './tally.ts'

/** What may be left out when no widget asks for it. Without `status` a line's status and last detection are of the rows that were read. */
export type FactNeeds = { readonly previous?: boolean; readonly status?: boolean; readonly recent?: boolean }
type GatherOptions = {
  readonly needs?: FactNeeds
  readonly limitMs?: number
  readonly maxRows?: number
  /** Absent = every figure from raw rows: the oracle. */
  readonly history?: PlantHistory
}

/** Lines read at once: enough to hide the round trips, few enough to leave connections to others. */
const maxParallel = 3

/** Throws `range_too_large` (503) when reading takes longer than `limitMs` (30 s), or one line has more than `maxRows` (3 million) rows to read. */
export async function gatherFacts(
  plantDb: PlantDb,
  model: PlantModel,
  scope: Scope,
  { needs = {}, history, ...limits }: GatherOptions = {},
): Promise<Facts> {
  const zone = zoneOf(model.settings.timeZone)
  const context = readContext(plantDb, zone, scope.now.epochS, limits)
  const bucketStarts = axisOf(zone, shownRange(model, zone, scope.lines, scope.shiftId, scope.range), scope.now, scope.interval)
  const previous = needs.previous === false ? null : precedingRange(zone, scope)
  const request = {
    context,
    model,
    zone,
    scope,
    previous,
    needsStatus: needs.status !== false,
    needsRecent: needs.recent !== false,
    history: history ?? null,
    bucketStarts,
  }
  const gathered = await inParallel(scope.lines, maxParallel, (line) => gatherReadable(request, line))
  return assemble(model, zone, scope, bucketStarts, gathered)
}

/** A line whose tables the server refuses is told about and left out, like one without tables: the others have their figures. */
async function gatherReadable(request: LineRequest, line: Line): Promise<GatheredLine> {
  try {
    return await gatherLine(request, line)
  } catch (error) {
    if (!isUnreadableTable(error)) throw error
    const gathered = await gatherLine(request, { ...line, detectionTable: null, downtimeTable: null })
    return { ...gathered, warnings: [unreadable(line), ...gathered.warnings] }
  }
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

function assemble(model: PlantModel, zone: Zone, scope: Scope, bucketStarts: readonly number[], gathered: readonly GatheredLine[]): Facts {
  const current = gathered.map((line) => line.current)
  const kpi = computeKpis(current.map((result) => result.kpi))
  const previous = gathered.flatMap((line) => line.previous ?? [])
  const newestS = Math.max(...gathered.map((line) => line.newest.anyS ?? Number.NEGATIVE_INFINITY))
  return {
    kpi,
    lines: gathered.map((line) => lineFacts(zone, scope, line)),
    downtime: totals(kpi),
    stops: sortStops(current.flatMap((result) => result.stops)),
    series: seriesFacts(bucketStarts, gathered),
    products: productCounts(model, current),
    areas: areaCounts(model, current),
    summary: summaryOf(gathered, kpi),
    recentDetections: recentDetections(gathered),
    previous: previous.some((result) => result.tally.hasRows) ? withTotals(computeKpis(previous.map((result) => result.kpi))) : null,
    newestDetectionLocalS: Number.isFinite(newestS) ? zone.toLocalS(newestS) : null,
    warnings: gathered.flatMap((line) => line.warnings),
  }
}

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
