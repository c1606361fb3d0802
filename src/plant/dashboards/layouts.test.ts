import assert from 'node:assert/strict'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { createTenantWithAdmin, type Role } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import { createLayouts } from './layouts.ts'

async function makeTenant(db: Db, name: string) {
  const { tenantId, tenantUuid, slug } = await createTenantWithAdmin(
    db,
    { clock: { nowMs: () => 1 } },
    { companyName: name, username: name, email: `${name}@example.com`, password: 'Segura123!' },
  )
  const actor = (role: Role, roleName: string = role) => ({ tenant: { tenantId, uuid: tenantUuid, slug, name }, role, roleName })
  return { tenantId, actor }
}

forEachEngine(
  'PL-68 a layout that another process changes shows within a second, one changed here at once; unchanged it is the same object',
  async (engine, t) => {
    const { db } = await migratedDatabase(engine, t)
    let nowMs = 1_000_000
    const layouts = createLayouts({ db, clock: { nowMs: () => nowMs } })
    const [uno, dos] = [await makeTenant(db, 'uno'), await makeTenant(db, 'dos')]
    const store = (tenantId: number, role: string, ...widgets: number[]) =>
      db.kysely
        .insertInto('dashboard_templates')
        .values({ tenant_id: tenantId, role_access: role, layout_config: JSON.stringify({ widgets }) })
        .execute()
    const idsOf = async (actor: ReturnType<typeof uno.actor>) => (await layouts.of(actor)).widgets.map(({ widgetId }) => widgetId)

    const first = await layouts.of(uno.actor('ADMIN'))
    assert.equal(first.step, 'built_in')
    assert.notEqual(await layouts.of(uno.actor('OPERATOR')), first, 'another role')
    assert.notEqual(await layouts.of(uno.actor('ADMIN', 'JEFE')), first, 'another word for it')
    nowMs += 5_000
    assert.equal(await layouts.of(uno.actor('ADMIN')), first)

    await store(uno.tenantId, 'ADMIN', 3, 1)
    assert.equal(await layouts.of(uno.actor('ADMIN')), first, 'read less than a second ago')
    nowMs += 1_000
    assert.deepEqual(await idsOf(uno.actor('ADMIN')), [3, 1])
    assert.equal((await layouts.of(dos.actor('ADMIN'))).step, 'built_in', 'another company')

    await store(uno.tenantId, 'ADMIN', 2)
    layouts.forget(uno.tenantId)
    assert.deepEqual(await idsOf(uno.actor('ADMIN')), [2])

    await db.kysely.deleteFrom('widget_catalog').where('widget_id', '=', 2).execute()
    nowMs += 1_000
    assert.deepEqual(await idsOf(uno.actor('ADMIN')), [], 'the catalogue is read again too')
    assert.equal(
      (await layouts.catalogueOf(uno.actor('ADMIN'))).some(({ widgetId }) => widgetId === 2),
      false,
    )
  },
)

forEachEngine('a clock that was set back does not keep a layout for ever; a failed reading is tried again', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const { tenantId, actor } = await makeTenant(db, 'uno')
  let nowMs = 1_000_000
  let isBroken = true
  const selectFrom = (...args: Parameters<typeof db.kysely.selectFrom>) => {
    if (isBroken) throw new Error('no database')
    return db.kysely.selectFrom(...args)
  }
  const broken = { kysely: { selectFrom } as typeof db.kysely, engine: db.engine }
  const layouts = createLayouts({ db: broken, clock: { nowMs: () => nowMs } })
  await assert.rejects(layouts.of(actor('ADMIN')), /no database/)
  isBroken = false
  assert.equal((await layouts.of(actor('ADMIN'))).step, 'built_in')
  nowMs -= 60_000
  await db.kysely
    .insertInto('dashboard_templates')
    .values({ tenant_id: tenantId, role_access: 'ADMIN', layout_config: '{"widgets":[1]}' })
    .execute()
  assert.equal((await layouts.of(actor('ADMIN'))).step, 'role')
})
