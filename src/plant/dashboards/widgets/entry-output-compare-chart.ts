/** What entered, what left and what was lost, per bucket. */
import { translator } from '../../../platform/i18n/index.ts'
import { messages } from '../messages.ts'
import { withAlpha } from './colors.ts'
import type { EntryOutputCompareChartData } from './data.ts'
import { bucketIsos, bucketLabels } from './local-time.ts'
import type { Widget } from './widget.ts'

const series = [
  { key: 'entrada', color: '#22c55e' },
  { key: 'salida', color: '#3b82f6' },
  { key: 'descarte', color: '#ef4444' },
] as const

export const entryOutputCompareChart = {
  className: 'EntryOutputCompareChart',
  displayName: { es: 'Entrada vs Salida', en: 'Input vs output' },
  explanation: {
    es: 'Entrada: líneas que tienen áreas de entrada y de salida. Salida: todas las líneas. Descarte: detecciones del área de descarte o, sin ella, entrada − salida (con signo por intervalo: lo que está en tránsito se compensa; el total de cada línea nunca es negativo).',
    en: 'Input: lines that have input and output areas. Output: all lines. Scrap: detections of the scrap area or, without one, input − output (signed per interval, so that units in transit cancel out; the total of a line is never negative).',
  },
  render: 'chart',
  chart: 'comparison_bar',
  heightPx: 400,
  tab: 'produccion',
  columnSpan: 4,
  rowSpan: 2,
  order: 12,
  downtimeOnly: false,
  compute: ({ facts, scope, language }) => {
    const t = translator(messages, language)
    const { bucketStartsLocalS: starts, flow } = facts.series
    if (series.every(({ key }) => flow.total[key] === 0 && flow[key].every((count) => count === 0))) return null
    return {
      labels: bucketLabels(starts, scope.interval, language),
      bucket_starts: bucketIsos(starts),
      datasets: series.map(({ key, color }) => ({
        key,
        label: t(`flow.${key}`),
        data: [...flow[key]],
        borderColor: color,
        backgroundColor: withAlpha(color, 0.7),
      })),
      summary: { ...flow.total },
    }
  },
} satisfies Widget<EntryOutputCompareChartData>
