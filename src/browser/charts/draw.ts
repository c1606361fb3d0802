/** One ECharts instance per `[data-chart]` element, kept across refreshes so that zoom and hover survive; made anew only when the kind of drawing changes. */
import type { ChartPayload } from '../../plant/dashboards/views/chart-payload.ts'
import { on, recall, remember } from '../dom.ts'
import { type ChartOption, type EChartsType, init } from './echarts.ts'
import { barsOption, barsTip, compareOption, compareTip, partsOption, partsTip, scatterOption, scatterTip } from './other-options.ts'
import { paretoOption, paretoTip } from './pareto-option.ts'
import { readTheme, type Theme } from './theme.ts'
import { type TimeLook, timeOption, timeTip } from './time-option.ts'
import { attachTip, type TipSource } from './tip.ts'

type Drawn = { readonly chart: EChartsType; signature: string; tip: TipSource }
const drawn = new Map<HTMLElement, Drawn>()
const resize = new ResizeObserver((entries) => {
  for (const { target } of entries) drawn.get(target as HTMLElement)?.chart.resize()
})

/** The panel's controls win over what the server drew: they may have changed since. */
function lookOf(payload: Extract<ChartPayload, { kind: 'time' }>): TimeLook {
  const control = (name: string) =>
    document.querySelector<HTMLInputElement | HTMLSelectElement>(`[data-filters] [name=${name}]:not([type=hidden])`)
  const isOn = (name: string, otherwise: boolean) => {
    const box = control(name)
    return box instanceof HTMLInputElement ? box.checked : otherwise
  }
  return {
    isBar: recall('chart-type') === 'bar',
    curve: control('curve_type')?.value || payload.curve,
    showsStops: isOn('show_downtime', payload.showStops),
    showsPeaks: isOn('highlight_peaks', payload.peaks),
  }
}

function pictureOf(payload: ChartPayload, theme: Theme): { option: ChartOption; tip: TipSource } {
  switch (payload.kind) {
    case 'time': {
      const look = lookOf(payload)
      return { option: timeOption(payload, look, theme), tip: timeTip(payload, look, theme) }
    }
    case 'parts':
      return { option: partsOption(payload, theme), tip: partsTip(payload) }
    case 'compare':
      return { option: compareOption(payload, theme), tip: compareTip(payload) }
    case 'bars':
      return { option: barsOption(payload, theme), tip: barsTip(payload) }
    case 'pareto':
      return { option: paretoOption(payload, theme), tip: paretoTip(payload, theme) }
    case 'scatter':
      return { option: scatterOption(payload, theme), tip: scatterTip(payload) }
  }
}

function draw(element: HTMLElement, theme: Theme): void {
  const source = element.dataset.chart
  if (!source) return
  const payload = JSON.parse(source) as ChartPayload
  const { option, tip } = pictureOf(payload, theme)
  const look = payload.kind === 'time' ? JSON.stringify(lookOf(payload)) : ''
  const signature = `${source}${look}${theme.isDark}`
  const known = drawn.get(element)
  if (known) {
    if (known.signature === signature) return
    known.signature = signature
    // without dataZoom the update keeps the zoom; series that went away must go
    const { dataZoom: _, ...rest } = option
    known.chart.setOption(rest, { replaceMerge: ['series'], lazyUpdate: false })
    known.tip = tip
    return
  }
  const chart = init(element, undefined, { renderer: 'canvas' })
  chart.setOption(option)
  chart.getZr().on('dblclick', () => resetZoom(chart))
  const made: Drawn = { chart, signature, tip }
  drawn.set(element, made)
  attachTip(chart, element, () => made.tip)
  resize.observe(element)
}

const resetZoom = (chart: EChartsType): void => chart.dispatchAction({ type: 'dataZoom', start: 0, end: 100 })

function forgetRemoved(): void {
  for (const [element, { chart }] of drawn) {
    if (element.isConnected) continue
    resize.unobserve(element)
    chart.dispose()
    drawn.delete(element)
  }
}

export function drawAll(elements: readonly HTMLElement[]): void {
  forgetRemoved()
  const theme = readTheme()
  for (const element of elements) draw(element, theme)
  showType()
  showStopLegend()
}

function showType(): void {
  const type = recall('chart-type') === 'bar' ? 'bar' : 'line'
  for (const button of document.querySelectorAll<HTMLElement>('[data-chart-type]'))
    button.setAttribute('aria-pressed', String(button.dataset.chartType === type))
}

function showStopLegend(): void {
  for (const legend of document.querySelectorAll<HTMLElement>('[data-stop-legend]')) {
    const element = legend.closest('.widget')?.querySelector<HTMLElement>('[data-chart]')
    const payload = element?.dataset.chart ? (JSON.parse(element.dataset.chart) as ChartPayload) : null
    legend.toggleAttribute('data-ui-off', payload?.kind !== 'time' || !lookOf(payload).showsStops)
  }
}

const chartFor = (button: HTMLElement): EChartsType | undefined => {
  const element = document.getElementById(button.dataset.chartFor ?? '')
  return element ? drawn.get(element)?.chart : undefined
}

on('click', '[data-chart-type]', (button) => {
  remember('chart-type', button.dataset.chartType ?? 'line')
  drawAll([...document.querySelectorAll<HTMLElement>('[data-chart]')])
})
on('click', '[data-chart-reset]', (button) => {
  const chart = chartFor(button)
  if (chart) resetZoom(chart)
})
