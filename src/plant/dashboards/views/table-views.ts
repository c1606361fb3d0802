/** Ranking and stops. The browser sorts and searches them; the rows are whole without it. */
import { badge, type Html, html, icon, swatch, type Tone, table } from '../../../platform/ui/index.ts'
import type { DowntimeRow, DowntimeTableData, ProductRankingData } from '../widgets/data.ts'
import type { WidgetResult } from '../widgets/widget.ts'
import { amount, localText, percentText, secondsText } from './amounts.ts'
import { meter } from './kpi-views.ts'
import { type WidgetView, words } from './model.ts'

export function rankingView({ language }: WidgetView, result: WidgetResult): Html {
  const { rows } = result.data as ProductRankingData
  return html`<ol class="ranking" tabindex="0" aria-label="${String(result.metadata.display_name)}">${rows.map(
    (row) => html`
    <li class="ranking__row" id="w-${result.widget_id}-p-${row.product_id}">
      <p class="ranking__main"><span class="ranking__name">${swatch(row.product_color)}<span>${row.product_name}</span></span><span class="ranking__count">${amount(row.count, language)}</span></p>
      <p class="ranking__sub"><span>${row.product_code}</span><span>${amount(row.total_weight, language, 2)} kg · ${percentText(row.percentage, language)} %</span></p>
      ${meter(row.percentage, 'p')}
    </li>`,
  )}</ol>`
}

const tones: Readonly<Record<string, Tone>> = {
  db_confirmed: 'success',
  db_unconfirmed: 'warning',
  calculated: 'danger',
  live: 'danger',
  planned: 'neutral',
}

const stopKey = (row: DowntimeRow): string => `${row.line_id}-${row.event_id ?? `${row.source}-${row.start_local.replace(/\D/g, '')}`}`

const sub = (parts: readonly string[]): Html => {
  const shown = parts.filter(Boolean).join(' · ')
  return shown ? html`<span class="cell-sub">${shown}</span>` : html``
}

export function downtimeTableView(view: WidgetView, result: WidgetResult): Html {
  const { language } = view
  const { rows, total } = result.data as DowntimeTableData
  const t = words(language)
  const categoryText = (category: string): string =>
    category === 'micro_stop' || category === 'stop' || category === 'breakdown' ? t(`category.${category}`) : ''
  const isOneLine = view.board.scope.lines.length === 1
  const labels = new Map((result.data as DowntimeTableData).columns.map((column) => [column.key, column.label]))
  const label = (key: string, fallback: string) => labels.get(key) ?? fallback
  const more =
    total.count > rows.length
      ? html`<p class="table-note">${icon('info', 16)}<span>${t('stops.newest_of', { shown: amount(rows.length, language), count: amount(total.count, language), time: secondsText(total.duration_seconds) })}</span></p>`
      : html``
  return html`${more}${table({
    id: `w-${result.widget_id}-table`,
    caption: String(result.metadata.display_name),
    language,
    hasSearch: true,
    isTall: true,
    emptyText: t('chart.no_stops'),
    columns: [
      { key: 'start_time', label: label('start_time', t('chart.time')), isNowrap: true },
      { key: 'end_time', label: label('end_time', t('chart.time')), isNowrap: true, isHidden: 'phone' },
      { key: 'duration', label: t('column.duration'), align: 'end', isNowrap: true },
      { key: 'tipo', label: label('tipo', t('column.origin')) },
      { key: 'reason', label: t('column.reason') },
      { key: 'incident', label: t('column.incident') },
      ...(isOneLine ? [] : [{ key: 'line_name', label: label('line_name', t('chart.line_name')) }]),
    ],
    rows: rows.map((row) => ({
      key: stopKey(row),
      cells: [
        { content: localText(row.start_local, language), sort: row.start_local },
        {
          content:
            row.end_local.slice(0, 10) === row.start_local.slice(0, 10) ? row.end_local.slice(11, 16) : localText(row.end_local, language),
          sort: row.end_local,
        },
        { content: html`${secondsText(row.duration_seconds)}${sub([categoryText(row.category)])}`, sort: row.duration_seconds },
        {
          content: badge({ label: row.source_badge || row.tipo, tone: tones[row.visual_type] ?? 'neutral' }),
          sort: row.source_badge || row.tipo,
        },
        { content: html`${row.reason}${sub([row.failure_type, row.failure_desc])}`, sort: row.reason },
        {
          content: html`${row.incident_code || '—'}${sub(row.incident_desc === row.reason ? [] : [row.incident_desc])}`,
          sort: row.incident_code,
        },
        ...(isOneLine ? [] : [{ content: row.line_name }]),
      ],
    })),
  })}`
}
