/** Counts per interval, line, area and product, newest first. The count stands beside its time: a phone has no room for a far column. */
import { formatLocalDate, formatLocalDateTime, formatNumber } from '../../../platform/i18n/index.ts'
import { type Html, html, pager } from '../../../platform/ui/index.ts'
import { detectionRows } from '../../dashboards/index.ts'
import { withView } from '../page-query.ts'
import { detectionPaths } from '../paths.ts'
import { words } from './messages.ts'
import type { BucketList, DetectionBoard, DetectionPage } from './model.ts'
import { placeCells, placeHeads, whenCell } from './rows-view.ts'

const ofWholeDays = new Set(['day', 'week', 'month'])

export function bucketTable({ page, slug, asked }: DetectionPage, { scope, model }: DetectionBoard, list: BucketList): Html {
  const { language } = page
  const t = words(language)
  const shown = detectionRows(model, language)
  const start = (localS: number): string =>
    ofWholeDays.has(scope.interval) ? formatLocalDate(localS, language) : formatLocalDateTime(localS, language)
  const rows = list.shown.map((bucket) => {
    const row = shown({ ...bucket, id: 0, localS: bucket.startLocalS })
    return html`
    <tr><td>${whenCell(start(bucket.startLocalS))}</td><td class="num">${formatNumber(bucket.count, language)}</td>${placeCells(row, { scope, model }, language)}</tr>`
  })
  return html`
  <div class="table-scroll" tabindex="0" role="region" aria-label="${t('buckets.title')}"><table class="table" id="buckets"><caption class="sr-only">${t('buckets.title')}</caption>
    <thead><tr><th scope="col">${t('column.bucket')}</th><th scope="col" class="num">${t('column.count')}</th>${placeHeads({ scope, model }, language)}</tr></thead>
    <tbody>${rows}</tbody></table></div>
  ${pager({ page: list.page, pages: list.pages, total: list.total, href: (to) => page.url(detectionPaths.page(slug, withView(asked.filters, { ...asked.view, page: to }))), language })}`
}
