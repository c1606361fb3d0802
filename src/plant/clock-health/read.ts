/** Reads what clock health needs: the newest rows by id of all lines, in two round trips whatever the table's size, and the last days' summaries. */
import { dayS, totalS } from '../../platform/time/index.ts'
import { type Detections, type ReadContext, readTails } from '../detections/index.ts'
import { dayOfInstant, dayStartS, highestIds, type LineView, type Memory, StaleViewError } from '../history/index.ts'
import type { Line, PlantModel } from '../model/index.ts'
import { plannedWindows } from '../scope/index.ts'
import { type AreaTrace, type Arrival, type ClockInput, clockOf, isMostly, type LineClock, toleranceS } from './clock-health.ts'
import { noDataLimitS } from './no-data.ts'

/** Newest ids looked at per line: some hours of a fast line, and a read of about 5 ms. */
const newestIds = 5_000
const traceDays = 8

export type ClockDeps = {
  readonly context: ReadContext
  readonly model: PlantModel
  /** What this process saw earlier is kept beside it; null = nothing is. */
  readonly memory: Memory | null
  /** Of a line whose history is open; null = from the newest rows alone. */
  readonly viewOf: (line: Line) => LineView | null
}

/** In the order of `lines`; those without table are left out. */
export async function readClocks({ context, model, memory, viewOf }: ClockDeps, lines: readonly Line[]): Promise<LineClock[]> {
  const highest = await highestIds(context.plantDb, lines)
  const asked = lines.flatMap((line) => {
    const maxId = highest.get(line.lineId)
    return line.detectionTable ? [{ line, table: line.detectionTable, maxId: maxId ?? null }] : []
  })
  const tails = asked.map(({ table, maxId }) => ({
    table,
    fromId: (maxId ?? 0) - newestIds + 1,
    ranges: [],
    // ids that came meanwhile are few; without a null answer the limit must not be met
    limit: 2 * newestIds,
  }))
  const read = await readTails(context, tails)
  const clocks: LineClock[] = []
  for (const [i, { line, maxId }] of asked.entries()) {
    const newest = read[i]
    if (!newest) continue
    const view = viewOf(line)
    const plannedS: PlannedS = (fromS, toS) => totalS(plannedWindows(model, context.zone, line.lineId, null, { fromS, toS }))
    const arrival = memory ? noteArrival(memory, `${model.tenantId} ${line.lineId}`, newest, context.nowS, plannedS) : null
    clocks.push(
      clockOf({
        line,
        zone: context.zone,
        nowS: context.nowS,
        noDataAfterS: noDataLimitS(model.settings, line.lineId),
        newest,
        isWholeTable: maxId === null || maxId <= newestIds,
        traces: await tracesOf(view, newest, context.nowS),
        arrival,
        plannedS,
      }),
    )
  }
  return clocks
}

/** Another process may write a day anew while it is read: then the newest rows alone tell, as they do before history is loaded. */
async function tracesOf(view: LineView | null, newest: Detections, nowS: number): Promise<AreaTrace[]> {
  if (!view) return tracesOfRows(newest, nowS)
  try {
    return await tracesOfDays(view, nowS)
  } catch (error) {
    if (error instanceof StaleViewError) return tracesOfRows(newest, nowS)
    throw error
  }
}

/** Pieces of one area in one stretch of time, oldest first. */
type Seen = { readonly slot: number; readonly lastS: number; readonly areaId: number; readonly count: number }

/** Counts per quarter hour of the last days with rows. */
async function tracesOfDays({ zone, days, coarse }: LineView, nowS: number): Promise<AreaTrace[]> {
  const today = dayOfInstant(zone, nowS)
  const wanted = days.filter((day) => day <= today && day > today - traceDays)
  const seen: Seen[] = []
  for (const day of await coarse(wanted)) {
    const startS = dayStartS(zone, day.day)
    for (let i = 0; i < day.slot.length; i++) {
      const fromS = startS + (day.slot[i] as number) * day.slotS
      if (fromS > nowS) break
      const areaId = day.pairs.areaId[day.pair[i] as number] as number
      seen.push({ slot: fromS, lastS: Math.min(nowS, fromS + (day.lastS[i] as number)), areaId, count: day.count[i] as number })
    }
  }
  return traces(seen)
}

function tracesOfRows(rows: Detections, nowS: number): AreaTrace[] {
  const seen: Seen[] = []
  for (let i = 0; i < rows.length; i++) {
    const atS = rows.epochS[i] as number
    if (atS <= nowS) seen.push({ slot: atS, lastS: atS, areaId: rows.areaId[i] as number, count: 1 })
  }
  return traces(seen)
}

function traces(seen: readonly Seen[]): AreaTrace[] {
  const own = new Map<number, { count: number; lastS: number; slot: number }>()
  for (const { areaId, count, lastS, slot } of seen) {
    const known = own.get(areaId)
    own.set(areaId, {
      count: (known?.count ?? 0) + count,
      lastS: Math.max(known?.lastS ?? lastS, lastS),
      slot: Math.max(known?.slot ?? slot, slot),
    })
  }
  return [...own].map(([areaId, { count, lastS, slot: lastSlot }]) => {
    let [othersUntil, othersSince] = [0, 0]
    for (const other of seen) {
      if (other.areaId === areaId) continue
      if (other.slot <= lastSlot) othersUntil += other.count
      else othersSince += other.count
    }
    return { areaId, lastS, count, othersSince, othersUntil }
  })
}

type PlannedS = ClockInput['plannedS']
type Sighting = { readonly maxId: number; readonly atS: number; readonly seen: { readonly arrival: Arrival; readonly atS: number } | null }

/** What this process saw last, beside the memory of the same plants: both live as long. */
const sightings = new WeakMap<Memory, Map<string, Sighting>>()
/** An arrival that was seen tells about the clock for this long. */
const arrivalHoldsS = dayS

function noteArrival(memory: Memory, key: string, newest: Detections, nowS: number, plannedS: PlannedS): Arrival | null {
  const own = sightings.get(memory) ?? new Map<string, Sighting>()
  sightings.set(memory, own)
  const known = own.get(key)
  const maxId = newest.id.reduce((top, id) => Math.max(top, id), 0)
  let seen = known?.seen && maxId >= known.maxId && nowS - known.seen.atS < arrivalHoldsS ? known.seen : null
  if (known && maxId > known.maxId) {
    let newS = Number.NEGATIVE_INFINITY
    for (let i = 0; i < newest.length; i++) if ((newest.id[i] as number) > known.maxId) newS = Math.max(newS, newest.epochS[i] as number)
    const arrival = { behindAtLeastS: known.atS - newS, behindAtMostS: nowS - newS }
    // Rows of earlier that come when the line is off shift were held back: they tell nothing of the clock.
    if (arrival.behindAtLeastS <= toleranceS || isMostly(plannedS(known.atS, nowS), nowS - known.atS)) seen = { arrival, atS: nowS }
  }
  own.set(key, { maxId, atS: nowS, seen })
  return seen?.arrival ?? null
}
