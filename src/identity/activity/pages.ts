/** The page of activity of a company, and its CSV for whoever has no program. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { htmlReply, pageMeta, pagingOf, rawReply, route, type SharedRate } from '../../platform/http/index.ts'
import { formatText } from '../../platform/i18n/index.ts'
import { type AccessDeps, pageOf, requireTenant, takeSlot, timeZoneOf } from '../access/index.ts'
import { verifyAudit } from '../audit/index.ts'
import { administrationNavigation } from '../navigation.ts'
import { identityPaths } from '../paths.ts'
import { hasPermission } from '../permissions.ts'
import { countWaiting } from '../tenants/index.ts'
import { ActivityQuery, parseFilters } from './filters.ts'
import { type LogName, logs } from './queries.ts'
import { companyScope, logPermission, sendLog } from './routes.ts'
import { type ActivityRows, activityPage } from './views.ts'

const tags = ['pages']
const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })
const logNames = ['audit', 'logins', 'queries'] as const
const isLogName = (word: string | undefined): word is LogName => logNames.some((name) => name === word)
const tab = Type.Optional(Type.String({ maxLength: 20 }))
const perPage = 25
/** It reads the whole log of the company. */
const verifyRate: SharedRate = { isShared: true, bucket: 'audit-verify', perMinute: 3, by: 'person' }

export function registerActivityPages(app: FastifyInstance, deps: AccessDeps): void {
  const url = identityPaths.audit({ company: ':company' })
  route(app, {
    method: 'GET',
    url,
    access: 'view_query_log',
    summary: 'Page: what people did in the company',
    tags,
    params: CompanyPath,
    query: Type.Object({
      ...ActivityQuery,
      tab,
      page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
      verify: Type.Optional(Type.String({ maxLength: 1 })),
    }),
    rate: { bucket: 'activity', perMinute: 60 },
    reply: { 200: htmlReply },
    handler: async ({ request, query: { tab: wanted, page: pageNumber, verify, ...asked } }) => {
      const actor = requireTenant(request)
      const offered = logNames.filter((name) => hasPermission(actor, logPermission[name]))
      const name = isLogName(wanted) && offered.includes(wanted) ? wanted : (offered[0] ?? 'queries')
      const isVerified = name === 'audit' && verify === '1'
      if (isVerified) await takeSlot(request, verifyRate)
      const timeZone = timeZoneOf(request)
      const { filters, faults } = parseFilters(asked, timeZone)
      const scope = companyScope(deps, request)
      const paging = pagingOf({ page: pageNumber ?? 1, per_page: perPage })
      const [rows, total, pendingUsers] = await Promise.all([
        logs[name].list(scope, filters, paging),
        logs[name].count(scope, filters),
        countWaiting({ ...deps.db, tenantId: actor.tenant.tenantId }, actor),
      ])
      const page = pageOf(request)
      return activityPage({
        page,
        nav: administrationNavigation(page, actor.tenant.slug, actor, 'audit', { pendingUsers }),
        path: identityPaths.audit({ company: actor.tenant.slug }),
        offered,
        canExport: hasPermission(actor, 'export_data'),
        log: { name, rows } as ActivityRows,
        asked,
        faults: Object.fromEntries(faults.map(({ path, message }) => [path, formatText(message, request.language)])),
        at: pageMeta(paging, total),
        timeZone,
        verified: isVerified ? await verifyAudit(deps.db, deps, { tenantId: actor.tenant.tenantId }) : null,
      })
    },
  })
  route(app, {
    method: 'GET',
    url: `${url}/export.csv`,
    access: 'export_data',
    summary: 'The rows of the page as CSV',
    tags,
    params: CompanyPath,
    query: Type.Object({ ...ActivityQuery, tab }),
    rate: { bucket: 'activity-export', perMinute: 10 },
    reply: { 200: rawReply('text/csv') },
    handler: ({ request, reply, query: { tab: wanted, ...asked } }) =>
      sendLog(deps, request, reply, isLogName(wanted) ? wanted : 'audit', asked),
  })
}
