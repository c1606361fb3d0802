/** `/t/{company}/comparison`: two periods side by side, and the same as files. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { pageOf, requireTenant } from '../../identity/index.ts'
import { answer, htmlReply, Problem, rawReply, route } from '../../platform/http/index.ts'
import { formatText } from '../../platform/i18n/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { modelForActor } from '../dashboards/index.ts'
import { type ExportDeps, exportRate, fileKinds, mimeOf } from '../exports/index.ts'
import type { PlantModel } from '../model/index.ts'
import { plantNavigation, plantPaths } from '../navigation.ts'
import { checkFilters, describeFilters, type FilterDescription } from '../scope/index.ts'
import { sendComparison } from './file.ts'
import { words } from './messages.ts'
import { ComparisonQuery, readComparisonQuery } from './page-query.ts'
import { comparePeriods } from './service.ts'
import { type ComparisonPage, comparisonView } from './view.ts'

const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })

export function registerComparisonPages(app: FastifyInstance, deps: ExportDeps): void {
  const modelOf = (request: FastifyRequest): Promise<PlantModel> =>
    deps.plants.withPlant(requireTenant(request).tenant.tenantId, async (plant) => plant.model)
  const read = (query: ComparisonQuery, { settings }: PlantModel) =>
    readComparisonQuery(query, zoneOf(settings.timeZone).toLocalS(Math.floor(deps.clock.nowMs() / 1_000)))

  route(app, {
    method: 'GET',
    url: plantPaths.comparison(':company'),
    access: 'view_dashboard',
    summary: 'Page: two periods side by side',
    tags: ['pages'],
    params: CompanyPath,
    query: ComparisonQuery,
    rate: { bucket: 'dashboard', perMinute: 60 },
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => {
      const actor = requireTenant(request)
      const page = pageOf(request)
      const { slug } = actor.tenant
      const model = await modelOf(request)
      const asked = read(query, model)
      const [ownModel, nowMs] = [modelForActor(actor, model), deps.clock.nowMs()]
      const base: Omit<ComparisonPage, 'comparison' | 'refusal'> = {
        page,
        slug,
        nav: plantNavigation(page, slug, actor, 'comparison'),
        asked,
        // also of a question that is refused: the range that a plain dashboard has
        shown: checkFilters(ownModel, asked.raw, nowMs).scope?.parameters ?? asked.raw,
        filters: filtersOf(ownModel, page.language, nowMs),
        mayExport: actor.permissions.has('export_data'),
        hasLines: model.lines.some(({ isActive }) => isActive),
      }
      if (asked.against === 'custom' && asked.againstFrom === '')
        return answer(422, comparisonView({ ...base, comparison: null, refusal: words(page.language)('against.missing') }))
      if (!base.hasLines) return comparisonView({ ...base, comparison: null, refusal: null })
      try {
        const comparison = await comparePeriods(deps, actor, asked.raw, asked.wish)
        return comparisonView({ ...base, comparison, refusal: null })
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const faults = (error.options.fields ?? []).map(({ message, parameters }) => formatText(message, page.language, parameters))
        const refusal = faults.join(' ') || error.detail(page.language)
        return answer(error.status, comparisonView({ ...base, comparison: null, refusal }), error.options.headers)
      }
    },
  })
  for (const kind of fileKinds)
    route(app, {
      method: 'GET',
      url: `${plantPaths.comparison(':company')}/${kind}`,
      access: 'export_data',
      summary: `The comparison of the same address as ${kind.toUpperCase()}`,
      tags: ['pages'],
      params: CompanyPath,
      query: ComparisonQuery,
      rate: exportRate,
      reply: { 200: rawReply(mimeOf[kind]) },
      handler: async ({ request, reply, query }) => {
        const { raw, wish } = read(query, await modelOf(request))
        return sendComparison(deps, { request, reply }, requireTenant(request), kind, { filters: raw, wish })
      },
    })
}

/** Lines and shifts to choose from: the customer's own rows, else the built-in ones. */
function filtersOf(model: PlantModel, language: 'es' | 'en', nowMs: number): readonly FilterDescription[] {
  const offered = [...describeFilters(model, null, language, nowMs), ...describeFilters({ ...model, filters: [] }, null, language, nowMs)]
  return (['ProductionLineFilter', 'ShiftFilter'] as const).flatMap((name) => offered.find(({ class_name }) => class_name === name) ?? [])
}
