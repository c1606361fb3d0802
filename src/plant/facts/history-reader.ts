/** One line answered from its day summaries: the same figures as `raw-reader.ts`, without the rows. */
import type { Text } from '../../platform/i18n/i18n.ts'
import { dayS, type Span } from '../../platform/time/index.ts'
import { silentRuns } from '../downtime/index.ts'
import { dayOfInstant, gapFloorS, type LineView } from '../history/index.ts'
import type { DetectionTable, Line } from '../model/model.ts'
import { type Days, daysUpToNow } from './days.ts'
import type { LineRequest } from './line.ts'
import type { LineRules } from './line-rules.ts'
import type { LineReader } from './reader.ts'
import { marginS, referenceRows } from './reference.ts'
import { newestOf, silences } from './silences.ts'
import { tallyDays } from './tally-days.ts'

export async function historyReader(
  request: LineRequest,
  line: Line,
  table: DetectionTable,
  rules: LineRules,
  view: LineView,
  asked: Span,
  isDetecting: boolean,
): Promise<LineReader> {
  const { context, needsRecent, memory } = request
  const days = await daysUpToNow(context, view)
  // told only when the range comes near now, as rows are only then looked for
  const reachesNow = asked.toS + (isDetecting ? marginS(rules.thresholdS) : 0) > context.nowS
  const kept = { memory, name: `${context.plantDb.tenantId} line ${line.lineId}` }
  return {
    futureRows: reachesNow ? days.futureRows : 0,
    newest: await newestOf(days, rules),
    silences: (range, pieces) =>
      isDetecting && rules.thresholdS < gapFloorS
        ? shortSilences(request, table, rules, days, range, pieces)
        : silences(days, kept, rules, range, pieces),
    tally: (range, bucketStarts) => tallyDays(days, kept, request, line, rules, range, bucketStarts, needsRecent && bucketStarts !== null),
    warnings: purgedWarning(view, asked, context.nowS),
  }
}

/** Stops shorter than the silences that summaries keep: the rows of the range's days, read by their ids. */
async function shortSilences(
  { context }: LineRequest,
  table: DetectionTable,
  rules: LineRules,
  days: Days,
  range: Span,
  pieces: readonly Span[],
): Promise<readonly Span[]> {
  // a day before, where the first stop usually begins: what lies further out is looked for by time
  const read = { fromS: range.fromS - dayS, toS: range.toS + marginS(rules.thresholdS) }
  const rows = await days.rows([read])
  return silentRuns(await referenceRows({ context, table, rules, rows, read, range, pieces }), rules.thresholdS, context.nowS)
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
