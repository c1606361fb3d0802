/** `/t/{company}/plant/…`: plain forms, each answered with a redirect, or with itself and what was wrong. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { pageOf, requireTenant } from '../../../identity/index.ts'
import { answer, emptyReply, fieldErrorsOf, htmlReply, Problem, pageMeta, pagingOf, route, seeOther } from '../../../platform/http/index.ts'
import { formatInstant } from '../../../platform/i18n/index.ts'
import { banner, button, type Html, html } from '../../../platform/ui/index.ts'
import { type EffectDeps, effectCard, effectOnYesterday } from '../../configuration/index.ts'
import type { Entity, PlantModel } from '../../model/index.ts'
import { definitions } from '../definitions.ts'
import { select } from '../listing.ts'
import { editorOf, tenantOf } from '../routes.ts'
import { applyEdit, applyEdits, type EditingDeps, findRecord, previewModel, readRecords, undoEdit } from '../service.ts'
import { type Done, type Edit, isSame, type PlantRecord, type Values } from '../values.ts'
import { parseForm, type Typed, typedOf } from './form.ts'
import { type ListedEntity, listPage } from './list-pages.ts'
import { maybeWord, wordsOf } from './messages.ts'
import { editingPaths, placeOf } from './paths.ts'
import { reasonsPage } from './reasons-page.ts'
import { csrf, type RecordView, recordPage, written } from './record-page.ts'

export type EditingPageDeps = EditingDeps & EffectDeps

const tags = ['pages']
const access = 'configure_plant'
const company = { company: Type.String({ maxLength: 100 }) }
const CompanyPath = Type.Object(company)
const OnePath = Type.Object({ ...company, id: Type.Integer({ minimum: 1 }) })
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const texts = Type.Optional(
  Type.Union([Type.String({ maxLength: 20_000 }), Type.Array(Type.String({ maxLength: 200 }), { maxItems: 1_000 })]),
)
const perPage = 50
const rate = { bucket: 'plant-edits', perMinute: 120 } as const

const ListQuery = Type.Object({
  q: text(100),
  state: text(10),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  done: text(20),
  edit: Type.Optional(Type.Integer({ minimum: 1 })),
  of: text(20),
})

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

export function registerEditingPages(app: FastifyInstance, deps: EditingPageDeps): void {
  for (const entity of ['line', 'product', 'shift', 'filter'] as const) registerList(app, deps, entity)
  registerReasons(app, deps)
  for (const entity of Object.keys(definitions) as Entity[]) registerForms(app, deps, entity)
  registerAreaOrder(app, deps)
  route(app, {
    method: 'POST',
    url: editingPaths.undo(':company', ':edit'),
    access,
    summary: 'Form: undoes an edit',
    tags,
    params: Type.Object({ ...company, edit: Type.Integer({ minimum: 1 }) }),
    form: true,
    body: Type.Object({ of: text(20) }, { default: {} }),
    rate,
    reply: { 303: emptyReply },
    handler: async ({ request, params, body }) => {
      const back = editingPaths.list(entityNamed(body.of), requireTenant(request).tenant.slug)
      try {
        await undoEdit(deps, editorOf(request), tenantOf(request), params.edit)
        return seeOther(request, `${back}?done=undone`)
      } catch (error) {
        if (error instanceof Problem && error.status === 409) return seeOther(request, `${back}?done=refused`)
        throw error
      }
    },
  })
}

const entityNamed = (word: string | undefined): Entity => (Object.keys(definitions) as Entity[]).find((entity) => entity === word) ?? 'line'

/** What was just done, with the way to undo it. */
function doneBanner(request: FastifyRequest, { done, edit, of }: { done?: string; edit?: number; of?: string }): Html | null {
  const page = pageOf(request)
  const t = wordsOf(page)
  const word = maybeWord(`done.${done ?? ''}`)
  if (!word) return null
  const undo =
    edit === undefined
      ? ''
      : html`<form method="post" action="${page.url(editingPaths.undo(requireTenant(request).tenant.slug, edit))}">${csrf(page)}
      <input type="hidden" name="of" value="${entityNamed(of)}">${button({ label: t('undo'), icon: 'history', look: 'quiet' })}</form>`
  return banner({ tone: done === 'refused' ? 'danger' : 'success', body: html`<span class="done">${t(word)}${undo}</span>` })
}

const modelOf = ({ plants }: EditingPageDeps, request: FastifyRequest): Promise<PlantModel> =>
  plants.withPlant(tenantOf(request), async ({ model }) => model)

const askedOf = ({ q, state }: { q?: string; state?: string }) => ({
  q: q ?? '',
  state: state === 'active' || state === 'inactive' ? state : '',
})
const narrowed = (records: readonly PlantRecord[], { q, state }: { readonly q: string; readonly state: string }) =>
  select(records, { q, ...(state !== '' && { isActive: state === 'active' }) })

function registerList(app: FastifyInstance, deps: EditingPageDeps, entity: ListedEntity): void {
  route(app, {
    method: 'GET',
    url: editingPaths.list(entity, ':company'),
    access,
    summary: `Page: the plant's ${placeOf[entity].folder}`,
    tags,
    params: CompanyPath,
    query: ListQuery,
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => {
      const { records, removed, canManage } = await readRecords(deps, tenantOf(request), entity)
      const asked = askedOf(query)
      const found = narrowed(records, asked)
      const paging = pagingOf({ page: query.page ?? 1, per_page: perPage })
      return listPage(pageOf(request), requireTenant(request), {
        entity,
        rows: found.slice(paging.offset, paging.offset + paging.limit),
        all: records,
        removed,
        at: pageMeta(paging, found.length),
        asked,
        model: await modelOf(deps, request),
        canManage,
        done: doneBanner(request, query),
      })
    },
  })
}

