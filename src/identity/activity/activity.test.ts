import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { catalogTables } from '../../platform/geo/write.ts'
import { recordAudit } from '../audit/index.ts'
import { fields, noon, password, startWithPeople } from '../people.fixture.ts'
import { createTenantWithAdmin } from '../tenants/index.ts'
import { detailText } from './detail.ts'
import { parseFilters } from './filters.ts'
import { activityMessages } from './messages.ts'
import { logs } from './queries.ts'

for (const [asked, want] of [
  [{}, {}],
  [{ user: '', from: ' ' }, {}],
  [{ user: '42' }, { user: { userId: 42 } }],
  [{ user: ' Ana ' }, { user: { username: 'ana' } }],
  [{ action: 'login' }, { action: 'LOGIN' }],
  [
    { from: '2026-03-02', to: '2026-03-02' },
    { fromMs: Date.UTC(2026, 2, 2, 3), toMs: Date.UTC(2026, 2, 3, 3) },
  ],
  [{ from: '2026-03-02T10:00:00Z' }, { fromMs: Date.UTC(2026, 2, 2, 10) }],
  [{ from: '2026-03-02T10:00:00-03:00' }, { fromMs: Date.UTC(2026, 2, 2, 13) }],
] as const)
  test(`ID-58 the filters ${JSON.stringify(asked)} are understood, days in the company's zone`, () => {
    const { filters, faults } = parseFilters(asked, 'America/Argentina/Buenos_Aires')
    assert.deepEqual([filters, faults], [want, []])
  })

for (const [asked, path] of [
  [{ from: 'yesterday' }, 'from'],
  [{ to: '2026-02-30' }, 'to'],
  [{ from: '2026-03-02', to: '2026-03-01' }, 'to'],
] as const)
  test(`ID-58 the filters ${JSON.stringify(asked)} are refused by name`, () =>
    assert.deepEqual(
      parseFilters(asked, 'UTC').faults.map((fault) => fault.path),
      [path],
    ))

for (const [details, want] of [
  [
    { role: 'VIEWER', fields: ['a', 'b'], n: 1, name: 'ADMIN', mfa: true, scopes: ['view_dashboard'] },
    'rol: Lectura · campos: a, b · n: 1 · nombre: ADMIN · segundo factor: sí · permisos: Ver el tablero',
  ],
  [
    { line_id: 4, what: 'stored', stored: 1_046, until_epoch: 1_790_000_000, from_epoch: null },
    'línea: 4 · qué: guardadas · guardadas: 1.046 · hasta: 21/09/2026 11:13',
  ],
  [
    { what: 'tablero', table: 'series', format: 'csv', filters: { line_id: 'all', interval: 'day' } },
    'qué: tablero · tabla: producción por tiempo · formato: csv · filtros: línea: todas, intervalo: día',
  ],
  [{ name: 'stored', before: { retention_months: null, unheard_of: 1 } }, 'nombre: stored · antes: meses conservados: —, unheard_of: 1'],
] as const)
  test(`ID-58 details are told in words, and what a person typed as typed: ${want.slice(0, 30)}`, () =>
    assert.equal(detailText(JSON.stringify(details), 'es', 'America/Argentina/Buenos_Aires'), want))

