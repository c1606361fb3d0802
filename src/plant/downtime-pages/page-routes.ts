/** `/t/{company}/downtime`: the page, the fragment that filters ask for, and the live refresh. All are the API's answers, drawn. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { pageOf, requireTenant } from '../../identity/index.ts'
import { answer, fieldErrorsOf, htmlReply, route } from '../../platform/http/index.ts'
import { type Html, html } from '../../platform/ui/index.ts'
import { rangePartial } from '../dashboards/index.ts'
import { plantNavigation } from '../navigation.ts'
import { type DowntimeDeps, loadPage, type PageData, rightsOf } from './page-data.ts'
import { DowntimeQuery } from './page-query.ts'
import { boardView, downtimeView } from './views/board-view.ts'
import { type DowntimePage, isRefusal } from './views/model.ts'

const tags = ['downtime']
export const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })

export const registerDowntimePage = (app: FastifyInstance, deps: DowntimeDeps): void => {
  route(app, {
    method: 'GET',
    url: '/t/:company/downtime',
    access: 'view_dashboard',
    summary: 'Stops of the period: timeline, Pareto and list; with HX-Request only the part that filters replace',
    tags,
    params: CompanyPath,
    query: DowntimeQuery,
    rate: { bucket: 'dashboard', perMinute: 60 },
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => {
      const data = await loadPage(deps, request, query, false)
      const model = pageModel(request, data)
      const headers = data.problem?.options.headers
      if (!request.isHtmx) return answer(data.status, downtimeView(model), headers)
      return answer(data.status, data.filters.length > 0 ? html`${boardView(model)}${rangePartial(model)}` : boardView(model), headers)
    },
  })
  route(app, {
    method: 'GET',
    url: '/t/:company/downtime/live',
    access: 'view_dashboard',
    summary: 'The same part again, asked by the page itself when a line changed',
    tags,
    params: CompanyPath,
    query: DowntimeQuery,
    rate: { bucket: 'live', perMinute: 120 },
    keepsSessionAlive: false,
    reply: { 200: htmlReply },
    handler: async ({ request, query }): Promise<Html> => {
      const data = await loadPage(deps, request, query, true)
      if (data.problem) throw data.problem
      return boardView(pageModel(request, data))
    },
  })
}

function pageModel(request: FastifyRequest, { asked, filters, board, problem }: PageData): DowntimePage {
  const actor = requireTenant(request)
  const page = pageOf(request)
  const { slug } = actor.tenant
  const values = isRefusal(board) || board === 'no_lines' ? asked.raw : board.scope.parameters
  const errors = problem ? Object.entries(fieldErrorsOf(problem, request.language)) : []
  return {
    page,
    slug,
    nav: plantNavigation(page, slug, actor, 'downtime'),
    rights: rightsOf(actor),
    asked,
    panel: { filters, values, preset: asked.preset, errors: new Map(errors) },
    board,
  }
}
