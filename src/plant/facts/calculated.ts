/** Calculated stops of one line for those who store them: by the same arithmetic as every figure on a screen. */
import type { Span, Zone } from '../../platform/time/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { readContext } from '../detections/index.ts'
import type { StoredEvent } from '../downtime/index.ts'
import { dayStartS, type PlantHistory } from '../history/index.ts'
import type { Line, PlantModel } from '../model/model.ts'
import { plainScope, type Scope } from '../scope/index.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { calendarOf } from './calendar.ts'
import { daysUpToNow } from './days.ts'
import { type CalculatedLine, calculateLine, type LineRequest } from './line.ts'
import { knownEvents, windowAround } from './line-events.ts'
import { needsRows } from './open-reader.ts'

type Options = {
  readonly nowS: number
  /** Absent = from raw rows. */
  readonly history?: PlantHistory | undefined
  readonly thresholdS?: number | null
  /** Stored events that are to be replaced: what lies below them is calculated as if they were not there. */
  readonly isLeftOut?: (event: StoredEvent) => boolean
}

export type CalculatedStops = Omit<CalculatedLine, 'history'> & {
  readonly zone: Zone
  /** The line's history is still being read: not everything is known. */
  readonly isLoading: boolean
  /** Of the first row ever; null = none. Before it the line was not there yet. From day summaries only. */
  readonly firstS: number | null
  /** By instant: the id of the detection at that second, the lowest one; absent where there is none. From day summaries only. */
  readonly idsAt: (instants: readonly number[]) => Promise<ReadonlyMap<number, number>>
}

/** Those that touch `span`, whole, live ones too. Throws `range_too_large` (503). */
export async function calculateStops(
  { db: plantDb, model }: { readonly db: PlantDb; readonly model: PlantModel },
  line: Line,
  span: Span,
  { nowS, history, thresholdS = null, isLeftOut = () => false }: Options,
): Promise<CalculatedStops> {
  const zone = zoneOf(model.settings.timeZone)
  const scope = scopeOf(zone, line, span, nowS, thresholdS)
  const memory = history?.memory ?? null
  const context = readContext(plantDb, zone, nowS)
  const request: LineRequest = {
    context,
    model,
    zone,
    scope,
    calendar: calendarOf(model, zone, scope, memory),
    previous: null,
    needsStatus: true,
    needsRecent: false,
    memory,
    beyond: [],
    bucketStarts: [],
  }
  const reopen = async () => (line.detectionTable === null || needsRows(span, nowS) ? null : ((await history?.answer(line)) ?? null))
  const events = knownEvents(plantDb, zone, [line], windowAround(plantDb.engine, zone, span), memory).get(line.lineId)
  if (!events) throw new Error('the line was asked for')
  const found = await calculateLine(request, line, { history: await reopen(), events: await events }, reopen, isLeftOut)
  const days = found.history?.view ? await daysUpToNow(context, found.history.view) : null
  return {
    ...found,
    // further out, neither events nor breaks were asked for
    stops: found.stops.filter((stop) => stop.span.fromS < span.toS && stop.span.toS > span.fromS),
    zone,
    isLoading: found.history?.loading !== undefined && found.history?.loading !== null,
    firstS: await firstOf(days),
    async idsAt(instants) {
      const ids = new Map<number, number>()
      if (!days || instants.length === 0) return ids
      const rows = await days.rows(instants.map((atS) => ({ fromS: atS, toS: atS + 1 })))
      for (let i = 0; i < rows.length; i++) {
        const [atS, id] = [rows.epochS[i] as number, rows.id[i] as number]
        ids.set(atS, Math.min(id, ids.get(atS) ?? id))
      }
      return ids
    },
  }
}

async function firstOf(days: Awaited<ReturnType<typeof daysUpToNow>> | null): Promise<number | null> {
  const first = days?.days[0]
  if (!days || first === undefined) return null
  const [day] = await days.coarse([first])
  const atS = day?.all.fromS[0]
  return day === undefined || atS === undefined ? null : dayStartS(days.zone, day.day) + atS
}

/** What is asked when only the stops of one line matter. */
const scopeOf = (zone: Zone, line: Line, span: Span, nowS: number, thresholdOverrideS: number | null): Scope => ({
  ...plainScope(zone, [line], span, nowS),
  interval: 'day',
  thresholdOverrideS,
})
