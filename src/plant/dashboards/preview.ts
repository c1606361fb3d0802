/** A layout that is not saved, with the real figures of yesterday: drawn by the views of the dashboard, from the same call. */

import type { FastifyRequest } from 'fastify'
import { type pageOf, requireTenant } from '../../identity/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { formatText } from '../../platform/i18n/index.ts'
import { dayS, formatLocalDate, midnightOf, zoneOf } from '../../platform/time/index.ts'
import { banner, emptyState, type Html } from '../../platform/ui/index.ts'
import { parseLayout, placeWidgets, type ResolvedLayout } from './layout.ts'
import type { LayoutJson } from './layout-json.ts'
import { boardOf } from './page-routes.ts'
import { answerIn, type DashboardDeps } from './service.ts'
import { widgetGrid } from './views/board.ts'
import { words } from './views/model.ts'

type Asked = { readonly page: ReturnType<typeof pageOf>; readonly layout: LayoutJson; readonly tab: string }

/** Widgets of one tab. A plant that does not answer is told in their place. */
export async function previewOf(deps: DashboardDeps, request: FastifyRequest, { page, layout, tab }: Asked): Promise<Html> {
  const actor = requireTenant(request)
  const { language } = page
  const t = words(language)
  const parsed = parseLayout(layout)
  const placed = placeWidgets(parsed?.entries ?? [], await deps.layouts.catalogueOf(actor), parsed?.tabs)
  const tabs = parsed?.tabs ?? []
  // a widget without a place of its own shows where the first tab is
  const widgets = placed.widgets.map((widget) =>
    tabs.some(({ key }) => key === widget.tab) ? widget : { ...widget, tab: tabs[0]?.key ?? widget.tab },
  )
  const resolved: ResolvedLayout = {
    step: 'person',
    roleName: actor.roleName,
    templateId: null,
    widgets,
    filterIds: null,
    tabs,
    warnings: [],
  }
  if (!widgets.some((widget) => widget.tab === tab)) return emptyState({ title: t('board.no_widgets'), icon: 'dashboard' })
  try {
    return await deps.plants.withPlant(actor.tenant.tenantId, async (plant) => {
      const zone = zoneOf(plant.model.settings.timeZone)
      const day = formatLocalDate(midnightOf(zone.toLocalS(Math.floor(deps.clock.nowMs() / 1_000))) - dayS)
      const raw = { start_date: day, end_date: day, start_time: '00:00', end_time: '23:59' }
      const data = await answerIn(deps, actor, { plant, layout: resolved }, raw, { language, tab, isLive: true, requestId: request.id })
      return widgetGrid({ page, language, board: boardOf(data, tab, plant.model) })
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return banner({
      tone: 'warning',
      title: formatText(error.spec.title, language, error.options.parameters),
      body: error.detail(language),
    })
  }
}
