import { intersect, type Span, subtract, totalS, union } from '../../platform/time/index.ts'

/** ISO 22400-2 time elements of one line over one range, in whole seconds (spec plant 6.2). */
export type TimeElements = {
  /** |W|: planned windows up to now. */
  readonly scheduledS: number
  readonly plannedStopS: number
  /** PBT = scheduled − planned stops. */
  readonly plannedBusyTimeS: number
  /** Union of unplanned stops inside the planned busy time. */
  readonly unplannedDowntimeS: number
  /** APT = PBT − unplanned downtime. */
  readonly actualProductionTimeS: number
  /** Unplanned stops that cost planned time, overlapping ones each counted. */
  readonly stopCount: number
}

type TimeInput = {
  /** Planned windows W, up to now. */
  readonly windows: readonly Span[]
  /** Planned events and breaks; may overlap. */
  readonly plannedStops: readonly Span[]
  /** One span per stop; may overlap each other and planned ones, which win. */
  readonly unplannedStops: readonly Span[]
}

/** W \ PL: where an unplanned stop costs time. */
export const busyWindows = ({ windows, plannedStops }: Pick<TimeInput, 'windows' | 'plannedStops'>): Span[] =>
  subtract(windows, union(plannedStops))

/** Part of one stop that lies in the windows. */
export const insideS = (stop: Span, windows: readonly Span[]): number => totalS(intersect([stop], windows))

export function timeElements(input: TimeInput): TimeElements {
  const busy = busyWindows(input)
  const scheduledS = totalS(input.windows)
  const plannedBusyTimeS = totalS(busy)
  const unplannedDowntimeS = totalS(intersect(union(input.unplannedStops), busy))
  return {
    scheduledS,
    plannedStopS: scheduledS - plannedBusyTimeS,
    plannedBusyTimeS,
    unplannedDowntimeS,
    actualProductionTimeS: plannedBusyTimeS - unplannedDowntimeS,
    stopCount: input.unplannedStops.filter((stop) => insideS(stop, busy) > 0).length,
  }
}

export const noTime: TimeElements = {
  scheduledS: 0,
  plannedStopS: 0,
  plannedBusyTimeS: 0,
  unplannedDowntimeS: 0,
  actualProductionTimeS: 0,
  stopCount: 0,
}

/** Times of several lines added up: KPIs of a group are ratios of sums, never means of ratios. */
export const addTimes = (times: readonly TimeElements[]): TimeElements =>
  times.reduce(
    (sum, time) => ({
      scheduledS: sum.scheduledS + time.scheduledS,
      plannedStopS: sum.plannedStopS + time.plannedStopS,
      plannedBusyTimeS: sum.plannedBusyTimeS + time.plannedBusyTimeS,
      unplannedDowntimeS: sum.unplannedDowntimeS + time.unplannedDowntimeS,
      actualProductionTimeS: sum.actualProductionTimeS + time.actualProductionTimeS,
      stopCount: sum.stopCount + time.stopCount,
    }),
    noTime,
  )
