import { nextTurn, type Span } from '../../platform/time/index.ts'
import { type Detections, readDetections } from '../detections/index.ts'
import { silentRuns } from '../downtime/index.ts'
import type { DetectionTable } from '../model/model.ts'
import type { LineRequest } from './line.ts'
import type { LineRules } from './line-rules.ts'
import type { LineReader } from './reader.ts'
import { marginS, referenceOf, referenceRows } from './reference.ts'
import { readNewest } from './status.ts'
import { tallyRows } from './tally.ts'

/** Row by row: the range, the preceding range and a margin in one read. */
export async function rawReader(
  request: LineRequest,
  table: DetectionTable,
  rules: LineRules,
  asked: Span,
  isDetecting: boolean,
): Promise<LineReader> {
  const { context, scope, needsStatus } = request
  const margin = isDetecting ? marginS(rules.thresholdS) : 0
  const read = { fromS: asked.fromS - margin, toS: asked.toS + margin }
  const { rows, futureRows } = await readDetections(context, table, read)
  await nextTurn()
  return {
    futureRows,
    newest: needsStatus || rows.length === 0 ? await readNewest(context, table, rules, rows, read) : lastOf(rows),
    silences: async (range, pieces) => {
      const known = referenceOf(rows, rules)
      return silentRuns(await referenceRows({ context, table, rules, known, read, range, pieces }), rules.thresholdS, context.nowS)
    },
    tally: async (range, bucketStarts) => tallyRows(rows, rules, scope, range, bucketStarts),
    warnings: [],
  }
}

/** When the status is not wanted, only whether the line has any row at all: a line without one is no data, not stopped. */
const lastOf = (rows: Detections) => ({ anyS: rows.epochS[rows.length - 1] ?? null, referenceS: null })
