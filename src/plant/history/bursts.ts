/** Rows seen as bursts: a burst is a run of rows closer together than `gapFloorS`, so what lies between two bursts is a silence worth keeping. Bursts say
 *  exactly what a stop calculation asks of the rows (for thresholds from the floor up), in a hundredth of the space, and two sets of them can be joined. */
import type { Span } from '../../platform/time/index.ts'

/** Silences shorter than this are not kept; a threshold below it reads raw rows. Part of the fold's signature. */
export const gapFloorS = 30

/** In order of time. `isMany` (0 or 1) tells one row from several in the same second: several end a stop, one alone does not (spec plant 7.1). */
export type Bursts = { readonly fromS: ArrayLike<number>; readonly toS: ArrayLike<number>; readonly isMany: ArrayLike<number> }

export const noBursts: Bursts = { fromS: [], toS: [], isMany: [] }

export type BurstBuilder = { readonly add: (atS: number) => void; readonly bursts: Bursts }

/** Rows must come in order of time. */
export function burstBuilder(): BurstBuilder {
  const [fromS, toS, isMany]: [number[], number[], number[]] = [[], [], []]
  let last = -1
  let lastS = Number.NEGATIVE_INFINITY
  return {
    add(atS) {
      if (atS - lastS < gapFloorS) {
        toS[last] = atS
        isMany[last] = 1
      } else {
        last = fromS.length
        fromS.push(atS)
        toS.push(atS)
        isMany.push(0)
      }
      lastS = atS
    },
    bursts: { fromS, toS, isMany },
  }
}

/** The bursts of both sets of rows taken together: where one of them is silent the other may not be. The sets share no row. */
export function joinBursts(a: Bursts, b: Bursts): Bursts {
  if (a.fromS.length === 0) return b
  if (b.fromS.length === 0) return a
  const [fromS, toS, isMany]: [number[], number[], number[]] = [[], [], []]
  let [i, j] = [0, 0]
  while (i < a.fromS.length || j < b.fromS.length) {
    const isA = j >= b.fromS.length || (i < a.fromS.length && (a.fromS[i] as number) <= (b.fromS[j] as number))
    const [source, k] = isA ? [a, i++] : [b, j++]
    const last = toS.length - 1
    const start = source.fromS[k] as number
    const end = source.toS[k] as number
    if (last >= 0 && start - (toS[last] as number) < gapFloorS) {
      toS[last] = Math.max(toS[last] as number, end)
      isMany[last] = 1
    } else {
      fromS.push(start)
      toS.push(end)
      isMany.push(source.isMany[k] as number)
    }
  }
  return { fromS, toS, isMany }
}

/** Bursts of consecutive days, moved by each day's start: what is parted only by midnight is one. */
export function stitch(parts: readonly { readonly startS: number; readonly bursts: Bursts }[]): Bursts {
  const [fromS, toS, isMany]: [number[], number[], number[]] = [[], [], []]
  for (const { startS, bursts } of parts) {
    for (let k = 0; k < bursts.fromS.length; k++) {
      const start = (bursts.fromS[k] as number) + startS
      const end = (bursts.toS[k] as number) + startS
      const last = toS.length - 1
      if (k === 0 && last >= 0 && start - (toS[last] as number) < gapFloorS) {
        toS[last] = end
        isMany[last] = 1
      } else {
        fromS.push(start)
        toS.push(end)
        isMany.push(bursts.isMany[k] as number)
      }
    }
  }
  return { fromS, toS, isMany }
}

/** `silentRuns` of the same rows, for thresholds from the floor up. */
export function silentRunsOf(
  { fromS, toS, isMany }: Bursts,
  { startsAtEdge, endsAtEdge }: { readonly startsAtEdge: boolean; readonly endsAtEdge: boolean },
  thresholdS: number,
  nowS: number,
): Span[] {
  const runs: Span[] = []
  let runFromS: number | null = startsAtEdge ? Number.NEGATIVE_INFINITY : null
  let previousS = runFromS ?? Number.NaN
  const close = (endS: number): void => {
    if (runFromS !== null && runFromS < endS) runs.push({ fromS: runFromS, toS: endS })
    runFromS = null
  }
  for (let k = 0; k < fromS.length; k++) {
    const atS = fromS[k] as number
    if (atS - previousS > thresholdS) runFromS ??= previousS
    else close(previousS)
    // the second row of a burst is near the first: a run ends there
    if (isMany[k]) close(atS)
    previousS = toS[k] as number
  }
  if (endsAtEdge && nowS - previousS > thresholdS) {
    runFromS ??= previousS
    previousS = nowS
  }
  close(previousS)
  return runs
}
