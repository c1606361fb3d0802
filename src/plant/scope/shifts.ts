/** Shift windows (spec plant 4.4): when a line was supposed to run. Wall times of the shift rows become instants in the tenant's zone, so a night
 *  across the autumn change is an hour longer and one across the spring change an hour shorter. */
import { dayOf, dayS, intersect, isoWeekdayOfDay, type Span, union, type Zone } from '../../platform/time/index.ts'
import { type Line, type PlantModel, type Shift, workedShifts } from '../model/index.ts'
import { exceptionsOf, extraSpans } from './exceptions.ts'

type Clocked = { readonly startS: number; readonly endS: number; readonly isoWeekdays: ReadonlySet<number>; readonly endsNextDay: boolean }

/** Instances that touch `span`, in order of their day, whole. An overnight instance belongs to the day it starts. */
export function shiftInstances(
  zone: Zone,
  shifts: readonly Clocked[],
  span: Span,
  isClosed: (day: number) => boolean = () => false,
): Span[] {
  const instances: Span[] = []
  // two days back: a 24 h instance may be lengthened by the autumn change
  const firstDay = dayOf(zone.toLocalS(span.fromS)) - 2
  const lastDay = dayOf(zone.toLocalS(span.toS))
  for (let day = firstDay; day <= lastDay; day++) {
    if (isClosed(day)) continue
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
export const shiftsOfLine = ({ shifts, settings }: PlantModel, lineId: number): Shift[] =>
  workedShifts(shifts, settings.shiftIdsByLine.get(lineId))

/** Instances of these shifts as the line works them: none starts on its holidays. `lineId` null: only the holidays of all lines are left out. */
export const workedInstances = (
  { settings }: Pick<PlantModel, 'settings'>,
  zone: Zone,
  lineId: number | null,
  shifts: readonly Shift[],
  span: Span,
): Span[] => shiftInstances(zone, shifts, span, exceptionsOf(settings, lineId)?.isClosed)

const always: Span = { fromS: Number.NEGATIVE_INFINITY, toS: Number.POSITIVE_INFINITY }
/** A line without shifts, day by day: only where single days differ. */
const roundTheClock: Clocked = { startS: 0, endS: 0, isoWeekdays: new Set([1, 2, 3, 4, 5, 6, 7]), endsNextDay: true }
/** A piece of planned time still unbroken this far from the range is one without end: shifts repeat every week … */
const searchDays = [3, 10, 30]
/** … and holidays every year, or on 29 February. */
const searchDaysWithExceptions = [...searchDays, 90, 400, 3_000]

/** All that plans a line's time; null = round the clock. */
function plannedSpans(model: PlantModel, zone: Zone, lineId: number): ((span: Span) => Span[]) | null {
  const shifts = shiftsOfLine(model, lineId)
  const exceptions = exceptionsOf(model.settings, lineId)
  if (!exceptions) return shifts.length === 0 ? null : (span) => union(shiftInstances(zone, shifts, span))
  const weekly = shifts.length === 0 ? [roundTheClock] : shifts
  return (span) => union([...shiftInstances(zone, weekly, span, exceptions.isClosed), ...extraSpans(zone, exceptions.extraShifts, span)])
}

/** Connected pieces of the line's planned time over **all** its active shifts that touch `span`, whole: adjacent shifts form one piece.
 *  No active shift at all = planned around the clock: one piece without ends, as for shifts that leave no hole. */
export function plannedPieces(model: PlantModel, zone: Zone, lineId: number, span: Span): Span[] {
  const planned = plannedSpans(model, zone, lineId)
  if (!planned) return [always]
  let pieces: Span[] = []
  const search = exceptionsOf(model.settings, lineId) ? searchDaysWithExceptions : searchDays
  for (const days of search) {
    const window = { fromS: span.fromS - days * dayS, toS: span.toS + days * dayS }
    const isLast = days === search.at(-1)
    pieces = planned(window)
      .filter((piece) => piece.toS > span.fromS && piece.fromS < span.toS)
      .map((piece) => ({
        fromS: isLast && piece.fromS <= window.fromS ? always.fromS : piece.fromS,
        toS: isLast && piece.toS >= window.toS ? always.toS : piece.toS,
      }))
    if (pieces.every((piece) => piece.fromS > window.fromS && piece.toS < window.toS)) break
  }
  return pieces
}

/** Windows in which rows count for the KPIs, not yet cut at now: instances of the chosen shift, or of all the line's active ones and its extra
 *  shifts, cut to the range; the range itself when nothing plans it. With `extend`, a chosen shift keeps the instances that *start* in the range, whole. */
export function plannedWindows(model: PlantModel, zone: Zone, lineId: number, shiftId: number | null, range: Span): Span[] {
  if (shiftId === null) {
    const planned = plannedSpans(model, zone, lineId)
    return planned ? intersect(planned(range), [range]) : union([range])
  }
  const chosen = shiftsOfLine(model, lineId).filter((shift) => shift.shiftId === shiftId)
  const instances = workedInstances(model, zone, lineId, chosen, range)
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
