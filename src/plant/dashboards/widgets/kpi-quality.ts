/** Quality ratio = good ÷ processed, over the lines where scrap can be known; null elsewhere, never an assumed 100 %. */

import type { LineFacts } from '../../facts/index.ts'
import { cappedPercent } from '../../kpi/index.ts'
import type { KpiQualityData } from './kpi-data.ts'
import { trendPoints } from './numbers.ts'
import { kpiInputs, qualityReason, reason } from './ratio-kpi.ts'
import type { Widget } from './widget.ts'

/** The one basis of all lines that have one, `mixed` when they differ, null when none has. */
const basisOf = (lines: readonly LineFacts[]): string | null => {
  const bases = new Set(lines.flatMap(({ quantities }) => quantities.qualityBasis ?? []))
  return bases.size > 1 ? 'mixed' : ([...bases][0] ?? null)
}

export const kpiQuality = {
  className: 'KpiQuality',
  displayName: { es: 'Calidad', en: 'Quality' },
  explanation: {
    es: 'Calidad = unidades buenas ÷ procesadas, dentro del tiempo planificado. Con área de descarte, procesadas = salida + descarte; si no, con área de entrada, la mayor entre entrada y salida. Sin ninguna de las dos la calidad no se puede saber y la línea queda fuera.',
    en: 'Quality = good units ÷ processed, inside planned time. With a scrap area, processed = output + scrap; else, with an input area, the larger of input and output. With neither, quality cannot be known and the line is left out.',
  },
  render: 'kpi',
  tab: 'oee',
  columnSpan: 1,
  rowSpan: 1,
  order: 3,
  downtimeOnly: false,
  needs: ['previous'],
  compute: (input) => {
    const { kpi, previous, lines } = input.facts
    const missing = qualityReason(kpi, lines)
    return {
      value: cappedPercent(kpi.qualityRatio),
      unit: '%',
      ratio: kpi.qualityRatio,
      good: kpi.goodQuantity,
      processed: kpi.processedQuantity,
      rejected: Math.max(0, kpi.processedQuantity - kpi.goodQuantity),
      basis: basisOf(lines),
      trend: trendPoints(kpi.qualityRatio, previous?.kpi.qualityRatio),
      reason: missing && reason(input, missing),
      inputs: kpiInputs(input),
    }
  },
} satisfies Widget<KpiQualityData>
