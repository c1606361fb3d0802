/** Charts: an element with its data, drawn by the browser, and the same data as a table for everybody else. */
import { emptyState, type Html, html, icon, swatch } from '../../../platform/ui/index.ts'
import type {
  AreaDetectionChartData,
  EntryOutputCompareChartData,
  ProductDistributionChartData,
  ProductionTimeChartData,
  ScatterChartData,
} from '../widgets/data.ts'
import type { WidgetResult } from '../widgets/widget.ts'
import { amount, minutesText, percentText } from './amounts.ts'
import type { ChartPayload } from './chart-payload.ts'
import { type WidgetView, words } from './model.ts'
import { barsPayload, comparePayload, partsPayload, stopWord, timePayload } from './payloads.ts'

/** Beyond this the table helps nobody and would weigh more than the page. */
const mostTableRows = 800

const chartBox = (result: WidgetResult, payload: ChartPayload, label: string): Html => {
  const height = Number(result.metadata.height_px) || 320
  const step = [280, 300, 320, 400, 600].find((size) => size >= height) ?? 600
  return html`<div class="chart chart--${step}" id="w-${result.widget_id}-chart" role="img" aria-label="${label}" data-chart="${JSON.stringify(payload)}"></div>`
}

type Row = readonly (string | number | Html)[]
const dataTable = (
  { language }: WidgetView,
  id: string,
  caption: string,
  head: readonly string[],
  rows: readonly Row[],
  hint = '',
): Html => {
  const t = words(language)
  return html`
  <div class="chart-foot">${hint ? html`<p class="chart-foot__hint js-only">${hint}</p>` : ''}
  <details class="chart-data" id="${id}-data"><summary class="chart-data__summary">${t('chart.data')}${icon('expand_more', 16)}</summary>
    ${
      rows.length > mostTableRows
        ? html`<p class="muted small">${t('chart.too_long', { count: amount(rows.length, language) })}</p>`
        : html`<div class="table-scroll table-scroll--tall" tabindex="0" role="region" aria-label="${caption}"><table class="table"><caption class="sr-only">${caption}</caption>
      <thead><tr>${head.map((h, i) => html`<th scope="col" class="${i === 0 ? '' : 'num'}">${h}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${row.map((cell, i) => (i === 0 ? html`<th scope="row" class="row-head">${cell}</th>` : html`<td class="num">${cell}</td>`))}</tr>`)}</tbody></table></div>`
    }
  </details></div>`
}

function timeChart(view: WidgetView, result: WidgetResult): Html {
  const data = result.data as ProductionTimeChartData
  const { language } = view
  const t = words(language)
  const id = `w-${result.widget_id}`
  const name = String(result.metadata.display_name)
  const totals = data.labels.map((_, i) => data.datasets.reduce((sum, set) => sum + (set.data[i] ?? 0), 0))
  const max = totals.reduce((a, b) => Math.max(a, b), 0)
  const total = totals.reduce((a, b) => a + b, 0)
  const kinds = [...new Set(data.downtime_events.map((stop) => stop.visual_type))]
  const label = t('chart.aria.time', {
    count: amount(data.labels.length, language),
    total: amount(total, language),
    max: amount(max, language),
    at: data.labels[totals.indexOf(max)] ?? '—',
  })
  return html`
  <div class="chart-tools js-only">
    <fieldset class="segmented" data-keep><legend class="sr-only">${t('chart.type')}</legend>
      <button type="button" class="segmented__item" data-chart-type="line" data-chart-for="${id}-chart" aria-pressed="true">${icon('show_chart', 16)}<span>${t('chart.line')}</span></button>
      <button type="button" class="segmented__item" data-chart-type="bar" data-chart-for="${id}-chart" aria-pressed="false">${icon('bar_chart', 16)}<span>${t('chart.bar')}</span></button>
    </fieldset>
    <button type="button" class="btn btn--quiet btn--small" data-chart-reset data-chart-for="${id}-chart">${icon('zoom_out_map', 16)}<span>${t('chart.reset')}</span></button>
    ${kinds.length > 0 ? html`<ul class="stop-legend" data-stop-legend aria-label="${t('chart.stops')}">${kinds.map((kind) => html`<li class="stop-legend__item stop-legend__item--${kind}">${t(stopWord(kind))}</li>`)}</ul>` : ''}
  </div>
  ${chartBox(result, timePayload(data, language), `${name}. ${label}`)}
  ${dataTable(
    view,
    id,
    name,
    [t('chart.time'), ...data.datasets.map((set) => set.label), ...(data.datasets.length > 1 ? [t('chart.total')] : [])],
    data.labels.map((l, i) => [
      l,
      ...data.datasets.map((set) => amount(set.data[i] ?? 0, language)),
      ...(data.datasets.length > 1 ? [amount(totals[i] ?? 0, language)] : []),
    ]),
    t('chart.zoom_hint'),
  )}
  ${
    data.downtime_events.length > 0
      ? html`<ul class="sr-only">${data.downtime_events.slice(0, 50).map((stop) => html`<li>${t('chart.stops')}: ${stop.start_time}–${stop.end_time}, ${minutesText(stop.duration_min, language)}, ${stop.reason}</li>`)}</ul>`
      : ''
  }`
}

