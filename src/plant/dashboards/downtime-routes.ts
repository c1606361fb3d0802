/** `/api/v1/downtime/list` and `/summary`: stops of a range, computed on read. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { route } from '../../platform/http/index.ts'
import { aboutAnswer, askPlant, onlyRange } from './ask.ts'
import { listAnswer } from './list-answer.ts'
import { FilterBody, PeriodSchema, StopSchema, warnings } from './schemas.ts'
import type { DashboardDeps } from './service.ts'
import { apiStops, downtimeSummary } from './stops.ts'
import { nullable } from './widgets/data.ts'

const tags = ['downtime']
const access = 'view_dashboard'
const rate = { bucket: 'dashboard', perMinute: 60 }
const integer = Type.Integer()
const about = { period: PeriodSchema, lines_queried: Type.Array(integer), is_multi_line: Type.Boolean(), warnings }

const ListBody = Type.Object({
  ...FilterBody.properties,
  page: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 }),
  page_size: Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000 }),
})
const ListReply = Type.Object({
  items: Type.Array(StopSchema),
  meta: Type.Object({ total: integer, page: integer, pages: integer, page_size: integer, ...about }),
})

const mostInSummary = 1_000
const SummaryReply = Type.Object({
  total_downtimes: integer,
  total_duration_seconds: integer,
  total_duration_formatted: Type.String(),
  avg_duration_seconds: nullable(Type.Number()),
  max_duration_seconds: nullable(integer),
  min_duration_seconds: nullable(integer),
  pareto: Type.Array(
    Type.Object({
      reason: Type.String(),
      failure_type: nullable(Type.String()),
      count: integer,
      seconds: integer,
      share: Type.Number(),
    }),
  ),
  /** The first 1 000; `/downtime/list` has them all. */
  downtimes: Type.Array(StopSchema),
  ...about,
})

export const registerDowntimeRoutes = (app: FastifyInstance, deps: DashboardDeps): void => {
  route(app, {
    method: 'POST',
    url: '/api/v1/downtime/list',
    access,
    summary: 'Stops of the range in order of start: recorded, manual, calculated, live and planned',
    tags,
    rate,
    body: ListBody,
    reply: { 200: ListReply },
    handler: async ({ request, body }) => {
      const { page, page_size, ...filters } = body
      const asked = await askPlant(deps, requireTenant(request), filters, onlyRange)
      const { stops } = asked.facts
      const items = apiStops(stops.slice((page - 1) * page_size, page * page_size), asked.model, request.language)
      const pages = Math.ceil(stops.length / page_size)
      return listAnswer(items, { page, pages, page_size, ...aboutAnswer(asked, request.language) }, stops.length)
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/downtime/summary',
    access,
    summary: 'Number and length of the stops that cost planned time, and which reasons weigh most',
    tags,
    rate,
    body: FilterBody,
    reply: { 200: SummaryReply },
    handler: async ({ request, body }) => {
      const asked = await askPlant(deps, requireTenant(request), body, onlyRange)
      const { stops, downtime } = asked.facts
      return {
        ...downtimeSummary(stops, downtime, request.language),
        downtimes: apiStops(stops.slice(0, mostInSummary), asked.model, request.language),
        ...aboutAnswer(asked, request.language),
      }
    },
  })
}
