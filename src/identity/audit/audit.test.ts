import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { recordAudit } from './audit.ts'

forEachEngine('no audit row without its place in the queue of the seal, in no transaction either', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const clock = { nowMs: () => 1 }
  const rows = async () => (await db.kysely.selectFrom('audit_logs').select('id').execute()).length
  await recordAudit(db, { clock }, null, 'LOGIN_FAILED')
  assert.equal((await db.kysely.selectFrom('audit_unsealed').select('log_id').execute()).length, 1)
  // as a process that is killed, or a connection that is lost, between the two
  await sql`alter table audit_unsealed rename to audit_unsealed_away`.execute(db.kysely)
  try {
    await assert.rejects(recordAudit(db, { clock }, null, 'LOGIN_FAILED'))
    assert.equal(await rows(), 1)
  } finally {
    await sql`alter table audit_unsealed_away rename to audit_unsealed`.execute(db.kysely)
  }
})
