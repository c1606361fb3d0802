import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { Problem } from '../../platform/http/index.ts'
import { fixedClock } from '../../platform/time/index.ts'
import { emailFaults, normaliseUsername, usernameFaults } from '../users/index.ts'
import { createTenantWithAdmin, createUser, updateTenantConfig } from './create.ts'
import { findTenant, listMemberships } from './queries.ts'
import { companyRoles, freeSlug, maxUsers, nameKey, slugFrom, storedRole } from './tenant.ts'

const deps = { clock: fixedClock(Date.UTC(2026, 2, 2)) }
const acme = { companyName: 'Acme Plásticos', username: 'Ana', email: 'Ana@Example.com', password: 'ValidPass123!' }

const refusal = async (work: Promise<unknown>): Promise<Problem> => {
  const error = await work.then(
    () => assert.fail('was accepted'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Problem, String(error))
  return error
}

forEachEngine('ID-54 PL-15 K-41 a company is made with its founder, who owns it', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const made = await createTenantWithAdmin(db, deps, { ...acme, config: { timezone: 'America/Lima', theirs: { kept: [1] } } })
  assert.equal(made.slug, 'acme-plasticos')
  for (const ref of [made.tenantId, String(made.tenantId), made.tenantUuid, made.tenantUuid.toUpperCase(), made.slug]) {
    const tenant = await findTenant(db, ref)
    assert.deepEqual(tenant, {
      tenantId: made.tenantId,
      uuid: made.tenantUuid,
      name: 'Acme Plásticos',
      slug: 'acme-plasticos',
      isActive: true,
      config: { timezone: 'America/Lima', theirs: { kept: [1] } },
    })
  }
  assert.equal(await findTenant(db, 'nobody'), null)
  const [membership] = await listMemberships(db, made.userId)
  assert.equal(membership?.roleName, 'OWNER')
  const user = await db.kysely.selectFrom('users').select(['username', 'email', 'home_tenant_id']).executeTakeFirstOrThrow()
  assert.deepEqual(user, { username: 'ana', email: 'ana@example.com', home_tenant_id: made.tenantId })
  const audit = await db.kysely.selectFrom('audit_logs').select(['action', 'tenant_id', 'user_id', 'details']).orderBy('id').execute()
  assert.deepEqual(
    audit.map((row) => [row.action, row.tenant_id, row.user_id]),
    [
      ['COMPANY_CREATED', made.tenantId, null],
      ['USER_CREATED', made.tenantId, null],
    ],
  )
  assert.ok(!JSON.stringify(audit).includes('ValidPass123!'))
})

forEachEngine('ID-53 K-25 duplicates are told apart, and nothing is left behind', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await createTenantWithAdmin(db, deps, acme)
  const other = { companyName: 'Otra', username: 'beto', email: 'beto@example.com', password: 'ValidPass123!' }
  for (const [change, code] of [
    [{ username: 'ANA' }, 'username_taken'],
    [{ email: 'ANA@example.com' }, 'email_taken'],
    [{ companyName: '  acme   PLASTICOS ' }, 'company_name_taken'],
    [{ slug: 'acme-plasticos' }, 'slug_taken'],
  ] as const) {
    const problem = await refusal(createTenantWithAdmin(db, deps, { ...other, ...change }))
    assert.equal(problem.code, code)
    assert.equal(problem.status, 409)
  }
  const count = async (table: 'users' | 'tenants' | 'memberships') => (await db.kysely.selectFrom(table).select('id').execute()).length
  assert.deepEqual([await count('users'), await count('tenants'), await count('memberships')], [1, 1, 1])
  // Names that fold differently may share a slug's stem.
  assert.equal((await createTenantWithAdmin(db, deps, { ...other, companyName: 'Acme-Plásticos' })).slug, 'acme-plasticos-2')
})

forEachEngine('ID-73 names that differ by an accent or a letter case only in the data stay apart where they should', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const { tenantId } = await createTenantWithAdmin(db, deps, acme)
  const base = { tenantId, password: 'ValidPass123!', role: 'VIEWER' }
  await createUser(db, deps, null, { ...base, username: 'pena', email: 'pena@example.com' })
  await createUser(db, deps, null, { ...base, username: 'peña', email: 'peña@example.com' })
  const rows = await db.kysely.selectFrom('users').select('username').where('username', '=', 'peña').execute()
  assert.equal(rows.length, 1)
  assert.equal((await refusal(createUser(db, deps, null, { ...base, username: 'PEÑA', email: 'x@example.com' }))).code, 'username_taken')
})

forEachEngine('two people who take the same name at once: one gets it, the other a clear answer', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const outcomes = await Promise.allSettled(
    ['uno', 'dos', 'tres'].map((companyName, index) =>
      createTenantWithAdmin(db, deps, { ...acme, companyName, email: `a${index}@example.com` }),
    ),
  )
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason)
  assert.equal(refused.length, 2)
  for (const reason of refused) assert.equal(reason instanceof Problem ? reason.code : reason, 'username_taken')
  assert.equal((await db.kysely.selectFrom('tenants').select('id').execute()).length, 1)
})