function registerReasons(app: FastifyInstance, deps: EditingPageDeps): void {
  route(app, {
    method: 'GET',
    url: editingPaths.list('failure', ':company'),
    access,
    summary: 'Page: failures and their incidents',
    tags,
    params: CompanyPath,
    query: ListQuery,
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => {
      const failures = await readRecords(deps, tenantOf(request), 'failure')
      const incidents = await readRecords(deps, tenantOf(request), 'incident')
      const asked = askedOf(query)
      const [shownFailures, shown] = [new Set(narrowed(failures.records, asked)), new Set(narrowed(incidents.records, asked))]
      const isAll = asked.q === '' && asked.state === ''
      // A failure that is found shows all of its incidents; one that is not, those that are found.
      const tree = failures.records.flatMap((failure) => {
        const own = incidents.records.filter(({ values }) => values.failure_id === failure.id)
        const some = shownFailures.has(failure) && asked.state === '' ? own : own.filter((incident) => shown.has(incident))
        return isAll || shownFailures.has(failure) || some.length > 0 ? [{ failure, incidents: some }] : []
      })
      const known = new Set(failures.records.map(({ id }) => id))
      return reasonsPage(pageOf(request), requireTenant(request), {
        tree,
        orphans: incidents.records.filter((incident) => !known.has(Number(incident.values.failure_id)) && shown.has(incident)),
        removed: [...failures.removed, ...incidents.removed],
        asked,
        model: await modelOf(deps, request),
        canManage: failures.canManage,
        done: doneBanner(request, query),
      })
    },
  })
}

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

async function areasOf(deps: EditingPageDeps, request: FastifyRequest, lineId: number): Promise<PlantRecord[]> {
  const { records } = await readRecords(deps, tenantOf(request), 'area')
  return select(records, { where: { line_id: lineId }, sort: 'area_order' })
}

/** An area leads to its line, everything else to its list. */
function backTo(request: FastifyRequest, { entity, outcome, editId, record }: Done, lineId: unknown): string {
  const { slug } = requireTenant(request).tenant
  const line = entity === 'area' ? (record?.values.line_id ?? lineId) : null
  const path = line ? editingPaths.one('line', slug, String(line)) : editingPaths.list(entity, slug)
  return `${path}?${new URLSearchParams({ done: outcome, ...(editId !== null && { edit: String(editId), of: entity }) })}`
}

function registerForms(app: FastifyInstance, deps: EditingPageDeps, entity: Entity): void {
  const Body = formBody(entity)
  const shared = { access, tags, rate } as const
  const save = async (request: FastifyRequest, id: number | null, body: Static<typeof Body>) => {
    const { do: action, version, ...typed } = body as { readonly do?: string; readonly version?: string } & Typed
    const record = id === null ? null : await findRecord(deps, tenantOf(request), entity, id)
    const t = wordsOf(pageOf(request))
    const { values, faults } = parseForm(entity, typed)
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
      return seeOther(request, backTo(request, done, values.line_id))
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 404 || error.status >= 500) throw error
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
    const before = edit.kind === 'revert' ? null : await findRecord(deps, tenantOf(request), entity, edit.id)
    try {
      return seeOther(request, backTo(request, await applyEdit(deps, editorOf(request), tenantOf(request), edit), before?.values.line_id))
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409 || !before) throw error
      return answer(409, await draw(deps, request, entity, before, { refusal: refusalOf(request, error, await modelOf(deps, request)) }))
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

/** Who and when in the plant's own time. */
function refusalOf(request: FastifyRequest, error: Problem, { settings }: PlantModel): string {
  const at = error.options.extra?.edited_at
  if (error.code !== 'edit_conflict' || typeof at !== 'string') return error.detail(request.language)
  const when = formatInstant(Date.parse(at), request.language, settings.timeZone)
  return error.detail(request.language).replace(at, when)
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
  const { values: own } = parseForm(entity, typed)
  const now = Object.fromEntries(
    definitions[entity].fields.flatMap(({ name }) => {
      const [given, there] = [own[name], record.values[name] ?? null]
      return given === undefined || isSame(given as Values[string], there) ? [] : [[name, written(there, name, t)]]
    }),
  )
  return draw(deps, request, entity, record, { typed, now, refusal: `${refusal} ${t('conflict.again')}` })
}

function registerAreaOrder(app: FastifyInstance, deps: EditingPageDeps): void {
  route(app, {
    method: 'POST',
    url: editingPaths.areaOrder(':company', ':id'),
    access,
    summary: 'Form: moves an area of a line one place',
    tags,
    params: OnePath,
    form: true,
    body: Type.Object({ move: text(40) }, { default: {} }),
    rate,
    reply: { 303: emptyReply },
    handler: async ({ request, params, body }) => {
      const areas = await areasOf(deps, request, params.id)
      const [, direction, id] = /^(up|down):(\d{1,15})$/.exec(body.move ?? '') ?? []
      const from = areas.findIndex((area) => String(area.id) === id)
      const to = direction === 'up' ? from - 1 : from + 1
      const [moved, other] = [areas[from], areas[to]]
      if (moved && other) {
        const order = areas.map((area) => (area === moved ? other : area === other ? moved : area))
        const edits = order.map(
          ({ id: areaId }, index): Edit => ({ kind: 'change', entity: 'area', id: areaId, values: { area_order: index + 1 } }),
        )
        await applyEdits(deps, editorOf(request), tenantOf(request), edits)
      }
      return seeOther(request, `${editingPaths.one('line', requireTenant(request).tenant.slug, params.id)}#areas`)
    },
  })
}
