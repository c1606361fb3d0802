/** Files of the dashboard: for programs by POST, for people by a link that carries the page's own address. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { rawReply, route } from '../../platform/http/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { exportTables, FilterBody, PageQuery, readPageQuery, tabKeyPattern } from '../dashboards/index.ts'
import { chartsBodyBytes } from './charts.ts'
import { dashboardCsv, dashboardFile } from './dashboard-file.ts'
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

const table = Type.Enum([...exportTables], { default: 'series' })
const CsvBody = Type.Object({ ...ExportBody.properties, table: Type.Optional(table) })
const CsvQuery = Type.Object({ ...PageQuery.properties, table: Type.Optional(table) })

const company = Type.Object({ company: Type.String({ maxLength: 100 }) })
const what = 'tablero'

export function registerExportRoutes(app: FastifyInstance, deps: ExportDeps): void {
  registerApi(app, deps)
  registerLinks(app, deps)
}

function registerApi(app: FastifyInstance, deps: ExportDeps): void {
  for (const kind of fileKinds)
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
        return deliver(deps, { request, reply }, actor, { ...file, kind, what })
      },
    })
  route(app, {
    method: 'POST',
    url: '/api/v1/dashboard/export/csv',
    access: 'export_data',
    summary: 'One table of the dashboard as CSV, with all its rows',
    tags,
    rate: exportRate,
    body: CsvBody,
    reply: { 200: rawReply(mimeOf.csv) },
    handler: async ({ request, reply, body: { tab, table: asked = 'series', ...raw } }) => {
      const actor = requireTenant(request)
      const file = await dashboardCsv(deps, actor, asked, { raw, tab, language: request.language })
      return deliver(deps, { request, reply }, actor, { ...file, kind: 'csv', what, table: asked })
    },
  })
}

function registerLinks(app: FastifyInstance, deps: ExportDeps): void {
  const questionOf = async (request: FastifyRequest, query: PageQuery) => {
    const actor = requireTenant(request)
    const model = await deps.plants.withPlant(actor.tenant.tenantId, async (plant) => plant.model)
    const nowLocalS = zoneOf(model.settings.timeZone).toLocalS(Math.floor(deps.clock.nowMs() / 1_000))
    const { raw, tab } = readPageQuery(query, nowLocalS)
    return { actor, question: { raw, tab: tab ?? undefined, language: request.language } }
  }
  for (const kind of fileKinds)
    route(app, {
      method: 'GET',
      url: `/t/:company/dashboard/export/${kind}`,
      access: 'export_data',
      summary: `What the page shows at the same address, as ${kind.toUpperCase()}`,
      tags: ['pages'],
      rate: exportRate,
      params: company,
      query: PageQuery,
      reply: { 200: rawReply(mimeOf[kind]) },
      handler: async ({ request, reply, query }) => {
        const { actor, question } = await questionOf(request, query)
        const file = await dashboardFile(deps, actor, kind, { ...question, charts: {} })
        return deliver(deps, { request, reply }, actor, { ...file, kind, what })
      },
    })
  route(app, {
    method: 'GET',
    url: '/t/:company/dashboard/export/csv',
    access: 'export_data',
    summary: 'One table of what the page shows at the same address, as CSV',
    tags: ['pages'],
    rate: exportRate,
    params: company,
    query: CsvQuery,
    reply: { 200: rawReply(mimeOf.csv) },
    handler: async ({ request, reply, query: { table: asked = 'series', ...query } }) => {
      const { actor, question } = await questionOf(request, query)
      const file = await dashboardCsv(deps, actor, asked, question)
      return deliver(deps, { request, reply }, actor, { ...file, kind: 'csv', what, table: asked })
    },
  })
}
