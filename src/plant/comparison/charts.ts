/** What the charts of a comparison carry: the page's elements and the PDF draw the same. Pure. */
import type { Language } from '../../platform/i18n/index.ts'
import { bucketLabels, type ChartPayload, rangeText } from '../dashboards/index.ts'
import { paretoLabel } from '../downtime-pages/index.ts'
import { words } from './messages.ts'
import type { Comparison } from './service.ts'

const [currentColor, previousColor] = ['#2b7cee', '#94a3b8']
/** More bars than these are read in the table. */
const mostBars = 8

/** Output per bucket, both periods from the left; null when neither has any, or their buckets are not of one size. */
export function seriesPayload({ current, previous }: Comparison, language: Language): ChartPayload | null {
  if (current.scope.interval !== previous.scope.interval) return null
  const [now, before] = [current, previous].map(({ facts }) => totals(facts.series)) as [number[], number[]]
  if (![...now, ...before].some((value) => value > 0)) return null
  const longer = now.length >= before.length ? current : previous
  const labels = bucketLabels(longer.facts.series.bucketStartsLocalS, longer.scope.interval, language)
  // what has not happened yet is a gap, not a zero
  const filled = (values: readonly number[]): (number | null)[] => labels.map((_, index) => values[index] ?? null)
  const t = words(language)
  return {
    kind: 'time',
    labels,
    series: [
      { name: `${t('range.previous')}: ${rangeText(previous, language)}`, color: previousColor, values: filled(before) },
      { name: `${t('range.current')}: ${rangeText(current, language)}`, color: currentColor, values: filled(now) },
    ],
    stops: [],
    curve: 'linear',
    showStops: false,
    peaks: false,
    stopsName: '',
    totalName: t('total'),
  }
}

function totals({ bucketStartsLocalS, outputByProduct }: Comparison['current']['facts']['series']): number[] {
  const sums = bucketStartsLocalS.map(() => 0)
  for (const values of outputByProduct.values()) for (const [index, value] of values.entries()) sums[index] = (sums[index] ?? 0) + value
  return sums
}

export function reasonsPayload({ reasons }: Comparison, language: Language): ChartPayload {
  const t = words(language)
  const shown = reasons.slice(0, mostBars)
  const minutes = (seconds: number): number => Math.round(seconds / 6) / 10
  return {
    kind: 'compare',
    labels: shown.map((row) => paretoLabel(row, language)),
    series: [
      {
        key: 'previous',
        label: t('column.previous'),
        borderColor: previousColor,
        data: shown.map(({ previous }) => minutes(previous.seconds)),
      },
      { key: 'current', label: t('column.current'), borderColor: currentColor, data: shown.map(({ current }) => minutes(current.seconds)) },
    ],
  }
}
