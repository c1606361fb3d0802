/** The part of the page that a filter, a tab or a live refresh replaces: heading, tabs, widgets, status bar. */
import { formatLocalDateTime, formatNumber, type Language } from '../../../platform/i18n/index.ts'
import { banner, emptyState, type Html, html, hx, icon, tabs } from '../../../platform/ui/index.ts'
import { plantPaths } from '../../navigation.ts'
import { isBuiltInTab, type LayoutTab } from '../layout.ts'
import { filterButton, freshnessPill, liveAttributes, refusalBanner, scopeLine, warningList } from './board-parts.ts'
import { exportMenu } from './export-menu.ts'
import { historyBanner } from './history-banner.ts'
import { type Board, type DashboardPage, isNoLines, isRefusal, type NoLines, type WidgetView, words } from './model.ts'
import { tile } from './tiling.ts'
import { columnsOf, widgetCard } from './widget-card.ts'

export const tabName = ({ key, name }: LayoutTab, language: Language): string =>
  name ?? (isBuiltInTab(key) ? words(language)(`tab.${key}`) : key)

function tabLinks({ page, companySlug, query }: DashboardPage, board: Board): Html {
  const t = words(page.language)
  const href = (tab: string) => {
    const parameters = new URLSearchParams(query)
    parameters.set('tab', tab)
    return page.url(`${plantPaths.dashboard(companySlug)}?${parameters}`)
  }
  return tabs({
    label: t('tabs.label'),
    items: board.tabs.map((tab) => ({
      label: tabName(tab, page.language),
      href: href(tab.key),
      isCurrent: tab.key === board.tab,
      attributes: html` id="board-tab-${tab.key}" data-tab="${tab.key}"${hx(page, { get: href(tab.key), target: '#board', swap: 'outerHTML', 'push-url': 'true', indicator: '#progress', sync: '#filters-form:replace' })}`,
    })),
  })
}

/** Cards of the visible tab, tiled for both widths. */
export function widgetGrid(view: WidgetView): Html {
  const sized = view.board.widgets.map((widget) => ({ columns: columnsOf(widget) }))
  const [wide, tablet] = [tile(sized, 4), tile(sized, 2)]
  const cards = view.board.widgets.map((widget, i) => widgetCard(view, widget, { wide: wide[i] ?? 1, tablet: tablet[i] ?? 1 }))
  return html`<div class="grid-box"><div class="grid">${cards}</div></div>`
}

function noLines({ page, companySlug }: DashboardPage, { kind, mayCheck, mayAttach }: NoLines): Html {
  const t = words(page.language)
  const link = (href: string, iconName: 'database' | 'verified', label: string): Html =>
    html`<a class="btn btn--primary" href="${page.url(href)}">${icon(iconName)}<span>${label}</span></a>`
  const attach = mayAttach ? link(plantPaths.attach(companySlug), 'database', t('board.attach')) : null
  const check = mayCheck && kind === 'no_lines' ? link(plantPaths.system(companySlug), 'verified', t('board.no_lines.check')) : null
  const detail = kind === 'no_plant' ? t('board.no_plant.detail') : t('board.no_lines.detail')
  const ask = kind === 'no_plant' ? (mayAttach ? '' : ` ${t('board.no_plant.ask')}`) : mayCheck ? '' : ` ${t('board.no_lines.ask')}`
  return html`
  <div class="board" id="board" data-board>
    <header class="board__head"><div><h1 class="board__title">${t('page.title')}</h1></div></header>
    <div class="card">${emptyState({
      title: t(`board.${kind}`),
      detail: `${detail}${ask}`,
      icon: 'dashboard',
      ...((attach || check) && { action: html`<div class="cluster">${check ?? ''}${attach ?? ''}</div>` }),
    })}</div>
  </div>`
}

/** Whether the person's header offers the page of detections. */
export const offersRows = ({ page, companySlug, nav }: Pick<DashboardPage, 'page' | 'companySlug' | 'nav'>): boolean =>
  nav.some(({ href }) => href === page.url(plantPaths.detections(companySlug)))

/** Says nothing of which detections there are. */
const looks = new Set(['curve_type', 'show_downtime', 'highlight_peaks', 'search', 'downtime_threshold'])

