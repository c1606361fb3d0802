/** A customer's database is attached with an account that may only read: everything works, and nothing of it changes. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { loadPlantA, type PlantA, plantAConfig, plantANowMs } from '../../../test/harness/plant-a.ts'
import { createTenantWithAdmin } from '../../identity/index.ts'
import { type Engine, openPlantKysely, parseDatabaseUrl } from '../../platform/db/index.ts'
import { silentLog } from '../../platform/log/index.ts'
import { createSecrets } from '../../platform/secrets/index.ts'
import { fixedClock } from '../../platform/time/index.ts'
import { gatherFacts } from '../facts/index.ts'
import { createPlants } from '../model/index.ts'
import { parseScope } from '../scope/index.ts'
import { quoteName, saveAttachment } from '../source/index.ts'
import { verifyTenant } from './routes.ts'

/** The address of `plant` for an account that can do nothing but SELECT. */
const readOnlyUrl: Record<Engine, (plant: PlantA, t: TestContext) => Promise<string>> = {
  async sqlite(plant) {
    const address = parseDatabaseUrl(plant.url)
    if (address.engine !== 'sqlite') throw new Error('not a file')
    chmodSync(address.file, 0o444)
    return `${plant.url}?mode=ro`
  },
  async postgres(plant, t) {
    const name = `andon_reader_${randomBytes(5).toString('hex')}`
    const database = new URL(plant.url).pathname.slice(1)
    await run(plant.url, [
      `create role ${name} login password 'only-reads'`,
      `grant connect on database ${database} to ${name}`,
      `grant usage on schema public to ${name}`,
      `grant select on all tables in schema public to ${name}`,
    ])
    t.after(() => run(serverOf(plant.url, 'postgres'), [`drop role if exists ${name}`]))
    return withAccount(plant.url, name)
  },
  async mysql(plant, t) {
    const name = `andon_reader_${randomBytes(5).toString('hex')}`
    await run(plant.url, [
      `create user '${name}'@'%' identified by 'only-reads'`,
      `create user '${name}'@'localhost' identified by 'only-reads'`,
      ...['%', 'localhost'].map((host) => `grant select on ${new URL(plant.url).pathname.slice(1)}.* to '${name}'@'${host}'`),
    ])
    t.after(() => run(serverOf(plant.url, 'mysql'), [`drop user if exists '${name}'@'%'`, `drop user if exists '${name}'@'localhost'`]))
    return withAccount(plant.url, name)
  },
}

function withAccount(plantUrl: string, name: string): string {
  const url = new URL(plantUrl)
  url.username = name
  url.password = 'only-reads'
  return url.href
}

function serverOf(plantUrl: string, database: string): string {
  const url = new URL(plantUrl)
  url.pathname = `/${database}`
  return url.href
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const opened = await openPlantKysely(url)
  try {
    for (const statement of statements) await sql.raw(statement).execute(opened.kysely)
  } finally {
    await opened.close()
  }
}

/** Tables with the number and the sum of their first column: what any write would change. */
async function fingerprint(url: string): Promise<unknown> {
  const opened = await openPlantKysely(url)
  try {
    const { listColumns } = await import('../../platform/db/index.ts')
    const columns = await listColumns(opened)
    const firsts = [...Map.groupBy(columns, (column) => column.table)].map(([table, [first]]) => [table, first?.name ?? ''] as const)
    const sums: unknown[] = [columns]
    for (const [table, column] of firsts) {
      const { rows } = await sql
        .raw(`select count(*) as n, sum(${quoteName(opened.engine, column)}) as s from ${quoteName(opened.engine, table)}`)
        .execute(opened.kysely)
      sums.push([table, rows[0]])
    }
    return sums
  } finally {
    await opened.close()
  }
}

forEachEngine('PL-01 a plant attached with a read-only account is verified and shown, and stays untouched', async (engine, t) => {
  const plant = await loadPlantA(engine)
  t.after(plant.drop)
  const before = await fingerprint(plant.url)
  const url = await readOnlyUrl[engine](plant, t)
  if (engine !== 'sqlite') await assert.rejects(run(url, ["update production_line set line_name = 'x'"]), /denied/i)

  const { db } = await migratedDatabase(engine, t)
  const clock = fixedClock(plantANowMs)
  const secrets = createSecrets('a secret key of the tests, long enough')
  const plants = createPlants({ db, secrets, log: silentLog(), clock })
  t.after(() => plants.close())
  const { tenantId } = await createTenantWithAdmin(
    db,
    { clock },
    { companyName: 'Planta A', username: 'jefa', email: 'jefa@example.com', password: 'Admin123!', config: await plantAConfig() },
  )
  await saveAttachment({ ...db, tenantId }, secrets, { url, canManage: false, nowMs: plantANowMs })

  const checks = await verifyTenant({ plants, clock }, tenantId)
  assert.deepEqual(
    checks.filter((check) => check.status !== 'ok').map((check) => [check.id, check.status]),
    [
      ['filters', 'warn'],
      ['performance', 'warn'],
      ['ids', 'warn'],
      ['write', 'warn'],
    ],
  )
  const production = await plants.withPlant(tenantId, async ({ db: plantDb, model }) => {
    const scope = parseScope(
      model,
      {
        line_id: 1,
        daterange: { start_date: '2026-10-08', end_date: '2026-10-08', start_time: '00:00', end_time: '23:59' },
        interval: 'hour',
      },
      plantANowMs,
    )
    return (await gatherFacts(plantDb, model, scope)).kpi.totalProduction
  })
  assert.ok(production > 0)
  assert.deepEqual(await fingerprint(plant.url), before)
})
