/** `/api/v1/filters*`: the customer's filter rows, typed, with options and defaults. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { type Actor, requireTenant, type TenantActor } from '../../identity/index.ts'
import { route } from '../../platform/http/index.ts'
import { formatText } from '../../platform/i18n/index.ts'
import type { PlantModel } from '../model/index.ts'
import {
  checkFilters,
  describeFilters,
  type FilterClass,
  type FilterDescription,
  filterDiagnostics,
  filterOptions,
  filterTypes,
  parseScope,
} from '../scope/index.ts'
import { modelForActor } from './bound-lines.ts'
import { listAnswer } from './list-answer.ts'
import { problem } from './problems.ts'
import { nullable } from './schema-parts.ts'
import { FilterBody } from './schemas.ts'
import type { DashboardDeps } from './service.ts'

const tags = ['filters']
const access = 'view_dashboard'
const text = Type.String()

const Option = Type.Object({
  value: Type.Union([text, Type.Integer()]),
  label: text,
  extra: Type.Optional(Type.Record(text, Type.Unknown())),
})
const Options = Type.Object({ items: Type.Array(Option), meta: Type.Object({ total: Type.Integer() }) })

export const FilterDescriptionSchema = Type.Object({
  filter_id: Type.Integer(),
  class_name: text,
  param_name: text,
  filter_type: text,
  display_order: Type.Integer(),
  label: text,
  description: text,
  placeholder: text,
  default_value: Type.Unknown(),
  required: Type.Boolean(),
  options_source: nullable(text),
  depends_on: nullable(text),
  ui_config: Type.Record(text, Type.Unknown()),
  value_type: text,
  behavior: Type.Record(text, Type.Unknown()),
  validation: Type.Record(text, Type.Unknown()),
  options: Type.Array(Option),
})

const FilterList = Type.Object({
  items: Type.Array(FilterDescriptionSchema),
  meta: Type.Object({
    total: Type.Integer(),
    /** Rows that show no control, and why. */
    skipped: Type.Array(Type.Object({ filter_id: Type.Integer(), filter_name: text, reason: text })),
  }),
})

/** Parent choice of a cascade, as in a request for data. */
const ParentQuery = Type.Object({ line_id: Type.Optional(text), line_ids: Type.Optional(text) })

export const registerFilterRoutes = (app: FastifyInstance, deps: DashboardDeps): void => {
  const withModel = <T>(actor: TenantActor, work: (model: PlantModel) => T): Promise<T> =>
    deps.plants.withPlant(actor.tenant.tenantId, async ({ model }) => work(modelForActor(actor, model)))

  /** Filters that the caller's layout shows. */
  const allowed = async (request: { readonly actor: Actor | null } & Parameters<typeof requireTenant>[0]): Promise<FilterDescription[]> => {
    const actor = requireTenant(request)
    const layout = await deps.layouts.of(actor)
    return withModel(actor, (model) =>
      describeFilters(model, layout.filterIds && new Set(layout.filterIds), request.language, deps.clock.nowMs()),
    )
  }
  const find = async (request: Parameters<typeof allowed>[0], name: string): Promise<FilterDescription> => {
    const found = (await allowed(request)).find((filter) => filter.class_name === name || filter.param_name === name)
    if (found === undefined) throw problem('unknown_filter', { parameters: { name: name.slice(0, 60) } })
    return found
  }

  route(app, {
    method: 'GET',
    url: '/api/v1/filters',
    access,
    summary: 'Filters of the caller’s layout; `filter_ids` keeps some of them',
    tags,
    query: Type.Object({ filter_ids: Type.Optional(Type.String({ maxLength: 2_000 })) }),
    reply: { 200: FilterList },
    handler: async ({ request, query }) => {
      const wanted = query.filter_ids === undefined || query.filter_ids === '' ? null : query.filter_ids.split(',').map((id) => id.trim())
      if (wanted?.some((id) => !/^-?\d{1,9}$/.test(id))) throw problem('invalid_filter_ids')
      const ids = wanted && new Set(wanted.map(Number))
      const items = (await allowed(request)).filter(({ filter_id }) => ids === null || ids.has(filter_id))
      const findings = await withModel(requireTenant(request), filterDiagnostics)
      const skipped = findings.map(({ filterId, filterName, reason }) => ({ filter_id: filterId, filter_name: filterName, reason }))
      return listAnswer(items, { skipped })
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/filters/areas',
    access,
    summary: 'Areas of a line, a group or all lines',
    tags,
    query: ParentQuery,
    reply: { 200: Options },
    handler: async ({ request, query }) =>
      withModel(requireTenant(request), (model) => {
        parseScope(model, query, deps.clock.nowMs())
        return listAnswer(filterOptions(model, 'AreaFilter', request.language, query))
      }),
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/filters/:class',
    access,
    summary: 'One filter, by class or parameter name',
    tags,
    params: Type.Object({ class: Type.String({ maxLength: 60 }) }),
    reply: { 200: FilterDescriptionSchema },
    handler: ({ request, params }) => find(request, params.class),
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/filters/:class/options',
    access,
    summary: 'Options of one filter, reloaded for the chosen lines',
    tags,
    params: Type.Object({ class: Type.String({ maxLength: 60 }) }),
    query: ParentQuery,
    reply: { 200: Options },
    handler: async ({ request, params, query }) => {
      const filter = await find(request, params.class)
      if (filterTypes[filter.class_name as FilterClass].dependsOn === null) return listAnswer(filter.options)
      return withModel(requireTenant(request), (model) => {
        parseScope(model, query, deps.clock.nowMs())
        return listAnswer(filterOptions(model, filter.class_name, request.language, query))
      })
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/filters/validate',
    access,
    summary: 'Would these filters be accepted, and what do they become',
    tags,
    body: FilterBody,
    reply: {
      200: Type.Object({
        valid: Type.Boolean(),
        /** Parameter to its fault. */
        errors: Type.Record(text, text),
        cleaned: nullable(Type.Record(text, Type.Unknown())),
      }),
    },
    handler: async ({ request, body }) =>
      withModel(requireTenant(request), (model) => {
        const { scope, fields } = checkFilters(model, body, deps.clock.nowMs())
        const errors = fields.map(({ path, message, parameters }) => [path, formatText(message, request.language, parameters)] as const)
        return { valid: scope !== null, errors: Object.fromEntries(errors), cleaned: scope && { ...scope.parameters } }
      }),
  })
}
