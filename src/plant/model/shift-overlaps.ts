/** Shifts that one line would have to work at once. Pure. */
import type { Line, PlantSettings, Shift } from './model.ts'
import { workedShifts } from './own-shifts.ts'

const daySeconds = 86_400
const weekSeconds = 7 * daySeconds

export type ShiftOverlap = {
  readonly first: Shift
  readonly second: Shift /** Active lines that work both. */
  readonly lineIds: readonly number[]
}

type Piece = { readonly fromS: number; readonly toS: number }

/** A shift's instances of one week, from Monday 00:00; what passes Sunday's midnight comes round to Monday. Wall time: clock changes do not matter here. */
function weekPieces({ isoWeekdays, startS, endS, endsNextDay }: Shift): Piece[] {
  return [...isoWeekdays].flatMap((weekday) => {
    const fromS = (weekday - 1) * daySeconds + startS
    const toS = (weekday - 1) * daySeconds + endS + (endsNextDay ? daySeconds : 0)
    if (toS <= weekSeconds) return [{ fromS, toS }]
    return [
      { fromS, toS: weekSeconds },
      { fromS: 0, toS: toS - weekSeconds },
    ]
  })
}

/** Adjacent shifts, one ending when the other begins, do not overlap. */
function overlap(first: Shift, second: Shift): boolean {
  const others = weekPieces(second)
  return weekPieces(first).some((one) => others.some((other) => one.fromS < other.toS && other.fromS < one.toS))
}

/** Pairs of active shifts that overlap, each with the active lines that work both (perhaps none). A line without a list of its own works all. */
export function findShiftOverlaps(
  shifts: readonly Shift[],
  lines: readonly Pick<Line, 'lineId' | 'isActive'>[],
  shiftIdsByLine: PlantSettings['shiftIdsByLine'],
): ShiftOverlap[] {
  const active = shifts.filter(({ isActive }) => isActive)
  const worked = new Map(lines.map(({ lineId }) => [lineId, new Set(workedShifts(shifts, shiftIdsByLine.get(lineId)))]))
  return active.flatMap((first, index) =>
    active
      .slice(index + 1)
      .filter((second) => overlap(first, second))
      .map((second) => {
        const works = (lineId: number, shift: Shift): boolean => worked.get(lineId)?.has(shift) ?? false
        const both = lines.filter(({ lineId, isActive }) => isActive && works(lineId, first) && works(lineId, second))
        return { first, second, lineIds: both.map(({ lineId }) => lineId) }
      }),
  )
}
