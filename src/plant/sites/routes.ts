/** `/api/v1/plants`: the plants of a company, and their figures side by side. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { route } from '../../platform/http/index.ts'
import {
  aboutAnswer,
  askPlant,
  type DashboardDeps,
  FilterBody,
  modelForActor,
  nullable,
  onlyRange,
  PeriodSchema,
  warningsSchema,
} from '../dashboards/index.ts'
import type { KpiFacts } from '../kpi/index.ts'
import { compareSites } from './compare.ts'

const tags = ['plant']
const access = 'view_dashboard'
const rate = { bucket: 'dashboard', perMinute: 60 }
const integer = Type.Integer()
const Line = Type.Object({ line_id: integer, line_name: Type.String() })
const ratio = nullable(Type.Number({ minimum: 0 }))

/** Ratios 0…, unrounded; null is "no data". */
const Figures = Type.Object({
  oee_index: ratio,
  availability: ratio,
  effectiveness: ratio,
  quality_ratio: ratio,
  quality_assumed: Type.Boolean(),
  total_production: integer,
  planned_busy_time_seconds: integer,
  actual_production_time_seconds: integer,
  unplanned_downtime_seconds: integer,
  stop_count: integer,
  good_quantity: integer,
  processed_quantity: integer,
  ideal_minutes: nullable(Type.Number()),
})

const figures = (kpi: KpiFacts) => ({
  oee_index: kpi.oeeIndex,
  availability: kpi.availability,
  effectiveness: kpi.effectiveness,
  quality_ratio: kpi.qualityRatio,
  quality_assumed: kpi.qualityAssumed,
  total_production: kpi.totalProduction,
  planned_busy_time_seconds: kpi.time.plannedBusyTimeS,
  actual_production_time_seconds: kpi.time.actualProductionTimeS,
  unplanned_downtime_seconds: kpi.time.unplannedDowntimeS,
  stop_count: kpi.time.stopCount,
  good_quantity: kpi.goodQuantity,
  processed_quantity: kpi.processedQuantity,
  ideal_minutes: kpi.idealMinutes,
})

export function registerSiteRoutes(app: FastifyInstance, deps: DashboardDeps): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/plants',
    access,
    summary: 'The plants of the company, and which lines are in each',
    tags,
    rate,
    reply: {
      200: Type.Object({
        items: Type.Array(Type.Object({ id: integer, name: Type.String(), code: Type.String(), lines: Type.Array(Line) })),
      }),
    },
    handler: async ({ request }) => {
      const actor = requireTenant(request)
      const whole = await deps.plants.withPlant(actor.tenant.tenantId, async ({ model }) => model)
      const { lines, settings } = modelForActor(actor, whole)
      const items = settings.sites.map(({ siteId, siteName, siteCode, lineIds }) => ({
        id: siteId,
        name: siteName,
        code: siteCode,
        lines: lines
          .filter(({ lineId, isActive }) => isActive && lineIds.includes(lineId))
          .map(({ lineId, lineName }) => ({ line_id: lineId, line_name: lineName })),
      }))
      return { items }
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/plants/comparison',
    access,
    summary: 'OEE and its factors plant by plant: ratios of sums over the lines of each; `id` null = lines of no plant',
    tags,
    rate,
    body: FilterBody,
    reply: {
      200: Type.Object({
        plants: Type.Array(
          Type.Object({
            id: nullable(integer),
            name: nullable(Type.String()),
            code: Type.String(),
            lines: Type.Array(Line),
            figures: Figures,
          }),
        ),
        total: Figures,
        period: PeriodSchema,
        lines_queried: Type.Array(integer),
        is_multi_line: Type.Boolean(),
        warnings: warningsSchema,
      }),
    },
    handler: async ({ request, body }) => {
      const asked = await askPlant(deps, requireTenant(request), body, onlyRange)
      const { sites, total } = compareSites(asked.model, asked.facts)
      const plants = sites.map(({ siteId, siteName, siteCode, lines, kpi }) => ({
        id: siteId,
        name: siteName,
        code: siteCode,
        lines: lines.map(({ lineId, lineName }) => ({ line_id: lineId, line_name: lineName })),
        figures: figures(kpi),
      }))
      return { plants, total: figures(total), ...aboutAnswer(asked, request.language) }
    },
  })
}
