/** The range in a few figures. */
import { roundHalfAway } from '../../kpi/index.ts'
import type { MetricsSummaryData } from './data.ts'
import { localIso } from './local-time.ts'
import { kilograms, minutes } from './numbers.ts'
import type { Widget } from './widget.ts'

export const metricsSummary = {
  className: 'MetricsSummary',
  displayName: { es: 'Resumen', en: 'Summary' },
  explanation: {
    es: 'Promedio por hora = producción ÷ horas entre la primera y la última detección (0 si no hay lapso). Por hora planificada = producción ÷ tiempo planificado.',
    en: 'Average per hour = production ÷ hours between the first and last detection (0 without a span). Per planned hour = production ÷ planned busy time.',
  },
  render: 'summary',
  tab: 'produccion',
  columnSpan: 2,
  rowSpan: 2,
  order: 15,
  downtimeOnly: false,
  compute: ({ facts: { summary, downtime, kpi, lines } }) => {
    const plannedHours = kpi.time.plannedBusyTimeS / 3600
    return {
      total_detections: summary.totalDetections,
      output_count: summary.outputCount,
      total_weight: kilograms(summary.totalWeightCentikg),
      avg_per_hour: summary.spanS === 0 ? 0 : roundHalfAway((summary.outputCount * 3600) / summary.spanS, 1),
      hours_span: summary.spanS / 3600,
      rate_per_planned_hour: plannedHours === 0 ? null : roundHalfAway(summary.outputCount / plannedHours, 1),
      unique_products: summary.uniqueProducts,
      lines_count: lines.length,
      downtime_count: downtime.stopCount,
      downtime_minutes: minutes(downtime.downtimeS),
      first_detection: summary.firstDetectionLocalS === null ? null : localIso(summary.firstDetectionLocalS),
      last_detection: summary.lastDetectionLocalS === null ? null : localIso(summary.lastDetectionLocalS),
    }
  },
} satisfies Widget<MetricsSummaryData>
