/** Weight of the pieces out. */
import type { KpiCountData } from './kpi-data.ts'
import { kilograms } from './numbers.ts'
import type { Widget } from './widget.ts'

export const kpiTotalWeight = {
  className: 'KpiTotalWeight',
  displayName: { es: 'Peso total', en: 'Total weight' },
  explanation: {
    es: 'Suma del peso de catálogo de cada unidad producida (misma base que la producción total). Un producto desconocido pesa 0.',
    en: 'Sum of the catalogue weight of every unit produced (same basis as total production). An unknown product weighs 0.',
  },
  render: 'kpi',
  tab: 'produccion',
  columnSpan: 1,
  rowSpan: 1,
  order: 8,
  downtimeOnly: false,
  needs: ['previous'],
  compute: ({ facts: { kpi, previous } }) => ({
    value: kilograms(kpi.totalWeightCentikg),
    unit: 'kg',
    trend: previous && kilograms(kpi.totalWeightCentikg - previous.kpi.totalWeightCentikg),
  }),
} satisfies Widget<KpiCountData>
