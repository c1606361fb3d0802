/** `/api/v1/system/*` and the administrator's pages of a company's plant. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { hasPermission, originOf, pageOf, recordAudit, requireTenant } from '../../identity/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { emptyReply, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import type { Language } from '../../platform/i18n/i18n.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type ClockHealthData, clockHealthBody, plantClocks } from '../clock-health/index.ts'
import type { Histories } from '../history/index.ts'
import type { CacheInfo, Plants } from '../model/index.ts'
import { plantNavigation } from '../navigation.ts'
import { type JobReport, jobReport } from '../stops/index.ts'
import { hasTelemetry } from '../telemetry/index.ts'
import { type Check, worst } from './checks/check.ts'
import { addPlantFigures, type FigureDeps } from './figures.ts'
import { historyReport, type ReportDeps } from './history-report.ts'
import { unreachable, verifyPlant } from './verify.ts'
import { type SystemPage, systemView, verificationView } from './views.ts'

export type SystemDeps = ReportDeps &
  FigureDeps & {
    readonly db: Db
    readonly plants: Plants
    readonly histories: Pick<Histories, 'of'>
    readonly clock: Clock
    readonly app: { readonly name: string; readonly version: string }
    readonly isJobEnabled: boolean
  }

const tags = ['system']
const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })
const nullable = <S extends ReturnType<typeof Type.Number> | ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(schema: S) =>
  Type.Union([schema, Type.Null()])

const Info = Type.Object({
  current_tenant: Type.String(),
  is_loaded: Type.Boolean(),
  is_stale: Type.Boolean(),
  tables: Type.Record(
    Type.String(),
    Type.Object({
      count: Type.Integer(),
      loaded_at: nullable(Type.String({ format: 'date-time' })),
      age_seconds: nullable(Type.Integer()),
    }),
  ),
  hits: Type.Integer(),
  misses: Type.Integer(),
  hit_rate: nullable(Type.Number()),
})

const Status = Type.Union([Type.Literal('ok'), Type.Literal('warn'), Type.Literal('error')])
const Verification = Type.Object({
  status: Status,
  checks: Type.Array(
    Type.Object({
      id: Type.String(),
      status: Status,
      title: Type.String(),
      finding: Type.String(),
      advice: nullable(Type.String()),
      counts: Type.Record(Type.String(), Type.Number()),
    }),
  ),
})

const infoBody = (slug: string, info: CacheInfo) => ({
  current_tenant: slug,
  is_loaded: info.isLoaded,
  is_stale: info.isStale,
  tables: Object.fromEntries(
    Object.entries(info.counts).map(([name, count]) => [
      name,
      { count, loaded_at: info.loadedAtMs === null ? null : new Date(info.loadedAtMs).toISOString(), age_seconds: info.ageS },
    ]),
  ),
  hits: info.hits,
  misses: info.misses,
  hit_rate: info.hitRatio,
})

export const registerSystemRoutes = (app: FastifyInstance, deps: SystemDeps): void => {
  const { plants } = deps
  addPlantFigures(deps)
  const rate = { bucket: 'system', perMinute: 20 }

  route(app, {
    method: 'GET',
    url: '/api/v1/system/health',
    access: 'public',
    summary: 'Whether the server answers, and whether any metadata is loaded; names no company',
    tags,
    rate: false,
    reply: { 200: Type.Object({ status: Type.Literal('ok'), cache_loaded: Type.Boolean() }) },
    handler: () => ({ status: 'ok' as const, cache_loaded: plants.isAnyLoaded() }),
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/system/version',
    access: 'signed_in',
    summary: 'Name and version',
    tags,
    reply: { 200: Type.Object({ name: Type.String(), version: Type.String(), node: Type.String() }) },
    handler: () => ({ ...deps.app, node: process.versions.node }),
  })
  route(app, {
    method: 'GET',
    url: ['/api/v1/system/cache/info', '/api/v1/system/cache/status'],
    access: 'refresh_cache',
    summary: "The copy of the company's plant metadata: rows, age, hit rate",
    tags,
    rate,
    reply: { 200: Info },
    handler: ({ request }) => {
      const { tenant } = requireTenant(request)
      return infoBody(tenant.slug, plants.cacheInfo(tenant.tenantId))
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/system/cache/refresh',
    access: 'refresh_cache',
    summary: "Reads the company's plant metadata again, now",
    tags,
    rate,
    reply: { 200: Type.Object({ status: Type.Literal('refreshed'), info: Info }) },
    handler: async ({ request }) => {
      const slug = await refresh(deps, request)
      return { status: 'refreshed' as const, info: infoBody(slug, plants.cacheInfo(requireTenant(request).tenant.tenantId)) }
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/system/verification',
    access: 'configure_plant',
    summary: "Checks of the company's plant database: what each means and what to do",
    tags,
    rate,
    reply: { 200: Verification },
    handler: async ({ request }) => {
      const checks = await verifyTenant(deps, requireTenant(request).tenant.tenantId)
      const { language } = request
      const told = checks.map((check) => ({
        id: check.id,
        status: check.status,
        title: check.title[language],
        finding: check.finding[language],
        advice: check.advice?.[language] ?? null,
        counts: check.counts,
      }))
      return { status: worst(checks), checks: told }
    },
  })
  route(app, {
    method: 'GET',
    url: '/t/:company/system',
    access: 'configure_plant',
    summary: "Page: the copy of the plant's metadata, and its history",
    tags,
    params: CompanyPath,
    query: Type.Object({ refreshed: Type.Optional(Type.String({ maxLength: 1 })) }),
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => {
      const { tenantId } = requireTenant(request).tenant
      const history = await historyReport(deps, { ...deps.db, tenantId })
      const clocks = await clocksOf(deps, tenantId, request.language)
      return systemView({
        ...systemPage(request),
        cache: plants.cacheInfo(tenantId),
        history,
        clocks,
        stops: await stopsOf(deps, tenantId),
        hasBox: await hasBox(deps, tenantId),
        pool: plants.poolInfo().get(tenantId) ?? null,
        wasRefreshed: query.refreshed === '1',
      })
    },
  })
  route(app, {
    method: 'POST',
    url: '/t/:company/system/refresh',
    access: 'refresh_cache',
    summary: 'Form: reads the metadata again and goes back to the page',
    tags,
    params: CompanyPath,
    form: true,
    rate,
    reply: { 303: emptyReply },
    handler: async ({ request }) => seeOther(request, `/t/${await refresh(deps, request)}/system?refreshed=1`),
  })
  route(app, {
    method: 'GET',
    url: '/t/:company/system/verification',
    access: 'configure_plant',
    summary: 'Page: verification of the plant',
    tags,
    params: CompanyPath,
    rate,
    reply: { 200: htmlReply },
    handler: async ({ request }) =>
      verificationView({ ...systemPage(request), checks: await verifyTenant(deps, requireTenant(request).tenant.tenantId) }),
  })
}

/** Null while the plant does not answer: the page must work exactly then. */
async function clocksOf(deps: SystemDeps, tenantId: number, language: Language): Promise<ClockHealthData | null> {
  try {
    return await deps.plants.withPlant(tenantId, async (plant) => clockHealthBody(await plantClocks(deps, plant), language))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return null
  }
}

