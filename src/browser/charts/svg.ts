/** The page's charts as SVG, for paper: a bundle of its own that the server's drawing thread loads (`platform/documents`). No document, no window. */
import { BarChart, CustomChart, LineChart, PieChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { ChartPayload } from '../../plant/dashboards/views/chart-payload.ts'
import { speak } from '../dom.ts'
import { barsOption, compareOption, partsOption, scatterOption } from './other-options.ts'
import { paretoOption } from './pareto-option.ts'
import type { Theme } from './theme.ts'
import { timeOption } from './time-option.ts'

use([BarChart, CustomChart, LineChart, PieChart, GridComponent, LegendComponent, SVGRenderer])

const paper: Theme = {
  text: '#1e293b',
  text2: '#4b5a70',
  text3: '#5f6e84',
  line: '#dbe2ea',
  surface: '#ffffff',
  accent: '#2b7cee',
  stops: { db_confirmed: '#10b981', db_unconfirmed: '#f97316', calculated: '#ef4444', live: '#ef4444', planned: '#5f6e84' },
  isDark: false,
}

/** More bars than these are hair: a line tells more, and a file of ten thousand rectangles helps nobody. */
const mostBars = 150
const mostPoints = 1_500

type Series = Readonly<Record<string, unknown>>

/** What only a pointer needs goes; what is too fine for paper becomes a line, or fewer points of it. */
function forPaper(option: EChartsCoreOption, buckets: number, width: number): EChartsCoreOption {
  const { dataZoom: _zoom, legend: _legend, series, ...rest } = option
  const drawn = (series as readonly Series[]).map((one): Series => {
    const { emphasis: _e, ...plain } = one
    if (one.type === 'bar' && buckets > mostBars && one.id !== 'bars')
      return { ...plain, type: 'line', showSymbol: false, sampling: 'lttb', lineStyle: { width: 1 } }
    return one.type === 'line' && buckets > mostPoints ? { ...plain, sampling: 'lttb' } : plain
  })
  const named = drawn.filter(({ id, type }) => type !== 'pie' && id !== 'stops' && id !== 'bars' && id !== 'cumulative')
  if (named.length < 2) return { ...rest, series: drawn }
  const names = named.map(({ name }) => String(name))
  const rows = legendRows(names, width)
  return {
    ...rest,
    grid: { ...(rest.grid as object), top: rows * 20 + 24 },
    legend: { ...paperLegend, data: names, width },
    series: drawn,
  }
}

const paperLegend = {
  top: 0,
  left: 0,
  itemWidth: 10,
  itemHeight: 10,
  itemGap: 16,
  icon: 'circle',
  textStyle: { color: paper.text2, fontSize: 12 },
}

/** Nothing scrolls on paper: every name is there, in as many rows as they take. */
function legendRows(names: readonly string[], width: number): number {
  let [rows, used] = [1, 0]
  for (const name of names) {
    const own = name.length * 6.6 + paperLegend.itemWidth + paperLegend.itemGap + 8
    if (used > 0 && used + own > width) {
      rows += 1
      used = 0
    }
    used += own
  }
  return rows
}

function optionOf(payload: ChartPayload): { readonly option: EChartsCoreOption; readonly buckets: number } {
  switch (payload.kind) {
    case 'time': {
      const look = { isBar: false, curve: payload.curve, showsStops: payload.showStops, showsPeaks: payload.peaks }
      return { option: timeOption(payload, look, paper), buckets: payload.labels.length }
    }
    case 'parts':
      return { option: partsOption(payload, paper), buckets: payload.parts.length }
    case 'compare':
      return { option: compareOption(payload, paper), buckets: payload.labels.length }
    case 'bars':
      return { option: barsOption(payload, paper), buckets: payload.labels.length }
    case 'pareto':
      return { option: paretoOption(payload, paper), buckets: payload.labels.length }
    case 'scatter':
      return { option: scatterOption(payload, paper), buckets: 0 }
  }
}

/** Names of areas have the room that a card lacks. */
const withWideNames = (option: EChartsCoreOption): EChartsCoreOption => {
  const axis = option.yAxis as { readonly axisLabel: object }
  return { ...option, yAxis: { ...axis, axisLabel: { ...axis.axisLabel, width: 320 } } }
}

export function chartSvg(
  payload: ChartPayload,
  { width, height, language }: { readonly width: number; readonly height: number; readonly language: 'es' | 'en' },
): string {
  speak(language)
  const { option, buckets } = optionOf(payload)
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption(forPaper(payload.kind === 'bars' ? withWideNames(option) : option, buckets, width))
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}
