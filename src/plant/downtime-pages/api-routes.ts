/** `/api/v1/downtime/list`, `/summary`, `/pareto` and `/timeline`: stops of a range and what they add up to, computed on read. */
import type { FastifyInstance } from 'fastify'
import { requireTenant } from '../../identity/index.ts'
import { answer, route } from '../../platform/http/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { aboutAnswer, apiStops, askPlant, type DashboardDeps, FilterBody, onlyRange } from '../dashboards/index.ts'
import { paretoOf } from '../downtime/index.ts'
import { apiPareto, apiStrips, apiSummary } from './api-answers.ts'
import { ListBody, ListReply, mostInSummary, ParetoBody, ParetoReply, SummaryReply, TimelineBody, TimelineReply } from './api-schemas.ts'
import { downtimeFigures } from './figures.ts'
import { timelinePage } from './timeline.ts'

const shared = { method: 'POST', access: 'view_dashboard', tags: ['downtime'], rate: { bucket: 'dashboard', perMinute: 60 } } as const
/** A strip drawn as "no data" asks how long the line is silent. */
const withStatus = { ...onlyRange, status: true }

export const registerDowntimeApi = (app: FastifyInstance, deps: DashboardDeps): void => {
  route(app, {
    ...shared,
    url: '/api/v1/downtime/list',
    summary: 'Stops of the range in order of start: recorded, manual, calculated, live and planned',
    body: ListBody,
    reply: { 200: ListReply },
    handler: async ({ request, body }) => {
      const { page, page_size, ...filters } = body
      const asked = await askPlant(deps, requireTenant(request), filters, onlyRange)
      const { stops } = asked.facts
      const items = apiStops(stops.slice((page - 1) * page_size, page * page_size), asked.model, request.language)
      const total = stops.length
      const meta = { total, page, pages: Math.ceil(total / page_size), page_size, ...aboutAnswer(asked, request.language) }
      return answer(200, { items, meta }, { 'x-total-count': String(total) })
    },
  })
  route(app, {
    ...shared,
    url: '/api/v1/downtime/summary',
    summary: 'Number and length of the stops that cost planned time, MTBF and MTTR, what nobody explained, and which reasons weigh most',
    body: FilterBody,
    reply: { 200: SummaryReply },
    handler: async ({ request, body }) => {
      const asked = await askPlant(deps, requireTenant(request), body, onlyRange)
      const { model, scope, facts } = asked
      const figures = downtimeFigures(model, zoneOf(model.settings.timeZone), scope, facts)
      return {
        ...apiSummary(facts.stops, figures, request.language),
        downtimes: apiStops(facts.stops.slice(0, mostInSummary), model, request.language),
        ...aboutAnswer(asked, request.language),
      }
    },
  })
  route(app, {
    ...shared,
    url: '/api/v1/downtime/pareto',
    summary: 'Stops that cost planned time by reason or by kind of failure, heaviest first, with the cumulative share',
    body: ParetoBody,
    reply: { 200: ParetoReply },
    handler: async ({ request, body }) => {
      const { by = 'reason', measure = 'seconds', ...filters } = body
      const asked = await askPlant(deps, requireTenant(request), filters, onlyRange)
      const items = apiPareto(paretoOf(asked.facts.stops, by, measure), request.language)
      return { items, meta: { total: items.length, by, measure, ...aboutAnswer(asked, request.language) } }
    },
  })
  route(app, {
    ...shared,
    url: '/api/v1/downtime/timeline',
    summary: 'What each line did in each shift: running, stopped with or without reason, planned stop, outside the plan, no data',
    body: TimelineBody,
    reply: { 200: TimelineReply },
    handler: async ({ request, body }) => {
      const { page, page_size, ...filters } = body
      const asked = await askPlant(deps, requireTenant(request), filters, withStatus)
      const { model, scope, facts } = asked
      const { strips, total, pages } = timelinePage(model, scope, facts, page, page_size)
      const items = apiStrips(strips, model, zoneOf(model.settings.timeZone))
      const meta = { total, page, pages, page_size, time_zone: model.settings.timeZone, ...aboutAnswer(asked, request.language) }
      return answer(200, { items, meta }, { 'x-total-count': String(total) })
    },
  })
}
