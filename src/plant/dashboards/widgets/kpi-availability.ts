/** Availability = actual production time ÷ planned busy time (ISO 22400-2). */
import { percent } from '../../kpi/index.ts'
import type { KpiAvailabilityData } from './kpi-data.ts'
import { minutes, trendPoints } from './numbers.ts'
import { availabilityReason, kpiInputs, reason } from './ratio-kpi.ts'
import type { Widget } from './widget.ts'

export const kpiAvailability = {
  className: 'KpiAvailability',
  displayName: { es: 'Disponibilidad', en: 'Availability' },
  explanation: {
    es: 'Disponibilidad = tiempo produciendo ÷ tiempo planificado. El tiempo planificado son los turnos dentro del período y hasta ahora, menos las paradas planificadas; las paradas superpuestas cuentan una vez. Los filtros de área, producto y hora no la cambian.',
    en: 'Availability = time producing ÷ planned busy time. Planned busy time is the shifts inside the period and up to now, less planned stops; overlapping stops count once. Area, product and hour filters do not change it.',
  },
  render: 'kpi',
  tab: 'oee',
  columnSpan: 1,
  rowSpan: 1,
  order: 1,
  downtimeOnly: false,
  needs: ['previous'],
  compute: (input) => {
    const { kpi, previous } = input.facts
    const missing = availabilityReason(kpi)
    return {
      value: percent(kpi.availability),
      unit: '%',
      ratio: kpi.availability,
      scheduled_minutes: minutes(kpi.time.scheduledS),
      downtime_minutes: minutes(kpi.time.unplannedDowntimeS),
      mtbf_seconds: kpi.mtbfS,
      mttr_seconds: kpi.mttrS,
      trend: trendPoints(kpi.availability, previous?.kpi.availability),
      reason: missing && reason(input, missing),
      inputs: kpiInputs(input),
    }
  },
} satisfies Widget<KpiAvailabilityData>
