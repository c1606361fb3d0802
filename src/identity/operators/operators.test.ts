import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { fields, noon, password, startWithPeople } from '../people.fixture.ts'
import { findTenant } from '../tenants/index.ts'
import { listUsers, promote, resetLink, seedAdmin, setActive, unlock } from './index.ts'

const operator = { email: 'Root@Example.com', password: 'Admin123!', tenantId: null, allowsWeak: false, resets: false }

forEachEngine('ID-69 K-01 seed-admin makes an operator once; again it repairs and leaves the password alone', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { db } = server.ctx
  const first = await seedAdmin(db, server.ctx, operator)
  assert.deepEqual([first.username, first.outcome, first.generatedPassword], ['root', 'created', null])
  await db.kysely
    .updateTable('users')
    .set({ is_active: 0, approval_status: 'rejected', is_super_admin: 0 })
    .where('id', '=', first.userId)
    .execute()
  const again = await seedAdmin(db, server.ctx, { ...operator, password: 'Otra123!clave' })
  assert.deepEqual([again.userId, again.outcome], [first.userId, 'repaired'])
  const client = server.newClient()
  await client.signInApi('root', 'Admin123!')
  assert.equal(fields((await client.json('/api/v1/auth/me')).body).role, 'SUPER_ADMIN')
  await seedAdmin(db, server.ctx, { ...operator, password: 'Otra123!clave', resets: true })
  assert.equal((await client.json('/api/v1/auth/me')).status, 401)
  await server.newClient().signInApi('root', 'Otra123!clave')
})

forEachEngine('ID-69 with a company it makes an ADMIN there, and an owner stays one', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { db } = server.ctx
  const { tenantId } = server.acme
  const made = await seedAdmin(db, server.ctx, { ...operator, tenantId })
  await seedAdmin(db, server.ctx, { ...operator, email: 'ana@example.com', tenantId })
  const rows = await db.kysely
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.username', 'm.role', 'u.is_super_admin'])
    .where('m.tenant_id', '=', tenantId)
    .orderBy('u.username')
    .execute()
  assert.deepEqual(
    rows.map((row) => [row.username, row.role, row.is_super_admin]),
    [
      ['ana', 'OWNER', 0],
      ['root', 'ADMIN', 0],
    ],
  )
  assert.equal(made.outcome, 'created')
})

test('ID-69 a weak password is refused, or accepted to be changed; without one it is made', async (t) => {
  const server = await startWithPeople({}, t)
  const { db } = server.ctx
  await assert.rejects(seedAdmin(db, server.ctx, { ...operator, password: 'admin123' }), { code: 'validation_failed' })
  await assert.rejects(seedAdmin(db, server.ctx, { ...operator, email: 'nobody' }), { code: 'validation_failed' })
  const weak = await seedAdmin(db, server.ctx, { ...operator, password: 'admin123', allowsWeak: true })
  const row = await db.kysely.selectFrom('users').select('must_change_password').where('id', '=', weak.userId).executeTakeFirstOrThrow()
  assert.equal(row.must_change_password, 1)
  const made = await seedAdmin(db, server.ctx, { ...operator, email: 'two@example.com', password: null })
  assert.match(made.generatedPassword ?? '', /^Aa1[\w-]{24}$/)
  await server.newClient().signInApi('two', made.generatedPassword ?? '')
})

forEachEngine('ID-69 user promote, disable, enable, unlock, list and reset-link, each audited', async (engine, t) => {
  const server = await startWithPeople({ engine, nowMs: noon }, t)
  const { db } = server.ctx
  await server.addPerson('vera', 'VIEWER')
  const tenant = await findTenant(db, server.acme.tenantId)
  assert.ok(tenant)
  assert.deepEqual(await promote(db, server.ctx, 'VERA@example.com', tenant, 'supervisor'), { username: 'vera', role: 'MANAGER' })
  await assert.rejects(promote(db, server.ctx, 'vera', tenant, 'emperor'), { code: 'validation_failed' })
  const client = server.newClient()
  await client.signInApi('vera', password)
  assert.deepEqual(await setActive(db, server.ctx, 'vera', false), { username: 'vera', endedSessions: 1 })
  assert.equal((await client.json('/api/v1/auth/me')).status, 401)
  await setActive(db, server.ctx, 'vera', true)
  await unlock(db, server.ctx, 'vera')
  assert.deepEqual(
    (await listUsers(db, server.acme.tenantId)).map(({ username, companies }) => [username, companies]),
    [
      ['ana', ['acme:OWNER']],
      ['vera', ['acme:MANAGER']],
    ],
  )
  const { url } = await resetLink(db, server.ctx, 'vera')
  assert.match(url, /^http:\/\/localhost:\d+\/reset-password\?token=[\w-]{43}$/)
  await assert.rejects(unlock(db, server.ctx, 'nobody'), { code: 'user_not_found' })
  const audited = await db.kysely.selectFrom('audit_logs').select('details').where('action', '=', 'ADMIN_CLI').orderBy('id').execute()
  assert.deepEqual(
    audited.map(({ details }) => (JSON.parse(details) as { command: string }).command),
    ['user promote MANAGER', 'user disable', 'user enable', 'user unlock', 'user reset-link'],
  )
  assert.ok(!JSON.stringify(server.logLines).includes('token='))
})
