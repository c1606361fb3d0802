/** Which reasons weigh most: bars, a cumulative line, and the same as a table whose rows lead to their stops. */
import { formatDuration, formatNumber, formatRatio, type Language } from '../../../platform/i18n/index.ts'
import { card, emptyState, type Html, html } from '../../../platform/ui/index.ts'
import type { ChartPayload } from '../../dashboards/index.ts'
import { type ParetoMeasure, type ParetoRow, paretoGroups, paretoMeasures, unexplainedKey } from '../../downtime/index.ts'
import { paretoLabel } from '../messages.ts'
import { type PageView, withView } from '../page-query.ts'
import { downtimePaths } from '../paths.ts'
import { words } from './messages.ts'
import type { DowntimeBoard, DowntimePage } from './model.ts'

/** More bars than these are read in the table. */
const mostBars = 8

const minutes = (seconds: number): number => Math.round(seconds / 6) / 10

export function paretoView(model: DowntimePage, board: DowntimeBoard): Html {
  const { page, slug, asked } = model
  const { language } = page
  const t = words(language)
  const { by, measure } = asked.view
  const rows = board.pareto
  const href = (view: Partial<PageView>, to: string): string =>
    page.url(`${downtimePaths.page(slug, withView(asked.filters, { ...asked.view, page: 1, ...view }))}${to}`)
  const choice = (label: string, items: readonly { label: string; view: Partial<PageView>; isCurrent: boolean }[]): Html =>
    html`<nav class="segmented" aria-label="${label}">${items.map((item) => html`<a class="segmented__item" href="${href(item.view, '#pareto')}"${item.isCurrent ? html` aria-current="true"` : ''}>${item.label}</a>`)}</nav>`
  const tools = html`
    ${choice(
      t('pareto.by'),
      paretoGroups.map((group) => ({ label: t(`pareto.by.${group}`), view: { by: group }, isCurrent: group === by })),
    )}
    ${choice(
      t('pareto.measure'),
      paretoMeasures.map((one) => ({ label: t(`pareto.measure.${one}`), view: { measure: one }, isCurrent: one === measure })),
    )}`
  return card({
    id: 'pareto',
    title: t('pareto.title'),
    actions: tools,
    body:
      rows.length === 0
        ? emptyState({ title: t('pareto.none'), icon: 'check_circle' })
        : html`<div class="pareto">${chart(model, rows)}${paretoTable(model, rows, (row) => href(by === 'reason' ? { reason: row.key, failure: null } : { failure: row.key, reason: null }, '#stops'))}</div>`,
  })
}

/** What the chart carries. */
export function paretoPayload(rows: readonly ParetoRow[], measure: ParetoMeasure, language: Language): ChartPayload {
  const t = words(language)
  const shown = rows.slice(0, mostBars)
  const rest = rows.slice(mostBars)
  const value = (row: Pick<ParetoRow, 'count' | 'seconds'>): number => (measure === 'count' ? row.count : minutes(row.seconds))
  const labels = shown.map((row) => paretoLabel(row, language))
  return {
    kind: 'pareto',
    labels: [...labels, ...(rest.length > 0 ? [t('pareto.rest', { count: rest.length })] : [])],
    values: [...shown.map(value), ...(rest.length > 0 ? [value({ count: sum(rest, 'count'), seconds: sum(rest, 'seconds') })] : [])],
    cumulative: [...shown.map((row) => row.cumulative * 100), ...(rest.length > 0 ? [100] : [])],
    marked: shown.findIndex(({ key }) => key === unexplainedKey),
    name: t(measure === 'count' ? 'pareto.stops' : 'pareto.minutes'),
    cumulativeName: t('pareto.cumulative'),
  }
}

function chart({ page, asked }: DowntimePage, rows: readonly ParetoRow[]): Html {
  const { language } = page
  const t = words(language)
  const { measure } = asked.view
  const shown = rows.slice(0, mostBars)
  const told = t('pareto.aria', {
    parts: shown
      .slice(0, 6)
      .map((row) => `${paretoLabel(row, language)} ${formatRatio(row.share, language)}`)
      .join(', '),
  })
  return html`<div class="chart chart--320" id="pareto-chart" role="img" aria-label="${told}" data-chart="${JSON.stringify(paretoPayload(rows, measure, language))}"></div>`
}

const sum = (rows: readonly ParetoRow[], of: 'count' | 'seconds'): number => rows.reduce((total, row) => total + row[of], 0)

function paretoTable({ page, asked }: DowntimePage, rows: readonly ParetoRow[], href: (row: ParetoRow) => string): Html {
  const { language } = page
  const t = words(language)
  return html`
  <div class="table-scroll table-scroll--tall" tabindex="0" role="region" aria-label="${t('pareto.title')}"><table class="table" id="pareto-table"><caption class="sr-only">${t('pareto.title')}</caption>
    <thead><tr><th scope="col">${t(asked.view.by === 'reason' ? 'column.reason' : 'column.failure')}</th><th scope="col" class="num">${t('column.count')}</th><th scope="col" class="num">${t('column.time')}</th><th scope="col" class="num">${t('column.share')}</th><th scope="col" class="num hide-phone">${t('column.cumulative')}</th></tr></thead>
    <tbody>${rows.map(
      (row) =>
        html`<tr data-pareto-key="${row.key}"><th scope="row" class="row-head"><a class="link" href="${href(row)}">${paretoLabel(row, language)}</a>${asked.view.by === 'reason' && row.failureType ? html`<span class="cell-sub">${row.failureType}</span>` : ''}</th><td class="num">${formatNumber(row.count, language)}</td><td class="num">${formatDuration(row.seconds)}</td><td class="num">${formatRatio(row.share, language)}</td><td class="num hide-phone">${formatRatio(row.cumulative, language)}</td></tr>`,
    )}</tbody></table></div>`
}
