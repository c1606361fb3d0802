/** The reference stream of one line as its day summaries tell it: its newest row, and the silences around a range. */
import type { Span } from '../../platform/time/index.ts'
import {
  type Bursts,
  type CoarseDay,
  dayOfInstant,
  dayStartS,
  gapFloorS,
  joinBursts,
  type Memory,
  noBursts,
  silentRunsOf,
  stitch,
} from '../history/index.ts'
import { blocksOf, ofBlock } from './blocks.ts'
import type { Days } from './days.ts'
import type { LineRules } from './line-rules.ts'
import type { Newest } from './status.ts'

/** Where what is worked out from a line's days is kept. */
export type Kept = { readonly memory: Memory | null; readonly name: string }

const chunkDays = 16

export async function newestOf({ zone, days, coarse }: Days, { referenceAreas }: LineRules): Promise<Newest> {
  let anyS: number | null = null
  for (let to = days.length, size = 1; to > 0; to -= size, size = chunkDays) {
    const chunk = await coarse(days.slice(Math.max(0, to - size), to))
    for (const day of chunk.toReversed()) {
      const startS = dayStartS(zone, day.day)
      anyS ??= startS + (day.all.toS[day.all.toS.length - 1] as number)
      if (!referenceAreas) return { anyS, referenceS: anyS }
      const { toS } = referenceBursts(day, referenceAreas)
      if (toS.length > 0) return { anyS, referenceS: startS + (toS[toS.length - 1] as number) }
    }
  }
  return { anyS, referenceS: null }
}

/** Null = rows of every area. */
function referenceBursts({ all, byArea }: CoarseDay, areas: ReadonlySet<number> | null): Bursts {
  if (!areas) return all
  let joined = noBursts
  for (const area of areas) joined = joinBursts(joined, byArea.get(area) ?? noBursts)
  return joined
}

/** Bursts of the range's days, and of as many days around as its first and last stop reach into: stops do not depend on the range (compare.md C4). */
export async function silences(
  source: Days,
  { memory, name }: Kept,
  rules: LineRules,
  asked: Span,
  pieces: readonly Span[],
): Promise<Span[]> {
  const { zone, days, nowS } = source
  const { thresholdS, referenceAreas } = rules
  const endS = Math.min(asked.toS, nowS)
  const fromBoundS = pieces.find((piece) => piece.fromS <= asked.fromS && asked.fromS < piece.toS)?.fromS ?? asked.fromS
  const toBoundS = pieces.find((piece) => piece.fromS < endS && endS <= piece.toS)?.toS ?? endS
  const baseS = baseOf(thresholdS)
  const kept = `${name} bursts ${baseS} ${referenceAreas ? [...referenceAreas].join(',') : ''} ${zone.timeZone}`
  const partsOf = async (from: number, to: number): Promise<Bursts[]> => {
    const parts: Bursts[] = []
    for (const block of blocksOf(source, from, to))
      parts.push(await ofBlock(source, block, memory, kept, (own) => burstsOf(zone, own, referenceAreas, baseS), bytesOf))
    return parts
  }
  /** Blocks are taken whole: days further out than asked change nothing. */
  const blockStart = (at: number): number => {
    let start = at
    while (start > 0 && start < days.length && (days[start - 1] as number) >> 5 === (days[start] as number) >> 5) start--
    return start
  }
  const blockEnd = (at: number): number => {
    let end = at
    while (end > 0 && end < days.length && (days[end - 1] as number) >> 5 === (days[end] as number) >> 5) end++
    return end
  }

  let from = blockStart(firstAtLeast(days, dayOfInstant(zone, asked.fromS)))
  let to = blockEnd(firstAtLeast(days, dayOfInstant(zone, endS) + 1))
  let parts = await partsOf(from, to)
  let bursts = joined(parts, thresholdS)
  while (from > 0 && !isSettledBefore(bursts, asked.fromS, fromBoundS)) {
    const next = blockStart(from - 1)
    parts = [...(await partsOf(next, from)), ...parts]
    from = next
    bursts = joined(parts, thresholdS)
  }
  while (to < days.length && !isSettledAfter(bursts, endS, toBoundS)) {
    const next = blockEnd(to + 1)
    parts = [...parts, ...(await partsOf(to, next))]
    to = next
    bursts = joined(parts, thresholdS)
  }
  return silentRunsOf(bursts, { startsAtEdge: from === 0, endsAtEdge: to === days.length }, thresholdS, nowS)
}

/** Bursts are kept for these thresholds and joined further for those between: whoever tries another threshold need not open the days. */
const basesS = [gapFloorS, 60, 120, 180, 240, 300, 420, 600, 900, 1_800, 3_600]
const baseOf = (thresholdS: number): number => basesS.findLast((baseS) => baseS <= thresholdS) ?? gapFloorS

const bytesOf = ({ fromS }: Bursts): number => 200 + fromS.length * 17

/** Rows closer together than the threshold are one burst: no stop lies between them, and a run of silences ends there. */
function burstsOf(zone: Days['zone'], days: readonly CoarseDay[], areas: ReadonlySet<number> | null, thresholdS: number): Bursts {
  const all = stitch(days.map((day) => ({ startS: dayStartS(zone, day.day), bursts: referenceBursts(day, areas) })))
  const { fromS, toS, isMany } = joined([all], thresholdS)
  return { fromS: Float64Array.from(fromS), toS: Float64Array.from(toS), isMany: Uint8Array.from(isMany) }
}

/** Consecutive bursts one after the other, those within the threshold as one. */
function joined(parts: readonly Bursts[], thresholdS: number): Bursts {
  const [fromS, toS, isMany]: [number[], number[], number[]] = [[], [], []]
  for (const part of parts) {
    for (let k = 0; k < part.fromS.length; k++) {
      const last = toS.length - 1
      if (last >= 0 && (part.fromS[k] as number) - (toS[last] as number) <= thresholdS) {
        toS[last] = part.toS[k] as number
        isMany[last] = 1
        continue
      }
      fromS.push(part.fromS[k] as number)
      toS.push(part.toS[k] as number)
      isMany.push(part.isMany[k] as number)
    }
  }
  return { fromS, toS, isMany }
}

/** The run at `atS` cannot begin before the first burst: rows near each other, or the start of the planned piece, lie between. */
function isSettledBefore({ fromS, isMany }: Bursts, atS: number, boundS: number): boolean {
  const first = fromS[0]
  if (first === undefined || first >= atS) return false
  if (first <= boundS) return true
  for (let k = 0; k < fromS.length && (fromS[k] as number) < atS; k++) if (isMany[k]) return true
  return false
}

function isSettledAfter({ toS, isMany }: Bursts, atS: number, boundS: number): boolean {
  const last = toS[toS.length - 1]
  if (last === undefined || last < atS) return false
  if (last >= boundS) return true
  for (let k = toS.length - 1; k >= 0 && (toS[k] as number) > atS; k--) if (isMany[k]) return true
  return false
}

function firstAtLeast(days: readonly number[], day: number): number {
  let [low, high] = [0, days.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((days[middle] as number) < day) low = middle + 1
    else high = middle
  }
  return low
}
