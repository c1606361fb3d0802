/** One page of a list over several lines: from a cursor, or so many rows further on. The quarter hours before it are counted, not read. */
import { isUnreadableTable } from '../../platform/db/index.ts'
import type { Span } from '../../platform/time/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { readContext } from '../detections/index.ts'
import { dayOfInstant, NotLoadedError, type PlantHistory, StaleViewError } from '../history/index.ts'
import type { Line, PlantModel } from '../model/index.ts'
import type { Scope } from '../scope/index.ts'
import type { PlantDb } from '../source/index.ts'
import { compare, type Order, type Position } from './cursor.ts'
import { type LineRows, lineRows, type Row, type Slot } from './line-rows.ts'

export type PageWish = {
  readonly order: Order
  /** Rows after this one. */
  readonly after: Position | null
  /** Rows to leave out first. */
  readonly offset: number
  readonly limit: number
}

export type RowPage = {
  readonly rows: readonly Row[]
  /** The last row, when there are more. */
  readonly next: Position | null
  readonly isByRow: boolean
}

type Opened = { readonly db: PlantDb; readonly model: PlantModel; readonly history: PlantHistory }

const maxAttempts = 5

/** `work` over the scope's lines as they are at one moment; again when another process wrote their history meanwhile. A line whose table the server
 *  refuses is left out, as on the dashboard, which says so. */
export async function withRows<Result>(
  { db, model, history }: Opened,
  scope: Scope,
  work: (lines: readonly LineRows[]) => Promise<Result>,
): Promise<Result> {
  let mayUseHistory = true
  for (let attempt = 1; ; attempt++) {
    try {
      const lines: LineRows[] = []
      const context = readContext(db, zoneOf(model.settings.timeZone), scope.now.epochS)
      const answers = mayUseHistory ? history.answers(scope.lines.filter(({ detectionTable }) => detectionTable !== null)) : null
      for (const line of scope.lines) {
        const opened = await openLine({ context, model, scope, memory: history.memory }, line, answers?.get(line.lineId))
        if (opened) lines.push(opened)
      }
      return await work(lines)
    } catch (error) {
      if (attempt === maxAttempts) throw error
      if (error instanceof NotLoadedError) mayUseHistory = false
      else if (!(error instanceof StaleViewError)) throw error
    }
  }
}

async function openLine(
  asked: Parameters<typeof lineRows>[0],
  line: Line,
  answer: ReturnType<PlantHistory['answer']> | undefined,
): Promise<LineRows | null> {
  try {
    return await lineRows(asked, line, (await answer)?.view ?? null)
  } catch (error) {
    if (isUnreadableTable(error)) return null
    throw error
  }
}

/** Quarter hours read at once, at most: each is a range of ids in the statement. */
const mostSlots = 200
/** Lines read at once: connections are left to others. */
const maxParallel = 3

export async function readPage(lines: readonly LineRows[], timeZone: string, { order, after, offset, limit }: PageWish): Promise<RowPage> {
  const zone = zoneOf(timeZone)
  const sign = order === 'asc' ? 1 : -1
  const isByRow = lines.some((line) => line.isByRow)
  const found: Row[] = []
  let toSkip = offset
  let pending: { readonly line: LineRows; readonly slot: Slot }[] = []
  let expected = 0

  const read = async (): Promise<void> => {
    const byLine = new Map<LineRows, Span[]>()
    for (const { line, slot } of pending) byLine.set(line, [...(byLine.get(line) ?? []), slot])
    const asked = [...byLine]
    const rows: Row[] = []
    for (let at = 0; at < asked.length; at += maxParallel)
      for (const part of await Promise.all(asked.slice(at, at + maxParallel).map(([line, spans]) => line.read(spans)))) rows.push(...part)
    const placed = rows
      .map((row) => ({ row, position: positionOf(row) }))
      .filter(({ position }) => after === null || sign * compare(position, after) > 0)
      .sort((a, b) => sign * compare(a.position, b.position))
    const skipped = Math.min(toSkip, placed.length)
    toSkip -= skipped
    for (const { row } of placed.slice(skipped)) found.push(row)
    pending = []
    expected = 0
  }

  const firstDay = after === null ? null : dayOfInstant(zone, after.epochS)
  const days = [...new Set(lines.flatMap((line) => line.days))]
    .filter((day) => firstDay === null || sign * (day - firstDay) >= 0)
    .sort((a, b) => sign * (a - b))
  for (const day of days) {
    const own = lines.filter((line) => line.days.includes(day))
    if (toSkip > 0 && pending.length === 0 && after === null) {
      const count = await countOf(own, day)
      if (count !== null && count <= toSkip) {
        toSkip -= count
        continue
      }
    }
    for (const slots of await slotsOf(own, day, sign)) {
      const slot = slots[0]?.slot
      if (!slot) continue
      if (after !== null && (sign > 0 ? slot.toS <= after.epochS : slot.fromS > after.epochS)) continue
      const most = slots.reduce((sum, one) => sum + one.slot.most, 0)
      const isExact = slots.every((one) => one.slot.isExact)
      if (toSkip > 0 && pending.length === 0 && isExact && most <= toSkip && after === null) {
        toSkip -= most
        continue
      }
      pending.push(...slots)
      // of the cursor's own quarter hour nobody knows how much is left: the next one is read with it
      const isCursors = after !== null && slot.fromS <= after.epochS && slot.toS > after.epochS
      expected += isCursors ? 0 : most
      // what is left out is counted exactly before one goes on
      const isEnough = toSkip > 0 ? !isExact || expected > toSkip + limit - found.length : expected > limit - found.length
      if (isEnough || pending.length >= mostSlots) await read()
      if (found.length > limit) return pageOf(found, limit, isByRow)
    }
  }
  await read()
  return pageOf(found, limit, isByRow)
}

const positionOf = ({ epochS, id, line }: Row): Position => ({ epochS, id, lineId: line.lineId })

function pageOf(found: readonly Row[], limit: number, isByRow: boolean): RowPage {
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  return { rows, next: found.length > limit && last ? positionOf(last) : null, isByRow }
}

async function countOf(lines: readonly LineRows[], day: number): Promise<number | null> {
  let sum = 0
  for (const line of lines) {
    const count = await line.count(day)
    if (count === null) return null
    sum += count
  }
  return sum
}

/** The same quarter hour of all lines together, in the order of the list. */
async function slotsOf(lines: readonly LineRows[], day: number, sign: number) {
  const byStart = new Map<number, { readonly line: LineRows; readonly slot: Slot }[]>()
  for (const line of lines)
    for (const slot of await line.slots(day)) byStart.set(slot.fromS, [...(byStart.get(slot.fromS) ?? []), { line, slot }])
  return [...byStart].sort(([a], [b]) => sign * (a - b)).map(([, slots]) => slots)
}
