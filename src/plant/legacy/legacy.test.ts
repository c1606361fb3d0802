import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hash as argon2 } from '@node-rs/argon2'
import { sql } from 'kysely'
import { forEachEngine, migratedDatabase, temporaryDatabase } from '../../../test/harness/engines.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { type Db, openPlantKysely } from '../../platform/db/index.ts'
import { importLegacy } from './import.ts'
import { translateLayout } from './layouts.ts'

const deps = { clock: { nowMs: () => 1_000 } }
const cheap = { memoryCost: 1024, timeCost: 1, parallelism: 1 }

/** A global database as the earlier product made it. */
async function legacyDatabase(engine: 'sqlite' | 'mysql' | 'postgres', t: import('node:test').TestContext) {
  const opened = await openPlantKysely(await temporaryDatabase(engine, t), { create: true })
  t.after(() => opened.close())
  const run = (statement: string, ...values: unknown[]) => {
    const parts = statement.split('?')
    return sql
      .join(
        parts.flatMap((part, n) => [sql.raw(part), ...(n < values.length ? [sql`${values[n]}`] : [])]),
        sql.raw(''),
      )
      .execute(opened.kysely)
  }
  const quote = engine === 'mysql' ? '`user`' : '"user"'
  await run(
    'create table tenant (tenant_id int primary key, company_name varchar(100), associated_since varchar(30), is_active int, config_tenant text)',
  )
  await run(
    `create table ${quote} (user_id bigint primary key, tenant_id int, username varchar(50), email varchar(50), password varchar(255), role varchar(50), permissions text)`,
  )
  await run('create table widget_catalog (widget_id int primary key, widget_name varchar(100), description varchar(255))')
  await run('create table dashboard_template (template_id int primary key, tenant_id int, role_access varchar(50), layout_config text)')
  await run(
    'create table user_query (query_id int primary key, user_id bigint, username varchar(50), slq_query text, query_parameters text, start_date varchar(10), start_time varchar(8), end_date varchar(10), end_time varchar(8), line varchar(20), interval_type varchar(20), created_at varchar(30))',
  )
  const tenant = (id: number, name: string, config: string, isActive = 1) =>
    run('insert into tenant values (?, ?, ?, ?, ?)', id, name, '2024-01-01 00:00:00', isActive, config)
  const user = (
    id: number,
    tenantId: number,
    username: string,
    email: string,
    password: string,
    role: string,
    permissions: string | null,
  ) => run(`insert into ${quote} values (?, ?, ?, ?, ?, ?, ?)`, id, tenantId, username, email, password, role, permissions)
  const query = (id: number, userId: number, parameters: string) =>
    run(
      'insert into user_query values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      userId,
      'ana',
      'SELECT 1',
      parameters,
      '2026-03-01',
      '00:00:00',
      '2026-03-02',
      '23:59:00',
      'all',
      'hour',
      '2026-03-02 12:00:00',
    )
  return { source: { kysely: opened.kysely, engine: opened.engine }, run, tenant, user, query }
}

async function filled(engine: 'sqlite' | 'mysql' | 'postgres', t: import('node:test').TestContext) {
  const legacy = await legacyDatabase(engine, t)
  const { run, tenant, user, query } = legacy
  await tenant(1, 'Hermanos Peña', '{"db_name":"client_1","theme":"dark","limits":{"max_users":2}}')
  await tenant(2, 'hermanos pena ', 'no json', 0)
  await user(10, 1, 'Ana', 'ana@example.com', await argon2('ClaveVieja1', cheap), 'admin', '{"full_access":true}')
  await user(11, 1, 'beto pérez', 'beto@example.com', 'plain', 'supervisor', '["read","export_data"]')
  await user(12, 1, 'root', 'root@example.com', await argon2('x', cheap), 'SUPER_ADMIN', null)
  await user(13, 2, 'cora', 'not an address', await argon2('x', cheap), 'portero', '{}')
  await user(14, 9, 'lost', 'lost@example.com', await argon2('x', cheap), 'VIEWER', null)
  for (const [id, name] of [
    [5, 'KpiOee'],
    [6, 'Tabla de paradas'],
    [7, 'KpiOee'],
  ] as const)
    await run('insert into widget_catalog values (?, ?, ?)', id, name, 'd')
  await run(
    'insert into dashboard_template values (?, ?, ?, ?)',
    1,
    1,
    'ADMIN',
    '{"widgets":[5,{"widget_id":6,"col_span":2},99],"filters":[1]}',
  )
  await run('insert into dashboard_template values (?, ?, ?, ?)', 2, 1, 'admin', '{"enabled_widget_ids":[6]}')
  await run('insert into dashboard_template values (?, ?, ?, ?)', 3, 1, 'VIEWER', 'broken')
  for (let id = 1; id <= 7; id += 1) await query(id, id === 7 ? 14 : 10, id === 6 ? 'not json' : '{"line_id":1,"_duration_ms":12.4}')
  return legacy
}

