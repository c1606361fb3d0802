/** Pieces out, by the one counting basis of the platform. */
import { translator } from '../../../platform/i18n/index.ts'
import { messages } from '../messages.ts'
import type { KpiCountData } from './kpi-data.ts'
import type { Widget } from './widget.ts'

export const kpiTotalProduction = {
  className: 'KpiTotalProduction',
  displayName: { es: 'Producción total', en: 'Total production' },
  explanation: {
    es: 'Detecciones en áreas de salida dentro del período, con todos los filtros. Una línea sin área de salida cuenta todas sus detecciones. Incluye lo producido fuera de turno.',
    en: 'Detections in output areas inside the period, all filters applied. A line without an output area counts all its detections. Output outside shifts is included.',
  },
  render: 'kpi',
  tab: 'produccion',
  columnSpan: 1,
  rowSpan: 1,
  order: 7,
  downtimeOnly: false,
  needs: ['previous'],
  compute: ({ facts: { kpi, previous }, language }) => ({
    value: kpi.totalProduction,
    unit: translator(messages, language)('unit.pieces'),
    trend: previous && kpi.totalProduction - previous.kpi.totalProduction,
  }),
} satisfies Widget<KpiCountData>
