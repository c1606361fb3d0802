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

type StopList = {
  /** By start, end, event id. */
  readonly pieces: readonly StopPiece[]
  /** W without planned stops: where an unplanned stop costs time. */
  readonly busy: readonly Span[]
}

export function listStops(input: StopListInput): StopList {
  const { model, events, breaks, windows } = input
  const planned = [...events.filter((event) => isPlannedEvent(model, event)).map((event) => event.span), ...breaks]
  const busy = busyWindows({ windows, plannedStops: planned })
  const insideBusy = insideOf(busy)
  const pieces = [...storedPieces(input, insideBusy), ...calculatedPieces(input, insideBusy)]
  return { busy, pieces: pieces.sort(byStart) }
}

/** Start, end, event id; without id first. */
const byStart = (a: StopPiece, b: StopPiece): number =>
  a.span.fromS - b.span.fromS || a.span.toS - b.span.toS || (a.event?.eventId ?? 0) - (b.event?.eventId ?? 0)

type InsideS = ReturnType<typeof insideOf>

/** Listed when they touch the range and, with a shift chosen, its windows; cut to the range, not to the shift. */
function storedPieces({ model, elapsed, windows, isShiftChosen, events }: StopListInput, insideBusy: InsideS): StopPiece[] {
  const insideWindows = insideOf(windows)
  const pieces: StopPiece[] = []
  for (const event of events) {
    const span = { fromS: Math.max(event.span.fromS, elapsed.fromS), toS: Math.min(event.span.toS, elapsed.toS) }
    if (span.fromS >= span.toS || (isShiftChosen && insideWindows(span) === 0)) continue
    const isPlanned = isPlannedEvent(model, event)
    const countedS = isPlanned ? insideWindows(span) : insideBusy(span)
    pieces.push({ span, isPlanned, countedS, fullS: event.span.toS - event.span.fromS, event, isLive: false })
  }
  return pieces
}

/** Cut to the range and to the chosen shift's windows with no new test of the threshold: each connected piece is one stop. */
function calculatedPieces({ elapsed, isOpen, windows, isShiftChosen, calculated }: StopListInput, insideBusy: InsideS): StopPiece[] {
  const shown = isShiftChosen ? windows : [elapsed]
  const pieces: StopPiece[] = []
  let first = 0
  for (const { span, isLive } of calculated) {
    const fullS = fullLengthS(span, elapsed.fromS)
    while (first < shown.length && (shown[first] as Span).toS <= span.fromS) first++
    for (let i = first; i < shown.length && (shown[i] as Span).fromS < span.toS; i++) {
      const window = shown[i] as Span
      const piece = { fromS: Math.max(span.fromS, window.fromS, elapsed.fromS), toS: Math.min(span.toS, window.toS, elapsed.toS) }
      if (piece.fromS >= piece.toS) continue
      const isStillGoingOn = isLive && isOpen && piece.toS === span.toS
      pieces.push({ span: piece, isPlanned: false, countedS: insideBusy(piece), fullS, event: null, isLive: isStillGoingOn })
    }
  }
  return pieces
}

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
