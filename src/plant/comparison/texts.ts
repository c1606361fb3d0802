/** Figures, differences and changes as people read them, on the page and in files alike. Pure. */
import { formatDuration, formatNumber, formatRatio, type Language } from '../../platform/i18n/index.ts'
import { amount, percentText, rangeText, scopeText, signed } from '../dashboards/index.ts'
import { type Compared, changeOf, comparedFigures, type FigureKey, type FigureKind, figureKeys, type Mood, moodOf } from './compare.ts'
import { words } from './messages.ts'
import type { Comparison } from './service.ts'

export type FigureRow = {
  readonly key: FigureKey
  readonly name: string
  readonly current: string
  readonly previous: string
  readonly delta: string
  readonly change: string
  readonly mood: Mood
  readonly direction: 'up' | 'down' | 'flat' | null
}

export const figureText = (value: number | null, kind: FigureKind, language: Language): string => {
  if (value === null) return '—'
  const t = words(language)
  switch (kind) {
    case 'percent':
      return `${percentText(value, language)} %`
    case 'pieces':
      return `${amount(value, language)} ${t('unit.pieces')}`
    case 'stops':
      return amount(value, language)
    case 'kg':
      return `${amount(value, language, 2)} kg`
    case 'rate':
      return `${amount(value, language, 1)} ${t('unit.rate')}`
    case 'seconds':
      return formatDuration(value)
  }
}

const deltaText = (delta: number | null, kind: FigureKind, language: Language): string => {
  const t = words(language)
  if (delta === null) return t('no_figure')
  if (delta === 0) return t('same')
  if (kind === 'seconds') return `${delta > 0 ? '+' : '−'}${formatDuration(Math.abs(delta))}`
  const figure = signed(delta, language, kind === 'kg' ? 2 : 1)
  if (kind === 'percent') return t('points', { value: figure })
  return kind === 'kg' ? `${figure} kg` : kind === 'stops' ? figure : `${figure} ${t(kind === 'rate' ? 'unit.rate' : 'unit.pieces')}`
}

/** "+12,5 %"; of percentages nothing, their difference is in points. */
export const changeText = (change: number | null, language: Language): string =>
  change === null ? '' : change === 0 ? formatRatio(0, language) : `${change > 0 ? '+' : '−'}${formatRatio(Math.abs(change), language)}`

const directionOf = (delta: number | null): FigureRow['direction'] =>
  delta === null ? null : delta === 0 ? 'flat' : delta > 0 ? 'up' : 'down'

export const figureRows = (
  figures: { readonly current: Compared; readonly previous: Compared; readonly deltas: Compared; readonly changes: Compared },
  language: Language,
): FigureRow[] =>
  figureKeys.map((key) => {
    const { kind } = comparedFigures[key]
    const delta = figures.deltas[key]
    return {
      key,
      name: words(language)(`figure.${key}`),
      current: figureText(figures.current[key], kind, language),
      previous: figureText(figures.previous[key], kind, language),
      delta: deltaText(delta, kind, language),
      change: changeText(figures.changes[key], language),
      mood: moodOf(key, delta),
      direction: directionOf(delta),
    }
  })

/** Of a quantity that both periods have: a product's pieces, a reason's seconds. */
export const quantityChange = (
  current: number,
  previous: number,
  better: 'more' | 'less',
  language: Language,
): Pick<FigureRow, 'change' | 'mood' | 'direction'> => {
  const delta = current - previous
  return {
    change: previous === 0 ? (current === 0 ? '' : words(language)('from_nothing')) : changeText(changeOf(current, previous), language),
    mood: delta === 0 ? 'neutral' : delta > 0 === (better === 'more') ? 'good' : 'bad',
    direction: directionOf(delta),
  }
}

export const timesText = ({ count, seconds }: { readonly count: number; readonly seconds: number }, language: Language): string =>
  count === 0
    ? '—'
    : words(language)(count === 1 ? 'times.one' : 'times', { time: formatDuration(seconds), count: formatNumber(count, language) })

/** What a file is about: both periods, who made it and when, and the filters of both. */
export function aboutOf(
  { current, previous }: Comparison,
  generated: readonly [label: string, value: string],
  language: Language,
): (readonly [label: string, value: string])[] {
  const t = words(language)
  const shiftName = current.model.shifts.find(({ shiftId }) => shiftId === current.scope.shiftId)?.shiftName ?? null
  const [, ...filters] = scopeText({ scope: current.scope, shiftName }, language)
  return [[t('range.current'), rangeText(current, language)], [t('range.previous'), rangeText(previous, language)], generated, ...filters]
}