const rowsOf = async (db: Db) => ({
  tenants: (await db.kysely.selectFrom('tenants').select(['name', 'slug', 'is_active']).orderBy('id').execute()).map((row) =>
    Object.values(row),
  ),
  people: (
    await db.kysely
      .selectFrom('memberships as m')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .select(['u.username', 'u.email', 'm.role', 'm.permissions', 'u.is_super_admin'])
      .orderBy('u.id')
      .execute()
  ).map((row) => Object.values(row)),
  templates: (await db.kysely.selectFrom('dashboard_templates').select('role_access').orderBy('template_id').execute()).length,
  queries: (await db.kysely.selectFrom('user_queries').select(['duration_ms', 'created_at']).execute()).length,
})

forEachEngine('an earlier installation is taken over once, whatever is odd in it', async (engine, t) => {
  const { source } = await filled(engine, t)
  const { db } = await migratedDatabase(engine, t)
  const dry = await importLegacy(db, deps, source, { name: 'old', isDryRun: true })
  assert.deepEqual([(await rowsOf(db)).tenants, dry.queries.imported], [[], 7])
  const report = await importLegacy(db, deps, source, { name: 'old', isDryRun: false })
  const want = {
    tenants: [
      ['Hermanos Peña', 'hermanos-pena', 1],
      ['hermanos pena (2)', 'hermanos-pena-2', 0],
    ],
    people: [
      ['ana', 'ana@example.com', 'OWNER', '[]', 0],
      ['beto-pérez', 'beto@example.com', 'MANAGER', '["export_data"]', 0],
      ['root', 'root@example.com', 'ADMIN', '[]', 0],
      ['cora', 'cora-13@import.invalid', 'VIEWER', '[]', 0],
    ],
    templates: 2,
    queries: 6,
  }
  assert.deepEqual(await rowsOf(db), want)
  assert.deepEqual(report.queries, { imported: 6, known: 0, refused: 1 })
  const told = Object.fromEntries(
    report.lines.map(({ kind, name, outcome, notes }) => [`${kind} ${name}`, `${outcome} ${notes.join('; ')}`]),
  )
  assert.match(told['user beto pérez'] ?? '', /became beto-pérez; the password cannot be kept.*left out: read/)
  assert.match(told['user root'] ?? '', /is ADMIN of the company here/)
  assert.match(told['user lost'] ?? '', /^refused its company 9 does not exist/)
  assert.match(told['template hermanos-pena / ADMIN'] ?? '', /left out: 99/)
  assert.match(told['template hermanos-pena / admin'] ?? '', /one of several/)
  assert.match(told['template hermanos-pena / VIEWER'] ?? '', /^refused/)
  assert.match(told['tenant Hermanos Peña'] ?? '', /client_1/)
  const again = await importLegacy(db, deps, source, { name: 'old', isDryRun: false })
  assert.deepEqual(await rowsOf(db), want)
  assert.deepEqual([again.queries.imported, again.lines.filter(({ outcome }) => outcome === 'imported')], [0, []])
})

test('what came since the last run is taken over by the next', async (t) => {
  const legacy = await filled('sqlite', t)
  const { db } = await migratedDatabase('sqlite', t)
  await importLegacy(db, deps, legacy.source, { name: 'old', isDryRun: false })
  await legacy.user(20, 1, 'dora', 'dora@example.com', await argon2('x', cheap), 'VIEWER', null)
  await legacy.query(8, 20, '{}')
  const { queries, lines } = await importLegacy(db, deps, legacy.source, { name: 'old', isDryRun: false })
  assert.deepEqual([queries.imported, lines.filter(({ outcome }) => outcome === 'imported').map(({ name }) => name)], [1, ['dora']])
})

forEachEngine('names and addresses that become one under our rules drop nobody', async (engine, t) => {
  const legacy = await legacyDatabase(engine, t)
  await legacy.tenant(1, 'Uno', '{}')
  const hash = await argon2('x', cheap)
  await legacy.user(1, 1, 'peña', '', hash, 'admin', null)
  await legacy.user(2, 1, 'pena', '', hash, 'VIEWER', null)
  await legacy.user(3, 1, 'beto pérez', 'beto@one.example', hash, 'VIEWER', null)
  await legacy.user(4, 1, 'beto.pérez', 'other@one.example', hash, 'VIEWER', null)
  const { db } = await migratedDatabase(engine, t)
  const { lines } = await importLegacy(db, deps, legacy.source, { name: 'one', isDryRun: false })
  assert.deepEqual(
    (await rowsOf(db)).people.map(([username, email]) => `${username} ${email}`),
    ['peña pena-1@import.invalid', 'pena pena-2@import.invalid', 'beto-pérez beto@one.example', 'user-4 other@one.example'],
  )
  assert.match(lines.find(({ name }) => name === 'beto.pérez')?.notes.join() ?? '', /it is user-4/)
})

