/** Ranking and stops. The browser sorts and searches them; the rows are whole without it. */
import { badge, type Html, html, swatch, type Tone, table } from '../../../platform/ui/index.ts'
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
      <span class="ranking__name">${swatch(row.product_color)}<span>${row.product_name}</span></span>
      <span class="ranking__count">${amount(row.count, language)}</span>
      <span class="ranking__code">${row.product_code}</span>
      <span class="ranking__share">${percentText(row.percentage, language)} % · ${amount(row.total_weight, language, 2)} kg</span>
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

export function downtimeTableView({ language }: WidgetView, result: WidgetResult): Html {
  const { rows } = result.data as DowntimeTableData
  const t = words(language)
  const labels = new Map((result.data as DowntimeTableData).columns.map((column) => [column.key, column.label]))
  const label = (key: string, fallback: string) => labels.get(key) ?? fallback
  return table({
    id: `w-${result.widget_id}-table`,
    caption: String(result.metadata.display_name),
    language,
    hasSearch: true,
    isTall: true,
    emptyText: t('chart.no_stops'),
    columns: [
      { key: 'start_time', label: label('start_time', t('chart.time')) },
      { key: 'end_time', label: label('end_time', t('chart.time')), isHidden: 'phone' },
      { key: 'duration', label: t('column.duration'), align: 'end' },
      { key: 'tipo', label: label('tipo', t('column.origin')) },
      { key: 'reason', label: t('column.reason') },
      { key: 'incident', label: t('column.incident') },
      { key: 'line_name', label: label('line_name', t('chart.line_name')), isHidden: 'phone' },
    ],
    rows: rows.map((row) => ({
      key: stopKey(row),
      cells: [
        { content: localText(row.start_local, language), sort: row.start_local },
        { content: localText(row.end_local, language), sort: row.end_local },
        { content: secondsText(row.duration_seconds), sort: row.duration_seconds },
        {
          content: html`${badge({ label: row.source_badge || row.tipo, tone: tones[row.visual_type] ?? 'neutral' })}`,
          sort: row.source_badge || row.tipo,
        },
        {
          content: html`<span>${row.reason}</span>${row.failure_type || row.failure_desc ? html`<span class="cell-sub">${[row.failure_type, row.failure_desc].filter(Boolean).join(' · ')}</span>` : ''}`,
          sort: row.reason,
        },
        {
          content:
            row.incident_code || row.incident_desc
              ? html`<span>${row.incident_code}</span> <span class="cell-sub">${row.incident_desc}</span>`
              : '—',
          sort: row.incident_code,
        },
        { content: row.line_name },
      ],
    })),
  })
}
