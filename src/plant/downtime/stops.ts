/** The unified stop list of one line: recorded, manual, planned, calculated and live, cut to the range (compare.md 9–11, 14, 24–25, 31). */
import { intersect, type LocalS, type Span, type Zone } from '../../platform/time/index.ts'
import { busyWindows, insideS } from '../kpi/index.ts'
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

export const isPlannedEvent = (model: PlantModel, event: StoredEvent): boolean =>
  event.reasonCode !== null && model.settings.plannedStopCodes.has(event.reasonCode)

export type StopListInput = {
  readonly model: PlantModel
  readonly zone: Zone
  readonly lineId: number
  /** The range up to now. */
  readonly elapsed: Span
  /** W: planned windows (of the chosen shift, or of all) up to now. */
  readonly windows: readonly Span[]
  readonly isShiftChosen: boolean
  readonly events: readonly StoredEvent[]
  readonly breaks: readonly Span[]
  /** Whole. */
  readonly calculated: readonly CalculatedStop[]
}

/** In no particular order; `sortStops` has the one of the answers. */
export function listStops(input: StopListInput): Stop[] {
  const planned = [...input.events.filter((event) => isPlannedEvent(input.model, event)).map((event) => event.span), ...input.breaks]
  const busy = busyWindows({ windows: input.windows, plannedStops: planned })
  return [...storedStops(input, busy), ...calculatedPieces(input, busy)]
}

/** Listed when they touch the range and, with a shift chosen, its windows; cut to the range, not to the shift. */
function storedStops({ model, zone, lineId, elapsed, windows, isShiftChosen, events }: StopListInput, busy: readonly Span[]): Stop[] {
  return events.flatMap((event) => {
    const [span] = intersect([event.span], [elapsed])
    if (!span || (isShiftChosen && insideS(span, windows) === 0)) return []
    const isPlanned = isPlannedEvent(model, event)
    const { isKnown, isForeign: _, ...reason } = reasonOf(model, event.reasonCode)
    const fullS = event.span.toS - event.span.fromS
    return [
      {
        ...cut(zone, span),
        lineId,
        eventId: event.eventId,
        source: event.isManual ? ('manual' as const) : ('recorded' as const),
        isPlanned,
        visualType: isPlanned ? ('planned' as const) : isKnown ? ('db_confirmed' as const) : ('db_unconfirmed' as const),
        category: categoryOf(model, fullS),
        countedS: insideS(span, isPlanned ? windows : busy),
        fullS,
        recorded: {
          startLocalS: event.startLocalS,
          endLocalS: event.endLocalS,
          reasonCode: event.reasonCode,
          reasonText: event.reasonText,
          ...reason,
        },
      },
    ]
  })
}

/** Cut to the range and to the chosen shift's windows with no new test of the threshold: each connected piece is one stop. */
function calculatedPieces(
  { model, zone, lineId, elapsed, windows, isShiftChosen, calculated }: StopListInput,
  busy: readonly Span[],
): Stop[] {
  const shown = isShiftChosen ? intersect(windows, [elapsed]) : [elapsed]
  return calculated.flatMap(({ span, isLive }) => {
    const fullS = fullLengthS(span, elapsed.fromS)
    return intersect([span], shown).map((piece) => {
      const source = isLive && piece.toS === span.toS ? ('live' as const) : ('calculated' as const)
      return {
        ...cut(zone, piece),
        lineId,
        eventId: null,
        source,
        isPlanned: false,
        visualType: source,
        category: categoryOf(model, fullS),
        countedS: insideS(piece, busy),
        fullS,
        recorded: null,
      }
    })
  })
}

const cut = (zone: Zone, span: Span) => ({
  span,
  startLocalS: zone.toLocalS(span.fromS),
  endLocalS: zone.toLocalS(span.toS),
  durationS: span.toS - span.fromS,
})

/** By the full length, before any cutting: presentation and alerts only. */
const categoryOf = ({ settings }: PlantModel, fullS: number): Stop['category'] =>
  fullS < settings.stopFromS ? 'micro_stop' : fullS < settings.breakdownFromS ? 'stop' : 'breakdown'

/** Start, line, end, event id; without id first. */
export const sortStops = (stops: readonly Stop[]): Stop[] =>
  [...stops].sort(
    (a, b) => a.span.fromS - b.span.fromS || a.lineId - b.lineId || a.span.toS - b.span.toS || (a.eventId ?? 0) - (b.eventId ?? 0),
  )
