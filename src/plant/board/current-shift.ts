/** Which stretch of planned time a line is in, or was in last: what "this shift" means on a screen. Pure. */
import { dayS, hourS, midnightOf, type Span, spanAt, subtract, totalS, union, type Zone } from '../../platform/time/index.ts'
import type { PlantModel } from '../model/index.ts'
import { breakSpans, plannedWindows, shiftsOfLine, workedInstances } from '../scope/index.ts'

/** `shift`: an instance that goes on. `extra`: planned time of no shift. `day`: a line planned around the clock, since its midnight. `over`: the last
 *  instance, while nothing is planned. */
export type CurrentShift = {
  readonly kind: 'shift' | 'extra' | 'day' | 'over'
  /** The customer's; null for `extra` and `day`. */
  readonly name: string | null
  /** Whole, not cut at now. */
  readonly span: Span
  /** Planned seconds of all of it, breaks left out. */
  readonly plannedS: number
  /** A configured break goes on. */
  readonly isBreak: boolean
}

/** A line that worked last before that shows today's figures. */
const lookBackS = 4 * dayS
const longestShiftS = 26 * hourS

export function currentShift(model: PlantModel, zone: Zone, lineId: number, nowS: number): CurrentShift {
  const shifts = shiftsOfLine(model, lineId)
  const around = { fromS: nowS - lookBackS, toS: nowS + longestShiftS }
  const planned = plannedWindows(model, zone, lineId, null, around)
  const isBreak = spanAt(breakSpans(model, zone, { fromS: nowS, toS: nowS + 1 }), nowS) !== undefined
  const of = (kind: CurrentShift['kind'], name: string | null, span: Span): CurrentShift => {
    const busy = subtract(plannedWindows(model, zone, lineId, null, span), breakSpans(model, zone, span))
    return { kind, name, span, plannedS: totalS(busy), isBreak }
  }
  const midnight = midnightOf(zone.toLocalS(nowS))
  const today = { fromS: zone.toEpochS(midnight), toS: zone.toEpochS(midnight + dayS) }
  const piece = spanAt(planned, nowS)
  if (shifts.length === 0 && piece) return of('day', null, today)
  const instances = shifts
    .flatMap((shift) => workedInstances(model, zone, lineId, [shift], around).map((span) => ({ span, name: shift.shiftName })))
    .sort((a, b) => a.span.fromS - b.span.fromS)
  if (piece) {
    const running = instances.findLast(({ span }) => span.fromS <= nowS && nowS < span.toS)
    if (running) return of('shift', running.name, running.span)
    // extra time that adjoins a shift begins where that ends
    const extra = subtract([piece], union(instances.map(({ span }) => span)))
    return of('extra', null, spanAt(extra, nowS) ?? piece)
  }
  const last = instances.findLast(({ span }) => span.toS <= nowS)
  return last ? of('over', last.name, last.span) : of('over', null, today)
}
