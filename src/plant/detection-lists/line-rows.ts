/** The rows of one line that a scope asks for, found through its day summaries: which quarter hours hold some, how many, and the rows of some of them.
 *  Live tables have no index on the time, so a page is read by the ids of its quarter hours and costs the same wherever it lies. */
import { intersect, nextTurn, type Span, union, type Zone, zoneOf } from '../../platform/time/index.ts'
import { type Detections, type ReadContext, readDetections } from '../detections/index.ts'
import { calendarOf, countDay, type Days, daysUpToNow, type RowFilter, rowFilter, stretchesOf } from '../facts/index.ts'
import { type CoarseDay, dayOfInstant, dayStartS, type LineView, type Memory, quarterS, slotLocals } from '../history/index.ts'
import type { Line, PlantModel } from '../model/index.ts'
import type { Scope } from '../scope/index.ts'

export type Row = {
  readonly line: Line
  readonly id: number
  readonly epochS: number
  readonly localS: number
  readonly areaId: number
  readonly productId: number
}

/** A quarter hour that may hold rows: at most `most`, and exactly so many when `isExact`. */
export type Slot = Span & { readonly most: number; readonly isExact: boolean }

/** What `countDay` counts with. */
export type RowCounter = Parameters<typeof countDay>[1]

export type LineRows = {
  readonly line: Line
  /** Local days with rows, in order. */
  readonly days: readonly number[]
  /** Quarter hours of the day that may hold rows, in order. */
  readonly slots: (day: number) => Promise<readonly Slot[]>
  /** Rows of the day; null = only reading tells (the customer deleted some of them). */
  readonly count: (day: number) => Promise<number | null>
  /** In order of time, then id. */
  readonly read: (spans: readonly Span[]) => Promise<readonly Row[]>
  /** Everything that counts, into `counter`; also what was deleted and is still counted. */
  readonly tally: (counter: RowCounter, needsMinutes: boolean) => Promise<void>
  /** All rows were read at once, since no summaries can tell: ask for much at a time. */
  readonly isByRow: boolean
}

type Asked = {
  /** One for all lines: its time is the page's. */
  readonly context: ReadContext
  readonly model: PlantModel
  readonly scope: Scope
  readonly memory: Memory | null
}

/** When a row of the line counts, and which rows do. */
type Choice = { readonly zone: Zone; readonly spans: readonly Span[]; readonly keeps: RowFilter; readonly scope: Scope }

function choiceOf({ model, scope, memory }: Asked, line: Line): Choice {
  const zone = zoneOf(model.settings.timeZone)
  const { range, windows } = calendarOf(model, zone, scope, memory).range(line.lineId, scope.range)
  // a row of this very second counts
  const upToNow = { fromS: range.fromS, toS: Math.min(range.toS, scope.now.epochS + 1) }
  return { zone, spans: union(stretchesOf(upToNow, windows, scope.shiftId !== null)), keeps: rowFilter(scope), scope }
}

/** `view` null: while the history is loading, row by row. Throws StaleViewError, NotLoadedError, range_too_large (503). */
export async function lineRows(asked: Asked, line: Line, view: LineView | null): Promise<LineRows> {
  const choice = choiceOf(asked, line)
  const { detectionTable: table } = line
  const [first] = choice.spans
  if (!table || !first) return fromRows(line, choice, null, false)
  const { context } = asked
  if (view && (view.loadedFromS === null || first.fromS >= view.loadedFromS))
    return fromHistory(line, choice, view, await daysUpToNow(context, view))
  return fromRows(line, choice, await allRows(context, table, choice), true)
}

const allRows = async (context: ReadContext, table: NonNullable<Line['detectionTable']>, { spans }: Choice): Promise<Detections> => {
  const around = { fromS: spans[0]?.fromS ?? 0, toS: spans.at(-1)?.toS ?? 0 }
  return (await readDetections(context, table, around)).rows
}

function fromHistory(line: Line, choice: Choice, view: LineView, days: Days): LineRows {
  const { zone, spans } = choice
  const [from, to] = [dayOfInstant(zone, spans[0]?.fromS ?? 0), dayOfInstant(zone, (spans.at(-1)?.toS ?? 1) - 1)]
  const touched = days.days.filter((day) => day >= from && day <= to)
  const spansOf = (day: number): Span[] => intersect(spans, [{ fromS: dayStartS(zone, day), toS: dayStartS(zone, day + 1) }])
  const ahead = createAhead(days, touched)
  const tallyDay = async (day: CoarseDay, counter: RowCounter, needsMinutes: boolean): Promise<void> => {
    for (const span of spansOf(day.day)) await countDay(days, counter, day, { ...span, isPlanned: false }, needsMinutes)
  }
  return {
    line,
    days: touched,
    isByRow: false,
    async slots(day) {
      const coarse = await ahead(day)
      return coarse ? slotsOf(choice, coarse, spansOf(day), view.isPurged(day)) : []
    },
    async count(day) {
      if (view.isPurged(day)) return null
      const coarse = await ahead(day)
      if (!coarse) return 0
      const counter = createRowCount(choice)
      await tallyDay(coarse, counter, false)
      return counter.total()
    },
    async read(wanted) {
      const inside = intersect(union(wanted), spans)
      return inside.length === 0 ? [] : rowsOf(line, await days.rows(inside), choice.keeps)
    },
    async tally(counter, needsMinutes) {
      for (let at = 0; at < touched.length; at += daysAtOnce) {
        for (const day of await days.coarse(touched.slice(at, at + daysAtOnce))) await tallyDay(day, counter, needsMinutes)
        await nextTurn()
      }
    },
  }
}

