/** The unified stop list of one line: recorded, manual, planned, calculated and live, cut to the range (compare.md 9–11, 14, 24–25, 31). */
import type { LocalS, Span, Zone } from '../../platform/time/index.ts'
import { busyWindows, insideOf } from '../kpi/index.ts'
import type { PlantModel } from '../model/model.ts'
import { type CalculatedStop, fullLengthS } from './gaps.ts'
import { reasonOf } from './reasons.ts'
import type { Stop } from './stop.ts'

/** A row of `downtime_events_*`, its wall times made instants; `span` is never empty (such rows are left out when reading). */
export type StoredEvent = {
  readonly eventId: number
  readonly span: Span
  readonly startLocalS: LocalS
  readonly endLocalS: LocalS
  /** As stored: warned about when it is not end − start, never used. */
  readonly storedDurationS: number | null
  readonly reasonCode: number | null
  readonly reasonText: string | null
  readonly isManual: boolean
}

const isPlannedEvent = (model: PlantModel, event: StoredEvent): boolean =>
  event.reasonCode !== null && model.settings.plannedStopCodes.has(event.reasonCode)

export type StopListInput = {
  readonly model: PlantModel
  /** The range up to now. */
  readonly elapsed: Span
  /** The range ends after now: a silence up to now is still going on. */
  readonly isOpen: boolean
  /** W: planned windows (of the chosen shift, or of all) up to now. */
  readonly windows: readonly Span[]
  readonly isShiftChosen: boolean
  /** False: the line has no table, or never a row. It has no planned time to lose, so what is stored of it costs nothing. */
  readonly hasData: boolean
  /** By start. */
  readonly events: readonly StoredEvent[]
  readonly breaks: readonly Span[]
  /** Whole, in order. */
  readonly calculated: readonly CalculatedStop[]
}

/** A stop of the list before it is put into words: what is counted, sorted and cut needs no more, and most stops of a year are never shown. */
export type StopPiece = {
  /** Cut to the range. */
  readonly span: Span
  readonly isPlanned: boolean
  readonly countedS: number
  readonly fullS: number
  readonly event: StoredEvent | null
  readonly isLive: boolean
}

/** Of every stop of the list, planned ones and those outside shifts too. */
export type StopTotals = { readonly count: number; readonly durationS: number; readonly countedS: number }

type StopList = {
  /** W without planned stops: where an unplanned stop costs time. */
  readonly busy: readonly Span[]
  readonly totals: StopTotals
  /** Unplanned stops that cost planned time, and the union of that time. */
  readonly stopCount: number
  readonly unplannedDowntimeS: number
  /** By start, end, event id; made when asked for. */
  readonly pieces: () => readonly StopPiece[]
}

export function listStops(input: StopListInput): StopList {
  const { model, events, breaks, windows, hasData } = input
  const planned = events.filter((event) => isPlannedEvent(model, event)).map((event) => event.span)
  const busy = busyWindows({ windows, plannedStops: planned.length === 0 ? breaks : [...planned, ...breaks] })
  const [insideBusy, insideWindows] = [insideOf(busy), insideOf(windows)]
  const countedOf = (fromS: number, toS: number, isPlanned: boolean): number =>
    !hasData ? 0 : isPlanned ? insideWindows(fromS, toS) : insideBusy(fromS, toS)
  let [count, durationS, allCountedS, stopCount, unplannedDowntimeS] = [0, 0, 0, 0, 0]
  let busyFrom = 0
  let reachedS = Number.NEGATIVE_INFINITY
  /** Unplanned stops come by start: what of the busy time they cover beyond what was covered before. */
  const cover = (fromS: number, toS: number): void => {
    const startS = Math.max(fromS, reachedS)
    if (startS >= toS) return
    reachedS = toS
    while (busyFrom < busy.length && (busy[busyFrom] as Span).toS <= startS) busyFrom++
    for (let i = busyFrom; i < busy.length && (busy[i] as Span).fromS < toS; i++) {
      const window = busy[i] as Span
      unplannedDowntimeS += Math.min(window.toS, toS) - Math.max(window.fromS, startS)
    }
  }
  const note = (fromS: number, toS: number, isPlanned: boolean): void => {
    const countedS = countedOf(fromS, toS, isPlanned)
    count++
    durationS += toS - fromS
    allCountedS += countedS
    if (isPlanned) return
    if (countedS > 0) stopCount++
    cover(fromS, toS)
  }
  eachPiece(input, insideWindows, (fromS, toS, event) => note(fromS, toS, event !== null && isPlannedEvent(model, event)))
  return {
    busy,
    totals: { count, durationS, countedS: allCountedS },
    stopCount,
    unplannedDowntimeS,
    pieces: () => {
      const pieces: StopPiece[] = []
      eachPiece(input, insideWindows, (fromS, toS, event, stop) => {
        const isPlanned = event !== null && isPlannedEvent(model, event)
        const countedS = countedOf(fromS, toS, isPlanned)
        const fullS = event ? event.span.toS - event.span.fromS : stop ? fullLengthS(stop.span, input.elapsed.fromS) : 0
        const isLive = stop?.isLive === true && input.isOpen && toS === stop.span.toS
        pieces.push({ span: { fromS, toS }, isPlanned, countedS, fullS, event, isLive })
      })
      return pieces.sort(byStart)
    },
  }
}

