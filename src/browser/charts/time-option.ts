/** Production over time: lines or bars per product, stops laid over, peaks picked out. */
import type { ChartPayload, TimeSeries } from '../../plant/dashboards/views/chart-payload.ts'
import { numberText } from '../dom.ts'
import type { ChartOption } from './echarts.ts'
import { axisLabel, axisPointer, font, shadowPointer, type Theme } from './theme.ts'
import type { TipSource } from './tip.ts'

export type TimePayload = Extract<ChartPayload, { kind: 'time' }>
export type TimeLook = { readonly isBar: boolean; readonly curve: string; readonly showsStops: boolean; readonly showsPeaks: boolean }

const peakColor = 'rgba(251,191,36,1)'
/** Beyond this, labels over the stops would only cover each other. */
const mostStopLabels = 12
const labelSpacePx = 52
const mostProductsInTip = 12
const mostStopsInTip = 4

const withAlpha = (color: string, alpha: number): string => {
  const [, r = '', g = '', b = ''] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color) ?? []
  return r === '' ? color : `rgba(${Number.parseInt(r, 16)},${Number.parseInt(g, 16)},${Number.parseInt(b, 16)},${alpha})`
}

/** The largest value stands out, ties all of them (spec plant 4.3); a series without output has no peak. */
function points(series: TimeSeries, showsPeaks: boolean, isBar: boolean) {
  if (!showsPeaks) return [...series.values]
  const peak = Math.max(...series.values.map((value) => value ?? 0))
  return series.values.map((value) => {
    const isPeak = value === peak && peak > 0
    if (isBar) return { value, itemStyle: { color: isPeak ? peakColor : withAlpha(series.color, 0.2) } }
    return isPeak
      ? { value, symbol: 'circle', symbolSize: 20, itemStyle: { color: peakColor, borderColor: '#ffffff', borderWidth: 2, opacity: 1 } }
      : { value, itemStyle: { opacity: 0.2 } }
  })
}

function drawnSeries(series: TimeSeries, look: TimeLook, isSingle: boolean, count: number) {
  const isStacked = look.curve === 'stacked'
  const base = {
    id: `s-${series.name}`,
    name: series.name,
    data: points(series, look.showsPeaks, look.isBar),
    itemStyle: { color: series.color },
    emphasis: { focus: 'series' as const },
  }
  if (look.isBar)
    return {
      ...base,
      type: 'bar' as const,
      ...(isStacked ? { stack: 'all' } : {}),
      barMaxWidth: 28,
      itemStyle: { color: series.color, borderRadius: isStacked ? 0 : [3, 3, 0, 0] },
    }
  return {
    ...base,
    type: 'line' as const,
    ...(isStacked ? { stack: 'all' } : {}),
    smooth: look.curve === 'smooth' || isStacked ? 0.4 : 0,
    smoothMonotone: 'x' as const,
    step: look.curve === 'stepped' ? ('middle' as const) : false,
    showSymbol: look.showsPeaks || count <= 2,
    symbol: 'circle',
    symbolSize: look.showsPeaks ? 5 : 7,
    lineStyle: { width: 2, color: series.color, opacity: look.showsPeaks ? 0.2 : 1 },
    areaStyle: isStacked || isSingle ? { color: withAlpha(series.color, isStacked ? 0.25 : 0.1) } : undefined,
  }
}

type RenderApi = {
  value(dimension: number): number
  coord(point: [number, number]): [number, number]
  size(span: [number, number]): [number, number]
}
type RenderParams = { dataIndexInside: number; coordSys: { x: number; y: number; width: number; height: number } }

