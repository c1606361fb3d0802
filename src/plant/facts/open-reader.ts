/** The one place that chooses who answers for a line. */
import type { Text } from '../../platform/i18n/i18n.ts'
import type { Span } from '../../platform/time/index.ts'
import type { PlantHistory } from '../history/index.ts'
import type { Line } from '../model/model.ts'
import { historyReader } from './history-reader.ts'
import type { LineRequest } from './line.ts'
import type { LineRules } from './line-rules.ts'
import { rawReader } from './raw-reader.ts'
import type { LineReader } from './reader.ts'
import { emptyTally } from './tally.ts'

/** Caught up; while loading, the view of the newest days, or null. */
export type OpenedHistory = NonNullable<Awaited<ReturnType<PlantHistory['answer']>>>

/** Where history cannot say: ranges that begin after now. */
export const needsRows = (asked: Span, nowS: number): boolean => asked.fromS > nowS

/** From history where it can say; else, and for rows that are not loaded yet, from the rows. */
export async function openReader(
  request: LineRequest,
  line: Line,
  rules: LineRules,
  asked: Span,
  isDetecting: boolean,
  history: OpenedHistory | null,
): Promise<LineReader> {
  const { detectionTable: table } = line
  if (!table) return nothingToRead
  if (!history || needsRows(asked, request.context.nowS)) return rawReader(request, table, rules, asked, isDetecting)
  const { view, loading } = history
  const canSay = view !== null && (view.loadedFromS === null || asked.fromS >= view.loadedFromS)
  const reader = canSay
    ? await historyReader(request, line, table, rules, view, asked, isDetecting)
    : await rawReader(request, table, rules, asked, isDetecting)
  return loading ? { ...reader, warnings: [...reader.warnings, loadingWarning(line, loading.loadedFraction)] } : reader
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
    es: `${lineName}: cargando historia, ${percent} %; lo que aún falta se lee fila por fila.`,
    en: `${lineName}: history loading, ${percent} %; what is missing is read row by row.`,
  }
}
