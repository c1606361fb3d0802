/** Scrap notes as tablets send them: each under a key of its own, sent again until the server says yes. */
import assert from 'node:assert/strict'
import type { Client } from '../harness/client.ts'
import { ask, type Told } from '../harness/refusal.ts'
import type { TestServer } from '../harness/server.ts'

const headers = { accept: 'application/json', 'content-type': 'application/json' }

export const note = (client: Client, slug: string, quantity: number): Promise<Told> =>
  ask(
    client,
    `/t/${slug}/operator/scrap`,
    { line_id: 1, idempotency_key: `fault-note-${String(quantity).padStart(6, '0')}`, quantity },
    { headers },
  )

/** Of what was refused, once more; each a minute apart by the server's clock, so that neither its limit nor what a dead process began stands in the way. */
export async function noteUntilStored(server: TestServer, client: Client, slug: string, quantities: readonly number[]): Promise<void> {
  let left = [...quantities]
  for (let round = 0; left.length > 0; round += 1) {
    assert.ok(round < 20, `${left.length} of ${quantities.length} notes are still refused`)
    server.clock.advance(61_000)
    const answers = await Promise.all(left.map((quantity) => note(client, slug, quantity)))
    left = left.filter((_, at) => answers[at]?.status !== 200)
  }
}

/** Exactly these notes, each with its row in the audit log: nothing twice, nothing half. */
export async function assertNoted({ ctx }: TestServer, quantities: readonly number[]): Promise<void> {
  const { kysely } = ctx.db
  const notes = await kysely.selectFrom('scrap_notes').select(['request_key', 'quantity']).orderBy('quantity').execute()
  assert.deepEqual(
    notes.map(({ quantity }) => quantity),
    quantities.toSorted((a, b) => a - b),
  )
  const audited = await kysely
    .selectFrom('audit_logs')
    .select('entity_id')
    .where('entity_type', '=', 'scrap_note')
    .where('action', '=', 'CREATE')
    .execute()
  assert.deepEqual(audited.map(({ entity_id: key }) => key).sort(), notes.map(({ request_key: key }) => key).sort())
}
