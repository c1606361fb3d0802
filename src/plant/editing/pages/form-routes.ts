/** One record: its form, answered with a redirect, or with itself and what was wrong. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { pageOf, requireTenant } from '../../../identity/index.ts'
import { answer, emptyReply, fieldErrorsOf, htmlReply, type Problem, route, seeOther } from '../../../platform/http/index.ts'
import type { Html } from '../../../platform/ui/index.ts'
import { effectCard, effectOnYesterday } from '../../configuration/index.ts'
import type { Entity } from '../../model/index.ts'
import { definitions } from '../definitions.ts'
import { editorOf, tenantOf } from '../routes.ts'
import { applyEdit, findRecord, previewModel } from '../service.ts'
import { type Done, type Edit, isSame, type PlantRecord, type Values } from '../values.ts'
import { parseForm, type Typed, typedOf } from './form.ts'
import { answerRefused, doneBanner, ListQuery } from './list-routes.ts'
import { wordsOf } from './messages.ts'
import { editingPaths } from './paths.ts'
import { type RecordView, recordPage, written } from './record-page.ts'
import {
  access,
  areasOf,
  CompanyPath,
  type EditingPageDeps,
  isRefusal,
  modelOf,
  OnePath,
  rate,
  refusalOf,
  tags,
  text,
} from './route-parts.ts'

const texts = Type.Optional(
  Type.Union([Type.String({ maxLength: 20_000 }), Type.Array(Type.String({ maxLength: 200 }), { maxItems: 1_000 })]),
)

/** Names of the form: the fields, and what some of them take besides. */
const formBody = (entity: Entity) =>
  Type.Object(
    {
      do: text(20),
      version: text(40),
      ...Object.fromEntries(definitions[entity].fields.map(({ name }) => [name, texts])),
      ...(entity === 'product' && { other_color: texts }),
      ...(entity === 'filter' &&
        Object.fromEntries(
          ['required', 'placeholder', 'days_back', 'initial', 'group_alias', 'group_line', 'had'].map((name) => [name, texts]),
        )),
    },
    { default: {} },
  )

type More = Partial<Omit<RecordView, 'entity' | 'record' | 'model' | 'canManage' | 'areas'>>

async function draw(deps: EditingPageDeps, request: FastifyRequest, entity: Entity, record: PlantRecord | null, more: More): Promise<Html> {
  const areas = entity === 'line' && record ? await areasOf(deps, request, record.id) : []
  const plant = await deps.plants.withPlant(tenantOf(request), async ({ model, canManage }) => ({ model, canManage }))
  return recordPage(pageOf(request), requireTenant(request), {
    ...plant,
    entity,
    record,
    areas,
    typed: record ? typedOf(entity, record.values) : newOf(entity),
    errors: {},
    now: {},
    refusal: null,
    effect: null,
    warnings: [],
    done: null,
    ...more,
  })
}

/** What a new record starts with. */
const newOf = (entity: Entity): Typed => {
  const initial: Values = Object.fromEntries(definitions[entity].fields.map((field) => [field.name, field.initial ?? null]))
  const usual: Readonly<Partial<Record<Entity, Values>>> = {
    line: { downtime_threshold: 300 },
    area: { area_type: 'output' },
    shift: { days: [1, 2, 3, 4, 5], start_time: '06:00', end_time: '14:00' },
  }
  return typedOf(entity, { ...initial, ...usual[entity] })
}

/** An area leads to its line while there is one, everything else to its list. */
async function backTo(
  deps: EditingPageDeps,
  request: FastifyRequest,
  { entity, outcome, editId, record }: Done,
  before?: PlantRecord | null,
) {
  const { slug } = requireTenant(request).tenant
  const lineId = entity === 'area' ? (record ?? before)?.values.line_id : null
  const line = (await modelOf(deps, request)).lines.find((one) => one.lineId === lineId)
  const path = line ? editingPaths.one('line', slug, line.lineId) : editingPaths.list(entity, slug)
  return `${path}?${new URLSearchParams({ done: outcome, ...(editId !== null && { edit: String(editId), of: entity }) })}`
}