/** Likewise. */
async function hasBox({ plants }: SystemDeps, tenantId: number): Promise<boolean> {
  try {
    return await plants.withPlant(tenantId, ({ db }) => hasTelemetry(db))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return false
  }
}

/** Likewise. */
async function stopsOf(deps: SystemDeps, tenantId: number): Promise<JobReport | null> {
  try {
    return await jobReport(deps, tenantId)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return null
  }
}

const systemPage = (request: FastifyRequest): SystemPage => {
  const actor = requireTenant(request)
  const page = pageOf(request)
  const { slug } = actor.tenant
  return { page, companySlug: slug, nav: plantNavigation(page, slug, actor, 'system'), canRefresh: hasPermission(actor, 'refresh_cache') }
}

async function refresh({ db, plants, clock }: SystemDeps, request: FastifyRequest): Promise<string> {
  const actor = requireTenant(request)
  await plants.refresh(actor.tenant.tenantId)
  await recordAudit(db, { clock }, actor, 'UPDATE', { entityType: 'plant_metadata', origin: originOf(request), data: { refreshed: true } })
  return actor.tenant.slug
}

/** A plant that does not answer has one check, which says so: the page must work exactly then. */
export async function verifyTenant({ plants, clock }: Pick<SystemDeps, 'plants' | 'clock'>, tenantId: number): Promise<Check[]> {
  try {
    return await plants.withPlant(tenantId, (plant) => verifyPlant(plant, clock.nowMs()))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return [unreachable(reasonOf(error))]
  }
}

/** The driver's own words say what is wrong (unknown host, refused account): only administrators and operators see them. */
function reasonOf(problem: Problem): string {
  let cause: unknown = problem
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause
  return cause instanceof Error ? cause.message.slice(0, 200) : problem.detail('en')
}
