/** What a line's stored figure would mean in each unit: the performance of yesterday tells which one is credible. */
import type { OpenPlant, PerformanceUnit, PlantModel } from '../../model/index.ts'
import { type Effect, type EffectDeps, effectIn } from '../effect.ts'

export type ImpliedRate = {
  readonly lineId: number
  readonly lineName: string
  /** As stored. */
  readonly performance: number
  /** Of yesterday, uncapped; null is no data. */
  readonly effectivenessPerMinute: number | null
  readonly effectivenessPerHour: number | null
}

const inUnit = (model: PlantModel, performanceUnit: PerformanceUnit): PlantModel => ({
  ...model,
  settings: { ...model.settings, performanceUnit },
})

/** Of the active lines. */
export async function impliedRates(deps: Pick<EffectDeps, 'histories' | 'clock'>, plant: OpenPlant): Promise<readonly ImpliedRate[]> {
  const [perMinute, perHour] = [
    await effectIn(deps, plant, inUnit(plant.model, 'units_per_minute')),
    await effectIn(deps, plant, inUnit(plant.model, 'units_per_hour')),
  ]
  const of = (effect: Effect | null, lineId: number) => effect?.lines.find((line) => line.lineId === lineId)?.after?.effectiveness ?? null
  return plant.model.lines
    .filter(({ isActive }) => isActive)
    .map(({ lineId, lineName, performance }) => ({
      lineId,
      lineName,
      performance,
      effectivenessPerMinute: of(perMinute, lineId),
      effectivenessPerHour: of(perHour, lineId),
    }))
}
