/** The one place that chooses who answers for a line. */
import type { Text } from '../../platform/i18n/i18n.ts'
import type { Span } from '../../platform/time/index.ts'
import { gapFloorS } from '../history/index.ts'
import type { Line } from '../model/model.ts'
import { historyReader } from './history-reader.ts'
import type { LineRequest } from './line.ts'
import type { LineRules } from './line-rules.ts'
import { rawReader } from './raw-reader.ts'
import type { LineReader } from './reader.ts'
import { emptyTally } from './tally.ts'

/** History, except where it cannot say: thresholds below its floor, ranges that begin after now, rows not loaded yet. */
export async function openReader(
  request: LineRequest,
  line: Line,
  rules: LineRules,
  asked: Span,
  isDetecting: boolean,
): Promise<LineReader> {
  const { detectionTable: table } = line
  if (!table) return nothingToRead
  const { history } = request
  const canHistory = (!isDetecting || rules.thresholdS >= gapFloorS) && asked.fromS <= request.context.nowS
  if (!history || !canHistory) return rawReader(request, table, rules, asked, isDetecting)
  const answer = await history.answer(line)
  if (!answer?.view) {
    const raw = await rawReader(request, table, rules, asked, isDetecting)
    return { ...raw, warnings: [...raw.warnings, loadingWarning(line, answer?.loading.loadedFraction ?? 0)] }
  }
  return historyReader(request, rules, answer.view, asked, isDetecting)
}

const nothingToRead: LineReader = {
  futureRows: 0,
  newest: { anyS: null, referenceS: null },
  silences: async () => [],
  tally: async (_range, bucketStarts) => emptyTally(bucketStarts?.length ?? null),
  warnings: [],
}

function loadingWarning({ lineName }: Line, loadedFraction: number): Text {
  const percent = Math.floor(loadedFraction * 100)
  return {
    es: `${lineName}: cargando historia, ${percent} %; mientras tanto se leen las filas una por una.`,
    en: `${lineName}: history loading, ${percent} %; meanwhile rows are read one by one.`,
  }
}
