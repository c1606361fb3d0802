/** How one line's areas and rate are read: which rows are output, which stream tells of stops, how fast it should run. */
import type { LineRating } from '../kpi/index.ts'
import type { Line, PlantModel } from '../model/model.ts'

export type LineRules = LineRating & {
  readonly hasOutputArea: boolean
  readonly areaKind: ReadonlyMap<number, 'input' | 'output' | 'scrap' | 'process'>
  /** Output areas of the highest order; null = rows of every area (spec plant 7.2). */
  readonly referenceAreas: ReadonlySet<number> | null
  /** Override or the line's own; no stops are calculated when it is not above 0. */
  readonly thresholdS: number
}

export function lineRules(model: PlantModel, line: Line, thresholdOverrideS: number | null): LineRules {
  const outputs = line.areas.filter((area) => area.areaType === 'output')
  const lastOrder = Math.max(...outputs.map((area) => area.areaOrder))
  return {
    hasInputArea: line.areas.some((area) => area.areaType === 'input'),
    hasScrapArea: line.areas.some((area) => area.areaType === 'scrap'),
    hasOutputArea: outputs.length > 0,
    areaKind: new Map(line.areas.map((area) => [area.areaId, area.areaType])),
    referenceAreas: outputs.length > 0 ? new Set(outputs.filter((area) => area.areaOrder === lastOrder).map((area) => area.areaId)) : null,
    thresholdS: thresholdOverrideS ?? line.downtimeThresholdS,
    unitsPerMinute: unitsPerMinute(model, line),
    standardPerHourOf: (productId) => model.products.get(productId)?.productionStdPerHour ?? 0,
  }
}

/** Null = unknown: not positive, or a percentage (compare.md 18–19). */
function unitsPerMinute({ settings }: PlantModel, { performance }: Line): number | null {
  if (performance <= 0 || settings.performanceUnit === 'percent') return null
  return settings.performanceUnit === 'units_per_hour' ? performance / 60 : performance
}
