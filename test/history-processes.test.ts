/** Two servers on one platform database, asked in turn while a writer inserts: both answer what was committed, neither is behind the other. */
import assert from 'node:assert/strict'
import { insertDetections } from '../src/plant/source/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import type { Client } from './harness/client.ts'
import { forEachEngine, migratedDatabase } from './harness/engines.ts'
import { startTestServer } from './harness/server.ts'
import { smallPlant } from './harness/small-plant.ts'

const nowMs = Date.UTC(2026, 9, 14, 15, 0, 0)
const rounds = 12

forEachEngine('PL-76 two servers give the same fresh answers while a writer inserts', async (engine, t) => {
  const { url: databaseUrl } = await migratedDatabase(engine, t)
  const servers = [await startTestServer({ nowMs, databaseUrl }, t), await startTestServer({ nowMs, databaseUrl }, t)] as const
  const plant = await smallPlant(servers[0], engine, 'CANARIO', 100)
  const opened = await openPlantKysely(plant.plantUrl)
  t.after(opened.close)
  const db = { tenantId: 0, engine: opened.engine, kysely: opened.kysely }
  const clients = await Promise.all(
    servers.map(async (server) => {
      const client = server.newClient()
      await client.signIn(plant.username, plant.password)
      return client
    }),
  )
  const total = async (client: Client): Promise<number> => {
    const { status, body } = await client.json('/api/v1/dashboard/data', { start_date: '2026-10-12', end_date: '2026-10-14' })
    assert.equal(status, 200, JSON.stringify(body))
    return (body as { metadata: { total_detections: number } }).metadata.total_detections
  }
  let [begun, committed] = [plant.pieces, plant.pieces]
  let isOver = false
  const writer = (async () => {
    for (let i = 0; !isOver; i++) {
      const count = 1 + (i % 4)
      begun += count
      // today, yesterday and the day before
      const detectedAt = `2026-10-${14 - (i % 3)} 07:00:${String(i % 60).padStart(2, '0')}`
      const lineId = 1 + (i % 2)
      await insertDetections(
        db,
        `detection_line_l${lineId}`,
        Array.from({ length: count }, () => ({ detectedAt, areaId: lineId, productId: lineId })),
      )
      committed += count
    }
  })()
  for (let round = 0; round < rounds; round++) {
    for (const [i, client] of clients.entries()) {
      const least = committed
      const found = await total(client)
      assert.ok(found >= least && found <= begun, `round ${round}, server ${i}: ${found} of ${least}…${begun}`)
    }
    // what is settled by one process is another's starting point
    for (const { clock } of servers) clock.advance(61_000)
  }
  isOver = true
  await writer
  assert.deepEqual(await Promise.all(clients.map(total)), [committed, committed])
})
