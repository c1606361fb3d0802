/** `#board`: what filters and live refreshes replace. */
import { formatLocalDateTime } from '../../../platform/i18n/index.ts'
import { banner, emptyState, type Html, html, hx, icon, shell } from '../../../platform/ui/index.ts'
import { filterButton, filterPanel, freshnessPill, liveAttributes, refusalBanner, scopeLine, warningList } from '../../dashboards/index.ts'
import { plantPaths } from '../../navigation.ts'
import { downtimePaths } from '../paths.ts'
import { explainAll, figuresView } from './figures-view.ts'
import { listView } from './list-view.ts'
import { words } from './messages.ts'
import { type DowntimePage, isRefusal } from './model.ts'
import { paretoView } from './pareto-view.ts'
import { sheetDialog } from './sheet-frame.ts'
import { timelineView } from './timeline-view.ts'

export function boardView(model: DowntimePage): Html {
  const { page, slug, board, asked, rights } = model
  const { language } = page
  const t = words(language)
  const filters = filterButton(language)
  if (board === 'no_lines')
    return html`
    <div class="board" id="board" data-board><header class="board__head"><div><h1 class="board__title">${t('page.title')}</h1></div></header>
      <div class="card">${emptyState({ title: t('page.no_lines'), detail: t('page.no_lines.detail'), icon: 'dashboard' })}</div></div>`
  const asksAgain = liveAttributes(board, { live: page.url(downtimePaths.live(slug, asked.query)), events: page.url(`/t/${slug}/events`) })
  if (isRefusal(board))
    return html`
    <div class="board" id="board" data-board${asksAgain}>
      <header class="board__head"><div><h1 class="board__title">${t('page.title')}</h1></div><div class="board__actions">${filters}</div></header>
      ${refusalBanner(board)}
    </div>`
  const add = page.url(downtimePaths.create(slug, asked.query))
  return html`
  <div class="board" id="board" data-board${asksAgain}>
    <header class="board__head">
      <div><h1 class="board__title">${t('page.title')}</h1>${scopeLine(board, language)}</div>
      <div class="board__actions">${filters}${rights.mayExplain ? html`<a class="btn btn--secondary" id="add-stop" href="${add}"${hx(page, { get: add, target: '#sheet-body', swap: 'innerHTML' })}>${icon('add')}<span>${t('page.add')}</span></a>` : ''}<a class="btn btn--secondary" href="${page.url(`${plantPaths.comparison(slug)}?${asked.filters}`)}" aria-label="${t('page.compare')}">${icon('bar_chart')}<span class="hide-phone">${t('page.compare')}</span></a>${explainAll(model, board)}</div>
    </header>
    ${board.platformLines.length > 0 ? banner({ tone: 'info', body: t('page.platform', { lines: board.platformLines.join(', ') }) }) : ''}
    ${warningList(board.warnings, language)}
    ${figuresView(model, board)}
    ${timelineView(model, board)}
    ${paretoView(model, board)}
    ${listView(model, board)}
    <footer class="status-bar"><span>${t('page.updated', { time: formatLocalDateTime(board.scope.now.localS, language, true).slice(-8) })}</span></footer>
  </div>`
}

const dataAgeS = ({ board }: DowntimePage): number | null => (typeof board === 'object' && !isRefusal(board) ? board.dataAgeS : null)

export function downtimeView(model: DowntimePage): Html {
  const { page, slug, panel } = model
  const t = words(page.language)
  return shell({
    page,
    title: t('page.title'),
    nav: model.nav,
    status: freshnessPill(dataAgeS(model), page.language),
    aside: {
      id: 'filters',
      label: t('page.filters'),
      content: filterPanel({ page, panel, action: page.url(downtimePaths.page(slug)) }),
    },
    body: html`<div class="progress" id="progress" aria-hidden="true"></div>${boardView(model)}${sheetDialog(page.language)}`,
  })
}
