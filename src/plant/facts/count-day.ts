/** One stretch of one day: whole quarters from the coarse part, whole minutes at the edges from the fine part, and the rows themselves where an edge has
 *  seconds or the day's wall clock defies its quarters. Where the rows are gone, minutes stand for them. */
import type { LocalS } from '../../platform/time/index.ts'
import { type CoarseDay, dayStartS, type FineDay, minuteSlotS, quarterS, type SlotCounts, slotLocals } from '../history/index.ts'
import type { Days } from './days.ts'
import { type Counter, lowerBound } from './slot-counter.ts'
import type { Stretch } from './stretches.ts'

export async function countDay(
  days: Days,
  counter: Pick<Counter, 'addSlots' | 'addRows'>,
  day: CoarseDay,
  { fromS, toS, isPlanned }: Stretch,
  needsMinutes: boolean,
): Promise<void> {
  const startS = dayStartS(days.zone, day.day)
  const isWholeDay = fromS === startS && toS === dayStartS(days.zone, day.day + 1)
  const [fromInDayS, toInDayS] = [fromS - startS, toS - startS]
  const hasMinutes = fromInDayS % minuteSlotS === 0 && (toInDayS % minuteSlotS === 0 || isWholeDay)
  const quarters = slotLocals(days.zone, day.day, quarterS)
  const minutes = slotLocals(days.zone, day.day, minuteSlotS)
  const isRegular = !day.isOdd && quarters(0) !== null && isSteady(day, quarters)
  const countRows = async (from: number, to: number): Promise<void> => {
    if (!days.isPurged(day.day)) return counter.addRows(await days.rows([{ fromS: startS + from, toS: startS + to }]), isPlanned)
    const fine = await days.fine(day.day)
    const localOf = (minute: number): LocalS => minutes(minute) ?? days.zone.toLocalS(startS + minute * minuteSlotS)
    if (fine) counter.addSlots(entriesWithin(fine, from, to), 0, Number.POSITIVE_INFINITY, startS, localOf, isPlanned)
  }

  if (!isRegular) return countRows(fromInDayS, toInDayS)
  if (needsMinutes && !hasMinutes) return countRows(fromInDayS, toInDayS)
  if (needsMinutes) {
    const fine = await days.fine(day.day)
    if (fine) counter.addSlots(fine, fromInDayS / minuteSlotS, Math.ceil(toInDayS / minuteSlotS), startS, minutes, isPlanned)
    return
  }
  const fromSlot = Math.ceil(fromInDayS / quarterS)
  const toSlot = isWholeDay ? Math.ceil(toInDayS / quarterS) : Math.floor(toInDayS / quarterS)
  const countEdge = async (from: number, to: number): Promise<void> => {
    if (from >= to || !hasSlot(day, Math.floor(from / quarterS))) return
    if (from % minuteSlotS !== 0 || to % minuteSlotS !== 0) return countRows(from, to)
    const fine = await days.fine(day.day)
    if (fine) counter.addSlots(fine, from / minuteSlotS, to / minuteSlotS, startS, minutes, isPlanned)
  }
  if (fromSlot > toSlot) return countEdge(fromInDayS, toInDayS)
  await countEdge(fromInDayS, fromSlot * quarterS)
  counter.addSlots(day, fromSlot, toSlot, startS, quarters, isPlanned)
  if (!isWholeDay) await countEdge(toSlot * quarterS, toInDayS)
}

/** Rows of one minute, area and product are counted where their middle lies: exact, unless the edge parts them. */
function entriesWithin({ slotS, pairs, slot, pair, count, firstS, lastS }: FineDay, fromS: number, toS: number): SlotCounts {
  const isWithin = (_: number, i: number): boolean => {
    const middleS = (slot[i] as number) * slotS + ((firstS[i] as number) + (lastS[i] as number)) / 2
    return middleS >= fromS && middleS < toS
  }
  return {
    slotS,
    pairs,
    slot: slot.filter(isWithin),
    pair: pair.filter(isWithin),
    count: count.filter(isWithin),
    firstS: firstS.filter(isWithin),
    lastS: lastS.filter(isWithin),
  }
}

/** Every quarter with rows begins on the clock's own quarters and keeps one offset. */
function isSteady({ slot }: SlotCounts, locals: (slot: number) => LocalS | null): boolean {
  const last = slot[slot.length - 1] ?? 0
  if (locals(last) === null) return false
  if (locals(last) === (locals(0) ?? 0) + last * quarterS) return true
  return slot.every((own) => locals(own) !== null)
}

function hasSlot({ idSlot }: CoarseDay, slot: number): boolean {
  const at = lowerBound(idSlot, slot)
  return idSlot[at] === slot
}
