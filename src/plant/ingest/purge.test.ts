import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { ingestPlant } from '../../../test/harness/ingest-plant.ts'
import { line } from '../../../test/harness/plant-model.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import { hasLedger, insertIntoLedger, ledgerTable } from './ledger.ts'
import { purgeActivity, purgeIntents, purgeLedger } from './purge.ts'

const dayMs = 86_400_000
const never = new AbortController().signal

forEachEngine(
  'ingest: batches of a week ago are forgotten in short portions; a purge that is ended goes on the next time',
  async (engine, t) => {
    const { plantUrl, clock } = await ingestPlant(engine, t)
    const nowMs = clock.nowMs()
    const removals: AbortController[] = []
    const { kysely, close } = await openPlantKysely(plantUrl, {
      onStatement: ({ sql }) => {
        if (/^delete from .andon_ingest_batches. where .batch_key/.test(sql)) removals.shift()?.abort()
      },
    })
    t.after(close)
    const db = { kysely, engine, tenantId: 1 } as Parameters<typeof purgeLedger>[0]
    assert.ok(await hasLedger(db, true))
    const part = (at: number) => ({
      line: line({ lineId: 1 }),
      table: '',
      rows: [],
      refused: [],
      key: { hash: hash('sha256', String(at)), fingerprint: '' },
    })
    const all = Array.from({ length: 12_000 }, (_, at) => part(at))
    await insertIntoLedger(db, all.slice(0, 8_000), nowMs - 8 * dayMs)
    await insertIntoLedger(db, all.slice(8_000), nowMs - 6 * dayMs)
    const counted = async () => {
      const { n } = await kysely
        .selectFrom(ledgerTable)
        .select(({ fn }) => fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
      return Number(n)
    }
    const ending = new AbortController()
    removals.push(ending)
    await purgeLedger(db, nowMs, ending.signal)
    const left = await counted()
    assert.ok(left > 8_000 && left < 9_500, `${left} left after one portion of three`)
    await purgeLedger(db, nowMs, never)
    assert.equal(await counted(), 4_000)
    await purgeLedger(db, nowMs + 8 * dayMs, never)
    assert.equal(await counted(), 0)
  },
)

forEachEngine('ingest: what the platform keeps of batches and arrivals has its term', async (engine, t) => {
  const { db, tenantId, clock } = await ingestPlant(engine, t)
  const nowMs = clock.nowMs()
  const intent = (at: number) => ({
    tenant_id: tenantId,
    line_id: 1,
    batch_key: String(at),
    fingerprint: '',
    before_id: 0,
    last_id: null,
    ids: '[]',
    accepted: 1,
    refused: '[]',
    created_at: nowMs - (at < 6_000 ? 8 : 6) * dayMs,
    updated_at: nowMs,
  })
  for (let from = 0; from < 6_003; from += 1_000)
    await db.kysely
      .insertInto('ingest_intents')
      .values(Array.from({ length: Math.min(1_000, 6_003 - from) }, (_, at) => intent(from + at)))
      .execute()
  const arrival = (created_at: number) => ({
    tenant_id: tenantId,
    source: 'http',
    sender: '',
    batches: 1,
    repeated: 0,
    accepted: 1,
    refused: 0,
    refused_by_code: '{}',
    last_fault: null,
    created_at,
    updated_at: created_at,
  })
  await db.kysely
    .insertInto('ingest_activity')
    .values([arrival(nowMs - 15 * dayMs), arrival(nowMs - 13 * dayMs)])
    .execute()
  await purgeIntents(db, nowMs, never)
  await purgeActivity(db, nowMs, never)
  const left = async (table: 'ingest_intents' | 'ingest_activity') =>
    (await db.kysely.selectFrom(table).select('id').where('tenant_id', '=', tenantId).execute()).length
  assert.deepEqual([await left('ingest_intents'), await left('ingest_activity')], [3, 1])
})
