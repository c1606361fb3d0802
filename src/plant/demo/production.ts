/** The rows that a plant's cameras and operators deliver between two moments, in the order in which they arrive. */
import { dayS, type LocalS } from '../../platform/time/index.ts'
import { dayStartS, type LineDay, type ModelAnchor, type Piece, produceDay, type RecordedStop } from './machine.ts'
import type { LinePlan, PlantPlan } from './plant-plan.ts'

export type LineArrivals = { readonly line: LinePlan; readonly pieces: readonly Piece[]; readonly stops: readonly RecordedStop[] }

export type Production = {
  /** What arrives in (afterS, untilS], per line. */
  readonly arrivals: (afterS: LocalS, untilS: LocalS) => LineArrivals[]
}

const productionDay = (localS: LocalS): number => Math.floor((localS - dayStartS) / dayS)

const byArrival = (one: { readonly arrivedS: LocalS }, other: { readonly arrivedS: LocalS }): number => one.arrivedS - other.arrivedS

/** Remembers the last few days, because history and simulator ask for neighbours again and again. Nothing arrives later than a day after it was seen. */
export function productionOf(plan: PlantPlan, anchor: ModelAnchor): Production {
  const remembered = new Map<string, LineDay>()
  const dayOf = (line: LinePlan, day: number): LineDay => {
    const key = `${line.lineId}/${day}`
    const known = remembered.get(key)
    if (known !== undefined) return known
    const produced = produceDay(plan, line, day, anchor)
    remembered.set(key, produced)
    const oldest = remembered.keys().next().value
    if (remembered.size > 4 * plan.lines.length && oldest !== undefined) remembered.delete(oldest)
    return produced
  }
  return {
    arrivals: (afterS, untilS) =>
      plan.lines.map((line) => {
        const pieces: Piece[] = []
        const stops: RecordedStop[] = []
        const hasArrived = ({ arrivedS }: { readonly arrivedS: LocalS }) => arrivedS > afterS && arrivedS <= untilS
        for (let day = productionDay(afterS) - 1; day <= productionDay(untilS); day += 1) {
          const produced = dayOf(line, day)
          for (const piece of produced.pieces) if (hasArrived(piece)) pieces.push(piece)
          for (const stop of produced.stops) if (hasArrived(stop)) stops.push(stop)
        }
        return { line, pieces: pieces.sort(byArrival), stops: stops.sort(byArrival) }
      }),
  }
}
