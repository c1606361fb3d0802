import { type Span, spanAt } from '../../platform/time/index.ts'
import { isNoData } from '../clock-health/index.ts'
import { type Detections, lastBefore, type ReadContext } from '../detections/index.ts'
import type { DetectionTable } from '../model/model.ts'
import type { LineStatus } from './facts.ts'
import type { LineRules } from './line-rules.ts'

/** Newest rows up to now, whatever the range: of any area, and of the reference stream. Null = none ever. */
export type Newest = { readonly anyS: number | null; readonly referenceS: number | null }

/** Taken from rows already read when those reach now, else asked of the table. */
export async function readNewest(
  context: ReadContext,
  table: DetectionTable,
  rules: LineRules,
  rows: Detections,
  read: Span,
): Promise<Newest> {
  const reachesNow = read.toS > context.nowS
  const beforeS = context.nowS + 1
  const { referenceAreas } = rules
  const seenS = reachesNow ? rows.epochS[rows.length - 1] : undefined
  const seenReferenceS = reachesNow && referenceAreas ? lastIn(rows, referenceAreas) : seenS
  const [anyS, referenceS] = await Promise.all([
    seenS ?? lastBefore(context, table, null, beforeS),
    referenceAreas ? (seenReferenceS ?? lastBefore(context, table, referenceAreas, beforeS)) : null,
  ])
  return { anyS, referenceS: referenceAreas ? referenceS : anyS }
}

function lastIn(rows: Detections, areas: ReadonlySet<number>): number | undefined {
  for (let i = rows.length - 1; i >= 0; i--) if (areas.has(rows.areaId[i] as number)) return rows.epochS[i]
  return undefined
}

/** compare.md 22. `pieces` are the planned pieces around now. A line without a usable threshold is never called stopped; one without rows for longer
 *  than `noDataAfterS` (null = no limit) neither stopped nor off shift: nothing is known of it. */
export function statusOf(
  newest: Newest,
  pieces: readonly Span[],
  thresholdS: number,
  nowS: number,
  noDataAfterS: number | null,
): LineStatus {
  if (isNoData(newest.anyS, noDataAfterS, nowS)) return 'no_data'
  const piece = spanAt(pieces, nowS)
  if (!piece) return 'idle'
  const silentFromS = Math.max(newest.referenceS ?? Number.NEGATIVE_INFINITY, piece.fromS)
  return thresholdS > 0 && nowS - silentFromS > thresholdS ? 'stopped' : 'running'
}
