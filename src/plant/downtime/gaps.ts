/** Gaps → runs → calculated stops (spec plant 7.1–7.2, compare.md 9). Pure; the result does not depend on the range that is looked at: callers
 *  give whole runs, whole pieces and whole events, and cut afterwards. */
import { intersect, type Span, subtract, totalS, union } from '../../platform/time/index.ts'

export type ReferenceRows = {
  /** Instants of the reference stream in order. Complete from the first to the last, and as far out as the pieces that are asked for. */
  readonly epochS: ArrayLike<number>
  /** Nothing was ever seen before the first row: the silence before it has no beginning. */
  readonly startsAtEdge: boolean
  /** Nothing was seen after the last row: the silence since then lasts to now. */
  readonly endsAtEdge: boolean
}

/** Silences longer than the threshold, consecutive ones merged: one isolated detection does not end a stop. A gap equal to the threshold is none. */
export function silentRuns({ epochS, startsAtEdge, endsAtEdge }: ReferenceRows, thresholdS: number, nowS: number): Span[] {
  const runs: Span[] = []
  let runFromS: number | null = startsAtEdge ? Number.NEGATIVE_INFINITY : null
  let previousS = runFromS ?? Number.NaN
  const close = (toS: number): void => {
    if (runFromS !== null && runFromS < toS) runs.push({ fromS: runFromS, toS })
    runFromS = null
  }
  for (let i = 0; i < epochS.length; i++) {
    const atS = epochS[i] as number
    if (atS - previousS > thresholdS) runFromS ??= previousS
    else close(previousS)
    previousS = atS
  }
  if (endsAtEdge && nowS - previousS > thresholdS) {
    runFromS ??= previousS
    previousS = nowS
  }
  close(previousS)
  return runs
}

export type CalculatedStop = { readonly span: Span; readonly isLive: boolean }

type CalculationInput = {
  readonly runs: readonly Span[]
  /** Connected pieces of planned time over all active shifts, whole. */
  readonly pieces: readonly Span[]
  /** Recorded, manual and planned events and breaks: recorded data wins. May overlap. */
  readonly events: readonly Span[]
  readonly thresholdS: number
  readonly nowS: number
}

/** Order of operations of compare.md 9 (c)–(d): run ∩ piece, keep what is longer than the threshold; subtract the events, keep remainders longer
 *  than the threshold. Not yet cut to any range. */
export function calculatedStops({ runs, pieces, events, thresholdS, nowS }: CalculationInput): CalculatedStop[] {
  const isLong = (span: Span): boolean => span.toS - span.fromS > thresholdS
  return subtract(intersect(runs, pieces).filter(isLong), union(events))
    .filter(isLong)
    .map((span) => ({ span, isLive: span.toS === nowS }))
}

/** Length of a stop before cutting; one without a beginning counts from where it is first seen. */
export const fullLengthS = (span: Span, seenFromS: number): number =>
  totalS([{ fromS: Number.isFinite(span.fromS) ? span.fromS : Math.min(seenFromS, span.toS), toS: span.toS }])
