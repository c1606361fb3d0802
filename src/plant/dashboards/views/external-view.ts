/** What another system said: a figure or a table, and from when it is. */
import { formatNumber, type Language } from '../../../platform/i18n/index.ts'
import { emptyState, type Html, html } from '../../../platform/ui/index.ts'
import type { ExternalSourceData } from '../widgets/data.ts'
import type { WidgetResult } from '../widgets/widget.ts'
import { localText } from './amounts.ts'
import { type WidgetView, words } from './model.ts'

/** As many decimals as it has, three at most. */
const figure = (value: number, language: Language): string => {
  const rounded = Number(value.toFixed(3))
  return formatNumber(rounded, language, /\.(\d{1,3})$/.exec(String(rounded))?.[1]?.length ?? 0)
}

export function externalView({ language }: WidgetView, result: WidgetResult): Html {
  const data = result.data as ExternalSourceData
  const t = words(language)
  if (data.error !== null)
    return emptyState({
      title: data.source_name ?? t('external.none'),
      detail: data.error,
      icon: data.api_source_id === null ? 'settings' : 'wifi_off',
    })
  const asked = data.asked_local === null ? '' : localText(data.asked_local, language, true)
  const said = html`<p class="muted small">${t('external.said', { name: data.source_name ?? '', at: asked })}</p>`
  if (data.display === 'number' && data.value !== null)
    return html`<div class="external"><p class="kpi__value">${figure(data.value, language)}${data.unit === '' ? '' : html` <span class="kpi__unit">${data.unit}</span>`}</p>${said}</div>`
  if (data.rows.length === 0) return html`<div class="external"><p class="muted">${t('external.empty')}</p>${said}</div>`
  const caption = data.source_name ?? ''
  return html`
  <div class="external">
    <div class="table-scroll" tabindex="0" role="region" aria-label="${caption}"><table class="table"><caption class="sr-only">${caption}</caption>
      ${data.columns.length > 0 ? html`<thead><tr>${data.columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>` : ''}
      <tbody>${data.rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>
    ${data.total_rows > data.rows.length ? html`<p class="muted small">${t('external.more', { shown: data.rows.length, total: data.total_rows })}</p>` : ''}
    ${said}
  </div>`
}