forEachEngine('ID-58 the audit log is the company’s own, by user, action, address, time and page', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { db, clock } = server.ctx
  const other = await createTenantWithAdmin(db, { clock }, { companyName: 'Other', username: 'otto', email: 'otto@example.com', password })
  for (let n = 0; n < 30; n += 1)
    await recordAudit(db, { clock }, { userId: server.acme.userId }, 'UPDATE', {
      tenantId: server.acme.tenantId,
      entityType: 'line',
      entityId: n,
    })
  await recordAudit(db, { clock }, { userId: other.userId }, 'UPDATE', { tenantId: other.tenantId, entityType: 'line', entityId: 'canary' })
  const client = server.newClient()
  await client.signInApi('ana', password)
  const read = async (query = '') => {
    const { status, body, headers } = await client.json(`/api/v1/audit${query}`)
    assert.equal(status, 200, JSON.stringify(body))
    const { items, meta } = fields(body) as { items: Record<string, unknown>[]; meta: Record<string, number> }
    return { items, meta, total: Number(headers.get('x-total-count')) }
  }
  const all = await read('?per_page=100')
  assert.equal(all.items.length, all.total)
  assert.ok(!JSON.stringify(all.items).includes('canary'))
  assert.ok(all.items.every((item) => item.tenant_id === server.acme.tenantId))
  assert.deepEqual([(await read('?entity=line&per_page=10&page=3')).items.length, (await read('?entity=line')).meta.pages], [10, 2])
  assert.equal((await read('?entity=line&entity_id=7')).total, 1)
  assert.equal((await read('?action=login')).total, 1)
  assert.equal((await read('?user=ana&action=UPDATE')).total, 30)
  assert.equal((await read(`?user=${server.acme.userId}&entity=line`)).total, 30)
  assert.equal((await read('?from=2026-03-03')).total, 0)
  assert.equal((await read(`?to=${new Date(noon - 1).toISOString()}`)).total, 0)
  assert.equal((await client.json('/api/v1/audit?from=nonsense')).status, 422)
  assert.equal((await client.json('/api/v1/audit?page=1&skip=0')).status, 422)
  for (const path of ['/api/v1/audit', '/api/v1/user-logins', '/api/v1/user-queries'])
    assert.equal((await client.json(path, undefined, { headers: { 'x-company-id': other.tenantUuid } })).status, 403)
})

forEachEngine('ID-19 ID-59 sign-ins and questions are listed for those who may see them', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { kysely } = server.ctx.db
  await server.addPerson('mara', 'MANAGER')
  await server.addPerson('vera', 'VIEWER')
  const row = { sql_query: 'SELECT 1', query_parameters: '{"line_id":1}', start_date: '2026-03-01', start_time: '00:00:00' }
  const rest = {
    end_date: '2026-03-02',
    end_time: '00:00:00',
    line: '1',
    interval_type: 'hour',
    duration_ms: 7,
    created_at: noon,
    updated_at: noon,
  }
  await kysely
    .insertInto('user_queries')
    .values({ user_id: server.acme.userId, tenant_id: server.acme.tenantId, username: 'ana', ...row, ...rest })
    .execute()
  const [mara, vera] = [server.newClient(), server.newClient()]
  await mara.signInApi('mara', password)
  await vera.signInApi('vera', password)
  const logins = fields((await mara.json('/api/v1/user-logins')).body).items as Record<string, unknown>[]
  assert.deepEqual(logins.map(({ username, logout_at }) => [username, logout_at]).sort(), [
    ['mara', null],
    ['vera', null],
  ])
  const queries = fields((await mara.json('/api/v1/user-queries?line=1')).body).items as Record<string, unknown>[]
  assert.deepEqual(
    queries.map(({ username, duration_ms, query_parameters }) => [username, duration_ms, query_parameters]),
    [['ana', 7, { line_id: 1 }]],
  )
  assert.equal((await mara.json('/api/v1/audit')).status, 403)
  for (const path of ['/api/v1/user-logins', '/api/v1/user-queries', '/api/v1/audit'])
    assert.equal((await vera.json(path)).status, 403, path)
})

forEachEngine('ID-44 ID-58 the operator of the platform reads all companies; others do not', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const userId = await server.addPerson('root_', 'VIEWER')
  await server.ctx.db.kysely.updateTable('users').set({ is_super_admin: 1 }).where('id', '=', userId).execute()
  const [root, ana] = [server.newClient(), server.newClient()]
  await root.signInApi('root_', password)
  await ana.signInApi('ana', password)
  assert.equal((await ana.json('/api/v1/platform/audit')).status, 403)
  const all = fields((await root.json('/api/v1/platform/audit')).body).meta as Record<string, number>
  const own = fields((await root.json(`/api/v1/platform/audit?tenant_id=${server.acme.tenantId}`)).body).meta as Record<string, number>
  assert.ok((all.total ?? 0) >= (own.total ?? 0) && (own.total ?? 0) > 0)
})

