/** `/api/v1/dashboard/template` and `/my-layout`: layouts of roles, and of the caller. Company and person come from the session. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { originOf, requireTenant } from '../../identity/index.ts'
import { answer, route } from '../../platform/http/index.ts'
import { type EditDeps, editLayout, ownerOfPerson, ownerOfRole, removeLayout } from './layout-edit.ts'
import { readLayoutJson } from './layout-json.ts'
import type { LayoutOwner } from './layout-owner.ts'
import { layoutHistory, readStoredLayout } from './layout-store.ts'
import { problem } from './problems.ts'
import { nullable } from './schema-parts.ts'

const tags = ['dashboard']
const rate = { bucket: 'layout-edit', perMinute: 60 }

const Layout = Type.Unsafe<unknown>({
  description: '`{widgets, filters, tabs}`; also read: `{enabled_widget_ids, enabled_filter_ids}` and `{grid}` of 12 columns.',
  examples: [{ widgets: [{ widget_id: 1, tab: 'oee', col_span: 4, refresh_seconds: 30 }, 5], filters: [1, 2] }],
})
const Seen = Type.Integer({ minimum: 0, description: 'The version that the change is made from; another one is refused with 409.' })
const Role = Type.String({ minLength: 1, maxLength: 50, description: 'A role of the company, or DEFAULT for whoever has none.' })

const Stored = Type.Object({
  role: nullable(Type.String()),
  version: Type.Integer(),
  saved_by: nullable(Type.String()),
  saved_at: nullable(Type.String()),
  layout_config: nullable(Layout),
})
const Saved = Type.Object({ role: nullable(Type.String()), version: Type.Integer() })
const Versions = Type.Object({
  items: Type.Array(
    Type.Object({
      version: Type.Integer(),
      saved_by: nullable(Type.String()),
      saved_at: Type.String(),
      layout_config: nullable(Layout),
    }),
  ),
})

const roleOf = (owner: LayoutOwner): string | null => (owner.kind === 'role' ? owner.role : null)

export function registerLayoutEditRoutes(app: FastifyInstance, deps: EditDeps): void {
  const show = async (tenantId: number, owner: LayoutOwner) => {
    const { layout, version, saved } = await readStoredLayout({ ...deps.db, tenantId }, owner)
    return {
      role: roleOf(owner),
      version,
      saved_by: saved?.by ?? null,
      saved_at: saved ? new Date(saved.atMs).toISOString() : null,
      layout_config: readLayoutJson(layout),
    }
  }
  const versions = async (tenantId: number, owner: LayoutOwner) => ({
    items: (await layoutHistory({ ...deps.db, tenantId }, owner)).map(({ version, by, atMs, layout }) => ({
      version,
      saved_by: by,
      saved_at: new Date(atMs).toISOString(),
      layout_config: readLayoutJson(layout),
    })),
  })

  const RoleQuery = Type.Object({ role: Role })
  route(app, {
    method: 'GET',
    url: '/api/v1/dashboard/template',
    access: 'edit_dashboard',
    summary: 'The layout of a role as it is stored; null when the role uses the next step of the chain',
    tags,
    query: RoleQuery,
    reply: { 200: Stored },
    handler: async ({ request, query }) => {
      const actor = requireTenant(request)
      return show(actor.tenant.tenantId, await ownerOfRole(deps.db, actor, query.role))
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/dashboard/template/versions',
    access: 'edit_dashboard',
    summary: 'What the layout of a role was before: the last 20, newest first',
    tags,
    query: RoleQuery,
    reply: { 200: Versions },
    handler: async ({ request, query }) => {
      const actor = requireTenant(request)
      return versions(actor.tenant.tenantId, await ownerOfRole(deps.db, actor, query.role))
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/dashboard/template',
    access: 'edit_dashboard',
    summary: 'A layout for a role that has none; every widget, filter, line and tab that it names must exist',
    tags,
    rate,
    body: Type.Object({ role: Role, layout_config: Layout }),
    reply: { 201: Saved },
    handler: async ({ request, body }) => {
      const actor = requireTenant(request)
      const owner = await ownerOfRole(deps.db, actor, body.role)
      const { layout, version } = await readStoredLayout({ ...deps.db, tenantId: actor.tenant.tenantId }, owner)
      if (layout !== null) throw problem('layout_exists', { parameters: { version }, extra: { version } })
      const edit = { layout: body.layout_config, seenVersion: version, origin: originOf(request) }
      return answer(201, { role: roleOf(owner), version: await editLayout(deps, actor, owner, edit) })
    },
  })
  route(app, {
    method: 'PUT',
    url: '/api/v1/dashboard/template',
    access: 'edit_dashboard',
    summary: 'Replaces the layout of a role; refused with who and when if somebody else changed it since `seen_version`',
    tags,
    rate,
    body: Type.Object({ role: Role, layout_config: Layout, seen_version: Seen }),
    reply: { 200: Saved },
    handler: async ({ request, body }) => {
      const actor = requireTenant(request)
      const owner = await ownerOfRole(deps.db, actor, body.role)
      const edit = { layout: body.layout_config, seenVersion: body.seen_version, origin: originOf(request) }
      return { role: roleOf(owner), version: await editLayout(deps, actor, owner, edit) }
    },
  })
  route(app, {
    method: 'DELETE',
    url: '/api/v1/dashboard/template',
    access: 'edit_dashboard',
    summary: 'Takes the layout of a role away: its people see the company’s default, or the built-in one',
    tags,
    rate,
    query: Type.Object({ role: Role, seen_version: Seen }),
    reply: { 200: Saved },
    handler: async ({ request, query }) => {
      const actor = requireTenant(request)
      const owner = await ownerOfRole(deps.db, actor, query.role)
      const edit = { seenVersion: query.seen_version, origin: originOf(request) }
      return { role: roleOf(owner), version: await removeLayout(deps, actor, owner, edit) }
    },
  })

  route(app, {
    method: 'GET',
    url: '/api/v1/dashboard/my-layout',
    access: 'view_dashboard',
    summary: 'The caller’s own layout; null when they see their role’s',
    tags,
    reply: { 200: Stored },
    handler: ({ request }) => {
      const actor = requireTenant(request)
      return show(actor.tenant.tenantId, ownerOfPerson(actor))
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/dashboard/my-layout/versions',
    access: 'view_dashboard',
    summary: 'What the caller’s own layout was before',
    tags,
    reply: { 200: Versions },
    handler: ({ request }) => {
      const actor = requireTenant(request)
      return versions(actor.tenant.tenantId, ownerOfPerson(actor))
    },
  })
  route(app, {
    method: 'PUT',
    url: '/api/v1/dashboard/my-layout',
    access: 'view_dashboard',
    summary: 'The caller’s own layout, before that of their role',
    tags,
    rate,
    body: Type.Object({ layout_config: Layout, seen_version: Seen }),
    reply: { 200: Saved },
    handler: async ({ request, body }) => {
      const actor = requireTenant(request)
      const edit = { layout: body.layout_config, seenVersion: body.seen_version, origin: originOf(request) }
      return { role: null, version: await editLayout(deps, actor, ownerOfPerson(actor), edit) }
    },
  })
  route(app, {
    method: 'DELETE',
    url: '/api/v1/dashboard/my-layout',
    access: 'view_dashboard',
    summary: 'Back to the layout of the role',
    tags,
    rate,
    query: Type.Object({ seen_version: Seen }),
    reply: { 200: Saved },
    handler: async ({ request, query }) => {
      const actor = requireTenant(request)
      const edit = { seenVersion: query.seen_version, origin: originOf(request) }
      return { role: null, version: await removeLayout(deps, actor, ownerOfPerson(actor), edit) }
    },
  })
}
