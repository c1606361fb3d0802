/** The frame of every widget: title, age of its data, "how is this computed?", and what stands there when there is no data. */
import { formatNumber } from '../../../platform/i18n/index.ts'
import { dialog, dialogOpener, emptyState, errorState, type Html, html } from '../../../platform/ui/index.ts'
import { type ClockHealthData, clockHealthList } from '../../clock-health/index.ts'
import type { WidgetResult } from '../widgets/widget.ts'
import { ageText, localText } from './amounts.ts'
import { chartView } from './chart-views.ts'
import { externalView } from './external-view.ts'
import { howView } from './how-view.ts'
import { kpiView, oeeView } from './kpi-views.ts'
import { feedView, indicatorView, summaryView } from './list-views.ts'
import { type WidgetView, words } from './model.ts'
import { downtimeTableView, rankingView } from './table-views.ts'
import { drawnColumns } from './tiling.ts'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const whole = (value: unknown, low: number, high: number, fallback: number): number =>
  typeof value === 'number' && Number.isInteger(value) ? Math.min(high, Math.max(low, value)) : fallback

/** Why there is nothing: no stops is good news, no detections is a question of filters or cameras, and detections without output is a third thing. */
function emptyWidget({ board, language }: WidgetView, { metadata }: WidgetResult, message: string): Html {
  const t = words(language)
  if (metadata.class_name === 'ScatterChart')
    return emptyState({ title: t('chart.no_stops'), detail: t('chart.no_stops.detail'), icon: 'check_circle' })
  const detail =
    board.totalDetections === 0 ? t('empty.no_detections') : t('empty.no_output', { count: formatNumber(board.totalDetections, language) })
  return emptyState({ title: message, detail, icon: 'inbox' })
}

/** Only `data` that came without `empty`, `notice`, `error` or `placeholder` reaches the views. */
function body(view: WidgetView, result: WidgetResult): Html {
  const { metadata } = result
  const message = text(metadata.message)
  if (metadata.error === true) return errorState({ title: message, requestId: text(metadata.request_id) })
  if (metadata.notice === true) return emptyState({ title: message, icon: 'info' })
  if (metadata.placeholder === true) return emptyState({ title: message, icon: 'settings' })
  if (result.data === null || metadata.empty === true) return emptyWidget(view, result, message)
  switch (metadata.render) {
    case 'kpi_oee':
      return oeeView(view, result)
    case 'kpi':
      return kpiView(view, result)
    case 'chart':
      return chartView(view, result)
    case 'ranking':
      return rankingView(view, result)
    case 'table':
      return downtimeTableView(view, result)
    case 'indicator':
      return indicatorView(view, result)
    case 'summary':
      return summaryView(view, result)
    case 'feed':
      return feedView(view, result)
    case 'external':
      return externalView(view, result)
    case 'clock':
      return clockHealthList(result.data as ClockHealthData, view.language, `w-${result.widget_id}-line`)
    default:
      return emptyState({ title: message || text(metadata.display_name) })
  }
}

const age = (view: WidgetView, { metadata }: WidgetResult): Html => {
  if (typeof metadata.data_age_seconds !== 'number') return html``
  const newest = text(metadata.newest_detection)
  const title = `${words(view.language)('widget.age')}${newest ? `: ${localText(newest, view.language, true)}` : ''}`
  return html`<span class="widget__age" title="${title}"><span class="sr-only">${title}: </span><span data-age="${metadata.data_age_seconds}">${ageText(metadata.data_age_seconds)}</span></span>`
}

/** Columns of 4 and of 2, as the tiling gave them. */
export type Span = { readonly wide: number; readonly tablet: number }

export const columnsOf = ({ metadata }: WidgetResult): number => drawnColumns(metadata.render, metadata.col_span)

export function widgetCard(view: WidgetView, result: WidgetResult, span: Span): Html {
  const { metadata } = result
  const name = text(metadata.display_name) || result.widget_name
  const id = `w-${result.widget_id}`
  if (metadata.kept === true)
    return html`<article class="widget" id="${id}" data-widget="${text(metadata.class_name)}" data-keep></article>`
  const refreshS = typeof metadata.refresh_seconds === 'number' ? html` data-refresh="${metadata.refresh_seconds}"` : ''
  const t = words(view.language)
  const rows = result.data === null ? 1 : whole(metadata.row_span, 1, 2, 1)
  return html`
  <article class="widget widget--c${span.wide} widget--t${span.tablet} widget--r${rows} widget--${text(metadata.render) || 'none'}" id="${id}" data-widget="${text(metadata.class_name)}"${refreshS} aria-labelledby="${id}-title">
    <header class="widget__head"><h2 class="widget__title" id="${id}-title">${name}</h2>${age(view, result)}${dialogOpener({ id: `${id}-how`, label: t('widget.how', { name }) })}</header>
    <div class="widget__body">${body(view, result)}</div>
    ${dialog({ id: `${id}-how`, title: name, language: view.language, body: howView(view, result) })}
  </article>`
}
