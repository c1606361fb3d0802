/** A line's time cut into strips: one per shift instance, so that each shift reads what happened in it. Pure. */
import { dayS, intersect, midnightOf, type Span, subtract, union, type Zone } from '../../platform/time/index.ts'
import type { PlantModel } from '../model/index.ts'
import { plannedWindows, type Scope, shiftsOfLine, workedInstances } from '../scope/index.ts'

/** `shift`: an instance. `extra`: planned time of no shift. `day`: a line that is planned around the clock. `off`: outside the plan. */
export type StripKind = 'shift' | 'extra' | 'day' | 'off'
export type StripSpan = {
  readonly lineId: number
  readonly kind: StripKind
  readonly shiftId: number | null
  /** Cut to the range, not to now. */
  readonly span: Span
  /** Planned time inside it; of an instance without holes, the span itself. */
  readonly planned: readonly Span[]
}

/** Those that have begun, newest first, then by line. Together they tile the range of each line up to now; instances of shifts that overlap share their time. With a shift chosen only
 *  its instances. */
export function stripSpans(model: PlantModel, zone: Zone, scope: Scope): StripSpan[] {
  return scope.lines
    .flatMap(({ lineId }) => stripsOfLine(model, zone, scope, lineId))
    .filter(({ span }) => span.fromS < scope.now.epochS)
    .sort((a, b) => b.span.fromS - a.span.fromS || a.lineId - b.lineId || b.span.toS - a.span.toS)
}

function stripsOfLine(model: PlantModel, zone: Zone, { range, shiftId }: Scope, lineId: number): StripSpan[] {
  const planned = plannedWindows(model, zone, lineId, shiftId, range)
  const hull = hullOf(planned)
  const shifts = shiftsOfLine(model, lineId).filter((shift) => shiftId === null || shift.shiftId === shiftId)
  const instances = hull
    ? shifts.flatMap((shift) =>
        workedInstances(model, zone, lineId, [shift], hull).flatMap((instance): StripSpan[] => {
          const inside = intersect([instance], touching(planned, instance))
          const span = hullOf(inside)
          return span ? [{ lineId, kind: 'shift', shiftId: shift.shiftId, span, planned: inside }] : []
        }),
      )
    : []
  const rest = subtract(planned, union(instances.map(({ span }) => span)))
  const isAlways = shifts.length === 0
  const others = (isAlways ? rest.flatMap((span) => byDay(zone, span)) : rest).map(
    (span): StripSpan => ({ lineId, kind: isAlways ? 'day' : 'extra', shiftId: null, span, planned: [span] }),
  )
  const shown = [...instances, ...others]
  if (shiftId !== null) return shown
  const off = subtract([range], union(shown.map(({ span }) => span)))
  return [...shown, ...off.map((span): StripSpan => ({ lineId, kind: 'off', shiftId: null, span, planned: [] }))]
}

/** Of sorted, disjoint spans those that touch this one, found by halves: a range of decades has tens of thousands of both. */
function touching(spans: readonly Span[], { fromS, toS }: Span): Span[] {
  let [low, high] = [0, spans.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle] as Span).toS <= fromS) low = middle + 1
    else high = middle
  }
  const found: Span[] = []
  for (let at = low; at < spans.length && (spans[at] as Span).fromS < toS; at += 1) found.push(spans[at] as Span)
  return found
}

/** Of sorted spans. */
const hullOf = (spans: readonly Span[]): Span | null => {
  const [first, last] = [spans[0], spans.at(-1)]
  return first && last ? { fromS: first.fromS, toS: last.toS } : null
}

/** Cut at the plant's midnights. */
function byDay(zone: Zone, { fromS, toS }: Span): Span[] {
  const days: Span[] = []
  for (let atS = fromS; atS < toS; ) {
    const nextS = Math.min(toS, zone.toEpochS(midnightOf(zone.toLocalS(atS)) + dayS))
    // a midnight that the clock skips: the day starts where it goes on
    const endS = nextS > atS ? nextS : toS
    days.push({ fromS: atS, toS: endS })
    atS = endS
  }
  return days
}
