/** The stops, newest first: what each is, why, and where it is explained. Several can be ticked and dealt with together. */
import { formatDuration, formatLocalDateTime, formatNumber } from '../../../platform/i18n/index.ts'
import { badge, card, emptyState, type Html, html, hx, icon, pager, type Tone } from '../../../platform/ui/index.ts'
import { lineNames } from '../../dashboards/index.ts'
import { isCounted, isExplained, reasonKey } from '../../downtime/index.ts'
import type { Stop } from '../../facts/index.ts'
import { versionOf } from '../../stops/index.ts'
import { categories } from '../list.ts'
import { paretoLabel } from '../messages.ts'
import { type PageView, withView } from '../page-query.ts'
import { downtimePaths } from '../paths.ts'
import { refText, tickText } from '../stop-ref.ts'
import { words } from './messages.ts'
import type { DowntimeBoard, DowntimePage } from './model.ts'
import { endText, pendingText, reasonText } from './reason-text.ts'

export function listView(model: DowntimePage, board: DowntimeBoard): Html {
  const { page, slug, asked, rights } = model
  const { language } = page
  const t = words(language)
  const { list } = board
  const href = (view: Partial<PageView>): string =>
    page.url(`${downtimePaths.page(slug, withView(asked.filters, { ...asked.view, page: 1, ...view }))}#stops`)
  const total = { count: formatNumber(list.counted.count, language), time: formatDuration(list.counted.seconds) }
  const mayPick = rights.mayExplain || rights.mayChange
  return card({
    id: 'stops',
    title: t('list.title'),
    subtitle: list.total === 1 ? t('list.total.one', total) : t('list.total', { total: formatNumber(list.total, language), ...total }),
    body: html`
      ${choices(model, board, href)}
      ${list.stops.length === 0 ? nothing(model) : html`${mayPick ? bulkBar(model) : ''}${stopTable(model, board, mayPick)}`}
      ${pager({ page: list.page, pages: list.pages, total: list.total, href: (to) => href({ page: to }), language })}`,
  })
}

/** Links, so that a choice is an address. */
function choices({ page, asked }: DowntimePage, { list, pareto }: DowntimeBoard, href: (view: Partial<PageView>) => string): Html {
  const { language } = page
  const t = words(language)
  const { isUnexplained, category, reason, failure } = asked.view
  const chip = (label: string, view: Partial<PageView>, isOn: boolean) =>
    html`<a class="chip" href="${href(view)}"${isOn ? html` aria-current="true"` : ''}>${label}</a>`
  const named = (key: string, by: 'reason' | 'failure'): string => {
    const example = list.stops.find((stop) => reasonKey(stop) === key)
    const row = asked.view.by === by ? pareto.find((one) => one.key === key) : undefined
    return paretoLabel(row ?? { key, label: by === 'reason' ? (example?.recorded?.label ?? null) : key }, language)
  }
  const only = (what: string, view: Partial<PageView>) =>
    html`<a class="chip" href="${href(view)}" aria-current="true" aria-label="${t('list.clear', { what })}"><span>${what}</span>${icon('close', 16)}</a>`
  return html`
  <nav class="chips" aria-label="${t('list.choice')}">
    ${chip(t('list.all'), { isUnexplained: false, category: null, reason: null, failure: null }, !isUnexplained && category === null && reason === null && failure === null)}
    ${chip(t('list.unexplained'), { isUnexplained: !isUnexplained }, isUnexplained)}
    ${categories.map((one) => chip(t(`only.${one}`), { category: one === category ? null : one }, one === category))}
    ${reason === null ? '' : only(t('list.reason', { reason: named(reason, 'reason') }), { reason: null })}
    ${failure === null ? '' : only(t('list.failure', { failure: named(failure, 'failure') }), { failure: null })}
  </nav>`
}

function nothing({ page, asked }: DowntimePage): Html {
  const t = words(page.language)
  const { isUnexplained, category, reason, failure } = asked.view
  if (category !== null || reason !== null || failure !== null) return emptyState({ title: t('list.none.chosen'), icon: 'search' })
  if (isUnexplained) return emptyState({ title: t('list.none.explained'), detail: t('list.none.explained.detail'), icon: 'check_circle' })
  return emptyState({ title: t('list.none'), detail: t('list.none.detail'), icon: 'check_circle' })
}

function bulkBar({ page, slug, asked, rights }: DowntimePage): Html {
  const t = words(page.language)
  const act = (path: (query: URLSearchParams) => string, label: string, id: string, iconName: 'edit' | 'swap_vert'): Html =>
    html`<button class="btn btn--secondary" type="submit" form="bulk" id="${id}" formaction="${page.url(path(new URLSearchParams()))}" data-bulk${hx(page, { get: page.url(path(asked.query)), target: '#sheet-body', swap: 'innerHTML', include: '[data-bulk-pick]' })}>${icon(iconName)}<span>${label}</span></button>`
  const view = [...asked.query].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)
  return html`
  <form class="bulk" id="bulk" method="get" action="${page.url(downtimePaths.bulk(slug, new URLSearchParams()))}" data-bulk-form>${view}
    <p class="bulk__count" role="status" data-bulk-count data-chosen="${t('list.chosen', { count: '{count}' })}" data-none="${t('list.chosen.none')}">${t('list.chosen.none')}</p>
    <div class="cluster">${rights.mayExplain ? act((query) => downtimePaths.bulk(slug, query), t('list.bulk'), 'bulk-explain', 'edit') : ''}${rights.mayChange ? act((query) => downtimePaths.merge(slug, query), t('list.merge'), 'bulk-merge', 'swap_vert') : ''}</div>
  </form>`
}

