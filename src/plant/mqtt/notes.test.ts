/** What is noted of messages: shown and counted, or neither; many at once cost little. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { type IngestPlant, ingestPlant } from '../../../test/harness/ingest-plant.ts'
import { silentLog } from '../../platform/log/index.ts'
import { createNotes } from './notes.ts'
import { findConnection, insertConnection, listMessages, type Noted } from './queries.ts'

const refused = (key: number): Noted => ({
  receivedAtMs: key,
  topic: 't',
  key: String(key),
  payload: 'x',
  outcome: 'refused',
  accepted: 0,
  detail: [],
})

async function noting(t: TestContext) {
  const plant: IngestPlant = await ingestPlant('sqlite', t)
  const db = { ...plant.db, tenantId: plant.tenantId }
  const settings = { url: 'mqtts://x:8883', username: '', password: null, isEnabled: true, clientId: 'c' }
  await insertConnection(db, plant.secrets, settings, 1)
  const notes = createNotes(db, plant.clock, silentLog())
  return { db, notes, counted: async () => (await findConnection(db, plant.secrets))?.refused }
}

test('PL-71 a refusal that could not be counted is not shown either, so that trying again shows it once', async (t) => {
  const { db, notes, counted } = await noting(t)
  await sql`alter table mqtt_connections rename to away`.execute(db.kysely)
  await assert.rejects(notes.refused(refused(1)))
  await sql`alter table away rename to mqtt_connections`.execute(db.kysely)
  await notes.refused(refused(1))
  await notes.end()
  assert.deepEqual([(await listMessages(db, 'refused', 10)).length, await counted()], [1, 1])
})

test('PL-71 a thousand refusals at once are a few writes: all are counted, the last are shown', async (t) => {
  const { db, notes, counted } = await noting(t)
  await Promise.all(Array.from({ length: 1_000 }, (_, at) => notes.refused(refused(at))))
  await notes.end()
  const shown = await listMessages(db, 'refused', 1_000)
  assert.equal(await counted(), 1_000)
  assert.ok(shown.length <= 60, String(shown.length))
  assert.equal(shown[0]?.key, '999')
})
