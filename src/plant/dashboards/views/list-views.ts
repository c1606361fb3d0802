/** Line status, summary, feed of events. */
import { badge, type Html, html, icon } from '../../../platform/ui/index.ts'
import type { EventFeedData, EventFeedItem, LineStatusIndicatorData, MetricsSummaryData } from '../widgets/data.ts'
import type { WidgetResult } from '../widgets/widget.ts'
import { ageText, amount, localText, minutesText, percentText } from './amounts.ts'
import { type WidgetView, words } from './model.ts'

/** One shape per state, so that colour is never alone. */
const statusShapes: Readonly<Record<string, Html>> = {
  running: html`<circle cx="7" cy="7" r="6" fill="currentColor"/>`,
  stopped: html`<rect x="1.5" y="1.5" width="11" height="11" rx="1.5" fill="currentColor"/>`,
  idle: html`<circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="2"/>`,
  no_data: html`<path d="M2 7h10" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"/>`,
  no_table: html`<path d="M7 1.5 13 12.5H1z" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/>`,
}

export function indicatorView({ language }: WidgetView, result: WidgetResult): Html {
  const { lines } = result.data as LineStatusIndicatorData
  const t = words(language)
  return html`<ul class="lines">${lines.map((line) => {
    const level = line.efficiency_level
    return html`
    <li class="line line--${line.status}" id="w-${result.widget_id}-line-${line.line_id}">
      <svg class="line__mark" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">${statusShapes[line.status] ?? statusShapes.no_data ?? ''}</svg>
      <span class="line__name">${line.line_name}</span>
      <span class="line__detail"><span><span class="line__status">${line.status_text}</span> · ${line.minutes_since_last === null ? t('indicator.never') : t('indicator.last', { age: ageText(line.minutes_since_last * 60) })}</span>${
        line.oee === null
          ? ''
          : html`<span class="line__oee line__oee--${level ?? 'ok'}"${level === 'warning' || level === 'critical' ? html` title="${t(`indicator.efficiency.${level}`)}"` : ''}>${
              level === 'warning' || level === 'critical'
                ? html`${icon('warning', 16)}<span class="sr-only">${t(`indicator.efficiency.${level}`)}: </span>`
                : ''
            }OEE ${percentText(line.oee, language)} %</span>`
      }</span>
    </li>`
  })}</ul>`
}

export function summaryView({ language }: WidgetView, result: WidgetResult): Html {
  const data = result.data as MetricsSummaryData
  const t = words(language)
  const n = (value: number, decimals = 0) => amount(value, language, decimals)
  const rows: [string, string][] = [
    [t('summary.output_count'), n(data.output_count)],
    [t('summary.total_detections'), n(data.total_detections)],
    [t('summary.total_weight'), `${n(data.total_weight, 2)} kg`],
    [t('summary.avg_per_hour'), n(data.avg_per_hour, 1)],
    [t('summary.rate_per_planned_hour'), data.rate_per_planned_hour === null ? '—' : n(data.rate_per_planned_hour, 1)],
    [t('summary.unique_products'), n(data.unique_products)],
    [t('summary.lines_count'), n(data.lines_count)],
    [t('summary.downtime_count'), n(data.downtime_count)],
    [t('summary.downtime_minutes'), minutesText(data.downtime_minutes, language)],
    [t('summary.first_detection'), data.first_detection === null ? '—' : localText(data.first_detection, language)],
    [t('summary.last_detection'), data.last_detection === null ? '—' : localText(data.last_detection, language)],
  ]
  return html`<dl class="summary">${rows.map(([label, value]) => html`<div class="summary__row"><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`
}

const severityTones = { low: 'neutral', medium: 'warning', high: 'danger' } as const

const feedItem = ({ language }: WidgetView, widgetId: number, item: EventFeedItem, key: string): Html => {
  const t = words(language)
  const isStop = item.type === 'downtime'
  return html`
  <li class="feed__item feed__item--${item.type}" id="w-${widgetId}-${key}">
    <span class="feed__mark">${isStop ? icon('pause', 16) : html`<svg width="6" height="6" viewBox="0 0 6 6" aria-hidden="true"><circle cx="3" cy="3" r="3" fill="currentColor"/></svg>`}<span class="sr-only">${t(`feed.${item.type}`)}</span></span>
    <span class="feed__text">${item.description}</span>
    ${isStop && item.severity ? badge({ label: t(`feed.severity.${item.severity}`), tone: severityTones[item.severity] }) : ''}
    <span class="feed__line">${item.line_name}</span>
    <time class="feed__time" datetime="${item.timestamp}">${localText(item.timestamp, language, true)}</time>
  </li>`
}

export function feedView(view: WidgetView, result: WidgetResult): Html {
  const { items } = result.data as EventFeedData
  const seen = new Map<string, number>()
  return html`<ol class="feed" tabindex="0" aria-label="${String(result.metadata.display_name)}">${items.map((item) => {
    const base = `${item.type}-${item.timestamp}-${item.line_name}`
    const nth = (seen.get(base) ?? 0) + 1
    seen.set(base, nth)
    return feedItem(view, result.widget_id, item, `${base.replace(/[^A-Za-z0-9]+/g, '-')}-${nth}`)
  })}</ol>`
}