function stopTable(model: DowntimePage, board: DowntimeBoard, mayPick: boolean): Html {
  const { language } = model.page
  const t = words(language)
  const hasLines = board.scope.lines.length > 1
  return html`
  <div class="table-scroll" tabindex="0" role="region" aria-label="${t('list.title')}"><table class="table stops" id="stops-table"><caption class="sr-only">${t('list.title')}</caption>
    <thead><tr>${mayPick ? html`<th scope="col"><label class="pick"><input type="checkbox" class="js-only" data-bulk-all aria-label="${t('list.pick.all')}"><span class="sr-only">${t('column.pick')}</span></label></th>` : ''}<th scope="col">${t('column.start')}</th><th scope="col">${t('column.end')}</th><th scope="col" class="num">${t('column.duration')}</th>${hasLines ? html`<th scope="col">${t('column.line')}</th>` : ''}<th scope="col">${t('column.kind')}</th><th scope="col">${t('column.reason')}</th><th scope="col"><span class="sr-only">${t('column.act')}</span></th></tr></thead>
    <tbody>${rowIds(board.list.stops).map(([stop, id]) => stopRow(model, board, stop, { id, mayPick, hasLines }))}</tbody></table></div>`
}

/** By where a stop begins, not by its row in the database: the first explanation gives it one, and the focus must stay where it is. */
function rowIds(stops: readonly Stop[]): (readonly [Stop, string])[] {
  const seen = new Map<string, number>()
  return stops.map((stop) => {
    const place = `${stop.lineId}-${stop.span.fromS}`
    const count = (seen.get(place) ?? 0) + 1
    seen.set(place, count)
    return [stop, count === 1 ? place : `${place}-${count}`] as const
  })
}

const tones: Readonly<Record<Stop['visualType'], Tone>> = {
  db_confirmed: 'success',
  db_unconfirmed: 'warning',
  calculated: 'danger',
  live: 'danger',
  planned: 'neutral',
}

function stopRow(
  model: DowntimePage,
  board: DowntimeBoard,
  stop: Stop,
  { id, mayPick, hasLines }: { id: string; mayPick: boolean; hasLines: boolean },
): Html {
  const { page, slug, asked, rights } = model
  const { language } = page
  const t = words(language)
  const ref = refText(stop)
  const line = lineNames(board.model).get(stop.lineId) ?? ''
  const start = formatLocalDateTime(stop.startLocalS, language, true)
  const isLive = stop.source === 'live'
  const pending = isLive ? board.pending.get(stop.lineId) : undefined
  const href = page.url(downtimePaths.stop(slug, stop.lineId, ref, asked.query))
  const isWanting = rights.mayExplain && isCounted(stop) && !isExplained(stop)
  const told = { line, start }
  const act = html`<a class="btn ${isWanting ? 'btn--primary' : 'btn--secondary'} btn--row" id="open-${id}" href="${href}" aria-label="${t(isWanting ? 'list.explain.of' : 'list.open.of', told)}"${hx(page, { get: href, target: '#sheet-body', swap: 'innerHTML' })}><span>${t(isWanting ? 'list.explain' : 'list.open')}</span></a>`
  const kind = badge({ label: t(stop.isPlanned ? 'source.planned' : `source.${stop.source}`), tone: tones[stop.visualType] })
  return html`
  <tr id="stop-${id}" data-stop data-reason-key="${reasonKey(stop)}" data-counted="${stop.isPlanned ? 0 : stop.countedS}">
    ${mayPick ? html`<td class="stops__pick">${isLive ? '' : html`<label class="pick"><input type="checkbox" id="pick-${id}" form="bulk" name="stop" value="${tickText(stop, versionOf(stop))}" data-bulk-pick aria-label="${t('list.pick.of', told)}"></label>`}</td>` : ''}
    <td class="nowrap stops__start">${start}</td>
    <td class="nowrap stops__end">${isLive ? t('list.ongoing') : endText(stop, language)}</td>
    <td class="num stops__time">${formatDuration(stop.durationS)}${countedNote(stop, language)}</td>
    ${hasLines ? html`<td class="stops__line">${line}</td>` : ''}
    <td class="stops__kind">${kind}<span class="cell-sub">${t(`category.${stop.category}`)}</span></td>
    <td class="stops__reason">${pending ? html`${pendingText(board.model, pending)}<span class="cell-sub">${t('list.pending')}</span>` : html`${reasonText(stop, language)}${stop.recorded?.failureType ? html`<span class="cell-sub">${stop.recorded.failureType}</span>` : ''}`}</td>
    <td class="stops__act">${act}</td>
  </tr>`
}

function countedNote(stop: Stop, language: DowntimePage['page']['language']): Html {
  if (stop.isPlanned || stop.countedS === stop.durationS) return html``
  const t = words(language)
  return html`<span class="cell-sub">${stop.countedS === 0 ? t('list.off') : t('list.counted', { time: formatDuration(stop.countedS) })}</span>`
}
