/** The whole dashboard page: the panel at the left, the board, the live pill above. */
import { type Html, html, shell } from '../../../platform/ui/index.ts'
import { plantPaths } from '../../navigation.ts'
import { boardView, livePill } from './board.ts'
import { filterPanel } from './filter-panel.ts'
import { type DashboardPage, words } from './model.ts'

export function dashboardView(model: DashboardPage): Html {
  const { page } = model
  const t = words(page.language)
  const tabField = html`<input type="hidden" name="tab" value="${'tab' in model.board ? model.board.tab : ''}" data-tab-field>`
  return shell({
    page,
    title: t('page.title'),
    nav: model.nav,
    status: livePill(model),
    aside: {
      id: 'filters',
      label: t('filters.title'),
      content: filterPanel({ ...model, action: page.url(plantPaths.dashboard(model.companySlug)), hidden: tabField }),
    },
    body: html`<div class="progress" id="progress" aria-hidden="true"></div>${boardView(model)}`,
  })
}
