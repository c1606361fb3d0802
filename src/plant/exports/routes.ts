/** Files of the dashboard: for programs by POST, for people by a link that carries the page's own address. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { rawReply, route } from '../../platform/http/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { FilterBody, PageQuery, readPageQuery, tabKeyPattern } from '../dashboards/index.ts'
import { chartsBodyBytes } from './charts.ts'
import { dashboardFile } from './dashboard-file.ts'
import { deliver, type ExportDeps, fileKinds, mimeOf } from './deliver.ts'

/** Making one costs a second: nobody needs more of them. */
export const exportRate = { bucket: 'export', perMinute: 20 }
const tags = ['dashboard']

const ExportBody = Type.Object({
  ...FilterBody.properties,
  tab: Type.Optional(
    Type.String({ pattern: tabKeyPattern, description: 'Key of a tab: where it has lines of its own, those are meant by "all".' }),
  ),
})
const PdfBody = Type.Object({
  ...ExportBody.properties,
  charts: Type.Optional(
    Type.Record(Type.String({ maxLength: 20 }), Type.String(), {
      description: 'Widget id → PNG in base64, at most 12 of 512 KB each, set in the place of the charts that the server draws.',
    }),
  ),
})

export function registerExportRoutes(app: FastifyInstance, deps: ExportDeps): void {
  for (const kind of fileKinds) {
    route(app, {
      method: 'POST',
      url: kind === 'pdf' ? '/api/v1/dashboard/export/pdf' : ['/api/v1/dashboard/export/xlsx', '/api/v1/dashboard/export/excel'],
      access: 'export_data',
      summary:
        kind === 'pdf'
          ? 'The dashboard as PDF: figures with their definitions, charts, distribution, stops'
          : 'The dashboard as XLSX sheets',
      tags,
      rate: exportRate,
      body: kind === 'pdf' ? PdfBody : ExportBody,
      ...(kind === 'pdf' && { bodyLimitBytes: chartsBodyBytes }),
      reply: { 200: rawReply(mimeOf[kind]) },
      handler: async ({ request, reply, body }) => {
        const { tab, charts, ...raw } = body as { readonly tab?: string; readonly charts?: Readonly<Record<string, string>> }
        const actor = requireTenant(request)
        const file = await dashboardFile(deps, actor, kind, { raw, tab, charts: charts ?? {}, language: request.language })
        return deliver(deps, { request, reply }, actor, { ...file, kind, what: 'tablero' })
      },
    })
    route(app, {
      method: 'GET',
      url: `/t/:company/dashboard/export/${kind}`,
      access: 'export_data',
      summary: `What the page shows at the same address, as ${kind.toUpperCase()}`,
      tags: ['pages'],
      rate: exportRate,
      params: Type.Object({ company: Type.String({ maxLength: 100 }) }),
      query: PageQuery,
      reply: { 200: rawReply(mimeOf[kind]) },
      handler: async ({ request, reply, query }) => {
        const actor = requireTenant(request)
        const model = await deps.plants.withPlant(actor.tenant.tenantId, async (plant) => plant.model)
        const nowLocalS = zoneOf(model.settings.timeZone).toLocalS(Math.floor(deps.clock.nowMs() / 1_000))
        const { raw, tab } = readPageQuery(query, nowLocalS)
        const wish = { raw, tab: tab ?? undefined, charts: {}, language: request.language }
        const file = await dashboardFile(deps, actor, kind, wish)
        return deliver(deps, { request, reply }, actor, { ...file, kind, what: 'tablero' })
      },
    })
  }
}
