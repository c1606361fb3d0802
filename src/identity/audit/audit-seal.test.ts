import assert from 'node:assert/strict'
import { type KyselyPlugin, sql } from 'kysely'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { type Db, transaction } from '../../platform/db/index.ts'
import { createSecrets } from '../../platform/secrets/index.ts'
import { recordAudit } from './audit.ts'
import { purgeAudit, sealAudit } from './sealing.ts'
import { verifyAudit } from './verify.ts'

const secrets = createSecrets('k'.repeat(40))
const clockAt = (nowMs: number) => ({ clock: { nowMs: () => nowMs }, secrets })
const deps = clockAt(1_000_000)

const write = async (db: Db, tenantId: number | null, count: number, nowMs = 1_000) => {
  for (let n = 0; n < count; n += 1)
    await recordAudit(db, clockAt(nowMs), null, 'UPDATE', { tenantId, entityType: 'línea', entityId: n, data: { field: `ñ ${n}` } })
}
const faultsOf = async (db: Db, asked = {}) => {
  const { chains, foreignLogIds, missingLogIds, isWhole } = await verifyAudit(db, deps, asked)
  return { faults: chains.flatMap(({ tenantId, fault }) => (fault ? [[tenantId, fault.kind]] : [])), foreignLogIds, missingLogIds, isWhole }
}
const whole = { faults: [], foreignLogIds: [], missingLogIds: [], isWhole: true }
const logIds = async (db: Db) => (await db.kysely.selectFrom('audit_logs').select('id').orderBy('id').execute()).map(({ id }) => id)

forEachEngine('ID-58 what was written is whole: one chain per company and one for what belongs to none', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await write(db, 7, 3)
  await write(db, null, 2)
  await write(db, 8, 1)
  await write(db, 7, 2)
  const { chains, isWhole } = await verifyAudit(db, deps)
  assert.equal(isWhole, true)
  assert.deepEqual(
    chains.map(({ tenantId, rows, lastSequence }) => [tenantId, rows, lastSequence]),
    [
      [null, 2, 2],
      [7, 5, 5],
      [8, 1, 1],
    ],
  )
  await write(db, 7, 1)
  assert.deepEqual(await faultsOf(db, { tenantId: 7 }), whole)
})

const tamperings: readonly {
  readonly name: string
  readonly tamper: (db: Db, ids: readonly number[]) => Promise<unknown>
  readonly want: object
}[] = [
  {
    name: 'a changed row',
    tamper: (db, ids) => sql`update audit_logs set details = '{}' where id = ${ids[1]}`.execute(db.kysely),
    want: { faults: [[7, 'row_changed']] },
  },
  {
    name: 'a row given to another company',
    tamper: (db, ids) => sql`update audit_logs set tenant_id = 8 where id = ${ids[1]}`.execute(db.kysely),
    want: { faults: [[7, 'row_changed']] },
  },
  {
    name: 'a row taken out',
    tamper: (db, ids) => sql`delete from audit_logs where id = ${ids[2]}`.execute(db.kysely),
    want: { faults: [[7, 'row_missing']] },
  },
  {
    name: 'a row taken out with its seal',
    tamper: async (db, ids) => {
      await sql`delete from audit_logs where id = ${ids[2]}`.execute(db.kysely)
      await sql`delete from audit_seals where log_id = ${ids[2]}`.execute(db.kysely)
    },
    want: { faults: [[7, 'seal_missing']] },
  },
  {
    name: 'the last row taken out with its seal',
    tamper: async (db, ids) => {
      await sql`delete from audit_logs where id = ${ids[4]}`.execute(db.kysely)
      await sql`delete from audit_seals where log_id = ${ids[4]}`.execute(db.kysely)
    },
    want: { faults: [[7, 'seal_missing']] },
  },
  {
    name: 'the end of the chain moved back',
    tamper: async (db) => {
      await sql`update audit_chains set last_sequence = 4 where chain_id = 7`.execute(db.kysely)
    },
    want: { faults: [[7, 'chain_changed']] },
  },
  {
    name: 'a row put in',
    tamper: (db, ids) =>
      sql`insert into audit_logs (id, action, details, created_at, tenant_id) values (${(ids[4] ?? 0) + 50}, 'LOGIN', '{}', 5, 7)`.execute(
        db.kysely,
      ),
    want: { foreignLogIds: 1 },
  },
]
for (const { name, tamper, want } of tamperings)
  forEachEngine(`ID-58 ${name} is found`, async (engine, t) => {
    const { db } = await migratedDatabase(engine, t)
    await write(db, 7, 5)
    await sealAudit(db, deps)
    await tamper(db, await logIds(db))
    const { faults, foreignLogIds, isWhole } = await faultsOf(db)
    assert.equal(isWhole, false)
    assert.deepEqual('faults' in want ? { faults } : { foreignLogIds: foreignLogIds.length }, want)
  })

