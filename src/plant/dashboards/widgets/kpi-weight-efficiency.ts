/** Real weight ÷ the weight that the rated speed would have given in planned time. */
import { cappedPercent, percent } from '../../kpi/index.ts'
import type { KpiWeightEfficiencyData } from './kpi-data.ts'
import { kilograms, trendPoints } from './numbers.ts'
import { kpiInputs, reason } from './ratio-kpi.ts'
import type { Widget } from './widget.ts'

export const kpiWeightEfficiency = {
  className: 'KpiWeightEfficiency',
  displayName: { es: 'Eficiencia en peso', en: 'Weight efficiency' },
  explanation: {
    es: 'Kilos producidos en tiempo planificado ÷ Σ por línea (velocidad nominal × minutos planificados × peso medio de su producción). Solo líneas con velocidad nominal y con salida. Se muestra como máximo 100 %.',
    en: 'Kilograms produced in planned time ÷ Σ per line (rated speed × planned minutes × mean weight of its output). Only lines with a rated speed and with output. Shown at most as 100 %.',
  },
  render: 'kpi',
  tab: 'produccion',
  columnSpan: 1,
  rowSpan: 1,
  order: 17,
  downtimeOnly: false,
  needs: ['previous'],
  compute: (input) => {
    const { kpi, previous } = input.facts
    return {
      value: cappedPercent(kpi.weightEfficiency),
      raw: percent(kpi.weightEfficiency),
      unit: '%',
      ratio: kpi.weightEfficiency,
      actual_weight_kg: kilograms(kpi.actualWeightCentikg),
      theoretical_weight_kg: kilograms(kpi.theoreticalWeightCentikg),
      trend: trendPoints(kpi.weightEfficiency, previous?.kpi.weightEfficiency),
      reason: kpi.weightEfficiency === null ? reason(input, 'no_weight_basis') : null,
      inputs: kpiInputs(input),
    }
  },
} satisfies Widget<KpiWeightEfficiencyData>
