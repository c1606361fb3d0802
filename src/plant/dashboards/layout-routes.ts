/** `/api/v1/layout/*`: what the caller's role sees. Company and role come from the session, never from a parameter. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { route } from '../../platform/http/index.ts'
import { describeFilters } from '../scope/index.ts'
import { modelForActor } from './bound-lines.ts'
import { FilterDescriptionSchema } from './filter-routes.ts'
import type { PlacedWidget } from './layout.ts'
import { listAnswer } from './list-answer.ts'
import { nullable } from './schema-parts.ts'
import type { DashboardDeps } from './service.ts'

const tags = ['dashboard']
const access = 'view_dashboard'

const LayoutWidget = Type.Object({
  widget_id: Type.Integer(),
  widget_name: Type.String(),
  description: Type.String(),
  class_name: nullable(Type.String()),
  title: nullable(Type.String()),
  tab: Type.String(),
  col_span: Type.Integer(),
  row_span: Type.Integer(),
  order: Type.Integer(),
  refresh_seconds: nullable(Type.Integer()),
})

const LayoutReply = Type.Object({
  tenant_id: Type.Integer(),
  role: Type.String(),
  step: Type.Union([Type.Literal('person'), Type.Literal('role'), Type.Literal('tenant_default'), Type.Literal('built_in')]),
  template_id: nullable(Type.Integer()),
  enabled_widget_ids: Type.Array(Type.Integer()),
  enabled_filter_ids: Type.Array(Type.Integer()),
  widgets: Type.Array(LayoutWidget),
  tabs: Type.Array(Type.String(), { description: 'Keys, in order' }),
  tab_details: Type.Array(
    Type.Object({ key: Type.String(), name: nullable(Type.String()), line_ids: nullable(Type.Array(Type.Integer())) }),
  ),
  warnings: Type.Array(Type.String()),
})

const shownWidget = (placed: PlacedWidget) => ({
  widget_id: placed.widgetId,
  widget_name: placed.widgetName,
  description: placed.description,
  class_name: placed.className,
  title: placed.title,
  tab: placed.tab,
  col_span: placed.colSpan,
  row_span: placed.rowSpan,
  order: placed.order,
  refresh_seconds: placed.refreshS,
})

export const registerLayoutRoutes = (app: FastifyInstance, deps: DashboardDeps): void => {
  route(app, {
    method: 'GET',
    url: '/api/v1/layout/config',
    access,
    summary: 'Widgets and filters of the caller’s role, and which step of the chain gave them',
    tags,
    reply: { 200: LayoutReply },
    handler: async ({ request }) => {
      const actor = requireTenant(request)
      const layout = await deps.layouts.of(actor)
      const filters = await deps.plants.withPlant(actor.tenant.tenantId, async ({ model }) =>
        describeFilters(modelForActor(actor, model), layout.filterIds && new Set(layout.filterIds), request.language, deps.clock.nowMs()),
      )
      return {
        tenant_id: actor.tenant.tenantId,
        role: actor.roleName,
        step: layout.step,
        template_id: layout.templateId,
        enabled_widget_ids: layout.widgets.map(({ widgetId }) => widgetId),
        enabled_filter_ids: filters.map(({ filter_id }) => filter_id),
        widgets: layout.widgets.map(shownWidget),
        tabs: layout.tabs.map(({ key }) => key),
        tab_details: layout.tabs.map(({ key, name, lineIds }) => ({ key, name, line_ids: lineIds && [...lineIds] })),
        warnings: layout.warnings.map((warning) => warning[request.language]),
      }
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/layout/widgets',
    access,
    summary: 'Widgets of the caller’s role',
    tags,
    reply: { 200: Type.Object({ items: Type.Array(LayoutWidget), meta: Type.Object({ total: Type.Integer() }) }) },
    handler: async ({ request }) => {
      const { widgets } = await deps.layouts.of(requireTenant(request))
      return listAnswer(widgets.map(shownWidget))
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/layout/filters',
    access,
    summary: 'Filters of the caller’s role, with options and defaults',
    tags,
    reply: { 200: Type.Object({ items: Type.Array(FilterDescriptionSchema), meta: Type.Object({ total: Type.Integer() }) }) },
    handler: async ({ request }) => {
      const actor = requireTenant(request)
      const layout = await deps.layouts.of(actor)
      const items = await deps.plants.withPlant(actor.tenant.tenantId, async ({ model }) =>
        describeFilters(modelForActor(actor, model), layout.filterIds && new Set(layout.filterIds), request.language, deps.clock.nowMs()),
      )
      return listAnswer(items)
    },
  })
}
