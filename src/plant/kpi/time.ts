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

/** Part of a span that lies in the windows, for many spans: what lies before each window is summed up once. */
export function insideOf(windows: readonly Span[]): (fromS: number, toS: number) => number {
  const beforeS = new Float64Array(windows.length + 1)
  for (const [i, { fromS, toS }] of windows.entries()) beforeS[i + 1] = (beforeS[i] as number) + (toS - fromS)
  /** Time in the windows until `atS`. */
  const untilS = (atS: number): number => {
    let [low, high] = [0, windows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((windows[middle] as Span).fromS < atS) low = middle + 1
      else high = middle
    }
    if (low === 0) return 0
    const { fromS, toS } = windows[low - 1] as Span
    return (beforeS[low - 1] as number) + Math.min(atS, toS) - fromS
  }
  return (fromS, toS) => untilS(toS) - untilS(fromS)
}

export function timeElements(input: TimeInput): TimeElements {
  const busy = busyWindows(input)
  const inside = insideOf(busy)
  return timeElementsOf({
    windows: input.windows,
    busy,
    unplannedDowntimeS: totalS(intersect(union(input.unplannedStops), busy)),
    stopCount: input.unplannedStops.filter(({ fromS, toS }) => inside(fromS, toS) > 0).length,
  })
}

/** The same for who has looked at the stops already. */
export function timeElementsOf({
  windows,
  busy,
  unplannedDowntimeS,
  stopCount,
}: Pick<TimeInput, 'windows'> & Pick<TimeElements, 'unplannedDowntimeS' | 'stopCount'> & { readonly busy: readonly Span[] }): TimeElements {
  const scheduledS = totalS(windows)
  const plannedBusyTimeS = totalS(busy)
  return {
    scheduledS,
    plannedStopS: scheduledS - plannedBusyTimeS,
    plannedBusyTimeS,
    unplannedDowntimeS,
    actualProductionTimeS: plannedBusyTimeS - unplannedDowntimeS,
    stopCount,
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