/** Days asked of the platform database at once: a walk over the days takes them one after the other. */
const daysAtOnce = 16

function createAhead(days: Days, touched: readonly number[]) {
  let known = new Map<number, CoarseDay>()
  let asked = new Set<number>()
  return async (day: number): Promise<CoarseDay | undefined> => {
    if (!asked.has(day)) {
      const at = touched.indexOf(day)
      // whichever way the walk goes
      const near = touched.slice(Math.max(0, at - daysAtOnce / 2), at + daysAtOnce / 2)
      known = new Map((await days.coarse(near)).map((coarse) => [coarse.day, coarse]))
      asked = new Set(near)
    }
    return known.get(day)
  }
}

function slotsOf({ zone, scope }: Choice, day: CoarseDay, spans: readonly Span[], isPurged: boolean): Slot[] {
  const startS = dayStartS(zone, day.day)
  const endS = dayStartS(zone, day.day + 1)
  const locals = slotLocals(zone, day.day, quarterS)
  const keepsPair = rowFilter({ ...scope, onlyHour: null })
  const keepsHour = rowFilter({ ...scope, areaIds: null, productIds: null })
  const isKept = day.pairs.areaId.map((area, p) => keepsPair(area, day.pairs.productId[p] as number, 0))
  const slots: Slot[] = []
  for (let i = 0; i < day.slot.length; ) {
    const own = day.slot[i] as number
    let most = 0
    for (; i < day.slot.length && day.slot[i] === own; i++) if (isKept[day.pair[i] as number]) most += day.count[i] as number
    if (most === 0) continue
    const fromS = startS + own * quarterS
    const toS = Math.min(endS, fromS + quarterS)
    const localS = day.isOdd ? null : locals(own)
    if (scope.onlyHour !== null && localS !== null && !keepsHour(0, 0, localS)) continue
    const touching = spans.filter((span) => span.fromS < toS && span.toS > fromS)
    if (touching.length === 0) continue
    const isWhole = touching.some((span) => span.fromS <= fromS && span.toS >= toS)
    slots.push({ fromS, toS, most, isExact: isWhole && !isPurged && (scope.onlyHour === null || localS !== null) })
  }
  return slots
}

/** `rows` null: there are none. */
function fromRows(line: Line, { zone, spans, keeps }: Choice, rows: Detections | null, isByRow: boolean): LineRows {
  const inside = (row: Row): boolean => spans.some(({ fromS, toS }) => row.epochS >= fromS && row.epochS < toS)
  const all = rows ? rowsOf(line, rows, keeps).filter(inside) : []
  const byDay = new Map<number, Map<number, number>>()
  for (const { epochS } of all) {
    const day = dayOfInstant(zone, epochS)
    const slot = Math.floor((epochS - dayStartS(zone, day)) / quarterS)
    const counts = byDay.get(day) ?? new Map<number, number>()
    counts.set(slot, (counts.get(slot) ?? 0) + 1)
    byDay.set(day, counts)
  }
  return {
    line,
    days: [...byDay.keys()],
    isByRow,
    slots: async (day) =>
      [...(byDay.get(day) ?? [])].map(([slot, most]) => {
        const fromS = dayStartS(zone, day) + slot * quarterS
        return { fromS, toS: Math.min(fromS + quarterS, dayStartS(zone, day + 1)), most, isExact: true }
      }),
    count: async (day) => [...(byDay.get(day)?.values() ?? [])].reduce((sum, count) => sum + count, 0),
    read: async (wanted) => all.filter(({ epochS }) => wanted.some(({ fromS, toS }) => epochS >= fromS && epochS < toS)),
    tally: async (counter) => counter.addRows(columnsOf(all), false),
  }
}

function rowsOf(line: Line, rows: Detections, keeps: RowFilter): Row[] {
  const found: Row[] = []
  for (let i = 0; i < rows.length; i++) {
    const [areaId, productId, localS] = [rows.areaId[i] as number, rows.productId[i] as number, rows.localS[i] as number]
    if (keeps(areaId, productId, localS))
      found.push({ line, id: rows.id[i] as number, epochS: rows.epochS[i] as number, localS, areaId, productId })
  }
  return found
}

const columnsOf = (rows: readonly Row[]): Detections => ({
  length: rows.length,
  id: Float64Array.from(rows, ({ id }) => id),
  epochS: Float64Array.from(rows, ({ epochS }) => epochS),
  localS: Float64Array.from(rows, ({ localS }) => localS),
  areaId: Int32Array.from(rows, ({ areaId }) => areaId),
  productId: Int32Array.from(rows, ({ productId }) => productId),
})

/** Only how many rows the scope keeps. */
function createRowCount({ keeps, scope }: Choice): RowCounter & { readonly total: () => number } {
  const keepsPair = rowFilter({ ...scope, onlyHour: null })
  const keepsHour = rowFilter({ ...scope, areaIds: null, productIds: null })
  let total = 0
  return {
    total: () => total,
    addSlots({ pairs, slot, pair, count }, fromSlot, toSlot, _startS, locals) {
      for (let i = 0; i < slot.length; i++) {
        const [own, p] = [slot[i] as number, pair[i] as number]
        if (own < fromSlot || own >= toSlot || !keepsPair(pairs.areaId[p] as number, pairs.productId[p] as number, 0)) continue
        if (scope.onlyHour === null || keepsHour(0, 0, locals(own) ?? 0)) total += count[i] as number
      }
    },
    addRows(rows) {
      for (let i = 0; i < rows.length; i++)
        if (keeps(rows.areaId[i] as number, rows.productId[i] as number, rows.localS[i] as number)) total++
    },
  }
}