forEachEngine('a company whose first administrator came later is owned by them, and has one owner only', async (engine, t) => {
  const legacy = await legacyDatabase(engine, t)
  await legacy.tenant(1, 'Uno', '{}')
  await legacy.user(1, 1, 'vera', 'vera@one.example', await argon2('x', cheap), 'VIEWER', null)
  const { db } = await migratedDatabase(engine, t)
  const run = () => importLegacy(db, deps, legacy.source, { name: 'one', isDryRun: false })
  const rolesNow = async () => (await rowsOf(db)).people.map(([username, , role]) => `${username} ${role}`)
  const unowned = ({ lines }: Awaited<ReturnType<typeof run>>) => lines.some(({ notes }) => /hence no owner/.test(notes.join()))
  assert.equal(unowned(await run()), true)
  assert.equal(unowned(await run()), true, 'told until it has one')
  await legacy.user(2, 1, 'ana', 'ana@one.example', await argon2('x', cheap), 'admin', null)
  assert.equal(unowned(await run()), false)
  await legacy.user(3, 1, 'beto', 'beto@one.example', await argon2('x', cheap), 'admin', null)
  assert.equal(unowned(await run()), false)
  assert.deepEqual(await rolesNow(), ['vera VIEWER', 'ana OWNER', 'beto ADMIN'])
})

test('somebody who has an account here is refused, not joined: the person must be asked', async (t) => {
  const legacy = await legacyDatabase('sqlite', t)
  await legacy.tenant(1, 'Uno', '{}')
  await legacy.user(1, 1, 'ana', 'ana@one.example', await argon2('x', cheap), 'admin', null)
  const other = await legacyDatabase('sqlite', t)
  await other.tenant(1, 'Dos', '{}')
  await other.user(1, 1, 'ana', 'ana@two.example', await argon2('x', cheap), 'admin', null)
  const { db } = await migratedDatabase('sqlite', t)
  await importLegacy(db, deps, legacy.source, { name: 'one', isDryRun: false })
  const { lines } = await importLegacy(db, deps, other.source, { name: 'two', isDryRun: false })
  assert.match(lines.find(({ kind }) => kind === 'user')?.notes[0] ?? '', /username ana has an account here: invite/)
})

test('a database without the tables is refused by their names', async (t) => {
  const opened = await openPlantKysely(await temporaryDatabase('sqlite', t), { create: true })
  t.after(() => opened.close())
  const { db } = await migratedDatabase('sqlite', t)
  await assert.rejects(
    importLegacy(db, deps, { kysely: opened.kysely, engine: opened.engine }, { name: 'x', isDryRun: false }),
    (error: Error & { code?: string }) => error.code === 'not_a_legacy_database',
  )
})

test('ID-02 an imported person signs in with the old password', async (t) => {
  const legacy = await filled('sqlite', t)
  const server = await startTestServer({}, t)
  await importLegacy(server.ctx.db, server.ctx, legacy.source, { name: 'old', isDryRun: false })
  const client = server.newClient()
  await client.signInApi('ana', 'ClaveVieja1')
  const { status } = await client.json('/api/v1/auth/me')
  assert.equal(status, 200)
})

const own = new Map([
  [5, 105],
  [6, 106],
])
for (const [stored, want, unknown] of [
  ['{"widgets":[5,6]}', '{"widgets":[105,106]}', []],
  ['{"widgets":["5",{"id":6,"title":"x"}]}', '{"widgets":[105,{"id":106,"title":"x"}]}', []],
  ['{"grid":[{"widget_id":6,"x":1}],"tabs":["oee"]}', '{"grid":[{"widget_id":106,"x":1}],"tabs":["oee"]}', []],
  ['{"enabled_widget_ids":[7,5]}', '{"enabled_widget_ids":[105]}', [7]],
  ['{}', '{}', []],
] as const)
  test(`the layout ${stored} is numbered anew`, () =>
    assert.deepEqual(translateLayout(stored, own), { layout: want, unknownWidgetIds: unknown }))
for (const stored of ['', 'null', '[]', '5', '{'])
  test(`the layout ${JSON.stringify(stored)} is none`, () => assert.equal(translateLayout(stored, own), null))
