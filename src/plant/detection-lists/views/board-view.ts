/** `#board`: what filters replace: heading, figures, how the detections are shown, and the rows. */
import { formatLocalDateTime, formatNumber } from '../../../platform/i18n/index.ts'
import { card, emptyState, type Html, html, kpiFigure, shell, tabs } from '../../../platform/ui/index.ts'
import { filterButton, filterPanel, refusalBanner, scopeLine, warningList } from '../../dashboards/index.ts'
import { withView } from '../page-query.ts'
import { detectionPaths } from '../paths.ts'
import { bucketTable } from './buckets-view.ts'
import { exportLinks, exportState } from './export-view.ts'
import { words } from './messages.ts'
import { type DetectionBoard, type DetectionPage, isRefusal } from './model.ts'
import { rowTable } from './rows-view.ts'

export function boardView(model: DetectionPage): Html {
  const { page, board } = model
  const { language } = page
  const t = words(language)
  const title = html`<h1 class="board__title">${t('page.title')}</h1>`
  if (board === 'no_lines')
    return html`
    <div class="board" id="board" data-board><header class="board__head"><div>${title}</div></header>
      <div class="card">${emptyState({ title: t('page.no_lines'), detail: t('page.no_lines.detail'), icon: 'database' })}</div></div>`
  if (isRefusal(board))
    return html`
    <div class="board" id="board" data-board>
      <header class="board__head"><div>${title}</div><div class="board__actions">${filterButton(language)}</div></header>
      ${refusalBanner(board)}
    </div>`
  return html`
  <div class="board" id="board" data-board>
    <header class="board__head">
      <div>${title}${scopeLine(board, language)}</div>
      <div class="board__actions">${filterButton(language)}${exportLinks(model, board)}</div>
    </header>
    ${exportState(model, board)}
    ${warningList(board.warnings, language)}
    ${board.total === 0 ? '' : figures(model, board)}
    <div class="board__tabs">${viewTabs(model)}</div>
    ${listCard(model, board)}
  </div>`
}

function figures({ page }: DetectionPage, board: DetectionBoard): Html {
  const { language } = page
  const t = words(language)
  const tile = (id: 'total' | 'production' | 'input' | 'scrap' | 'products', value: number, note: string): Html =>
    html`<section class="card stat"><h2 class="stat__label">${t(`figure.${id}`)}</h2>${kpiFigure({ id: `stat-${id}`, value: formatNumber(value, language), unit: '', notes: note === '' ? [] : [note] })}</section>`
  const { firstLocalS: first, lastLocalS: last } = board
  const span =
    first === null || last === null
      ? ''
      : t('figure.total.note', { first: formatLocalDateTime(first, language), last: formatLocalDateTime(last, language) })
  return html`
  <div class="stats">
    ${tile('total', board.total, span)}
    ${tile('production', board.production, t('figure.production.note'))}
    ${tile('input', board.input, t('figure.input.note'))}
    ${tile('scrap', board.scrap, t('figure.scrap.note'))}
    ${tile('products', board.products, t('figure.products.note', { weight: formatNumber(board.weightCentikg / 100, language, board.weightCentikg % 100 === 0 ? 0 : 2) }))}
  </div>`
}

function viewTabs({ page, slug, asked }: DetectionPage): Html {
  const t = words(page.language)
  return tabs({
    label: t('tab.label'),
    items: (['rows', 'buckets'] as const).map((view) => ({
      label: t(`tab.${view}`),
      href: page.url(detectionPaths.page(slug, withView(asked.filters, { view }))),
      isCurrent: asked.view.view === view,
    })),
  })
}

function listCard(model: DetectionPage, board: DetectionBoard): Html {
  const { language } = model.page
  const t = words(language)
  const { list, total } = board
  if (total === 0)
    return html`<div class="card">${emptyState({ title: t('rows.none'), detail: t('rows.none.detail'), icon: 'inbox' })}</div>`
  if (list.kind === 'buckets')
    return card({
      id: 'list',
      title: t('buckets.title'),
      subtitle: t('buckets.subtitle', { count: formatNumber(total, language), rows: formatNumber(list.total, language) }),
      body: bucketTable(model, board, list),
    })
  const isGone = list.rows.length === 0 && model.asked.view.after === ''
  return card({
    id: 'list',
    title: t('rows.title'),
    actions: orderLinks(model),
    body: isGone ? emptyState({ title: t('rows.gone'), icon: 'info' }) : rowTable(model, board, list),
  })
}

function orderLinks({ page, slug, asked }: DetectionPage): Html {
  const t = words(page.language)
  const link = (label: string, view: Parameters<typeof withView>[1], isOn: boolean): Html =>
    html`<a class="chip" href="${page.url(detectionPaths.page(slug, withView(asked.filters, view)))}"${isOn ? html` aria-current="true"` : ''}>${label}</a>`
  const { order, after } = asked.view
  return html`<nav class="chips" aria-label="${t('rows.order')}">${after === '' ? '' : link(t('rows.from_start'), { order }, false)}${(['desc', 'asc'] as const).map((one) => link(t(`rows.${one}`), { order: one }, order === one))}</nav>`
}

export function detectionsView(model: DetectionPage): Html {
  const { page, slug, panel, asked } = model
  const t = words(page.language)
  const kept = [...withView(new URLSearchParams(), { view: asked.view.view, order: asked.view.order })]
  return shell({
    page,
    title: t('page.title'),
    nav: model.nav,
    aside: {
      id: 'filters',
      label: t('page.filters'),
      content: filterPanel({
        page,
        panel,
        action: page.url(detectionPaths.page(slug)),
        hidden: html`${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`,
      }),
    },
    body: html`<div class="progress" id="progress" aria-hidden="true"></div>${boardView(model)}`,
  })
}
