/** `/api/v1/dashboard/*`: one request per visible tab. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { answer as reply, route } from '../../platform/http/index.ts'
import { resolveWidget } from './catalogue.ts'
import { listAnswer } from './list-answer.ts'
import { rawMetadata, rawReply } from './raw.ts'
import { DashboardBody, DashboardQuery, DashboardReply, idList } from './schemas.ts'
import { type DashboardAnswer, type DashboardDeps, dashboardData } from './service.ts'

const tags = ['dashboard']
/** Spec plant 9. */
const rate = { bucket: 'dashboard', perMinute: 60 }

const CatalogueReply = Type.Object({
  items: Type.Array(
    Type.Object({
      widget_id: Type.Integer(),
      widget_name: Type.String(),
      description: Type.String(),
      class_name: Type.Union([Type.String(), Type.Null()]),
      display_name: Type.String(),
      explanation: Type.String(),
      render: Type.Union([Type.String(), Type.Null()]),
      chart_type: Type.Union([Type.String(), Type.Null()]),
      tab: Type.String(),
      col_span: Type.Integer(),
      row_span: Type.Integer(),
      downtime_only: Type.Boolean(),
    }),
  ),
  meta: Type.Object({ total: Type.Integer() }),
})

type Asked = { readonly widget_ids?: readonly number[] | string; readonly tab?: string; readonly include_raw?: boolean }

export const registerDashboardDataRoutes = (app: FastifyInstance, deps: DashboardDeps): void => {
  const ask = async (request: FastifyRequest, asked: Asked & Readonly<Record<string, unknown>>, isPreview: boolean) => {
    const { widget_ids, tab, include_raw, ...filters } = asked
    const widgetIds = idList(widget_ids)
    const answer = await dashboardData(deps, requireTenant(request), filters, {
      language: request.language,
      requestId: request.id,
      isPreview,
      ...(widgetIds && { widgetIds }),
      ...(tab && { tab }),
      ...(include_raw && { includeRaw: true }),
    })
    return reply(
      200,
      deps.answers.replyOf(answer, () => shown(answer, request)),
    )
  }

  route(app, {
    method: 'POST',
    url: '/api/v1/dashboard/data',
    access: 'view_dashboard',
    summary: 'Widgets of the caller’s layout over one range and choice of lines',
    tags,
    rate,
    body: DashboardBody,
    reply: { 200: DashboardReply },
    handler: ({ request, body }) => ask(request, body, false),
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/dashboard/data',
    access: 'view_dashboard',
    summary: 'The same with query parameters; lists as CSV',
    tags,
    rate,
    query: DashboardQuery,
    reply: { 200: DashboardReply },
    handler: ({ request, query }) => ask(request, query, false),
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/dashboard/preview',
    access: 'edit_dashboard',
    summary: 'Any widgets of the catalogue, whatever the layout; `widget_ids` is mandatory',
    tags,
    rate,
    body: DashboardBody,
    reply: { 200: DashboardReply },
    handler: ({ request, body }) => ask(request, body, true),
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/dashboard/widgets/catalog',
    access: 'edit_dashboard',
    summary: 'Every widget that a layout may name',
    tags,
    reply: { 200: CatalogueReply },
    handler: async ({ request }) => {
      const items = (await deps.layouts.catalogueOf(requireTenant(request))).map((row) => {
        const widget = resolveWidget(row.widgetName)
        return {
          widget_id: row.widgetId,
          widget_name: row.widgetName,
          description: row.description,
          class_name: widget?.className ?? null,
          display_name: widget?.displayName[request.language] ?? row.description,
          explanation: widget?.explanation[request.language] ?? '',
          render: widget?.render ?? null,
          chart_type: widget?.chart ?? null,
          tab: widget?.tab ?? 'produccion',
          col_span: widget?.columnSpan ?? 1,
          row_span: widget?.rowSpan ?? 1,
          downtime_only: widget?.downtimeOnly ?? false,
        }
      })
      return listAnswer(items)
    },
  })
}

const shown = (answer: DashboardAnswer, { language }: FastifyRequest) => ({
  widgets: answer.widgets,
  metadata: answer.raw === null ? answer.metadata : { ...answer.metadata, ...rawMetadata(answer.raw) },
  ...(answer.raw !== null && rawReply(answer.raw, language)),
})
