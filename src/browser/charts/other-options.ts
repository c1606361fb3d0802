/** The smaller charts: parts of a whole, input against output, areas, stops by hour. */
import type { ChartPayload } from '../../plant/dashboards/views/chart-payload.ts'
import { numberText } from '../dom.ts'
import type { ChartOption } from './echarts.ts'
import { axisLabel, font, safe, short, type Theme, tooltip } from './theme.ts'

type Of<Kind extends ChartPayload['kind']> = Extract<ChartPayload, { kind: Kind }>

const base = { animation: false, textStyle: { fontFamily: font } }
const grid = { left: 8, right: 12, top: 16, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' }
const categoryAxis = (theme: Theme) => ({
  type: 'category',
  axisLine: { lineStyle: { color: theme.line } },
  axisTick: { show: false },
  axisLabel: { ...axisLabel(theme), hideOverlap: true, margin: 12 },
})
const valueAxis = (theme: Theme) => ({
  type: 'value',
  axisLine: { show: false },
  axisTick: { show: false },
  splitNumber: 4,
  axisLabel: { ...axisLabel(theme), formatter: (value: number) => numberText(value) },
  splitLine: { lineStyle: { color: theme.line } },
})
const legend = (theme: Theme) => ({
  type: 'scroll',
  top: 0,
  left: 0,
  itemWidth: 10,
  itemHeight: 10,
  itemGap: 16,
  icon: 'circle',
  textStyle: { color: theme.text2, fontSize: 12 },
  inactiveColor: theme.text3,
})
const row = (name: string, value: number) => `{name|${safe(short(name, 24))}}{value|${numberText(value)}}`

export function partsOption(payload: Of<'parts'>, theme: Theme): ChartOption {
  const total = payload.parts.reduce((sum, { value }) => sum + value, 0)
  return {
    ...base,
    tooltip: {
      ...tooltip(theme),
      trigger: 'item',
      formatter: (item: { name: string; value: number; percent: number }) =>
        `${row(item.name, item.value)}\n{note|${numberText(Math.round(item.percent * 10) / 10)} %}`,
    },
    series: [
      {
        id: 'parts',
        type: 'pie',
        radius: ['66%', '92%'],
        center: ['50%', '50%'],
        padAngle: payload.parts.length > 1 ? 1.5 : 0,
        minAngle: 2,
        itemStyle: { borderRadius: 4 },
        emphasis: { scaleSize: 3 },
        label: {
          show: true,
          position: 'center',
          formatter: `{total|${numberText(total)}}\n{word|${payload.totalName}}`,
          rich: {
            total: { fontSize: 24, fontWeight: 600, lineHeight: 30, color: theme.text, fontFamily: font },
            word: { fontSize: 12, lineHeight: 16, color: theme.text2, fontFamily: font },
          },
        },
        labelLine: { show: false },
        data: payload.parts.map(({ name, color, value }) => ({ name, value, itemStyle: { color } })),
      },
    ],
  }
}

export function compareOption(payload: Of<'compare'>, theme: Theme): ChartOption {
  return {
    ...base,
    grid: { ...grid, top: 16 },
    tooltip: {
      ...tooltip(theme),
      trigger: 'axis',
      axisPointer: { type: 'shadow', shadowStyle: { color: 'rgba(148,163,184,0.1)' } },
      formatter: (items: { dataIndex: number }[]) => {
        const index = items[0]?.dataIndex ?? 0
        return [
          `{head|${safe(payload.labels[index] ?? '')}}`,
          ...payload.series.map((series) => row(series.label, series.data[index] ?? 0)),
        ].join('\n')
      },
    },
    xAxis: { ...categoryAxis(theme), data: [...payload.labels] },
    yAxis: valueAxis(theme),
    dataZoom: [
      { type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true, moveOnMouseWheel: false, preventDefaultMouseMove: false },
    ],
    series: payload.series.map((series) => ({
      id: series.key,
      type: 'bar',
      name: series.label,
      data: [...series.data],
      barMaxWidth: 18,
      barGap: '10%',
      itemStyle: { color: series.borderColor, borderRadius: [2, 2, 0, 0] },
    })),
  }
}

export function barsOption(payload: Of<'bars'>, theme: Theme): ChartOption {
  return {
    ...base,
    grid: { ...grid, right: 56 },
    tooltip: { ...tooltip(theme), trigger: 'item', formatter: (item: { name: string; value: number }) => row(item.name, item.value) },
    xAxis: { ...valueAxis(theme), axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: {
      ...categoryAxis(theme),
      axisLine: { show: false },
      inverse: true,
      data: [...payload.labels],
      axisLabel: { ...axisLabel(theme), fontSize: 12, color: theme.text, width: 190, overflow: 'truncate', margin: 12 },
    },
    series: [
      {
        id: 'bars',
        type: 'bar',
        name: payload.name,
        barMaxWidth: 16,
        data: payload.values.map((value, index) => ({
          value,
          itemStyle: { color: payload.colors[index] ?? theme.accent, borderRadius: 3 },
        })),
        label: {
          show: true,
          position: 'right',
          color: theme.text2,
          fontSize: 12,
          fontFamily: font,
          formatter: (item: { value: number }) => numberText(item.value),
        },
      },
    ],
  }
}

export function scatterOption(payload: Of<'scatter'>, theme: Theme): ChartOption {
  return {
    ...base,
    grid: { ...grid, top: 40, bottom: 28 },
    legend: legend(theme),
    tooltip: {
      ...tooltip(theme),
      trigger: 'item',
      formatter: (item: { data: { note: string } }) => `{note|${safe(short(item.data.note, 90))}}`,
    },
    xAxis: {
      type: 'value',
      min: 0,
      max: 24,
      interval: 4,
      name: payload.xName,
      nameLocation: 'middle',
      nameGap: 28,
      nameTextStyle: { color: theme.text3, fontSize: 11 },
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
      axisLabel: { ...axisLabel(theme), formatter: (hour: number) => `${String(hour).padStart(2, '0')}:00` },
      splitLine: { show: false },
    },
    yAxis: { ...valueAxis(theme), axisLabel: { ...axisLabel(theme), formatter: (minutes: number) => `${numberText(minutes)} min` } },
    series: payload.series.map((series) => ({
      id: series.key,
      type: 'scatter',
      name: series.label,
      symbolSize: series.pointRadius * 2,
      itemStyle: { color: series.backgroundColor },
      data: series.data.map((point) => ({ value: [point.x, point.y], note: point.tooltip })),
    })),
  }
}
