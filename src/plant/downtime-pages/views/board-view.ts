/** `#board`: what filters and live refreshes replace. */
import { formatLocalDateTime } from '../../../platform/i18n/index.ts'
import { banner, emptyState, type Html, html, hx, icon, shell } from '../../../platform/ui/index.ts'
import { ageText, filterPanel, linesText, rangeText } from '../../dashboards/index.ts'
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
  const filterButton = html`<a class="btn btn--secondary" href="#filters" data-drawer-open="filters">${icon('filter_list')}<span>${t('page.filters')}</span></a>`
  if (board === 'no_lines')
    return html`
    <div class="board" id="board" data-board><header class="board__head"><div><h1 class="board__title">${t('page.title')}</h1></div></header>
      <div class="card">${emptyState({ title: t('page.no_lines'), detail: t('page.no_lines.detail'), icon: 'dashboard' })}</div></div>`
  if (isRefusal(board))
    return html`
    <div class="board" id="board" data-board>
      <header class="board__head"><div><h1 class="board__title">${t('page.title')}</h1></div><div class="board__actions">${filterButton}</div></header>
      ${banner({
        tone: 'danger',
        title: board.title,
        body:
          board.fields.length === 0
            ? board.detail
            : html`<ul>${board.fields.map((f) => html`<li><strong>${f.label}</strong>: ${f.message}</li>`)}</ul>`,
      })}
    </div>`
  const add = page.url(downtimePaths.create(slug, asked.query))
  return html`
  <div class="board" id="board" data-board data-live="${page.url(downtimePaths.live(slug, asked.query))}" data-events="${page.url(`/t/${slug}/events`)}" data-lines="${board.scope.lines.map((line) => line.lineId).join(',')}">
    <header class="board__head">
      <div><h1 class="board__title">${t('page.title')}</h1><p class="board__scope"><strong>${linesText(board, language)}</strong><span>${rangeText(board, language)}</span>${board.shiftName === null ? '' : html`<span>${board.shiftName}</span>`}</p></div>
      <div class="board__actions">${filterButton}${rights.mayExplain ? html`<a class="btn btn--secondary" id="add-stop" href="${add}"${hx(page, { get: add, target: '#sheet-body', swap: 'innerHTML' })}>${icon('add')}<span>${t('page.add')}</span></a>` : ''}${explainAll(model, board)}</div>
    </header>
    ${board.platformLines.length > 0 ? banner({ tone: 'info', body: t('page.platform', { lines: board.platformLines.join(', ') }) }) : ''}
    ${warnings(model, board.warnings)}
    ${figuresView(model, board)}
    ${timelineView(model, board)}
    ${paretoView(model, board)}
    ${listView(model, board)}
    <footer class="status-bar"><span>${t('page.updated', { time: formatLocalDateTime(board.scope.now.localS, language, true).slice(-8) })}</span></footer>
  </div>`
}

function warnings({ page }: DowntimePage, shown: readonly string[]): Html {
  if (shown.length === 0) return html``
  const t = words(page.language)
  return html`
  <details class="warnings" id="board-warnings"><summary class="warnings__summary">${icon('warning', 16)}<span>${shown.length === 1 ? t('page.warning') : t('page.warnings', { count: shown.length })}</span>${icon('expand_more', 16)}</summary>
    <ul class="warnings__list">${shown.map((warning) => html`<li>${warning}</li>`)}</ul></details>`
}

/** As the dashboard's: the browser keeps its words true. */
function livePill({ page, board }: DowntimePage): Html {
  const t = words(page.language)
  const ageS = typeof board === 'object' && !isRefusal(board) ? board.dataAgeS : null
  return html`<p class="live" id="live" data-live-pill data-state="waiting" data-live-word="${t('live.live')}" data-ago-word="${t('live.ago', { age: '{age}' })}" data-offline-word="${t('live.offline')}" role="status" aria-label="${t('live.label')}"><span class="live__dot" aria-hidden="true"></span><span data-live-text>${ageS === null ? '—' : t('live.ago', { age: ageText(ageS) })}</span></p>`
}

export function downtimeView(model: DowntimePage): Html {
  const { page, slug, panel } = model
  const t = words(page.language)
  return shell({
    page,
    title: t('page.title'),
    nav: model.nav,
    status: livePill(model),
    aside: {
      id: 'filters',
      label: t('page.filters'),
      content: filterPanel({ page, panel, action: page.url(downtimePaths.page(slug)) }),
    },
    body: html`<div class="progress" id="progress" aria-hidden="true"></div>${boardView(model)}${sheetDialog(page.language)}`,
  })
}
