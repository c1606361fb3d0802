/** Shift windows (spec plant 4.4): when a line was supposed to run. Wall times of the shift rows become instants in the tenant's zone, so a night
 *  across the autumn change is an hour longer and one across the spring change an hour shorter. */
import { dayOf, dayS, intersect, isoWeekdayOfDay, type Span, union, type Zone } from '../../platform/time/index.ts'
import type { Line, PlantModel, Shift } from '../model/model.ts'

type Clocked = { readonly startS: number; readonly endS: number; readonly isoWeekdays: ReadonlySet<number>; readonly endsNextDay: boolean }

/** Instances that touch `span`, in order of their day, whole. An overnight instance belongs to the day it starts. */
export function shiftInstances(zone: Zone, shifts: readonly Clocked[], span: Span): Span[] {
  const instances: Span[] = []
  // two days back: a 24 h instance may be lengthened by the autumn change
  const firstDay = dayOf(zone.toLocalS(span.fromS)) - 2
  const lastDay = dayOf(zone.toLocalS(span.toS))
  for (let day = firstDay; day <= lastDay; day++) {
    const weekday = isoWeekdayOfDay(day)
    for (const shift of shifts) {
      if (!shift.isoWeekdays.has(weekday)) continue
      const fromS = zone.toEpochS(day * dayS + shift.startS)
      const toS = zone.toEpochS((shift.endsNextDay ? day + 1 : day) * dayS + shift.endS)
      if (fromS < toS && fromS < span.toS && toS > span.fromS) instances.push({ fromS, toS })
    }
  }
  return instances
}

/** Shifts that plan a line's time: its own list, else all; inactive ones never. */
export function shiftsOfLine(model: PlantModel, lineId: number): Shift[] {
  const own = model.settings.shiftIdsByLine.get(lineId)
  return model.shifts.filter((shift) => shift.isActive && (!own || own.has(shift.shiftId)))
}

const always: Span = { fromS: Number.NEGATIVE_INFINITY, toS: Number.POSITIVE_INFINITY }
/** A piece of planned time still unbroken this far from the range is one without end: shifts repeat every week. */
const searchDays = [3, 10, 30]

/** Connected pieces of the line's planned time over **all** its active shifts that touch `span`, whole: adjacent shifts form one piece.
 *  No active shift at all = planned around the clock: one piece without ends, as for shifts that leave no hole. */
export function plannedPieces(model: PlantModel, zone: Zone, lineId: number, span: Span): Span[] {
  const shifts = shiftsOfLine(model, lineId)
  if (shifts.length === 0) return [always]
  let pieces: Span[] = []
  for (const days of searchDays) {
    const window = { fromS: span.fromS - days * dayS, toS: span.toS + days * dayS }
    const isLast = days === searchDays.at(-1)
    pieces = union(shiftInstances(zone, shifts, window))
      .filter((piece) => piece.toS > span.fromS && piece.fromS < span.toS)
      .map((piece) => ({
        fromS: isLast && piece.fromS <= window.fromS ? always.fromS : piece.fromS,
        toS: isLast && piece.toS >= window.toS ? always.toS : piece.toS,
      }))
    if (pieces.every((piece) => piece.fromS > window.fromS && piece.toS < window.toS)) break
  }
  return pieces
}

/** Windows in which rows count for the KPIs, not yet cut at now: instances of the chosen shift, or of all the line's active ones, cut to the
 *  range; the range itself when no shift is active. With `extend`, a chosen shift keeps the instances that *start* in the range, whole. */
export function plannedWindows(model: PlantModel, zone: Zone, lineId: number, shiftId: number | null, range: Span): Span[] {
  const shifts = shiftsOfLine(model, lineId)
  if (shiftId === null) return shifts.length === 0 ? union([range]) : intersect(union(shiftInstances(zone, shifts, range)), [range])
  const chosen = shifts.filter((shift) => shift.shiftId === shiftId)
  const instances = shiftInstances(zone, chosen, range)
  if (model.settings.shiftRangeMode === 'extend')
    return union(instances.filter((span) => span.fromS >= range.fromS && span.fromS < range.toS))
  return intersect(union(instances), [range])
}

/** The range as its lines see it together: with `extend` and a chosen shift it lasts until the last instance ends. */
export function shownRange(model: PlantModel, zone: Zone, lines: readonly Line[], shiftId: number | null, range: Span): Span {
  if (shiftId === null || model.settings.shiftRangeMode !== 'extend') return range
  const ends = lines.flatMap(({ lineId }) => plannedWindows(model, zone, lineId, shiftId, range).at(-1)?.toS ?? [])
  return { fromS: range.fromS, toS: Math.max(range.toS, ...ends) }
}

/** Configured daily breaks that touch `span`: planned stops of every line. */
export const breakSpans = (model: PlantModel, zone: Zone, span: Span): Span[] =>
  union(
    shiftInstances(
      zone,
      model.settings.breaks.map((pause) => ({ ...pause, endsNextDay: pause.endS <= pause.startS })),
      span,
    ),
  )
