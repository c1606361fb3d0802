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

export type WeekPiece = { readonly fromS: number; readonly toS: number }

/** A shift's instances of one week, from Monday 00:00; what passes Sunday's midnight comes round to Monday. Wall time: clock changes do not matter here. */
export function weekPieces({ isoWeekdays, startS, endS, endsNextDay }: Shift): WeekPiece[] {
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

/** Pairs of active shifts that overlap, each with the active lines that work both (perhaps none). A line without a list of its own works all.
 *  Adjacent shifts, one ending when the other begins, do not overlap; one of no length overlaps nothing. Made as they are asked for: 200 shifts
 *  have 19 900 pairs. */
export function* findShiftOverlaps(
  shifts: readonly Shift[],
  lines: readonly Pick<Line, 'lineId' | 'isActive'>[],
  shiftIdsByLine: PlantSettings['shiftIdsByLine'],
): Generator<ShiftOverlap> {
  const active = shifts.filter(({ isActive }) => isActive)
  const worked = lines
    .filter(({ isActive }) => isActive)
    .map(({ lineId }) => {
      const own = new Set(workedShifts(shifts, shiftIdsByLine.get(lineId)))
      return { lineId, works: Uint8Array.from(active, (shift) => (own.has(shift) ? 1 : 0)) }
    })
  for (const [one, other] of overlappingPairs(active.map(weekPieces))) {
    const [first, second] = [active[one], active[other]]
    if (!first || !second) continue
    const both = worked.filter(({ works }) => works[one] && works[other])
    yield { first, second, lineIds: both.map(({ lineId }) => lineId) }
  }
}

/** Places in `weeks` of those that overlap, in order. Each week is gone through once, from Monday on, with what has not ended yet. */
function overlappingPairs(weeks: readonly (readonly WeekPiece[])[]): (readonly [one: number, other: number])[] {
  const pieces = weeks.flatMap((week, at) => week.filter(({ fromS, toS }) => fromS < toS).map((piece) => ({ ...piece, at })))
  const pairs = new Set<number>()
  let open: typeof pieces = []
  for (const piece of pieces.sort((a, b) => a.fromS - b.fromS)) {
    open = open.filter(({ toS }) => toS > piece.fromS)
    for (const { at } of open) if (at !== piece.at) pairs.add(Math.min(at, piece.at) * weeks.length + Math.max(at, piece.at))
    open.push(piece)
  }
  return [...pairs].sort((a, b) => a - b).map((pair) => [Math.floor(pair / weeks.length), pair % weeks.length])
}