export function registerForms(app: FastifyInstance, deps: EditingPageDeps, entity: Entity): void {
  const Body = formBody(entity)
  const shared = { access, tags, rate } as const
  const save = async (request: FastifyRequest, id: number | null, body: Static<typeof Body>) => {
    const { do: action, version, ...typed } = body as { readonly do?: string; readonly version?: string } & Typed
    const record = id === null ? null : await findRecord(deps, tenantOf(request), entity, id)
    const t = wordsOf(pageOf(request))
    const { values, faults } = parseForm(entity, typed, record?.values)
    const errors = Object.fromEntries(Object.entries(faults).map(([name, word]) => [name, t(word)]))
    if (Object.keys(errors).length > 0) return answer(422, await draw(deps, request, entity, record, { typed, errors }))
    const edit: Edit =
      id === null ? { kind: 'add', entity, values } : { kind: 'change', entity, id, values, ...(version !== undefined && { version }) }
    try {
      if (action === 'preview') {
        const { after, warnings } = await previewModel(deps, tenantOf(request), [edit])
        const effect = await effectOnYesterday(deps, tenantOf(request), () => after)
        const { language } = request
        const shown = { typed, effect: effectCard(effect, language), warnings: warnings.map((warning) => warning[language]) }
        // The version that the form was opened with: seeing the effect saves nobody from a conflict.
        return answer(200, await draw(deps, request, entity, record && { ...record, version: version ?? record.version }, shown))
      }
      const done = await applyEdit(deps, editorOf(request), tenantOf(request), edit)
      return seeOther(request, await backTo(deps, request, done))
    } catch (error) {
      if (!isRefusal(error) || error.status === 404) throw error
      return answer(error.status, await drawRefused(deps, request, entity, record, typed, error))
    }
  }
  route(app, {
    ...shared,
    method: 'GET',
    url: editingPaths.create(entity, ':company'),
    summary: `Page: a new ${entity}`,
    params: CompanyPath,
    query: Type.Object({ line_id: text(20), failure_id: text(20) }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) => draw(deps, request, entity, null, { typed: { ...newOf(entity), ...query } }),
  })
  route(app, {
    ...shared,
    method: 'POST',
    url: editingPaths.create(entity, ':company'),
    summary: `Form: adds a ${entity}, or shows what that would do to yesterday`,
    params: CompanyPath,
    form: true,
    body: Body,
    reply: { 303: emptyReply },
    handler: ({ request, body }) => save(request, null, body),
  })
  route(app, {
    ...shared,
    method: 'GET',
    url: editingPaths.one(entity, ':company', ':id'),
    summary: `Page: one ${entity}`,
    params: OnePath,
    query: ListQuery,
    reply: { 200: htmlReply },
    handler: async ({ request, params, query }) =>
      draw(deps, request, entity, await findRecord(deps, tenantOf(request), entity, params.id), { done: doneBanner(request, query) }),
  })
  route(app, {
    ...shared,
    method: 'POST',
    url: editingPaths.one(entity, ':company', ':id'),
    summary: `Form: changes a ${entity}, or shows what that would do to yesterday`,
    params: OnePath,
    form: true,
    body: Body,
    reply: { 303: emptyReply },
    handler: ({ request, params, body }) => save(request, params.id, body),
  })
  const alter = async (request: FastifyRequest, edit: Edit & { readonly id: number }) => {
    const before = await findPresent(deps, request, entity, edit.id)
    try {
      const done = await applyEdit(deps, editorOf(request), tenantOf(request), edit)
      return seeOther(request, await backTo(deps, request, done, before))
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (!before) return answerRefused(deps, request, entity, 'refused', error)
      return answer(
        error.status,
        await draw(deps, request, entity, before, { refusal: refusalOf(request, error, await modelOf(deps, request)) }),
      )
    }
  }
  route(app, {
    ...shared,
    method: 'POST',
    url: editingPaths.removal(entity, ':company', ':id'),
    summary: `Form: removes a ${entity}, or puts it out of use when something names it`,
    params: OnePath,
    form: true,
    body: Type.Object({ version: text(40) }, { default: {} }),
    reply: { 303: emptyReply },
    handler: ({ request, params, body }) =>
      alter(request, { kind: 'remove', entity, id: params.id, ...(body.version !== undefined && { version: body.version }) }),
  })
  route(app, {
    ...shared,
    method: 'POST',
    url: editingPaths.reversion(entity, ':company', ':id'),
    summary: `Form: what the customer's database says of a ${entity} holds again`,
    params: OnePath,
    form: true,
    body: Type.Object({}, { default: {} }),
    reply: { 303: emptyReply },
    handler: ({ request, params }) => alter(request, { kind: 'revert', entity, id: params.id }),
  })
}

/** Null: somebody took it away, which the answer to the edit says. */
async function findPresent(deps: EditingPageDeps, request: FastifyRequest, entity: Entity, id: number): Promise<PlantRecord | null> {
  try {
    return await findRecord(deps, tenantOf(request), entity, id)
  } catch (error) {
    if (isRefusal(error) && error.status === 404) return null
    throw error
  }
}

/** After a conflict the form has the person's own values, the version of what is there now, and what that says. */
async function drawRefused(
  deps: EditingPageDeps,
  request: FastifyRequest,
  entity: Entity,
  record: PlantRecord | null,
  typed: Typed,
  error: Problem,
) {
  const refusal = refusalOf(request, error, await modelOf(deps, request))
  const t = wordsOf(pageOf(request))
  if (error.code !== 'edit_conflict' || !record) {
    const errors = fieldErrorsOf(error, request.language)
    return draw(deps, request, entity, record, { typed, errors, refusal: Object.keys(errors).length > 0 ? null : refusal })
  }
  const { values: own } = parseForm(entity, typed, record.values)
  const now = Object.fromEntries(
    definitions[entity].fields.flatMap(({ name }) => {
      const [given, there] = [own[name], record.values[name] ?? null]
      return given === undefined || isSame(given as Values[string], there) ? [] : [[name, written(there, name, t)]]
    }),
  )
  return draw(deps, request, entity, record, { typed, now, refusal: `${refusal} ${t('conflict.again')}` })
}