function distributionChart(view: WidgetView, result: WidgetResult): Html {
  const data = result.data as ProductDistributionChartData
  const { language } = view
  const t = words(language)
  const name = String(result.metadata.display_name)
  const label = t('chart.aria.parts', {
    name,
    parts: data.table_rows
      .slice(0, 8)
      .map((row) => `${row.label} ${percentText(row.pct, language)} %`)
      .join(', '),
  })
  return html`
  <div class="split">
    ${chartBox(result, partsPayload(data, language), label)}
    <div class="table-scroll split__table" tabindex="0" role="region" aria-label="${name}">
      <table class="table"><caption class="sr-only">${name}</caption>
        <thead><tr><th scope="col">${t('how.products')}</th><th scope="col" class="num">${t('chart.count')}</th><th scope="col" class="num hide-phone">${t('column.weight')}</th><th scope="col" class="num">${t('column.share')}</th></tr></thead>
        <tbody>${data.table_rows.map(
          (row) =>
            html`<tr><td><span class="cell-main">${swatch(row.color)}<span>${row.label}</span></span></td><td class="num">${amount(row.count, language)}</td><td class="num hide-phone">${amount(row.weight_kg, language, 2)}</td><td class="num">${percentText(row.pct, language)}</td></tr>`,
        )}</tbody>
        <tfoot><tr><th scope="row">${t('chart.total')}</th><td class="num">${amount(data.total, language)}</td><td class="num hide-phone">${amount(Math.round(data.table_rows.reduce((sum, row) => sum + row.weight_kg, 0) * 100) / 100, language, 2)}</td><td class="num">${data.total > 0 ? percentText(100, language) : '—'}</td></tr></tfoot>
      </table>
    </div>
  </div>`
}

function compareChart(view: WidgetView, result: WidgetResult): Html {
  const data = result.data as EntryOutputCompareChartData
  const { language } = view
  const t = words(language)
  const name = String(result.metadata.display_name)
  return html`
  <dl class="flow">${data.datasets.map(
    (set) =>
      html`<div class="flow__item"><dt>${swatch(set.borderColor)}${set.label}</dt><dd>${amount(data.summary[set.key], language)}</dd></div>`,
  )}</dl>
  ${chartBox(result, comparePayload(data), t('chart.aria.parts', { name, parts: data.datasets.map((set) => `${set.label} ${amount(data.summary[set.key], language)}`).join(', ') }))}
  ${dataTable(
    view,
    `w-${result.widget_id}`,
    name,
    [t('chart.time'), ...data.datasets.map((set) => set.label)],
    data.labels.map((l, i) => [l, ...data.datasets.map((set) => amount(set.data[i] ?? 0, language))]),
  )}`
}

function areaChart(view: WidgetView, result: WidgetResult): Html {
  const data = result.data as AreaDetectionChartData
  const { language } = view
  const t = words(language)
  const name = String(result.metadata.display_name)
  return html`
  ${chartBox(
    result,
    barsPayload(data, language),
    t('chart.aria.parts', {
      name,
      parts: data.areas
        .slice(0, 8)
        .map((area) => `${area.area_name} ${amount(area.count, language)}`)
        .join(', '),
    }),
  )}
  ${dataTable(
    view,
    `w-${result.widget_id}`,
    name,
    [t('chart.area'), t('chart.line_name'), t('chart.count')],
    data.areas.map((area) => [area.area_name, area.line_name, amount(area.count, language)]),
  )}`
}

function scatterChart(view: WidgetView, result: WidgetResult): Html {
  const data = result.data as ScatterChartData
  const { language } = view
  const t = words(language)
  const name = String(result.metadata.display_name)
  const points = data.datasets.flatMap((set) => set.data)
  if (points.length === 0) return emptyState({ title: t('chart.no_stops'), detail: t('chart.no_stops.detail'), icon: 'check_circle' })
  return html`
  ${chartBox(
    result,
    { kind: 'scatter', series: data.datasets, xName: t('chart.hour'), yName: t('chart.minutes') },
    t('chart.aria.parts', { name, parts: data.datasets.map((set) => `${set.label} ${set.data.length}`).join(', ') }),
  )}
  ${dataTable(
    view,
    `w-${result.widget_id}`,
    name,
    [t('chart.stops'), t('chart.hour'), t('chart.minutes')],
    points.map((point) => [point.tooltip, amount(point.x, language, 2), amount(point.y, language, 1)]),
  )}`
}

export function chartView(view: WidgetView, result: WidgetResult): Html {
  switch (result.metadata.chart_type) {
    case 'line_chart':
      return timeChart(view, result)
    case 'pie_chart':
      return distributionChart(view, result)
    case 'comparison_bar':
      return compareChart(view, result)
    case 'scatter_chart':
      return scatterChart(view, result)
    default:
      return areaChart(view, result)
  }
}
