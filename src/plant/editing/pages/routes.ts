/** `/t/{company}/plant/…`: the pages' registration, undoing, and the order of areas. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requireTenant } from '../../../identity/index.ts'
import { emptyReply, route, seeOther } from '../../../platform/http/index.ts'
import type { Entity } from '../../model/index.ts'
import { definitions } from '../definitions.ts'
import { editorOf, tenantOf } from '../routes.ts'
import { applyEdits, undoEdit } from '../service.ts'
import type { Edit } from '../values.ts'
import { registerForms } from './form-routes.ts'
import { answerRefused, registerLists } from './list-routes.ts'
import { editingPaths } from './paths.ts'
import { access, areasOf, company, type EditingPageDeps, entityNamed, isRefusal, OnePath, rate, tags, text } from './route-parts.ts'

export function registerEditingPages(app: FastifyInstance, deps: EditingPageDeps): void {
  registerLists(app, deps)
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
      const entity = entityNamed(body.of)
      try {
        await undoEdit(deps, editorOf(request), tenantOf(request), params.edit)
        return seeOther(request, `${editingPaths.list(entity, requireTenant(request).tenant.slug)}?done=undone`)
      } catch (error) {
        if (!isRefusal(error)) throw error
        return answerRefused(deps, request, entity, 'undo.refused', error)
      }
    },
  })
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
