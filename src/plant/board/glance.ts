/** What a line looks like from across the hall: its state now, and how this shift goes. Pure. */
import type { LocalS, Span, Zone } from '../../platform/time/index.ts'
import type { LineFacts, Stop } from '../facts/index.ts'
import type { PlantModel } from '../model/index.ts'
import type { CurrentShift } from './current-shift.ts'
import { type LineState, type StripPart, stripOf } from './strip.ts'

export type { CurrentShift, LineState, StripPart }

/** Pieces of good output that the ideal rate would have made. */
export type Target = { readonly soFar: number; readonly whole: number; readonly perHour: number }

/** A reason that somebody gave while the stop goes on: it is put on the stop when that is stored. */
export type PendingReason = { readonly code: number | null; readonly text: string | null; readonly by: string; readonly atS: number }

export type LineGlance = {
  readonly lineId: number
  readonly lineName: string
  readonly state: LineState
  /** Seconds in this state, up to now: of a stop its whole length, of `no_data` since the last row. Null = not known. */
  readonly stateS: number | null
  readonly lastRowLocalS: LocalS | null
  /** The stop that goes on, planned or not. */
  readonly currentStop: Stop | null
  readonly pending: PendingReason | null
  readonly shift: CurrentShift
  /** Output of the shift, up to now. */
  readonly count: number
  /** Null = neither line nor products have an ideal rate. */
  readonly target: Target | null
  /** Ratios 0… of the shift up to now; null = no data. */
  readonly oeeIndex: number | null
  readonly availability: number | null
  readonly effectiveness: number | null
  readonly qualityRatio: number | null
  /** Whether cameras see its scrap. */
  readonly isScrapSeen: boolean
  /** Pieces that people noted as scrap in this shift; in none of the ratios. */
  readonly notedScrap: number
  readonly strip: readonly StripPart[]
  /** Of the shift, newest first, the one that goes on left out. */
  readonly stops: readonly Stop[]
}

export type GlanceInput = {
  readonly model: PlantModel
  readonly zone: Zone
  readonly nowS: number
  readonly shift: CurrentShift
  /** Over the shift, and over the hour before now. */
  readonly ofShift: { readonly facts: LineFacts; readonly stops: readonly Stop[] }
  readonly ofHour: {
    readonly hour: Span
    readonly facts: LineFacts
    readonly stops: readonly Stop[]
    readonly planned: readonly Span[]
    readonly breaks: readonly Span[]
  }
  readonly pending: PendingReason | null
  readonly notedScrap: number
}

const mostStops = 12

export function glanceOf(input: GlanceInput): LineGlance {
  const { model, zone, nowS, shift, ofShift, ofHour } = input
  const { line, status, lastDetectionLocalS } = ofHour.facts
  const live = ofHour.stops.find(({ source, span }) => source === 'live' && span.toS >= nowS) ?? null
  // said of this very stop, not of one before it
  const pending = live && input.pending && input.pending.atS >= live.span.toS - live.fullS ? input.pending : null
  const isPlanned = shift.isBreak || (pending !== null && pending.code !== null && model.settings.plannedStopCodes.has(pending.code))
  const state = stateOf(status, live !== null, isPlanned)
  const lastS = lastDetectionLocalS === null ? null : zone.toEpochS(lastDetectionLocalS)
  const shiftKpi = ofShift.facts.kpi
  return {
    lineId: line.lineId,
    lineName: line.lineName,
    state,
    stateS:
      state === 'no_data' ? lastS && Math.max(0, nowS - lastS) : (state === 'stopped' || state === 'planned') && live ? live.fullS : null,
    lastRowLocalS: lastDetectionLocalS,
    currentStop: state === 'stopped' || state === 'planned' ? live : null,
    pending,
    shift,
    count: ofShift.facts.counts.output,
    target: targetOf(model, ofShift.facts, shift),
    oeeIndex: shiftKpi.oeeIndex,
    availability: shiftKpi.availability,
    effectiveness: shiftKpi.effectiveness,
    qualityRatio: shiftKpi.qualityRatio,
    isScrapSeen: line.areas.some(({ areaType }) => areaType === 'scrap'),
    notedScrap: input.notedScrap,
    strip: stripOf({ ...ofHour, silentFromS: silentFrom(state, lastS) }),
    stops: ofShift.stops
      .filter((stop) => stop.source !== 'live')
      .slice(-mostStops)
      .reverse(),
  }
}

function stateOf(status: LineFacts['status'], isLive: boolean, isPlanned: boolean): LineState {
  if (status === 'no_data' || status === 'no_table') return 'no_data'
  if (status === 'idle') return 'idle'
  if (isPlanned && (isLive || status === 'stopped')) return 'planned'
  return status
}

/** A line that never had a row is unknown all along. */
const silentFrom = (state: LineState, lastS: number | null): number | null =>
  state === 'no_data' ? (lastS ?? Number.NEGATIVE_INFINITY) : null

/** As performance is measured: the ideal of what was made so far, else the line's own rate. Null when neither is known. */
function targetOf(model: PlantModel, { line, kpi, quantities }: LineFacts, { plannedS }: CurrentShift): Target | null {
  const { idealMinutes, processedQuantity } = quantities
  const isMixKnown = idealMinutes !== null && idealMinutes > 0 && processedQuantity > 0
  const perMinute = isMixKnown ? processedQuantity / idealMinutes : unitsPerMinute(model, line.performance)
  if (perMinute === null) return null
  return {
    soFar: Math.round((perMinute * kpi.time.plannedBusyTimeS) / 60),
    whole: Math.round((perMinute * plannedS) / 60),
    perHour: perMinute * 60,
  }
}

/** Null = not positive, or a percentage. */
function unitsPerMinute({ settings }: PlantModel, performance: number): number | null {
  if (performance <= 0 || settings.performanceUnit === 'percent') return null
  return settings.performanceUnit === 'units_per_hour' ? performance / 60 : performance
}