/** The page of detections with the scope of this answer; null where it is not offered. */
function rowsHref(model: DashboardPage, { scope }: Board): string | null {
  if (!offersRows(model)) return null
  const asked = Object.entries(scope.parameters).filter(([name]) => !looks.has(name))
  return `${model.page.url(plantPaths.detections(model.companySlug))}?${new URLSearchParams(asked.map(([name, value]): [string, string] => [name, String(value)]))}`
}

/** A screen is nobody's: it has no dashboard of its own. */
const personal = ({ page, companySlug }: DashboardPage): Html =>
  page.user && !page.user.isScreen
    ? html`<a class="btn btn--secondary" href="${page.url(plantPaths.myDashboard(companySlug))}" aria-label="${words(page.language)('board.personal')}">${icon('edit')}<span class="hide-phone">${words(page.language)('board.personal')}</span></a>`
    : html``

/** Address of what the visible tab shows: several lines that were ticked win over the one of the list. */
function viewQuery({ query }: DashboardPage, tab?: string): URLSearchParams {
  const address = new URLSearchParams(query)
  if (address.has('line_ids')) address.delete('line_id')
  if (tab) address.set('tab', tab)
  return address
}

const comparison = (model: DashboardPage, { tabs: all, tab }: Board): Html => {
  const { page, companySlug } = model
  const t = words(page.language)
  const query = viewQuery(model)
  // a tab with lines of its own shows those
  const lines = all.find(({ key }) => key === tab)?.lineIds ?? null
  if (lines && !query.has('line_ids') && ['', 'all'].includes(query.get('line_id') ?? '')) {
    query.delete('line_id')
    query.set('line_ids', lines.join(','))
  }
  return html`<a class="btn btn--secondary" href="${page.url(`${plantPaths.comparison(companySlug)}?${query}`)}" aria-label="${t('board.compare')}">${icon('bar_chart')}<span class="hide-phone">${t('board.compare')}</span></a>`
}

/** `#board`: the answer of an htmx request, and the middle of the whole page. */
export function boardView(model: DashboardPage): Html {
  const { page, board, panel } = model
  const { language } = page
  const t = words(language)
  const filters = filterButton(language)
  if (isNoLines(board)) return noLines(model, board)
  const live = new URLSearchParams(model.query)
  const tab = isRefusal(board) ? new URL(page.here, 'http://page').searchParams.get('tab') : board.tab
  if (tab) live.set('tab', tab)
  const asksAgain = liveAttributes(board, {
    live: page.url(`${plantPaths.dashboard(model.companySlug)}/live?${live}`),
    events: page.url(`/t/${model.companySlug}/events`),
  })
  if (isRefusal(board))
    return html`
    <div class="board" id="board" data-board${asksAgain}>
      <header class="board__head"><div><h1 class="board__title">${t('page.title')}</h1></div><div class="board__actions">${filters}</div></header>
      ${refusalBanner(board)}
      ${model.loading ? historyBanner({ ...model, tab: null }, model.loading) : ''}
    </div>`
  return html`
  <div class="board" id="board" data-board${asksAgain}>
    <header class="board__head">
      <div><h1 class="board__title">${t('page.title')}</h1>${scopeLine(board, language)}</div>
      <div class="board__actions">${filters}${comparison(model, board)}${exportMenu(model, viewQuery(model, board.tab))}${personal(model)}<button class="btn btn--secondary js-only hide-phone" type="button" data-print>${icon('print')}<span>${t('board.print')}</span></button></div>
    </header>
    <div class="board__tabs">${tabLinks(model, board)}</div>
    ${panel.errors.size > 0 ? banner({ tone: 'danger', body: t('filters.refused') }) : ''}
    ${model.loading ? historyBanner({ ...model, tab: board.tab }, model.loading) : ''}
    ${warningList(board.warnings, language)}
    ${
      board.widgets.length === 0
        ? html`<div class="card">${emptyState({ title: t('board.no_widgets'), detail: t('board.no_widgets.detail'), icon: 'dashboard' })}</div>`
        : widgetGrid({ page, language, board, rowsHref: rowsHref(model, board) })
    }
    <footer class="status-bar">
      <span>${t('status.detections', { count: formatNumber(board.totalDetections, language) })}</span>
      <span>${formatNumber(board.elapsedMs, language)} ms</span>
      <span>${t('status.updated', { time: formatLocalDateTime(board.scope.now.localS, language, true).slice(-8) })}</span>
    </footer>
  </div>`
}

export const livePill = ({ page, board }: DashboardPage): Html =>
  freshnessPill(isRefusal(board) || isNoLines(board) ? null : board.dataAgeS, page.language)
