/** What the rows say of each line's speed under each unit, and which unit that speaks for. */
import { type OpenPlant, type PerformanceUnit, type PlantModel, performanceUnits } from '../model/index.ts'
import { impliedPerformance, readSample } from '../system/index.ts'

type SpeedLine = {
  readonly lineId: number
  readonly lineName: string
  readonly stored: number
  readonly implied: Readonly<Record<PerformanceUnit, number | null>>
}
export type Speed = { readonly lines: readonly SpeedLine[]; readonly proposed: PerformanceUnit }

export const isPlausible = (ratio: number): boolean => ratio >= 0.02 && ratio <= 3

/** `proposed` is the plant's own unit when no row tells. */
export async function speedOf({ db, model }: OpenPlant): Promise<Speed> {
  const under = (unit: PerformanceUnit): PlantModel => ({ ...model, settings: { ...model.settings, performanceUnit: unit } })
  const lines: SpeedLine[] = []
  for (const line of model.lines.filter(({ isActive }) => isActive)) {
    const rows = await readSample(db, line)
    const of = (unit: PerformanceUnit): number | null => impliedPerformance({ line, rows }, under(unit))
    const implied = { units_per_minute: of('units_per_minute'), units_per_hour: of('units_per_hour'), percent: null }
    lines.push({ lineId: line.lineId, lineName: line.lineName, stored: line.performance, implied })
  }
  const plausible = (unit: PerformanceUnit): number =>
    lines.filter(({ implied }) => implied[unit] !== null && isPlausible(implied[unit])).length
  // nearest to full speed where both are plausible
  const distance = (unit: PerformanceUnit): number => lines.reduce((sum, { implied }) => sum + Math.abs(Math.log(implied[unit] ?? 1)), 0)
  const ranked = performanceUnits.toSorted((a, b) => plausible(b) - plausible(a) || distance(a) - distance(b))
  const isTold = lines.some(({ implied }) => implied.units_per_minute !== null)
  return { lines, proposed: isTold ? (ranked[0] ?? model.settings.performanceUnit) : model.settings.performanceUnit }
}
