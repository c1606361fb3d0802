/** Effectiveness = ideal time of what was processed ÷ actual production time; capped only for display. */
import { cappedPercent, percent } from '../../kpi/index.ts'
import type { KpiPerformanceData } from './kpi-data.ts'
import { trendPoints } from './numbers.ts'
import { effectivenessReason, kpiInputs, reason } from './ratio-kpi.ts'
import type { Widget } from './widget.ts'

export const kpiPerformance = {
  className: 'KpiPerformance',
  displayName: { es: 'Rendimiento', en: 'Performance' },
  explanation: {
    es: 'Rendimiento = Σ (tiempo ideal por unidad × unidades procesadas) ÷ tiempo produciendo. El ideal es el del producto (unidades por hora) o, si falta, la velocidad nominal de la línea. Una línea sin ideal conocido queda fuera de ambos lados. Por encima de 100 % se muestra 100 % y se avisa: la velocidad nominal está mal cargada.',
    en: 'Performance = Σ (ideal time per unit × units processed) ÷ time producing. The ideal is the product’s (units per hour) or, failing that, the line’s rated speed. A line without a known ideal is left out on both sides. Above 100 % it shows 100 % and says so: the rated speed is set too low.',
  },
  render: 'kpi',
  tab: 'oee',
  columnSpan: 1,
  rowSpan: 1,
  order: 2,
  downtimeOnly: false,
  needs: ['previous'],
  compute: (input) => {
    const { kpi, previous } = input.facts
    const missing = effectivenessReason(kpi)
    return {
      value: cappedPercent(kpi.effectiveness),
      raw: percent(kpi.effectiveness),
      unit: '%',
      ratio: kpi.effectiveness,
      rated_speed_exceeded: kpi.ratedSpeedExceeded,
      trend: trendPoints(kpi.effectiveness, previous?.kpi.effectiveness),
      reason: missing && reason(input, missing),
      inputs: kpiInputs(input),
    }
  },
} satisfies Widget<KpiPerformanceData>
