/** `/t/{company}/detections`: the page, the part that filters replace, further rows, and the files. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { hasPermission, pageOf, requireTenant } from '../../identity/index.ts'
import { answer, fieldErrorsOf, htmlReply, rawReply, route } from '../../platform/http/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { html } from '../../platform/ui/index.ts'
import { rangePartial } from '../dashboards/index.ts'
import { plantNavigation } from '../navigation.ts'
import { exportRate } from './api-routes.ts'
import { askRows, type DetectionDeps } from './ask.ts'
import { loadPage, type PageData, wishOf } from './page-data.ts'
import { DetectionQuery, type PageAsked, readDetectionQuery } from './page-query.ts'
import { sendExport } from './send-export.ts'
import { boardView, detectionsView } from './views/board-view.ts'
import { type DetectionPage, isRefusal } from './views/model.ts'
import { rowParts } from './views/rows-view.ts'

const shared = {
  access: 'view_production_data',
  tags: ['detections'],
  query: DetectionQuery,
  params: Type.Object({ company: Type.String({ maxLength: 100 }) }),
}
const rate = { bucket: 'detections', perMinute: 60 }

export function registerDetectionPages(app: FastifyInstance, deps: DetectionDeps): void {
  route(app, {
    ...shared,
    method: 'GET',
    url: '/t/:company/detections',
    summary:
      'Detections of the period: figures, rows or counts per interval, and files; with HX-Request only the part that filters replace',
    rate,
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => {
      const data = await loadPage(deps, request, query)
      const model = pageModel(request, data)
      const { headers } = data.problem?.options ?? {}
      if (!request.isHtmx) return answer(data.status, detectionsView(model), headers)
      return answer(data.status, data.filters.length > 0 ? html`${boardView(model)}${rangePartial(model)}` : boardView(model), headers)
    },
  })
  route(app, {
    ...shared,
    method: 'GET',
    url: '/t/:company/detections/rows',
    summary: 'Further rows for a list that is on the page',
    rate,
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => {
      const actor = requireTenant(request)
      const asked = await askedOf(deps, request, query)
      const found = await askRows(deps, actor, asked.raw, wishOf(asked), true)
      return rowParts({ page: pageOf(request), slug: actor.tenant.slug, asked }, found, found.page)
    },
  })
  route(app, {
    ...shared,
    method: 'GET',
    url: '/t/:company/detections/export',
    access: 'export_data',
    summary: 'The same detections as a CSV file or spreadsheet',
    rate: exportRate,
    isStream: true,
    reply: { 200: rawReply('application/octet-stream') },
    handler: async ({ request, reply, query }) => {
      const asked = await askedOf(deps, request, query)
      return sendExport(deps, request, reply, asked.raw, { format: asked.format, header: 'words' })
    },
  })
}

/** A preset is a range of the plant's own days. */
async function askedOf(deps: DetectionDeps, request: FastifyRequest, query: DetectionQuery): Promise<PageAsked> {
  const { tenantId } = requireTenant(request).tenant
  const timeZone = await deps.plants.withPlant(tenantId, async ({ model }) => model.settings.timeZone)
  return readDetectionQuery(query, zoneOf(timeZone).toLocalS(Math.floor(deps.clock.nowMs() / 1_000)))
}

function pageModel(request: FastifyRequest, { asked, filters, board, problem }: PageData): DetectionPage {
  const actor = requireTenant(request)
  const page = pageOf(request)
  const { slug } = actor.tenant
  const values = isRefusal(board) || board === 'no_lines' ? asked.raw : board.scope.parameters
  const errors = problem ? Object.entries(fieldErrorsOf(problem, request.language)) : []
  return {
    page,
    slug,
    nav: plantNavigation(page, slug, actor, 'detections'),
    mayExport: hasPermission(actor, 'export_data'),
    asked,
    panel: { filters, values, preset: asked.preset, errors: new Map(errors) },
    board,
  }
}