/** One rectangle per stop over the buckets that it touches, with a band at the top in its colour. */
function stopSeries(payload: TimePayload, look: TimeLook, theme: Theme) {
  let lastLabelX = 0
  const longest = new Set([...payload.stops].sort((a, b) => b.duration_min - a.duration_min).slice(0, mostStopLabels))
  return {
    id: 'stops',
    type: 'custom' as const,
    name: payload.stopsName,
    silent: true,
    clip: true,
    z: 1,
    data: look.showsStops ? payload.stops.map((stop, index) => [stop.from, stop.to, index]) : [],
    encode: { x: [0, 1], y: -1 },
    renderItem: (params: RenderParams, api: RenderApi) => {
      const stop = payload.stops[api.value(2)]
      const { coordSys } = params
      if (params.dataIndexInside === 0) lastLabelX = Number.NEGATIVE_INFINITY
      const band = Math.abs(api.size([1, 0])[0])
      // the axis only knows whole buckets; bucket n is drawn from n − ½ to n + ½
      const place = (bucket: number) => api.coord([Math.floor(bucket), 0])[0] + (bucket - Math.floor(bucket) - 0.5) * band
      const left = place(api.value(0))
      const right = Math.max(place(api.value(1)), left + 2)
      const x = Math.max(left, coordSys.x)
      const width = Math.min(right, coordSys.x + coordSys.width) - x
      if (!stop || width <= 0) return
      const color = theme.stops[stop.visual_type] ?? theme.stops.calculated ?? '#ef4444'
      const middle = x + width / 2
      const isLabelled = longest.has(stop) && middle - lastLabelX > labelSpacePx && middle < coordSys.x + coordSys.width - labelSpacePx / 2
      if (isLabelled) lastLabelX = middle
      const label = isLabelled ? `${numberText(Math.round(stop.duration_min))} min` : ''
      return {
        type: 'group',
        children: [
          {
            type: 'rect',
            shape: { x, y: coordSys.y, width, height: coordSys.height },
            style: { fill: color, opacity: theme.isDark ? 0.13 : 0.1 },
          },
          {
            type: 'rect',
            shape: { x, y: coordSys.y, width: Math.max(2, width), height: 4 },
            style: { fill: color, ...(stop.visual_type === 'live' ? { lineDash: [3, 3] } : {}) },
          },
          ...(label
            ? [
                {
                  type: 'text',
                  style: {
                    text: label,
                    x: middle,
                    y: coordSys.y + 8,
                    fill: theme.text2,
                    font: `500 11px ${font}`,
                    align: 'center',
                    verticalAlign: 'top',
                  },
                },
              ]
            : []),
        ],
      }
    },
  }
}

export function timeTip(payload: TimePayload, look: TimeLook, theme: Theme): TipSource {
  return {
    trigger: 'axis',
    tip: (bucket) => {
      const label = payload.labels[bucket]
      if (label === undefined) return null
      const made = payload.series
        .map(({ name, color, values }) => ({ name, color, value: values[bucket] ?? 0 }))
        .filter(({ value }) => value > 0)
        .sort((a, b) => b.value - a.value)
      const total = { name: payload.totalName, value: numberText(made.reduce((sum, { value }) => sum + value, 0)), isTotal: true }
      const stops = look.showsStops ? payload.stops.filter((stop) => stop.xMin <= bucket && bucket <= stop.xMax) : []
      const rows = made.slice(0, mostProductsInTip).map(({ name, color, value }) => ({ name, color, value: numberText(value) }))
      const rest = made.length - rows.length
      return {
        head: label,
        rows: [...rows, ...(rest > 0 ? [{ name: `+${rest}`, value: '' }] : []), ...(made.length === 1 ? [] : [total])],
        notes: stops.slice(0, mostStopsInTip).map((stop) => ({
          color: theme.stops[stop.visual_type] ?? theme.text3,
          text: `${stop.start_time}–${stop.end_time} · ${numberText(stop.duration_min)} min · ${stop.kind} · ${stop.reason}`,
        })),
      }
    },
  }
}

export function timeOption(payload: TimePayload, look: TimeLook, theme: Theme): ChartOption {
  const count = payload.labels.length
  return {
    animation: false,
    textStyle: { fontFamily: font },
    grid: {
      left: 8,
      right: 12,
      top: payload.series.length > 1 ? 44 : 20,
      bottom: 8,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    legend:
      payload.series.length > 1
        ? {
            type: 'scroll',
            top: 0,
            left: 0,
            itemWidth: 10,
            itemHeight: 10,
            itemGap: 16,
            icon: 'circle',
            data: payload.series.map(({ name }) => name),
            textStyle: { color: theme.text2, fontSize: 12 },
            pageTextStyle: { color: theme.text2 },
            pageIconColor: theme.text2,
            pageIconInactiveColor: theme.line,
            inactiveColor: theme.text3,
          }
        : { show: false },
    xAxis: {
      type: 'category',
      axisPointer: look.isBar
        ? shadowPointer
        : { ...axisPointer, type: 'line', lineStyle: { color: theme.text3, width: 1, type: 'solid' } },
      data: [...payload.labels],
      boundaryGap: true,
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
      axisLabel: { ...axisLabel(theme), hideOverlap: true, margin: 12 },
    },
    yAxis: {
      type: 'value',
      axisLine: { show: false },
      axisTick: { show: false },
      minInterval: 1,
      splitNumber: 5,
      axisLabel: { ...axisLabel(theme), formatter: (value: number) => numberText(value) },
      splitLine: { lineStyle: { color: theme.line, width: 1 } },
    },
    dataZoom: [
      {
        type: 'inside',
        zoomOnMouseWheel: 'ctrl',
        moveOnMouseMove: true,
        moveOnMouseWheel: false,
        preventDefaultMouseMove: false,
        minValueSpan: Math.min(4, count),
      },
    ],
    series: [
      ...payload.series.map((series) => drawnSeries(series, look, payload.series.length === 1, count)),
      stopSeries(payload, look, theme),
    ],
  }
}