test('ID-58 the page shows the logs, checks the seal and gives a CSV without formulas, audited', async (t) => {
  const server = await startWithPeople({}, t)
  const { db, clock } = server.ctx
  await recordAudit(db, { clock }, { userId: server.acme.userId }, 'UPDATE', {
    tenantId: server.acme.tenantId,
    entityType: '=cmd()',
    entityId: '<b>x',
  })
  await server.addPerson('mara', 'MANAGER')
  const browser = server.newClient()
  await browser.signIn('ana', password)
  const page = await (await browser.fetch('/t/acme/admin/audit?verify=1')).text()
  assert.match(page, /filas selladas de la empresa están como se escribieron/)
  assert.match(page, /=cmd\(\) &lt;b&gt;x/)
  for (let n = 0; n < 2; n += 1) assert.equal((await browser.fetch('/t/acme/admin/audit?verify=1')).status, 200)
  assert.equal((await browser.fetch('/t/acme/admin/audit?verify=1')).status, 429, 'it reads the whole log')
  assert.equal((await browser.fetch('/t/acme/admin/audit')).status, 200)
  const csv = await browser.fetch('/t/acme/admin/audit/export.csv?tab=audit')
  assert.equal(csv.status, 200)
  assert.match(csv.headers.get('content-disposition') ?? '', /attachment; filename="audit\.csv"/)
  assert.match(await csv.text(), /,'=cmd\(\),/)
  const exported = await db.kysely.selectFrom('audit_logs').select('entity_type').where('action', '=', 'EXPORT').execute()
  assert.deepEqual(exported, [{ entity_type: 'audit' }])
  const manager = server.newClient()
  await manager.signIn('mara', password)
  const hers = await (await manager.fetch('/t/acme/admin/audit?tab=audit')).text()
  assert.ok(!hers.includes('=cmd()') && /Ingresos/.test(hers))
  assert.equal((await manager.fetch('/t/acme/admin/audit/export.csv?tab=audit', { headers: { accept: 'text/html' } })).status, 403)
  assert.equal((await manager.fetch('/t/acme/admin/audit/export.csv?tab=logins')).status, 200)
})

const root = path.join(import.meta.dirname, '../../..')

test('ID-58 whatever can be in the log has its word in both languages', () => {
  const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  const written = files.flatMap((file) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(/entityType: '(\w+)'/g)].map(([, word]) => word),
  )
  const entities = new Set([...written, ...Object.keys(logs), ...Object.keys(catalogTables)])
  assert.ok(entities.size > 20, 'the sources were read')
  assert.deepEqual([...entities].filter((word) => !Object.hasOwn(activityMessages, `entity.${word}`)).sort(), [])
})

forEachEngine('ID-58 a company’s log is read by its index, the newest first, a page at a time', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const scope = { ...server.ctx.db, tenantId: server.acme.tenantId }
  for (let n = 0; n < 5; n += 1)
    await recordAudit(scope, server.ctx, null, 'UPDATE', { tenantId: scope.tenantId, entityType: 'line', entityId: n })
  const asked = { entity: 'line' }
  const [last, ...rest] = await logs.audit.list(scope, asked, { limit: 2 })
  assert.ok(last && rest[0])
  const after = await logs.audit.list(scope, asked, { limit: 9, before: logs.audit.placeOf(rest[0]) })
  assert.deepEqual(
    [last, ...rest, ...after].map(({ entity_id }) => entity_id),
    ['4', '3', '2', '1', '0'],
  )
  assert.equal(await logs.audit.count({ ...scope, tenantId: null }, asked), 5)
})
