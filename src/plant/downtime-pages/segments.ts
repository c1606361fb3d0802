/** What a line did in each moment of a strip, and what that adds up to. Pure. */
import { intersect, type Span, subtract, totalS, union } from '../../platform/time/index.ts'
import { isExplained } from '../downtime/index.ts'
import type { Stop } from '../facts/index.ts'
import { insideOf, ratioOf } from '../kpi/index.ts'
import type { StripSpan } from './strips.ts'

/** `explained` and `unexplained`: unplanned stops with and without a reason. `idle`: outside planned time. `ahead`: after now. */
export const segmentStates = ['running', 'explained', 'unexplained', 'planned', 'idle', 'no_data', 'ahead'] as const
export type SegmentState = (typeof segmentStates)[number]

export type Segment = {
  readonly span: Span
  readonly state: SegmentState
  /** The stop that it is part of; null for configured breaks. */
  readonly stop: Stop | null
}

/** Time and stops of one strip up to now; all inside its planned time. */
export type StripFigures = {
  readonly scheduledS: number
  readonly plannedBusyTimeS: number
  readonly downtimeS: number
  readonly unexplainedS: number
  readonly stopCount: number
  /** APT ÷ PBT; null without planned busy time. */
  readonly availability: number | null
  /** ISO 22400-2: APT ÷ stops, downtime ÷ stops; null without a stop. */
  readonly mtbfS: number | null
  readonly mttrS: number | null
}

export type Strip = StripSpan & { readonly segments: readonly Segment[]; readonly figures: StripFigures | null }

export type LineStory = {
  /** Of this line, in order of start. */
  readonly stops: readonly Stop[]
  readonly breaks: readonly Span[]
  /** False: the line has no table, or never a row: nothing can be said of its time. */
  readonly hasData: boolean
  /** The silence up to now is longer than the line's limit for "no data": it is not known to stand. */
  readonly isSilent: boolean
  readonly nowS: number
}

/** Planned stops win the time, then explained stops, then the others: as the KPIs count. */
export function drawStrip(strip: StripSpan, { stops, breaks, hasData, isSilent, nowS }: LineStory): Strip {
  const { span } = strip
  const elapsed: Span = { fromS: span.fromS, toS: Math.max(span.fromS, Math.min(span.toS, nowS)) }
  const ahead = span.toS > elapsed.toS ? [segment({ fromS: elapsed.toS, toS: span.toS }, 'ahead')] : []
  if (!hasData) {
    const lost = elapsed.toS > elapsed.fromS ? [segment(elapsed, strip.kind === 'off' ? 'idle' : 'no_data')] : []
    return { ...strip, segments: [...lost, ...ahead], figures: null }
  }
  const windows = intersect(strip.planned, [elapsed])
  const touching = stops.filter((stop) => stop.span.fromS < elapsed.toS && stop.span.toS > elapsed.fromS)
  const drawn: Segment[] = []
  let free: readonly Span[] = windows
  const take = (span: Span, state: SegmentState, stop: Stop | null): void => {
    const own = intersect(free, [span])
    if (own.length === 0) return
    drawn.push(...own.map((piece) => segment(piece, state, stop)))
    free = subtract(free, [span])
  }
  for (const stop of touching) if (stop.isPlanned) take(stop.span, 'planned', stop)
  for (const pause of breaks) take(pause, 'planned', null)
  const busy = free
  const unplanned = touching.filter(({ isPlanned }) => !isPlanned)
  for (const stop of unplanned) if (isExplained(stop)) take(stop.span, 'explained', stop)
  for (const stop of unplanned)
    if (!isExplained(stop)) take(stop.span, isSilent && stop.source === 'live' ? 'no_data' : 'unexplained', stop)
  drawn.push(...free.map((piece) => segment(piece, 'running')))
  drawn.push(...subtract([elapsed], windows).map((piece) => segment(piece, 'idle')))
  const segments = drawn.sort((a, b) => a.span.fromS - b.span.fromS)
  return { ...strip, segments: [...segments, ...ahead], figures: strip.kind === 'off' ? null : figuresOf(windows, busy, unplanned) }
}

const segment = (span: Span, state: SegmentState, stop: Stop | null = null): Segment => ({ span, state, stop })

function figuresOf(windows: readonly Span[], busy: readonly Span[], unplanned: readonly Stop[]): StripFigures {
  const inside = insideOf(busy)
  const costing = unplanned.filter(({ span }) => inside(span.fromS, span.toS) > 0)
  const { downtimeS, unexplainedS } = lostTime(busy, costing)
  const plannedBusyTimeS = totalS(busy)
  const stopCount = costing.length
  return {
    scheduledS: totalS(windows),
    plannedBusyTimeS,
    downtimeS,
    unexplainedS,
    stopCount,
    availability: ratioOf(plannedBusyTimeS - downtimeS, plannedBusyTimeS),
    mtbfS: ratioOf(plannedBusyTimeS - downtimeS, stopCount),
    mttrS: ratioOf(downtimeS, stopCount),
  }
}

/** Busy time under unplanned stops, and the part of it that no explained stop covers. */
export function lostTime(busy: readonly Span[], unplanned: readonly Stop[]): { readonly downtimeS: number; readonly unexplainedS: number } {
  const under = (stops: readonly Stop[]): number => totalS(intersect(union(stops.map(({ span }) => span)), busy))
  const downtimeS = under(unplanned)
  return { downtimeS, unexplainedS: downtimeS - under(unplanned.filter(isExplained)) }
}
