/** What each chart carries, from its widget's data: the page's element and the document draw the same. Pure. */
import type { Language } from '../../../platform/i18n/index.ts'
import type {
  AreaDetectionChartData,
  EntryOutputCompareChartData,
  ProductDistributionChartData,
  ProductionTimeChartData,
} from '../widgets/data.ts'
import type { ChartPayload } from './chart-payload.ts'
import { words } from './model.ts'

export function timePayload(data: ProductionTimeChartData, language: Language): ChartPayload {
  const t = words(language)
  return {
    kind: 'time',
    labels: data.labels,
    series: data.datasets.map((set) => ({ name: set.label, color: set.borderColor, values: set.data })),
    stops: data.downtime_events.map((stop) => ({ ...stop, kind: t(stopWord(stop.visual_type)) })),
    curve: data.curve_type,
    showStops: data.show_downtime,
    peaks: data.highlight_peaks,
    stopsName: t('chart.stops'),
    totalName: t('chart.total'),
  }
}

const stopWords = ['db_confirmed', 'db_unconfirmed', 'calculated', 'live', 'planned'] as const
export const stopWord = (visualType: string): `stop.${(typeof stopWords)[number]}` =>
  `stop.${stopWords.find((known) => known === visualType) ?? 'calculated'}`

export const partsPayload = (data: ProductDistributionChartData, language: Language): ChartPayload => ({
  kind: 'parts',
  parts: data.table_rows.map((row) => ({ name: row.label, color: row.color, value: row.count })),
  totalName: words(language)('chart.total'),
})

export const comparePayload = (data: EntryOutputCompareChartData): ChartPayload => ({
  kind: 'compare',
  labels: data.labels,
  series: data.datasets,
})

export const barsPayload = (data: AreaDetectionChartData, language: Language): ChartPayload => ({
  kind: 'bars',
  labels: data.labels,
  values: data.datasets[0]?.data ?? [],
  colors: data.datasets[0]?.backgroundColor ?? [],
  name: words(language)('chart.count'),
})
