import { dayS, type RepeatedHour, type Zone } from '../../platform/time/index.ts'
import { type Detections, sortByInstant } from './detections.ts'

/** Wall times of one line's rows → instants. In a repeated hour the order of ids tells the passes apart: once the wall time steps back by more than
 *  half the overlap between two rows of that hour, the rest of it is the second pass (compare.md 4). Needs all rows of every repeated hour it touches. */
export function withInstants(rows: Omit<Detections, 'epochS'>, zone: Zone, repeatedHours: readonly RepeatedHour[]): Detections {
  const epochS = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) epochS[i] = zone.toEpochS(rows.localS[i] as number)
  for (const hour of repeatedHours) {
    const inside: number[] = []
    for (let i = 0; i < rows.length; i++) {
      const localS = rows.localS[i] as number
      if (localS >= hour.fromLocalS && localS < hour.toLocalS) inside.push(i)
    }
    inside.sort((a, b) => (rows.id[a] as number) - (rows.id[b] as number))
    const overlapS = hour.toLocalS - hour.fromLocalS
    let previousS = Number.NEGATIVE_INFINITY
    let isSecondPass = false
    for (const i of inside) {
      const localS = rows.localS[i] as number
      if (previousS - localS > overlapS / 2) isSecondPass = true
      if (isSecondPass) epochS[i] = localS - hour.fromLocalS + hour.atS
      previousS = localS
    }
  }
  return { ...rows, epochS }
}

/** Wall times → instants → order. Needs all rows of every repeated hour it touches. */
export const instantsOfRows = (rows: Omit<Detections, 'epochS'>, zone: Zone): Detections =>
  sortByInstant(withInstants(rows, zone, hoursOf(rows, zone)))

/** Those that some of the rows may stand in. */
export function hoursOf(rows: Omit<Detections, 'epochS'>, zone: Zone): readonly RepeatedHour[] {
  let [fromLocalS, toLocalS] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < rows.length; i++) {
    const localS = rows.localS[i] as number
    if (localS < fromLocalS) fromLocalS = localS
    if (localS > toLocalS) toLocalS = localS
  }
  return rows.length === 0 ? [] : zone.repeatedHours(fromLocalS - 2 * dayS, toLocalS + 2 * dayS)
}
