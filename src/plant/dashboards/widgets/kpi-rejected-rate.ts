/** Share of scrap-area detections among what was processed, over the lines with a scrap area. */
import { percent } from '../../kpi/index.ts'
import type { KpiRejectedRateData } from './kpi-data.ts'
import { trendPoints } from './numbers.ts'
import { kpiInputs, reason } from './ratio-kpi.ts'
import type { Widget } from './widget.ts'

export const kpiRejectedRate = {
  className: 'KpiRejectedRate',
  displayName: { es: 'Tasa de rechazo', en: 'Reject rate' },
  explanation: {
    es: 'Rechazo = detecciones en áreas de descarte ÷ unidades procesadas, en el tiempo planificado y solo en las líneas con área de descarte.',
    en: 'Reject rate = detections in scrap areas ÷ units processed, in planned time and only on lines with a scrap area.',
  },
  render: 'kpi',
  tab: 'oee',
  columnSpan: 1,
  rowSpan: 1,
  order: 18,
  downtimeOnly: false,
  needs: ['previous'],
  compute: (input) => {
    const { kpi, previous, lines } = input.facts
    const hasScrapArea = lines.some(({ quantities }) => quantities.qualityBasis === 'scrap_area')
    return {
      value: percent(kpi.rejectedRatio),
      unit: '%',
      ratio: kpi.rejectedRatio,
      rejected: kpi.scrapQuantity,
      trend: trendPoints(kpi.rejectedRatio, previous?.kpi.rejectedRatio),
      reason: kpi.rejectedRatio === null ? reason(input, hasScrapArea ? 'nothing_processed' : 'no_scrap_area') : null,
      inputs: kpiInputs(input),
    }
  },
} satisfies Widget<KpiRejectedRateData>
