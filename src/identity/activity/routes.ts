/** The logs over the API. Seen by the company's administration; of the whole platform by its operator. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { listAnswer, PagingQuery, pagingOf, rawReply, route } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, requireActor, requireTenant } from '../access/index.ts'
import { recordAudit } from '../audit/index.ts'
import { hasPermission } from '../permissions.ts'
import { problem } from '../problems.ts'
import { companyTimeZone, findTenant } from '../tenants/index.ts'
import { exportLog } from './export.ts'
import { ActivityQuery, type ActivityText, type Filters, parseFilters } from './filters.ts'
import { type LogName, type LogScope, logs } from './queries.ts'
import { AuditList, auditAnswer, LoginList, loginAnswer, QueryList, queryAnswer } from './schemas.ts'

const tags = ['audit']
const exportRate = { bucket: 'activity-export', perMinute: 10 }
const Query = Type.Object({ ...ActivityQuery, ...PagingQuery })
const ExportQuery = Type.Object(ActivityQuery)

const perPage = 25

/** Throws 422 `validation_failed` naming what cannot be read. */
async function filtersOf({ db }: AccessDeps, { actor, signedIn }: FastifyRequest, query: ActivityText): Promise<Filters> {
  // A program has no session to know its company from.
  const tenant = signedIn || !actor?.tenant ? null : await findTenant(db, actor.tenant.tenantId)
  const { filters, faults } = parseFilters(query, companyTimeZone(signedIn ? signedIn.tenantConfig : (tenant?.config ?? null)))
  if (faults.length > 0) throw problem('validation_failed', { fields: faults })
  return filters
}

export const companyScope = ({ db }: AccessDeps, request: FastifyRequest): LogScope => ({
  ...db,
  tenantId: requireTenant(request).tenant.tenantId,
})

export function registerActivityRoutes(app: FastifyInstance, deps: AccessDeps): void {
  const wholePlatform: LogScope = { ...deps.db, tenantId: null }
  route(app, {
    method: 'GET',
    url: '/api/v1/audit',
    access: 'view_audit_log',
    summary: 'The audit log of the company, newest first',
    tags,
    query: Query,
    reply: { 200: AuditList },
    handler: async ({ request, query }) => {
      const [scope, filters, paging] = [companyScope(deps, request), await filtersOf(deps, request, query), pagingOf(query, perPage)]
      const rows = await logs.audit.list(scope, filters, paging)
      return listAnswer(rows.map(auditAnswer), paging, await logs.audit.count(scope, filters))
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/platform/audit',
    access: 'view_all_audit',
    summary: 'The audit log of all companies and of none, newest first',
    tags,
    query: Type.Object({ ...ActivityQuery, ...PagingQuery, tenant_id: Type.Optional(Type.Integer({ minimum: 1 })) }),
    reply: { 200: AuditList },
    handler: async ({ request, query }) => {
      const [filters, paging] = [await filtersOf(deps, request, query), pagingOf(query, perPage)]
      const scope = query.tenant_id === undefined ? wholePlatform : { ...deps.db, tenantId: query.tenant_id }
      const rows = await logs.audit.list(scope, filters, paging)
      return listAnswer(rows.map(auditAnswer), paging, await logs.audit.count(scope, filters))
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/user-logins',
    access: 'view_query_log',
    summary: 'Sign-ins to the company, newest first: when, from where, how they ended',
    tags,
    query: Query,
    reply: { 200: LoginList },
    handler: async ({ request, query }) => {
      const [scope, filters, paging] = [companyScope(deps, request), await filtersOf(deps, request, query), pagingOf(query, perPage)]
      const rows = await logs.logins.list(scope, filters, paging)
      return listAnswer(rows.map(loginAnswer), paging, await logs.logins.count(scope, filters))
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/user-queries',
    access: 'view_query_log',
    summary: "Questions asked of the company's plant, newest first",
    tags,
    query: Query,
    reply: { 200: QueryList },
    handler: async ({ request, query }) => {
      const [scope, filters, paging] = [companyScope(deps, request), await filtersOf(deps, request, query), pagingOf(query, perPage)]
      const rows = await logs.queries.list(scope, filters, paging)
      return listAnswer(rows.map(queryAnswer), paging, await logs.queries.count(scope, filters))
    },
  })
  registerExports(app, deps)
}

const exportPaths = { audit: '/api/v1/audit', logins: '/api/v1/user-logins', queries: '/api/v1/user-queries' } as const

function registerExports(app: FastifyInstance, deps: AccessDeps): void {
  for (const name of ['audit', 'logins', 'queries'] as const)
    route(app, {
      method: 'GET',
      url: `${exportPaths[name]}/export.csv`,
      access: 'export_data',
      summary: `The same rows as ${exportPaths[name]}, as CSV: at most 100,000, newest first`,
      tags,
      query: ExportQuery,
      rate: exportRate,
      reply: { 200: rawReply('text/csv') },
      handler: ({ request, reply, query }) => sendLog(deps, request, reply, name, query),
    })
}

/** Who may see a log; exporting needs `export_data` beside it. */
export const logPermission = { audit: 'view_audit_log', logins: 'view_query_log', queries: 'view_query_log' } as const

/** Throws 403 `permission_denied`, 422 `validation_failed`. The export is audited before its first row leaves. */
export async function sendLog(deps: AccessDeps, request: FastifyRequest, reply: FastifyReply, name: LogName, query: ActivityText) {
  const actor = requireActor(request)
  if (!hasPermission(actor, logPermission[name])) throw problem('permission_denied')
  const filters = await filtersOf(deps, request, query)
  const scope = companyScope(deps, request)
  await recordAudit(deps.db, deps, actor, 'EXPORT', {
    entityType: name,
    origin: originOf(request),
    data: { filters: Object.keys(filters) },
  })
  reply.header('content-disposition', `attachment; filename="${name}.csv"`)
  return reply.type('text/csv; charset=utf-8').send(exportLog(name, scope, filters))
}
