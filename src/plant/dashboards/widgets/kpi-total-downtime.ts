/** Number of stops that cost planned time, and the time they cost. */
import { translator } from '../../../platform/i18n/index.ts'
import { messages } from '../messages.ts'
import type { KpiTotalDowntimeData } from './kpi-data.ts'
import { minutes } from './numbers.ts'
import type { Widget } from './widget.ts'

export const kpiTotalDowntime = {
  className: 'KpiTotalDowntime',
  displayName: { es: 'Paradas', en: 'Stops' },
  explanation: {
    es: 'Paradas no planificadas que quitan tiempo planificado, y la unión de ese tiempo (lo superpuesto cuenta una vez). La tabla de paradas lista además las planificadas y las que caen fuera de turno.',
    en: 'Unplanned stops that cost planned time, and the union of that time (overlaps count once). The stops table also lists planned stops and those outside shifts.',
  },
  render: 'kpi',
  tab: 'produccion',
  columnSpan: 1,
  rowSpan: 1,
  order: 9,
  downtimeOnly: true,
  needs: ['previous'],
  compute: ({ facts: { downtime, previous }, language }) => ({
    value: downtime.stopCount,
    unit: translator(messages, language)('unit.stops'),
    total_minutes: minutes(downtime.downtimeS),
    total_seconds: downtime.downtimeS,
    trend: previous && downtime.stopCount - previous.downtime.stopCount,
  }),
} satisfies Widget<KpiTotalDowntimeData>
