/** Detections per area; equal names on different lines stay apart. */
import { translator } from '../../../platform/i18n/index.ts'
import { messages } from '../messages.ts'
import { paletteColor } from './colors.ts'
import type { AreaDetectionChartData } from './data.ts'
import { lineNames } from './stop-words.ts'
import type { Widget } from './widget.ts'

export const areaDetectionChart = {
  className: 'AreaDetectionChart',
  displayName: { es: 'Detecciones por área', en: 'Detections by area' },
  explanation: {
    es: 'Todas las detecciones del período en cada área (entrada, proceso, salida y descarte), con los filtros aplicados. No es producción: una misma unidad pasa por varias áreas.',
    en: 'All detections of the period in each area (input, process, output and scrap), filters applied. This is not production: one unit passes several areas.',
  },
  render: 'chart',
  chart: 'bar_chart',
  heightPx: 280,
  tab: 'produccion',
  columnSpan: 2,
  rowSpan: 2,
  order: 11,
  downtimeOnly: false,
  compute: ({ facts, scope, model, language }) => {
    if (facts.areas.length === 0) return null
    const t = translator(messages, language)
    const names = lineNames(model)
    const areas = facts.areas.map((area) => ({
      area_id: area.areaId,
      area_name: area.areaName ?? t('area.unknown'),
      area_type: area.areaName === null ? 'unknown' : (area.areaType as string),
      line_id: area.lineId,
      line_name: area.lineId === null ? '' : (names.get(area.lineId) ?? ''),
      count: area.count,
    }))
    return {
      labels: areas.map(({ area_name, line_name }) => (scope.isMultiLine && line_name !== '' ? `${area_name} · ${line_name}` : area_name)),
      datasets: [
        {
          label: t('chart.detections'),
          data: areas.map(({ count }) => count),
          backgroundColor: areas.map((_, index) => paletteColor(index)),
        },
      ],
      areas,
    }
  },
} satisfies Widget<AreaDetectionChartData>