forEachEngine('ID-58 a row taken out before its seal was made is missed', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await write(db, 7, 3)
  const [id] = await logIds(db)
  await sql`delete from audit_logs where id = ${id}`.execute(db.kysely)
  assert.deepEqual((await faultsOf(db)).missingLogIds, [id])
})

forEachEngine('ID-58 eight sealers at once leave one unbroken chain', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await Promise.all([write(db, 7, 40), write(db, 8, 40), write(db, null, 40), ...Array.from({ length: 8 }, () => sealAudit(db, deps))])
  await Promise.all(Array.from({ length: 8 }, () => sealAudit(db, deps)))
  assert.deepEqual(await faultsOf(db), whole)
  const { chains } = await verifyAudit(db, deps)
  assert.deepEqual(
    chains.map(({ rows }) => rows),
    [40, 40, 40],
  )
})

forEachEngine('ID-58 retention shortens a chain from its beginning and leaves it whole; another key opens nothing', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await write(db, 7, 4, 1_000)
  await write(db, 7, 3, 9_000)
  await sealAudit(db, deps)
  assert.equal(await purgeAudit(db, deps, 5_000), 4)
  assert.equal(await purgeAudit(db, deps, 5_000), 0)
  const { chains, isWhole } = await verifyAudit(db, deps)
  assert.deepEqual([isWhole, chains[0]?.firstSequence, chains[0]?.rows], [true, 5, 3])
  const other = await verifyAudit(db, { ...deps, secrets: createSecrets('x'.repeat(40)) })
  assert.equal(other.isWhole, false)
})

forEachEngine('ID-58 a head that was written down tells an older copy from the log', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await write(db, 7, 3)
  const { chains } = await verifyAudit(db, deps)
  const anchor = { sequence: chains[0]?.lastSequence ?? 0, seal: chains[0]?.lastSeal ?? '' }
  await write(db, 7, 2)
  assert.deepEqual(await faultsOf(db, { tenantId: 7, anchor }), whole)
  assert.deepEqual((await faultsOf(db, { tenantId: 7, anchor: { ...anchor, seal: 'a'.repeat(64) } })).faults, [[7, 'anchor_missing']])
  assert.deepEqual((await faultsOf(db, { tenantId: 7, anchor: { ...anchor, sequence: 99 } })).faults, [[7, 'anchor_missing']])
})

forEachEngine('ID-58 a company’s verification judges its own log, however much was put into others’', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await write(db, 7, 1)
  const putIn = (tenantId: number) =>
    db.kysely.insertInto('audit_logs').values({ tenant_id: tenantId, action: 'UPDATE', details: '{}', created_at: 1_000 }).execute()
  for (let n = 0; n < 100; n += 1) await putIn(8)
  assert.deepEqual(await faultsOf(db, { tenantId: 7 }), whole)
  await putIn(7)
  const { isWhole, foreignLogIds } = await faultsOf(db, { tenantId: 7 })
  assert.deepEqual([isWhole, foreignLogIds], [false, (await logIds(db)).slice(-1)])
})

forEachEngine('ID-58 what retention takes away during a verification is no damage', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await write(db, 7, 3)
  await write(db, 7, 2, 500_000)
  await sealAudit(db, deps)
  let purged = 0
  // between the chain and its rows, as another process would
  const purging: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      if (purged === 0 && result.rows.some((row) => 'last_seal' in row)) purged = await purgeAudit(db, deps, 400_000)
      return result
    },
  }
  assert.deepEqual(await faultsOf({ ...db, kysely: db.kysely.withPlugin(purging) }, { tenantId: 7 }), whole)
  assert.equal(purged, 3)
})

forEachEngine('ID-58 a long log is sealed, verified and purged page by page, and others have their turn in between', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await transaction(db, (tx) => write(tx, 7, 1_100))
  let turns = 0
  let next: NodeJS.Immediate
  const count = () => {
    turns += 1
    next = setImmediate(count)
  }
  const turnsOf = async (work: () => Promise<unknown>): Promise<number> => {
    turns = 0
    next = setImmediate(count)
    await work()
    clearImmediate(next)
    return turns
  }
  assert.ok((await turnsOf(() => sealAudit(db, deps))) >= 2, 'sealing')
  assert.ok((await turnsOf(() => faultsOf(db, { tenantId: 7 }))) >= 4, 'verifying')
  assert.ok((await turnsOf(() => purgeAudit(db, deps, 2_000))) >= 2, 'purging')
  assert.deepEqual(await logIds(db), [])
})
