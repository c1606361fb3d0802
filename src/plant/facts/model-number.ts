import type { PlantModel } from '../model/model.ts'

const numbers = new WeakMap<PlantModel, number>()
let last = 0

/** A number of its own for every loading of a model: what was worked out with other shifts, areas or settings is never found under it. */
export function modelNumber(model: PlantModel): number {
  const known = numbers.get(model)
  if (known !== undefined) return known
  last += 1
  numbers.set(model, last)
  return last
}