forEachEngine('ID-47 limits.max_users holds also when people are added at once', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const { tenantId } = await createTenantWithAdmin(db, deps, { ...acme, config: { limits: { max_users: 3 } } })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 4 }, (_, index) =>
      createUser(db, deps, null, {
        tenantId,
        username: `user${index}`,
        email: `u${index}@example.com`,
        password: 'ValidPass123!',
        role: 'viewer',
      }),
    ),
  )
  assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 2)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected')
      assert.equal(outcome.reason instanceof Problem ? outcome.reason.code : outcome.reason, 'tenant_user_limit')
  assert.equal((await db.kysely.selectFrom('memberships').select('id').where('tenant_id', '=', tenantId).execute()).length, 3)
})

forEachEngine("PL-16 a company's settings change without losing keys that others own", async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const { tenantId } = await createTenantWithAdmin(db, deps, { ...acme, config: { theme: 'dark', theirs: 1 } })
  await Promise.all([
    updateTenantConfig(db, deps, null, tenantId, (config) => ({ ...config, timezone: 'America/Lima' })),
    updateTenantConfig(db, deps, null, tenantId, (config) => ({ ...config, performance_unit: 'units_per_hour' })),
  ])
  assert.deepEqual((await findTenant(db, tenantId))?.config, {
    theme: 'dark',
    theirs: 1,
    timezone: 'America/Lima',
    performance_unit: 'units_per_hour',
  })
})

test('all faults of a new company come in one answer', async () => {
  // The faults are found before the database is asked: there is none here.
  const none = {} as Parameters<typeof createTenantWithAdmin>[0]
  const problem = await refusal(
    createTenantWithAdmin(none, deps, { companyName: ' ', slug: 'No!', username: 'x', email: 'no', password: 'weak', role: 'BOSS' }),
  )
  assert.equal(problem.status, 422)
  assert.deepEqual(
    problem.options.fields?.map(({ path, rule }) => `${path}:${rule}`),
    [
      'company_name:length',
      'slug:slug',
      'username:length',
      'email:email',
      'password:min_length',
      'password:uppercase',
      'password:digit',
      'role:role',
    ],
  )
})

for (const c of [
  { test: 'AC-26 a plain name', username: 'testuser', faults: [] },
  { test: 'AC-28 a blank and a mark', username: 'test user!', faults: ['characters'] },
  { test: 'AC-20 two letters', username: 'ab', faults: ['length'] },
  { test: 'fifty-one letters', username: 'a'.repeat(51), faults: ['length'] },
  { test: 'digits only', username: '12345', faults: ['letter'] },
  { test: 'accents and signs', username: 'josé_peña-2', faults: [] },
  { test: 'Cyrillic letters that look Latin', username: 'аdmin', faults: ['characters'] },
  { test: 'an address', username: 'a@b.c', faults: ['characters'] },
  { test: 'a reserved word', username: 'system', faults: ['reserved'] },
  { test: 'the shape of a UUID', username: '0190b2c4-1111-7222-8333-444455556666', faults: ['reserved'] },
])
  test(`username: ${c.test}`, () =>
    assert.deepEqual(
      usernameFaults(c.username, 'username').map(({ rule }) => rule),
      c.faults,
    ))

test('AC-27 a username is stored in lower case', () => assert.equal(normaliseUsername(' TestUser '), 'testuser'))

for (const email of ['test@example.com', 'a.b+c@sub.example.com.ar', 'peña@españa.es'])
  test(`${email} is an e-mail address`, () => assert.deepEqual(emailFaults(email, 'email'), []))
for (const email of [
  'not-an-email',
  'a@b',
  '@example.com',
  'a@@example.com',
  'a b@example.com',
  'a@example.com\r\nBcc: x@y.zz',
  'a@-x.com',
  'a..b@x.com',
  `${'a'.repeat(250)}@x.com`,
])
  test(`AC-29 ${JSON.stringify(email).slice(0, 40)} is none`, () => assert.equal(emailFaults(email, 'email').length, 1))

test('slugs come from names, numbered when taken', () => {
  assert.equal(slugFrom('Ñandú & Hijos S.A. '), 'nandu-hijos-s-a')
  assert.equal(slugFrom('工場'), 'empresa')
  assert.equal(freeSlug('acme', new Set(['acme', 'acme-2', 'acme-nova'])), 'acme-3')
  assert.equal(nameKey('  ACMÉ   Nova '), 'acme nova')
})

test('limits.max_users, or the older word beside it; absent is no limit', () => {
  assert.equal(maxUsers({ limits: { max_users: 5 }, max_users: 9 }), 5)
  assert.equal(maxUsers({ max_users: 9 }), 9)
  assert.equal(maxUsers({ limits: {} }), null)
  assert.equal(maxUsers({ limits: { max_users: 'many' } }), null)
})

test("a company's own roles map to ours, or to VIEWER", () => {
  const config = { roles: { Jefe: 'manager', Portero: 'nobody', Rara: 7 } }
  assert.deepEqual(companyRoles(config), { JEFE: 'MANAGER', PORTERO: 'VIEWER', RARA: 'VIEWER' })
  assert.equal(storedRole('jefe', config), 'JEFE')
  assert.equal(storedRole('editor', config), 'OPERATOR')
  assert.equal(storedRole('otra', config), null)
})
