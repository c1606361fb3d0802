/** The smaller charts: parts of a whole, input against output, areas, stops by hour. */
import type { ChartPayload } from '../../plant/dashboards/views/chart-payload.ts'
import { numberText } from '../dom.ts'
import type { ChartOption } from './echarts.ts'
import { axisLabel, font, shadowPointer, type Theme } from './theme.ts'
import type { TipSource } from './tip.ts'

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

export function partsOption(payload: Of<'parts'>, theme: Theme): ChartOption {
  const total = payload.parts.reduce((sum, { value }) => sum + value, 0)
  return {
    ...base,
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

/** So few that each can be read, in lines of its own. */
const fewLabels = 10
const wrappedLabel = (theme: Theme) => ({
  ...axisLabel(theme),
  interval: 0,
  width: 84,
  overflow: 'break',
  lineHeight: 13,
  margin: 10,
  hideOverlap: true,
})

export function compareOption(payload: Of<'compare'>, theme: Theme): ChartOption {
  return {
    ...base,
    grid: { ...grid, top: 16 },
    xAxis: {
      ...categoryAxis(theme),
      axisPointer: shadowPointer,
      data: [...payload.labels],
      ...(payload.labels.length <= fewLabels && { axisLabel: wrappedLabel(theme) }),
    },
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
      data: series.data.map((point) => [point.x, point.y]),
    })),
  }
}

const shareText = (value: number, total: number): string =>
  `${numberText(value)} · ${numberText(Math.round((value / total) * 1_000) / 10)} %`

export function partsTip(payload: Of<'parts'>): TipSource {
  const total = payload.parts.reduce((sum, { value }) => sum + value, 0)
  return {
    trigger: 'item',
    tip: ({ dataIndex }) => {
      const part = payload.parts[dataIndex]
      return part ? { head: '', rows: [{ name: part.name, color: part.color, value: shareText(part.value, total) }] } : null
    },
  }
}

export const compareTip = (payload: Of<'compare'>): TipSource => ({
  trigger: 'axis',
  tip: (bucket) => {
    const head = payload.labels[bucket]
    if (head === undefined) return null
    return {
      head,
      rows: payload.series.map((series) => ({
        name: series.label,
        color: series.borderColor,
        value: numberText(series.data[bucket] ?? 0),
      })),
    }
  },
})

export const barsTip = (payload: Of<'bars'>): TipSource => ({
  trigger: 'item',
  tip: ({ dataIndex }) => ({
    head: '',
    rows: [
      { name: payload.labels[dataIndex] ?? '', color: payload.colors[dataIndex] ?? '', value: numberText(payload.values[dataIndex] ?? 0) },
    ],
  }),
})

export const scatterTip = (payload: Of<'scatter'>): TipSource => ({
  trigger: 'item',
  tip: ({ seriesIndex, dataIndex }) => {
    const series = payload.series[seriesIndex]
    const point = series?.data[dataIndex]
    return series && point ? { head: series.label, rows: [], notes: [{ color: series.backgroundColor, text: point.tooltip }] } : null
  },
})
