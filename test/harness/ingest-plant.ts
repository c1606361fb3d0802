/** A company whose small plant takes detections through ingest: one that is ours to shape, one where the account may add rows and nothing else. */
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import { createTenantWithAdmin } from '../../src/identity/index.ts'
import { createIngest, type Ingest } from '../../src/plant/ingest/index.ts'
import { createPlants, type Plants } from '../../src/plant/model/index.ts'
import { saveAttachment } from '../../src/plant/source/index.ts'
import { type Db, type Engine, openPlantKysely } from '../../src/platform/db/index.ts'
import { silentLog } from '../../src/platform/log/index.ts'
import { createSecrets, type Secrets } from '../../src/platform/secrets/index.ts'
import { makeEditablePlantDatabase } from './editable-plant.ts'
import { migratedDatabase } from './engines.ts'
import { readOnlyUrl } from './read-only.ts'

export type IngestPlant = {
  readonly db: Db
  readonly databaseUrl: string
  readonly secrets: Secrets
  readonly plants: Plants
  readonly clock: { nowMs: () => number; advance: (ms: number) => void }
  readonly tenantId: number
  readonly plantUrl: string
  readonly ingest: Ingest
  /** Another process's, as far as the databases can tell. */
  readonly another: (options?: {
    readonly abandonedMs?: number
    readonly mostWaiting?: number
    readonly statementTimeoutMs?: number
  }) => Ingest
  /** Rows that came after the plant was made, in the order of their ids. */
  readonly written: (afterId?: number) => Promise<string[]>
  /** Straight into the customer's database, past Andon. */
  readonly run: (statement: string) => Promise<void>
}

export const ingestSecret = 'a secret key of the tests, long enough'

/** Monday 2026-10-19, 15:17 UTC: the plant's clock says so too. */
const nowMs = Date.UTC(2026, 9, 19, 15, 17)
const rowsBefore = 120

export async function ingestPlant(engine: Engine, t: TestContext, may: 'manage' | 'insert' | 'read' = 'manage'): Promise<IngestPlant> {
  const plantUrl = await makeEditablePlantDatabase(engine, t)
  const { db, url: databaseUrl } = await migratedDatabase(engine, t)
  const secrets = createSecrets(ingestSecret)
  let at = nowMs
  const clock = {
    nowMs: () => at,
    advance: (ms: number) => {
      at += ms
    },
  }
  const person = { username: 'jefa', email: 'jefa@example.com', password: 'Segura123!' }
  const { tenantId } = await createTenantWithAdmin(db, { clock }, { companyName: 'Planta', ...person, config: { timezone: 'UTC' } })
  const account = async (rights: string) => readOnlyUrl({ engine, url: plantUrl }, t, rights)
  // a file has no accounts: that of a customer is only not to be shaped
  const url =
    may === 'manage' || (may === 'insert' && engine === 'sqlite') ? plantUrl : await account(may === 'insert' ? 'SELECT, INSERT' : 'SELECT')
  await saveAttachment({ ...db, tenantId }, secrets, { url, canManage: may === 'manage', nowMs: at })
  const another: IngestPlant['another'] = ({ statementTimeoutMs, ...options } = {}) => {
    const own = createPlants({
      db,
      secrets,
      log: silentLog(),
      clock,
      ...(statementTimeoutMs !== undefined && { options: { statementTimeoutMs } }),
    })
    const ingest = createIngest({ db, plants: own, clock, log: silentLog(), ...options })
    t.after(async () => {
      await ingest.close()
      await own.close()
    })
    return ingest
  }
  const plants = createPlants({ db, secrets, log: silentLog(), clock })
  const ingest = createIngest({ db, plants, clock, log: silentLog() })
  const direct = await openPlantKysely(plantUrl)
  t.after(async () => {
    await ingest.close()
    await plants.close()
    await direct.close()
  })
  return {
    db,
    databaseUrl,
    secrets,
    plants,
    clock,
    tenantId,
    plantUrl,
    ingest,
    another,
    async written(afterId = rowsBefore) {
      const { rows } = await sql<{ at: string; a: number; p: number }>`
        select cast(detected_at as char(19)) as at, area_id as a, product_id as p from detection_line_l1
        where detection_id > ${afterId} order by detection_id`.execute(direct.kysely)
      return rows.map(({ at: detectedAt, a, p }) => `${String(detectedAt).trim()} ${a} ${p}`)
    },
    async run(statement) {
      await sql.raw(statement).execute(direct.kysely)
    },
  }
}

/** A good row of line L1, `second` seconds after 15:00. */
export const goodRow = (second = 0, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  line: 'L1',
  area_id: 2,
  product_id: 1,
  detected_at: new Date(Date.UTC(2026, 9, 19, 15) + second * 1000).toISOString().slice(0, 19).replace('T', ' '),
  ...more,
})
