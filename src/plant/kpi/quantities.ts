/** Pieces per product id. */
type ProductMix = ReadonlyMap<number, number>

/** What a line's areas can tell, and how fast it should be. */
export type LineRating = {
  readonly hasInputArea: boolean
  readonly hasScrapArea: boolean
  /** Null = unknown: performance ≤ 0, or given as a percentage. */
  readonly unitsPerMinute: number | null
  /** Nominal units per hour of a product; 0 = none, also for products that are not in the catalogue. */
  readonly standardPerHourOf: (productId: number) => number
}

/** Rows of one line inside its planned windows, not reduced by area, product or hour filters (compare.md 2). */
type PlannedCounts = {
  readonly output: ProductMix
  readonly input: ProductMix
  readonly scrap: ProductMix
  readonly outputWeightCentikg: number
}

/** Pieces of one line inside its planned windows; area, product and hour filters do not reach them. */
export type PlannedQuantities = {
  readonly goodQuantity: number
  readonly processedQuantity: number
  readonly inputQuantity: number
  readonly scrapQuantity: number
  /** How scrap is known; null = it is not, and the line says nothing about quality. */
  readonly qualityBasis: 'scrap_area' | 'input_output' | null
  /** input − output − scrap, when both input and scrap areas exist. */
  readonly unaccountedQuantity: number | null
  /** Σ ideal minutes × processed; null when one product of the mix has no known ideal. */
  readonly idealMinutes: number | null
  /** Output in range outside the planned windows; 0 when a shift is chosen. */
  readonly unplannedProduction: number
  readonly outputWeightCentikg: number
  /** Rate × PBT × the line's own mean output weight; null when the line has no rate or no output in plan. */
  readonly theoreticalWeightCentikg: number | null
}

const mixTotal = (mix: ProductMix): number => mix.values().reduce((sum, count) => sum + count, 0)

/** Minutes that the mix would take at its ideal: 60 ÷ the product's standard, else 1 ÷ the line's rate; null when one product has neither.
 *  Nothing processed takes no time, whatever the rate. */
export function idealMinutesOf(mix: ProductMix, { unitsPerMinute, standardPerHourOf }: LineRating): number | null {
  let minutes = 0
  // in order of id: a sum of fractions must not depend on which row came first
  for (const [productId, count] of [...mix].sort(([a], [b]) => a - b)) {
    const perHour = standardPerHourOf(productId)
    if (perHour > 0) minutes += (count * 60) / perHour
    else if (unitsPerMinute !== null) minutes += count / unitsPerMinute
    else return null
  }
  return minutes
}

/** PQ (compare.md 15): output + scrap where scrap is seen; else the larger of input and output where both ends are; else output. */
function processedMix(counts: PlannedCounts, rating: LineRating): { mix: ProductMix; basis: PlannedQuantities['qualityBasis'] } {
  if (rating.hasScrapArea) {
    const mix = new Map(counts.output)
    for (const [productId, count] of counts.scrap) mix.set(productId, (mix.get(productId) ?? 0) + count)
    return { mix, basis: 'scrap_area' }
  }
  if (!rating.hasInputArea) return { mix: counts.output, basis: null }
  return { mix: mixTotal(counts.input) > mixTotal(counts.output) ? counts.input : counts.output, basis: 'input_output' }
}

export function plannedQuantities(
  counts: PlannedCounts,
  rating: LineRating,
  plannedBusyTimeS: number,
  unplannedProduction: number,
): PlannedQuantities {
  const { mix, basis } = processedMix(counts, rating)
  const goodQuantity = mixTotal(counts.output)
  const inputQuantity = mixTotal(counts.input)
  const scrapQuantity = mixTotal(counts.scrap)
  const isRated = rating.unitsPerMinute !== null && goodQuantity > 0
  return {
    goodQuantity,
    processedQuantity: mixTotal(mix),
    inputQuantity,
    scrapQuantity,
    qualityBasis: basis,
    unaccountedQuantity: rating.hasInputArea && rating.hasScrapArea ? inputQuantity - goodQuantity - scrapQuantity : null,
    idealMinutes: idealMinutesOf(mix, rating),
    unplannedProduction,
    outputWeightCentikg: counts.outputWeightCentikg,
    theoreticalWeightCentikg: isRated
      ? ((rating.unitsPerMinute ?? 0) * (plannedBusyTimeS / 60) * counts.outputWeightCentikg) / goodQuantity
      : null,
  }
}
