/** OEE = availability × effectiveness × quality ratio of the unrounded factors (ISO 22400-2). */
import { cappedPercent, percent } from '../../kpi/index.ts'
import type { KpiOeeData } from './kpi-data.ts'
import { minutes, trendPoints } from './numbers.ts'
import { kpiInputs, oeeReason, reason } from './ratio-kpi.ts'
import type { Widget } from './widget.ts'

export const kpiOee = {
  className: 'KpiOee',
  displayName: { es: 'OEE', en: 'OEE' },
  explanation: {
    es: 'OEE = disponibilidad × rendimiento × calidad, con los factores sin redondear. Con varias líneas es un cociente de sumas, nunca un promedio. Si la calidad no se puede saber se toma 100 % y se avisa. Lo producido fuera del tiempo planificado no entra. Se muestra como máximo 100 %.',
    en: 'OEE = availability × performance × quality, from unrounded factors. Several lines are a ratio of sums, never an average. When quality cannot be known it counts as 100 % and the card says so. Output outside planned time does not count. Shown at most as 100 %.',
  },
  render: 'kpi_oee',
  tab: 'oee',
  columnSpan: 1,
  rowSpan: 1,
  order: 0,
  downtimeOnly: false,
  needs: ['previous'],
  compute: (input) => {
    const { kpi, previous } = input.facts
    const missing = oeeReason(kpi)
    return {
      value: cappedPercent(kpi.oeeIndex),
      raw: percent(kpi.oeeIndex),
      unit: '%',
      ratio: kpi.oeeIndex,
      availability: percent(kpi.availability),
      performance: cappedPercent(kpi.effectiveness),
      quality: cappedPercent(kpi.qualityRatio),
      ratios: {
        availability: kpi.availability,
        effectiveness: kpi.effectiveness,
        quality_ratio: kpi.qualityRatio,
        utilisation: kpi.utilisation,
      },
      utilisation: percent(kpi.utilisation),
      scheduled_minutes: minutes(kpi.time.scheduledS),
      downtime_minutes: minutes(kpi.time.unplannedDowntimeS),
      quality_assumed: kpi.qualityAssumed,
      rated_speed_exceeded: kpi.ratedSpeedExceeded,
      trend: trendPoints(kpi.oeeIndex, previous?.kpi.oeeIndex),
      reason: missing && reason(input, missing),
      inputs: kpiInputs(input),
    }
  },
} satisfies Widget<KpiOeeData>
