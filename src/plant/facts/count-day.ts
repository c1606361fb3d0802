/** One stretch of one day: whole quarters from the coarse part, whole minutes at the edges from the fine part, and the rows themselves where an edge has
 *  seconds or the day's wall clock defies its quarters. */
import type { LocalS } from '../../platform/time/index.ts'
import { type CoarseDay, dayStartS, minuteSlotS, quarterS, type SlotCounts, slotLocals } from '../history/index.ts'
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
  const countRows = async (from: number, to: number): Promise<void> =>
    counter.addRows(await days.rows([{ fromS: startS + from, toS: startS + to }]), isPlanned)

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
