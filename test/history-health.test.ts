/** A health check waits for nobody: rows are read in a thread of their own, and used batch by batch. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { readContext, readDetections } from '../src/plant/detections/index.ts'
import { createLineTables } from '../src/plant/source/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import { parseLocal, zoneOf } from '../src/platform/time/index.ts'
import { temporaryDatabase } from './harness/engines.ts'
import { startTestServer } from './harness/server.ts'

const rowCount = 300_000
const fromLocal = '2026-01-01 00:00:00'

test('PL-85 health checks are answered all the while three long reads of a SQLite plant run', async (t) => {
  const server = await startTestServer({}, t)
  const plant = await openPlantKysely(await temporaryDatabase('sqlite', t), { create: true, statementTimeoutMs: 60_000 })
  t.after(plant.close)
  await createLineTables(plant.kysely, plant.engine, { detectionTable: 'detection_line_l1', downtimeTable: 'downtime_events_l1' })
  await sql`insert into detection_line_l1 (detected_at, area_id, product_id)
    with recursive n(i) as (select 0 union all select i + 1 from n where i < ${rowCount - 1})
    select datetime(${fromLocal}, '+' || (i * 20) || ' seconds'), 1 + i % 2, 1 + i % 3 from n`.execute(plant.kysely)

  const zone = zoneOf('UTC')
  const fromS = parseLocal(fromLocal) ?? 0
  const toS = fromS + rowCount * 20
  const db = { tenantId: 1, engine: plant.engine, kysely: plant.kysely }
  const table = { name: 'detection_line_l1', partitions: null }
  let isReading = true
  const startedMs = performance.now()
  const reads = Promise.all(Array.from({ length: 3 }, () => readDetections(readContext(db, zone, toS), table, { fromS, toS }))).finally(
    () => {
      isReading = false
    },
  )
  const waitsMs: number[] = []
  while (isReading) {
    const askedMs = performance.now()
    const response = await fetch(`${server.url}/healthz`)
    assert.equal(response.status, 200)
    await response.arrayBuffer()
    waitsMs.push(performance.now() - askedMs)
  }
  for (const { rows } of await reads) assert.equal(rows.length, rowCount)
  const tookMs = performance.now() - startedMs
  waitsMs.sort((a, b) => a - b)
  const at = (share: number): number => Math.round(waitsMs[Math.min(waitsMs.length - 1, Math.floor(waitsMs.length * share))] ?? 0)
  t.diagnostic(`${waitsMs.length} checks in ${Math.round(tookMs)} ms of reading: p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} ms`)
  // by counts, since the machine may be busy: in process, the reads would let hardly one check through
  assert.ok(waitsMs.length >= 20, `only ${waitsMs.length} checks were answered`)
  assert.ok(at(0.5) < tookMs / 10, 'half of the checks waited for the reads')
})
