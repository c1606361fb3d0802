/** The rows, a hundred at a time: the button below brings the next ones into the same table; without script it leads to a page that begins there. */
import { formatLocalDateTime, formatNumber } from '../../../platform/i18n/index.ts'
import { badge, type Html, html, hx, swatch } from '../../../platform/ui/index.ts'
import { type Asked, type DetectionRow, detectionRows } from '../../dashboards/index.ts'
import { areaTypeText } from '../area-types.ts'
import { cursorOf } from '../cursor.ts'
import type { Row } from '../line-rows.ts'
import { rowsShown } from '../page-data.ts'
import { withView } from '../page-query.ts'
import { detectionPaths } from '../paths.ts'
import type { RowPage } from '../row-page.ts'
import { words } from './messages.ts'
import type { DetectionPage } from './model.ts'

type Place = Pick<DetectionPage, 'page' | 'slug' | 'asked'>
type About = Pick<Asked, 'scope' | 'model'>

export function rowTable(place: Place, about: About, list: RowPage): Html {
  const { language } = place.page
  const t = words(language)
  return html`
  <div class="table-scroll" tabindex="0" role="region" aria-label="${t('rows.title')}"><table class="table" id="rows"><caption class="sr-only">${t('rows.title')}</caption>
    <thead><tr><th scope="col">${t('column.time')}</th>${placeHeads(about, language)}<th scope="col" class="num hide-phone">${t('column.id')}</th></tr></thead>
    ${rowParts(place, about, list)}</table></div>`
}

/** Rows as a part of the table, and the place for the next ones. */
export function rowParts(place: Place, about: About, { rows, next }: RowPage): Html {
  const { page, slug, asked } = place
  const { language } = page
  const t = words(language)
  const shown = detectionRows(about.model, language)
  const span = hasLines(about) ? 6 : 5
  const more = next && withView(asked.filters, { ...asked.view, after: cursorOf(next, asked.view.order) })
  const foot = more
    ? html`<a class="btn btn--secondary" id="more-rows" href="${page.url(detectionPaths.page(slug, more))}"${hx(page, { get: page.url(detectionPaths.rows(slug, more)), target: '#rows-end', swap: 'outerHTML', indicator: '#progress' })}><span>${t('rows.more', { count: formatNumber(rowsShown, language) })}</span></a>`
    : html`<span class="muted">${t('rows.all')}</span>`
  return html`<tbody>${rows.map((row) => rowView(row, shown(row), about, language))}</tbody><tbody id="rows-end"><tr><td class="rows-end" colspan="${span}">${foot}</td></tr></tbody>`
}

const hasLines = ({ scope }: About): boolean => scope.lines.length > 1

function rowView(row: Row, shown: DetectionRow, about: About, language: Place['page']['language']): Html {
  return html`
    <tr data-row="${shown.line_id}/${shown.detection_id}"><td>${whenCell(formatLocalDateTime(row.localS, language, true))}</td>${placeCells(shown, about, language)}<td class="num hide-phone">${formatNumber(shown.detection_id, language)}</td></tr>`
}

/** Date and time: one below the other where there is no room. */
export const whenCell = (text: string): Html =>
  html`<span class="when">${text.split(' ').map((part) => html`<span>${part}</span> `)}</span>`

/** Line, area and product with its code. On a phone the line stands below the area. */
export function placeCells(shown: DetectionRow, about: About, language: Place['page']['language']): Html {
  const line = hasLines(about) ? html`<span class="cell-sub place__line">${shown.line_name}</span>` : ''
  return html`${hasLines(about) ? html`<td class="hide-phone">${shown.line_name}</td>` : ''}<td><span class="with-badge"><span>${shown.area_name}</span>${badge({ label: areaTypeText(shown.area_type, language) })}</span>${line}</td><td><span class="with-swatch">${swatch(shown.product_color)}<span>${shown.product_name}</span></span></td><td class="hide-phone nowrap">${shown.product_code}</td>`
}

/** Heads of the same. */
export function placeHeads(about: About, language: Place['page']['language']): Html {
  const t = words(language)
  return html`${hasLines(about) ? html`<th scope="col" class="hide-phone">${t('column.line')}</th>` : ''}<th scope="col">${t('column.area')}</th><th scope="col">${t('column.product')}</th><th scope="col" class="hide-phone">${t('column.code')}</th>`
}
