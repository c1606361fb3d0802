/** Stops by hour of the day and length. */
import { formatLocalDateTime, translator } from '../../../platform/i18n/index.ts'
import type { Stop } from '../../facts/index.ts'
import { messages } from '../messages.ts'
import type { ScatterChartData } from './data.ts'
import { decimalHour } from './local-time.ts'
import { amount, minutes } from './numbers.ts'
import { lineNames, stopReason } from './stop-words.ts'
import type { Widget } from './widget.ts'

export const scatterChart = {
  className: 'ScatterChart',
  displayName: { es: 'Paradas: hora × duración', en: 'Stops: hour × duration' },
  explanation: {
    es: 'Cada punto es una parada del período: hora de inicio y minutos. Naranja, las registradas; rojo, las detectadas por silencio de la cámara.',
    en: 'Each point is a stop of the period: start hour and minutes. Orange are recorded; red are detected from silence of the camera.',
  },
  render: 'chart',
  chart: 'scatter_chart',
  heightPx: 300,
  tab: 'produccion',
  columnSpan: 2,
  rowSpan: 2,
  order: 13,
  downtimeOnly: true,
  compute: ({ facts: { stops }, model, language }) => {
    if (stops.length === 0) return null
    const t = translator(messages, language)
    const names = lineNames(model)
    const point = (stop: Stop) => ({
      x: decimalHour(stop.startLocalS),
      y: minutes(stop.durationS),
      tooltip: t('scatter.tooltip', {
        line: names.get(stop.lineId) ?? '',
        start: formatLocalDateTime(stop.startLocalS, language),
        minutes: amount(minutes(stop.durationS), language, 1),
        reason: stopReason(stop, language),
      }),
    })
    return {
      datasets: [
        {
          key: 'with_incident' as const,
          label: t('scatter.with_incident'),
          data: stops.filter(({ recorded }) => recorded !== null).map(point),
          backgroundColor: 'rgba(249, 115, 22, 0.7)',
          pointRadius: 6,
        },
        {
          key: 'detected_gap' as const,
          label: t('scatter.detected_gap'),
          data: stops.filter(({ recorded }) => recorded === null).map(point),
          backgroundColor: 'rgba(239, 68, 68, 0.7)',
          pointRadius: 6,
        },
      ],
    }
  },
} satisfies Widget<ScatterChartData>
