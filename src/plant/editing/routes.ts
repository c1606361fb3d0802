/** `/api/v1/production/…`: what a plant is made of, read by whoever sees its dashboard, changed by whoever configures it. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { originOf, requireTenant } from '../../identity/index.ts'
import { answer, emptyReply, listAnswer, PagingQuery, pagingOf, route } from '../../platform/http/index.ts'
import { type Entity, entities } from '../model/index.ts'
import type { Editor } from './carry-out.ts'
import { select, sortNames } from './listing.ts'
import { problem } from './problems.ts'
import { addBody, changeBody, DoneSchema, listSchema, recordObject, recordSchema } from './schemas.ts'
import { applyEdit, type EditingDeps, findRecord, listRecords, undoEdit } from './service.ts'
import type { Done, Edit, GivenValues, PlantRecord } from './values.ts'

const tags = ['production']
const write = { access: 'configure_plant', tags, rate: { bucket: 'plant-edits', perMinute: 120 } } as const
const names: Readonly<Record<Entity, { readonly plural: string; readonly one: string }>> = {
  line: { plural: 'lines', one: 'line' },
  area: { plural: 'areas', one: 'area' },
  product: { plural: 'products', one: 'product' },
  shift: { plural: 'shifts', one: 'shift' },
  filter: { plural: 'filters', one: 'filter' },
  failure: { plural: 'failures', one: 'failure' },
  incident: { plural: 'incidents', one: 'incident' },
}
const IdPath = Type.Object({ id: Type.Integer({ minimum: 1 }) })

export const tenantOf = (request: FastifyRequest): number => requireTenant(request).tenant.tenantId

export function editorOf(request: FastifyRequest): Editor {
  const { userId, username } = requireTenant(request)
  return { actor: { userId, username }, origin: originOf(request) }
}

/** A screen that is bound to some lines sees those. */
function visible(request: FastifyRequest, records: readonly PlantRecord[]): readonly PlantRecord[] {
  const { lineIds } = requireTenant(request)
  if (lineIds === null) return records
  return records.filter(({ entity, id, values }) =>
    entity === 'line' ? lineIds.includes(id) : entity !== 'area' || lineIds.includes(Number(values.line_id)),
  )
}

const doneObject = ({ outcome, editId }: Done) => ({ outcome, edit_id: editId })

export function registerEditingRoutes(app: FastifyInstance, deps: EditingDeps): void {
  for (const entity of Object.keys(names) as Entity[]) registerEntity(app, deps, entity)
  route(app, {
    ...write,
    method: 'POST',
    url: '/api/v1/production/edits/:edit/undo',
    summary: 'Undo an edit, unless somebody changed the record since',
    params: Type.Object({ edit: Type.Integer({ minimum: 1 }) }),
    body: Type.Object({}, { default: {} }),
    reply: { 200: DoneSchema },
    handler: async ({ request, params }) => doneObject(await undoEdit(deps, editorOf(request), tenantOf(request), params.edit)),
  })
}

function registerEntity(app: FastifyInstance, deps: EditingDeps, entity: Entity): void {
  const { plural, one } = names[entity]
  const url = `/api/v1/production/${plural}`
  const Record = recordSchema(entity)
  const parent = entity === 'area' ? 'line_id' : entity === 'incident' ? 'failure_id' : null
  const apply = (request: FastifyRequest, edit: Edit): Promise<Done> => applyEdit(deps, editorOf(request), tenantOf(request), edit)
  const recordOf = ({ record }: Done) => {
    if (!record) throw new Error('the record is there')
    return recordObject(record)
  }
  route(app, {
    method: 'GET',
    url,
    access: 'view_dashboard',
    summary: `The plant's ${plural}, inactive ones too`,
    tags,
    query: Type.Object({
      ...PagingQuery,
      q: Type.Optional(Type.String({ maxLength: 100, description: 'Part of any text' })),
      is_active: Type.Optional(Type.Boolean()),
      sort: Type.Optional(Type.String({ enum: sortNames(entity, entities[entity].idColumn) })),
      ...(parent && { [parent]: Type.Optional(Type.Integer({ minimum: 1 })) }),
    }),
    reply: { 200: listSchema(entity) },
    handler: async ({ request, query }) => {
      const asked = query as { readonly q?: string; readonly is_active?: boolean; readonly sort?: string } & Record<
        string,
        number | undefined
      >
      const records = visible(request, await listRecords(deps, tenantOf(request), entity))
      const found = select(records, {
        ...(asked.q !== undefined && { q: asked.q }),
        ...(asked.is_active !== undefined && { isActive: asked.is_active }),
        ...(asked.sort !== undefined && { sort: asked.sort }),
        ...(parent && { where: { [parent]: asked[parent] } }),
      })
      const paging = pagingOf(query, 100)
      return listAnswer(found.slice(paging.offset, paging.offset + paging.limit).map(recordObject), paging, found.length)
    },
  })
  route(app, {
    method: 'GET',
    url: `${url}/:id`,
    access: 'view_dashboard',
    summary: `One ${one}`,
    tags,
    params: IdPath,
    reply: { 200: Record },
    handler: async ({ request, params }) => {
      const record = await findRecord(deps, tenantOf(request), entity, params.id)
      if (visible(request, [record]).length === 0) throw problem('record_not_found', { parameters: { entity, id: params.id } })
      return recordObject(record)
    },
  })
  route(app, {
    ...write,
    method: 'POST',
    url,
    summary: `Add one ${one}`,
    body: addBody(entity),
    reply: { 201: Record },
    handler: async ({ request, body }) => answer(201, recordOf(await apply(request, { kind: 'add', entity, values: body as GivenValues }))),
  })
  route(app, {
    ...write,
    method: 'PUT',
    url: `${url}/:id`,
    summary: `Change one ${one}; what is not named stays. 409 \`edit_conflict\` when somebody changed it since \`version\` was read`,
    params: IdPath,
    body: changeBody(entity),
    reply: { 200: Record },
    handler: async ({ request, params, body }) => {
      const { version, ...values } = body as { readonly version: string } & GivenValues
      return recordOf(await apply(request, { kind: 'change', entity, id: params.id, values, version }))
    },
  })
  route(app, {
    ...write,
    method: 'DELETE',
    url: `${url}/:id`,
    summary: `Remove one ${one}; it is deactivated when detections, stops or other records name it`,
    params: IdPath,
    query: Type.Object({ version: Type.Optional(Type.String({ maxLength: 40 })) }),
    reply: { 200: DoneSchema },
    handler: async ({ request, params, query }) =>
      doneObject(
        await apply(request, { kind: 'remove', entity, id: params.id, ...(query.version !== undefined && { version: query.version }) }),
      ),
  })
  route(app, {
    ...write,
    method: 'DELETE',
    url: `${url}/:id/overlay`,
    summary: `What the customer's database says of one ${one} holds again; 204 when it has no such record any more`,
    params: IdPath,
    reply: { 200: Record, 204: emptyReply },
    handler: async ({ request, params }) => {
      const { record } = await apply(request, { kind: 'revert', entity, id: params.id })
      return record ? recordObject(record) : answer(204)
    },
  })
}
