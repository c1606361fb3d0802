/** One line answered from its day summaries: the same figures as `raw-reader.ts`, without the rows. */
import type { Text } from '../../platform/i18n/i18n.ts'
import type { Span } from '../../platform/time/index.ts'
import {
  type Bursts,
  type CoarseDay,
  dayOfInstant,
  dayStartS,
  joinBursts,
  type LineView,
  noBursts,
  silentRunsOf,
  stitch,
} from '../history/index.ts'
import { type Days, daysUpToNow } from './days.ts'
import type { LineRequest } from './line.ts'
import type { LineRules } from './line-rules.ts'
import type { LineReader } from './reader.ts'
import { marginS } from './reference.ts'
import type { Newest } from './status.ts'
import { tallyDays } from './tally-days.ts'

export async function historyReader(
  request: LineRequest,
  rules: LineRules,
  view: LineView,
  asked: Span,
  isDetecting: boolean,
): Promise<LineReader> {
  const { context, scope, needsRecent } = request
  const days = await daysUpToNow(context, view)
  // told only when the range comes near now, as rows are only then looked for
  const reachesNow = asked.toS + (isDetecting ? marginS(rules.thresholdS) : 0) > context.nowS
  return {
    futureRows: reachesNow ? days.futureRows : 0,
    newest: await newestOf(days, rules),
    silences: (range, pieces) => silences(days, rules, range, pieces),
    tally: (range, bucketStarts) => tallyDays(days, rules, scope, range, bucketStarts, needsRecent && bucketStarts !== null),
    warnings: purgedWarning(view, asked, context.nowS),
  }
}

const chunkDays = 16

async function newestOf({ zone, days, coarse }: Days, { referenceAreas }: LineRules): Promise<Newest> {
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
async function silences(source: Days, rules: LineRules, asked: Span, pieces: readonly Span[]): Promise<Span[]> {
  const { zone, days, nowS } = source
  const { thresholdS, referenceAreas } = rules
  const endS = Math.min(asked.toS, nowS)
  const fromBoundS = pieces.find((piece) => piece.fromS <= asked.fromS && asked.fromS < piece.toS)?.fromS ?? asked.fromS
  const toBoundS = pieces.find((piece) => piece.fromS < endS && endS <= piece.toS)?.toS ?? endS
  const partsOf = async (from: number, to: number) =>
    (await source.coarse(days.slice(from, to))).map((day) => ({
      startS: dayStartS(zone, day.day),
      bursts: referenceBursts(day, referenceAreas),
    }))

  let from = firstAtLeast(days, dayOfInstant(zone, asked.fromS))
  let to = firstAtLeast(days, dayOfInstant(zone, endS) + 1)
  let parts = await partsOf(from, to)
  let bursts = stitch(parts)
  for (let size = 1; from > 0 && !isSettledBefore(bursts, asked.fromS, fromBoundS, thresholdS); size = chunkDays) {
    const next = Math.max(0, from - size)
    parts = [...(await partsOf(next, from)), ...parts]
    from = next
    bursts = stitch(parts)
  }
  for (let size = 1; to < days.length && !isSettledAfter(bursts, endS, toBoundS, thresholdS); size = chunkDays) {
    const next = Math.min(days.length, to + size)
    parts = [...parts, ...(await partsOf(to, next))]
    to = next
    bursts = stitch(parts)
  }
  return silentRunsOf(bursts, { startsAtEdge: from === 0, endsAtEdge: to === days.length }, thresholdS, nowS)
}

/** The run at `atS` cannot begin before the first burst: a gap that is no stop, or the start of the planned piece, lies between. */
function isSettledBefore({ fromS, toS, isMany }: Bursts, atS: number, boundS: number, thresholdS: number): boolean {
  const first = fromS[0]
  if (first === undefined || first >= atS) return false
  if (first <= boundS) return true
  for (let k = 0; k < fromS.length && (fromS[k] as number) < atS; k++) {
    if (isMany[k]) return true
    const next = fromS[k + 1]
    if (next !== undefined && next - (toS[k] as number) <= thresholdS) return true
  }
  return false
}

function isSettledAfter({ fromS, toS, isMany }: Bursts, atS: number, boundS: number, thresholdS: number): boolean {
  const last = toS[toS.length - 1]
  if (last === undefined || last < atS) return false
  if (last >= boundS) return true
  for (let k = toS.length - 1; k >= 0 && (toS[k] as number) > atS; k--) {
    if (isMany[k]) return true
    const before = toS[k - 1]
    if (before !== undefined && (fromS[k] as number) - before <= thresholdS) return true
  }
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

/** Days whose rows the customer deleted answer from what was read before. */
function purgedWarning({ zone, lineId, days, isPurged }: LineView, asked: Span, nowS: number): Text[] {
  const [first, last] = [dayOfInstant(zone, asked.fromS), dayOfInstant(zone, Math.min(asked.toS, nowS + 1) - 1)]
  const count = days.filter((day) => day >= first && day <= last && isPurged(day)).length
  if (count === 0) return []
  return [
    {
      es: `Línea ${lineId}: las filas de ${count} días ya no están en su base; se muestran sus resúmenes.`,
      en: `Line ${lineId}: the rows of ${count} days are no longer in the database; their summaries are shown.`,
    },
  ]
}
