import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { migratedDatabase } from '../../../test/harness/engines.ts'
import { createTenantWithAdmin, createUser } from '../../identity/index.ts'
import { readConfig } from '../../platform/config/index.ts'
import { listColumns } from '../../platform/db/index.ts'
import { silentLog } from '../../platform/log/index.ts'
import { createSecrets } from '../../platform/secrets/index.ts'
import { fixedClock } from '../../platform/time/index.ts'
import { createPlants } from '../model/index.ts'
import { plantaDemo, plantaSur } from './company-plans.ts'
import { type DemoContext, demoDirectory, ensureDemo, isDemoMode } from './ensure.ts'
import { removeDemo } from './remove.ts'

const plans = [
  { ...plantaDemo, historyDays: 2 },
  { ...plantaSur, historyDays: 2 },
]
const clock = fixedClock(Date.UTC(2026, 10, 20, 18, 40))

/** An installation as `npm start` finds it, in a folder of its own. */
async function installation(t: TestContext, env: Record<string, string> = {}): Promise<DemoContext> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'andon-demo-'))
  t.after(() => rm(dataDir, { recursive: true, force: true }))
  const config = readConfig({ DATA_DIR: dataDir, ...env })
  const { db } = await migratedDatabase('sqlite', t)
  return { config, db, secrets: createSecrets(config.secretKey), clock }
}

/** Number of rows of every table of the platform. */
async function rowCounts({ db }: DemoContext): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of new Set((await listColumns(db)).map(({ table }) => table))) {
    const { n } = await db.kysely
      .selectFrom(table as 'users')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
    counts[table] = Number(n)
  }
  return counts
}

test('PL-03 an empty installation gets two companies with their people, plants and layouts; a second start finds them', async (t) => {
  const ctx = await installation(t)
  const fractions: number[] = []
  const first = await ensureDemo(ctx, { plans, onProgress: ({ fraction }) => fractions.push(fraction) })
  assert.ok(first && first.rowsMade > 30_000)
  assert.deepEqual(
    first.companies.map(({ name, slug, people }) => [name, slug, people.map(({ username }) => username)]),
    [
      ['Planta Demo', 'planta-demo', ['admin', 'viewer']],
      ['Planta Sur', 'planta-sur', ['sur']],
    ],
  )
  assert.ok(Math.abs((fractions.at(-1) ?? 0) - 1) < 1e-9)
  const counts = await rowCounts(ctx)
  const second = await ensureDemo(ctx, { plans })
  assert.equal(second?.rowsMade, 0)
  assert.deepEqual(
    second?.companies.map(({ tenantId }) => tenantId),
    first.companies.map(({ tenantId }) => tenantId),
  )
  assert.deepEqual(await rowCounts(ctx), counts)

  const plants = createPlants({ db: ctx.db, secrets: ctx.secrets, log: silentLog(), clock })
  t.after(() => plants.close())
  for (const { tenantId, plan } of first.companies) {
    const lines = await plants.withPlant(tenantId, async ({ model }) => model.lines)
    assert.deepEqual(
      lines.map(({ lineName, detectionTable, downtimeTable }) => [lineName, detectionTable !== null, downtimeTable !== null]),
      plan.lines.map(({ name }) => [name, true, true]),
    )
  }
})

test('PL-03 a start that was killed between two steps is completed by the next one', async (t) => {
  const ctx = await installation(t)
  const [plan] = plans
  assert.ok(plan)
  await ensureDemo(ctx, { plans: [plan] })
  const complete = await rowCounts(ctx)
  const { kysely } = ctx.db
  await kysely.deleteFrom('dashboard_templates').execute()
  await kysely.deleteFrom('plant_attachments').execute()
  const { id } = await kysely.selectFrom('users').select('id').where('username', '=', 'viewer').executeTakeFirstOrThrow()
  await kysely.deleteFrom('memberships').where('user_id', '=', id).execute()
  await kysely.deleteFrom('audit_logs').where('entity_id', '=', String(id)).where('entity_type', '=', 'user').execute()
  await kysely.deleteFrom('audit_unsealed').where('log_id', 'not in', kysely.selectFrom('audit_logs').select('id')).execute()
  await kysely.deleteFrom('users').where('id', '=', id).execute()
  await rm(demoDirectory(ctx.config), { recursive: true })
  await ensureDemo(ctx, { plans: [plan] })
  assert.deepEqual(await rowCounts(ctx), complete)
  assert.deepEqual(await readdir(demoDirectory(ctx.config)), ['planta-demo.sqlite'])
})

test('PL-03 demo mode is for the embedded database, outside production, empty or made by the demo', async (t) => {
  const ctx = await installation(t)
  assert.equal(await isDemoMode(ctx.config, ctx.db), true)
  const elsewhere = { ...ctx.config, database: { ...ctx.config.database, isEmbedded: false } }
  assert.equal(await isDemoMode(elsewhere, ctx.db), false)
  assert.equal(await isDemoMode({ ...ctx.config, isProduction: true }, ctx.db), false)
  const founder = { username: 'ines', email: 'ines@acme.example', password: 'Segura2026x' }
  await createTenantWithAdmin(ctx.db, ctx, { companyName: 'Acme', ...founder })
  assert.equal(await isDemoMode(ctx.config, ctx.db), false)
  assert.equal(await ensureDemo(ctx, { plans }), null)
})

test('PL-03 removing the demo takes its companies, people and files, and leaves everybody else', async (t) => {
  const ctx = await installation(t)
  const empty = await rowCounts(ctx)
  const made = await ensureDemo(ctx, { plans })
  const demoTenant = made?.companies[0]?.tenantId
  assert.ok(demoTenant)
  const { tenantId } = await createTenantWithAdmin(ctx.db, ctx, {
    companyName: 'Acme',
    username: 'ines',
    email: 'ines@acme.example',
    password: 'Segura2026x',
  })
  await createUser(ctx.db, ctx, null, {
    tenantId: demoTenant,
    username: 'both',
    email: 'both@acme.example',
    password: 'Segura2026x',
    role: 'VIEWER',
  })
  const both = await ctx.db.kysely.selectFrom('users').select('id').where('username', '=', 'both').executeTakeFirstOrThrow()
  const membership = await ctx.db.kysely.selectFrom('memberships').selectAll().where('user_id', '=', both.id).executeTakeFirstOrThrow()
  const { id: _id, ...copy } = membership
  await ctx.db.kysely
    .insertInto('memberships')
    .values({ ...copy, tenant_id: tenantId })
    .execute()

  const removed = await removeDemo(ctx)
  assert.deepEqual(removed.companies, ['Planta Demo', 'Planta Sur'])
  assert.deepEqual(removed.users.toSorted(), ['admin', 'sur', 'viewer'])
  assert.ok(!(await readdir(ctx.config.dataDir)).includes('demo'))
  const left = await ctx.db.kysely.selectFrom('users').select(['username', 'home_tenant_id']).orderBy('username').execute()
  assert.deepEqual(left, [
    { username: 'both', home_tenant_id: null },
    { username: 'ines', home_tenant_id: tenantId },
  ])
  assert.deepEqual((await removeDemo(ctx)).companies, [])
  const counts = await rowCounts(ctx)
  for (const table of ['plant_attachments', 'dashboard_templates', 'plant_line_tables', 'sessions'])
    assert.equal(counts[table], empty[table], table)
})
