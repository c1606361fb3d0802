/** What the answer is about, in words. */
import { formatLocalDateTime, formatNumber, type Language } from '../../../platform/i18n/index.ts'
import { type Board, words } from './model.ts'

export const linesText = ({ scope }: Pick<Board, 'scope'>, language: Language): string =>
  scope.lines.length <= 3
    ? scope.lines.map((line) => line.lineName).join(', ')
    : words(language)('board.lines', { count: scope.lines.length })

/** Half-open in the code, "from – to" with the last minute for people; an end after now reads "now". */
export function rangeText({ scope }: Pick<Board, 'scope'>, language: Language): string {
  const last =
    scope.toLocalS > scope.now.localS && scope.fromLocalS <= scope.now.localS
      ? words(language)('board.now')
      : formatLocalDateTime(scope.toLocalS - 60, language)
  return `${formatLocalDateTime(scope.fromLocalS, language)} – ${last}`
}

const intervalText: Readonly<Record<string, Record<Language, string>>> = {
  minute: { es: '1 minuto', en: '1 minute' },
  '15min': { es: '15 minutos', en: '15 minutes' },
  hour: { es: '1 hora', en: '1 hour' },
  day: { es: '1 día', en: '1 day' },
  week: { es: '1 semana', en: '1 week' },
  month: { es: '1 mes', en: '1 month' },
}

/** What the answer is about, for "how is this computed?" and for paper. */
export function scopeText(board: Pick<Board, 'scope' | 'shiftName'>, language: Language): (readonly [string, string])[] {
  const { scope, shiftName } = board
  const t = words(language)
  const areas = scope.areaIds
    ? scope.lines
        .flatMap((line) => line.areas)
        .filter((area) => scope.areaIds?.has(area.areaId))
        .map((area) => area.areaName)
    : []
  return [
    [t('how.range'), rangeText(board, language)],
    [t('how.lines'), scope.lines.map((line) => line.lineName).join(', ')],
    ...(shiftName === null ? [] : [[t('how.shift'), shiftName] as const]),
    ...(areas.length === 0 ? [] : [[t('how.areas'), areas.join(', ')] as const]),
    ...(scope.productIds ? [[t('how.products'), formatNumber(scope.productIds.size, language)] as const] : []),
    [t('how.interval'), intervalText[scope.interval]?.[language] ?? scope.interval],
    [t('how.threshold'), scope.thresholdOverrideS === null ? t('how.threshold_own') : `${scope.thresholdOverrideS} s`],
  ]
}
