import type { PlannedQuantities } from './quantities.ts'
import { ratioOf } from './rounding.ts'
import { addTimes, type TimeElements } from './time.ts'

/** The OEE family of a set of lines: ratio of sums, never a mean of ratios. Ratios are 0…, unrounded; null is "no data". */
export type KpiFacts = {
  readonly availability: number | null
  /** Performance of the shop floor, ISO 22400-2 "effectiveness". Uncapped. */
  readonly effectiveness: number | null
  readonly qualityRatio: number | null
  readonly oeeIndex: number | null
  /** The OEE took 1 for a quality that nobody can know. */
  readonly qualityAssumed: boolean
  readonly ratedSpeedExceeded: boolean
  /** PBT ÷ elapsed range. */
  readonly utilisation: number | null
  readonly weightEfficiency: number | null
  readonly actualWeightCentikg: number
  readonly theoreticalWeightCentikg: number
  readonly time: TimeElements
  /** Σ over lines of the range up to now. */
  readonly elapsedS: number
  /** Over the lines where scrap is knowable: the terms of the quality ratio. */
  readonly goodQuantity: number
  readonly processedQuantity: number
  /** Over the lines whose ideal is known: the terms of effectiveness. Null when no line's is. */
  readonly idealMinutes: number | null
  readonly ratedProductionTimeS: number
  readonly mtbfS: number | null
  readonly mttrS: number | null
  /** Filtered output in range. */
  readonly totalProduction: number
  readonly totalWeightCentikg: number
  /** Share of scrap among processed in plan, lines with a scrap area; null when no line has one. */
  readonly rejectedRatio: number | null
  readonly scrapQuantity: number
}

export type KpiInput = {
  readonly time: TimeElements
  readonly elapsedS: number
  readonly quantities: PlannedQuantities
  readonly totalProduction: number
  readonly totalWeightCentikg: number
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number => items.reduce((total, item) => total + of(item), 0)

/** OEE = A × P × Q of the unrounded, uncapped factors (= good × ideal ÷ PBT). A quality that nobody can know counts as 1 and is flagged.
 *  Nothing available is an OEE of 0, although nothing can be said of its performance. */
export function oeeIndexOf(availability: number | null, effectiveness: number | null, qualityRatio: number | null): number | null {
  if (availability === 0) return 0
  if (availability === null || effectiveness === null) return null
  return availability * effectiveness * (qualityRatio ?? 1)
}

/** KPIs of several lines, or of one. */
export function computeKpis(lines: readonly KpiInput[]): KpiFacts {
  const time = addTimes(lines.map((line) => line.time))
  const elapsedS = sum(lines, (line) => line.elapsedS)
  const rated = lines.filter((line) => line.quantities.idealMinutes !== null)
  const idealMinutes = rated.length > 0 ? sum(rated, (line) => line.quantities.idealMinutes ?? 0) : null
  const ratedProductionTimeS = sum(rated, (line) => line.time.actualProductionTimeS)
  const known = lines.filter((line) => line.quantities.qualityBasis !== null)
  const goodQuantity = sum(known, (line) => line.quantities.goodQuantity)
  const processedQuantity = sum(known, (line) => line.quantities.processedQuantity)
  const weighed = lines.filter((line) => line.quantities.theoreticalWeightCentikg !== null)
  const actualWeightCentikg = sum(weighed, (line) => line.quantities.outputWeightCentikg)
  const theoreticalWeightCentikg = sum(weighed, (line) => line.quantities.theoreticalWeightCentikg ?? 0)
  const scrapLines = lines.filter((line) => line.quantities.qualityBasis === 'scrap_area')
  const scrapQuantity = sum(scrapLines, (line) => line.quantities.scrapQuantity)

  const availability = ratioOf(time.actualProductionTimeS, time.plannedBusyTimeS)
  const effectiveness = idealMinutes === null ? null : ratioOf(idealMinutes * 60, ratedProductionTimeS)
  const qualityRatio = ratioOf(goodQuantity, processedQuantity)
  const oeeIndex = oeeIndexOf(availability, effectiveness, qualityRatio)
  return {
    availability,
    effectiveness,
    qualityRatio,
    oeeIndex,
    qualityAssumed: qualityRatio === null,
    ratedSpeedExceeded: effectiveness !== null && effectiveness > 1,
    utilisation: ratioOf(time.plannedBusyTimeS, elapsedS),
    weightEfficiency: ratioOf(actualWeightCentikg, theoreticalWeightCentikg),
    actualWeightCentikg,
    theoreticalWeightCentikg,
    time,
    elapsedS,
    goodQuantity,
    processedQuantity,
    idealMinutes,
    ratedProductionTimeS,
    mtbfS: ratioOf(time.actualProductionTimeS, time.stopCount),
    mttrS: ratioOf(time.unplannedDowntimeS, time.stopCount),
    totalProduction: sum(lines, (line) => line.totalProduction),
    totalWeightCentikg: sum(lines, (line) => line.totalWeightCentikg),
    rejectedRatio: ratioOf(
      scrapQuantity,
      sum(scrapLines, (line) => line.quantities.processedQuantity),
    ),
    scrapQuantity,
  }
}
