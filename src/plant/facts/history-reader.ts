/** One line answered from its day summaries: the same figures as `raw-reader.ts`, without the rows. */
import type { Text } from '../../platform/i18n/i18n.ts'
import { dayS, nextTurn, type Span } from '../../platform/time/index.ts'
import { silentRuns } from '../downtime/index.ts'
import { dayOfInstant, dayStartS, gapFloorS, type LineView } from '../history/index.ts'
import type { DetectionTable, Line } from '../model/model.ts'
import { type Days, daysUpToNow } from './days.ts'
import type { LineRequest } from './line.ts'
import type { LineRules } from './line-rules.ts'
import type { LineReader } from './reader.ts'
import { joined, marginS, referenceOf, referenceRows } from './reference.ts'
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
      isDetecting && rules.thresholdS < gapFloorS && !touchesPurged(view, range)
        ? shortSilences(request, table, rules, days, range, pieces)
        : silences(days, kept, rules, range, pieces),
    tally: (range, bucketStarts) => tallyDays(days, kept, request, line, rules, range, bucketStarts, needsRecent && bucketStarts !== null),
    warnings: purgedWarning(view, asked, context.nowS),
  }
}

/** Rows that are held at once, whatever the range: in memory, and in the way of others. */
const rowsPerBlock = 50_000

/** Stops shorter than the silences that summaries keep: the rows of the range's days, read by their ids, some days at a time. */
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
  const instants: Float64Array[] = []
  for (const block of await blocksOf(days, read)) {
    instants.push(referenceOf(await days.rows([block]), rules))
    await nextTurn()
  }
  const reference = await referenceRows({ context, table, rules, known: joined(instants), read, range, pieces })
  await nextTurn()
  return silentRuns(reference, rules.thresholdS, context.nowS)
}

/** The span cut at the beginnings of days, so that no part but one of a single day has more than `rowsPerBlock`. */
async function blocksOf({ zone, days, coarse }: Days, span: Span): Promise<Span[]> {
  const [first, last] = [dayOfInstant(zone, span.fromS), dayOfInstant(zone, span.toS - 1)]
  const blocks: Span[] = []
  let fromS = span.fromS
  let rowCount = 0
  for (const day of await coarse(days.filter((day) => day >= first && day <= last))) {
    const startS = dayStartS(zone, day.day)
    if (rowCount > 0 && rowCount + day.rowCount > rowsPerBlock) {
      blocks.push({ fromS, toS: startS })
      fromS = startS
      rowCount = 0
    }
    rowCount += day.rowCount
  }
  return [...blocks, { fromS, toS: span.toS }]
}

/** Rows that are gone are no silence: there, stops begin at the length that summaries keep. */
const touchesPurged = ({ zone, days, isPurged }: LineView, { fromS, toS }: Span): boolean => {
  const [first, last] = [dayOfInstant(zone, fromS - dayS), dayOfInstant(zone, toS - 1)]
  return days.some((day) => day >= first && day <= last && isPurged(day))
}

/** Days whose rows the customer deleted answer from what was read before. */
function purgedWarning({ zone, lineId, days, isPurged, isLost }: LineView, asked: Span, nowS: number): Text[] {
  const [first, last] = [dayOfInstant(zone, asked.fromS), dayOfInstant(zone, Math.min(asked.toS, nowS + 1) - 1)]
  const purged = days.filter((day) => day >= first && day <= last && isPurged(day))
  const lost = purged.filter(isLost).length
  const count = purged.length - lost
  const warnings: Text[] = []
  if (count > 0)
    warnings.push({
      es: `Línea ${lineId}: las filas de ${count} días ya no están en su base (depuradas o archivadas); se muestran sus resúmenes (un turno o rango con segundos, al minuto), y las listas no tienen esas filas. Un mes archivado se restaura en Planta › Tablas.`,
      en: `Line ${lineId}: the rows of ${count} days are no longer in the database (purged or archived); their summaries are shown (a shift or range with seconds, to the minute), and lists lack those rows. An archived month is restored in Plant › Tables.`,
    })
  if (lost > 0)
    warnings.push({
      es: `Línea ${lineId}: faltan ${lost} días: sus filas ya no están en su base y sus resúmenes están dañados. Restaure sus meses en Planta › Tablas.`,
      en: `Line ${lineId}: ${lost} days are missing: their rows are no longer in the database, and their summaries are damaged. Restore their months in Plant › Tables.`,
    })
  return warnings
}