/** Start, end, event id; without id first. */
const byStart = (a: StopPiece, b: StopPiece): number =>
  a.span.fromS - b.span.fromS || a.span.toS - b.span.toS || (a.event?.eventId ?? 0) - (b.event?.eventId ?? 0)

type OnPiece = (fromS: number, toS: number, event: StoredEvent | null, stop: CalculatedStop | null) => void

/** Stops of the list by start, cut to the range. Stored events are listed when they touch the range and, with a shift chosen, its windows, and are not cut
 *  to those; calculated stops are, with no new test of the threshold: each connected piece is one stop. */
function eachPiece({ elapsed, windows, isShiftChosen, events, calculated }: StopListInput, insideWindows: InsideS, onPiece: OnPiece): void {
  const shown = isShiftChosen ? windows : [elapsed]
  let [nextEvent, first] = [0, 0]
  const giveEvents = (beforeS: number): void => {
    for (; nextEvent < events.length; nextEvent++) {
      const event = events[nextEvent] as StoredEvent
      const fromS = Math.max(event.span.fromS, elapsed.fromS)
      if (fromS > beforeS) return
      const toS = Math.min(event.span.toS, elapsed.toS)
      if (fromS < toS && (!isShiftChosen || insideWindows(fromS, toS) > 0)) onPiece(fromS, toS, event, null)
    }
  }
  for (const stop of calculated) {
    const { span } = stop
    while (first < shown.length && (shown[first] as Span).toS <= span.fromS) first++
    for (let i = first; i < shown.length && (shown[i] as Span).fromS < span.toS; i++) {
      const window = shown[i] as Span
      const fromS = Math.max(span.fromS, window.fromS, elapsed.fromS)
      const toS = Math.min(span.toS, window.toS, elapsed.toS)
      if (fromS >= toS) continue
      giveEvents(fromS)
      onPiece(fromS, toS, null, stop)
    }
  }
  giveEvents(Number.POSITIVE_INFINITY)
}

type InsideS = ReturnType<typeof insideOf>

export function stopOf(
  model: PlantModel,
  zone: Zone,
  lineId: number,
  { span, event, isPlanned, isLive, countedS, fullS }: StopPiece,
): Stop {
  const shared = {
    lineId,
    span,
    startLocalS: zone.toLocalS(span.fromS),
    endLocalS: zone.toLocalS(span.toS),
    durationS: span.toS - span.fromS,
    category: categoryOf(model, fullS),
    isPlanned,
    countedS,
    fullS,
  }
  if (event === null) {
    const source = isLive ? 'live' : 'calculated'
    return { ...shared, eventId: null, source, visualType: source, recorded: null }
  }
  const { isKnown, isForeign: _, ...reason } = reasonOf(model, event.reasonCode)
  const { startLocalS, endLocalS, reasonCode, reasonText } = event
  return {
    ...shared,
    eventId: event.eventId,
    source: event.isManual ? 'manual' : 'recorded',
    visualType: isPlanned ? 'planned' : isKnown ? 'db_confirmed' : 'db_unconfirmed',
    recorded: { startLocalS, endLocalS, reasonCode, reasonText, ...reason },
  }
}

/** By the full length, before any cutting: presentation and alerts only. */
const categoryOf = ({ settings }: PlantModel, fullS: number): Stop['category'] =>
  fullS < settings.stopFromS ? 'micro_stop' : fullS < settings.breakdownFromS ? 'stop' : 'breakdown'

/** Start, line, end, event id; without id first. */
export const sortStops = (stops: readonly Stop[]): Stop[] =>
  [...stops].sort(
    (a, b) => a.span.fromS - b.span.fromS || a.lineId - b.lineId || a.span.toS - b.span.toS || (a.eventId ?? 0) - (b.eventId ?? 0),
  )
