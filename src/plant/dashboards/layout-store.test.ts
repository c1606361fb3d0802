import assert from 'node:assert/strict'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { createTenantWithAdmin, type TenantActor } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import { Problem } from '../../platform/http/index.ts'
import { emptyLayout, type LayoutJson } from './layout-json.ts'
import type { LayoutOwner } from './layout-owner.ts'
import { keptVersions, layoutHistory, readStoredLayout, saveLayout } from './layout-store.ts'
import { createLayouts } from './layouts.ts'

const origin = { ip: null, userAgent: null, requestId: null }
const role: LayoutOwner = { kind: 'role', role: 'OPERATOR' }

const layoutOf = (...ids: number[]): LayoutJson => ({
  ...emptyLayout,
  widgets: ids.map((widget_id) => ({
    widget_id,
    tab: null,
    title: null,
    col_span: null,
    row_span: null,
    refresh_seconds: null,
    params: {},
  })),
})

async function company(db: Db, name: string) {
  const clock = { nowMs: () => 1_000 }
  const made = await createTenantWithAdmin(
    db,
    { clock },
    { companyName: name, username: name, email: `${name}@example.com`, password: 'Segura123!' },
  )
  const tenant = { tenantId: made.tenantId, uuid: made.tenantUuid, slug: made.slug, name }
  const user = await db.kysely.selectFrom('users').select('id').where('username', '=', name).executeTakeFirstOrThrow()
  const actor = {
    kind: 'person',
    userId: user.id,
    username: name,
    tenant,
    role: 'OPERATOR',
    roleName: 'Operator',
  } as unknown as TenantActor
  return { tenantDb: { ...db, tenantId: made.tenantId }, actor, userId: user.id }
}

forEachEngine('PL-70 two people save the same layout: one wins, the other is told who and when, and loses nothing', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  let nowMs = 1_700_000_000_000
  const clock = { nowMs: () => nowMs }
  const layouts = createLayouts({ db, clock })
  const deps = { clock, layouts }
  const { tenantDb, actor } = await company(db, 'uno')
  const save = (layout: LayoutJson | null, seenVersion: number, by = 'ana') =>
    saveLayout(tenantDb, deps, { ...actor, username: by } as TenantActor, { owner: role, layout, seenVersion, origin })

  const both = await Promise.allSettled([save(layoutOf(1), 0, 'ana'), save(layoutOf(2), 0, 'beto')])
  const refused = both.filter((outcome) => outcome.status === 'rejected')
  assert.equal(refused.length, 1)
  const error = refused[0]?.reason
  assert.ok(error instanceof Problem)
  assert.equal(error.code, 'layout_edited_meanwhile')
  const stored = await readStoredLayout(tenantDb, role)
  assert.equal(stored.version, 1)
  assert.equal(error.options.extra?.saved_by, stored.saved?.by)
  assert.equal(error.options.extra?.saved_at, new Date(nowMs).toISOString())

  nowMs += 60_000
  assert.equal(await save(layoutOf(3), 1), 2)
  await assert.rejects(save(layoutOf(4), 1), { code: 'layout_edited_meanwhile' })
  assert.deepEqual(
    (await layouts.of(actor)).widgets.map(({ widgetId }) => widgetId),
    [3],
    'what is saved here shows at once',
  )
  const rows = await db.kysely
    .selectFrom('audit_logs')
    .select(['action', 'entity_id'])
    .where('entity_type', '=', 'dashboard_layout')
    .orderBy('id')
    .execute()
  assert.deepEqual(
    rows.map((row) => [row.action, row.entity_id]),
    [
      ['CREATE', 'role OPERATOR'],
      ['UPDATE', 'role OPERATOR'],
    ],
  )
})

forEachEngine('PL-70 the last twenty versions can be had back; what came past the editor is one of them', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const clock = { nowMs: () => 5_000 }
  const deps = { clock, layouts: createLayouts({ db, clock }) }
  const { tenantDb, actor } = await company(db, 'uno')
  const other = await company(db, 'dos')
  await db.kysely
    .insertInto('dashboard_templates')
    .values({ tenant_id: tenantDb.tenantId, role_access: 'Operator', layout_config: '{"widgets":[7]}' })
    .execute()
  const save = (layout: LayoutJson | null, seenVersion: number) =>
    saveLayout(tenantDb, deps, actor, { owner: role, layout, seenVersion, origin })

  assert.deepEqual(await readStoredLayout(tenantDb, role), { layout: { widgets: [7] }, version: 1, saved: null })
  assert.equal(await save(layoutOf(1), 1), 2)
  const [newest, imported] = await layoutHistory(tenantDb, role)
  assert.deepEqual([newest?.version, newest?.by, imported?.version, imported?.by, imported?.layout], [2, 'uno', 1, null, { widgets: [7] }])
  const count = await db.kysely.selectFrom('dashboard_templates').select('template_id').where('tenant_id', '=', tenantDb.tenantId).execute()
  assert.equal(count.length, 1, 'the row is changed, not added to')

  assert.equal(await save(null, 2), 3)
  assert.deepEqual([(await readStoredLayout(tenantDb, role)).layout, (await readStoredLayout(tenantDb, role)).version], [null, 3])
  for (let version = 3; version < 30; version += 1) await save(layoutOf(version), version)
  const kept = await layoutHistory(tenantDb, role)
  assert.deepEqual([kept.length, kept[0]?.version, kept.at(-1)?.version], [keptVersions, 30, 11])
  assert.deepEqual(await layoutHistory(other.tenantDb, role), [], 'another company has its own')
})

forEachEngine('PL-70 a person’s own layout comes before their role’s, in that company only, until they take it away', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const clock = { nowMs: () => 5_000 }
  const layouts = createLayouts({ db, clock })
  const { tenantDb, actor, userId } = await company(db, 'uno')
  const other = await company(db, 'dos')
  const mine: LayoutOwner = { kind: 'person', userId }
  const save = (layout: LayoutJson | null, seenVersion: number) =>
    saveLayout(tenantDb, { clock, layouts }, actor, { owner: mine, layout, seenVersion, origin })
  const shown = async (who: TenantActor) => {
    const layout = await layouts.of(who)
    return [layout.step, layout.widgets.map(({ widgetId }) => widgetId).slice(0, 2)]
  }
  const before = await layouts.of(actor)
  assert.equal(before.step, 'built_in')
  await save(layoutOf(5, 2), 0)
  assert.deepEqual(await shown(actor), ['person', [5, 2]])
  assert.equal(await layouts.ofRole(actor), before, 'the role’s is the same object as before')
  assert.equal((await layouts.of({ ...actor, kind: 'api_key' } as unknown as TenantActor)).step, 'built_in', 'a key has none')
  assert.equal((await layouts.of({ ...actor, tenant: other.actor.tenant } as TenantActor)).step, 'built_in')
  await save(layoutOf(3), 1)
  assert.deepEqual(await shown(actor), ['person', [3]])
  await save(null, 2)
  assert.equal((await layouts.of(actor)).step, 'built_in')
})
