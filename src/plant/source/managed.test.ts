import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import { listColumns, listTables, openPlantKysely } from '../../platform/db/index.ts'
import { createLineTables, createManagedPlant, planLineTables } from './managed.ts'
import type { PlantDb } from './plant-db.ts'
import { detectionTable, downtimeTable, fixedTables } from './schema.ts'
import { insertDetections, insertDowntimes } from './write.ts'

async function managedPlant(engine: PlantDb['engine'], t: Parameters<typeof temporaryDatabase>[1]): Promise<PlantDb> {
  const opened = await openPlantKysely(await temporaryDatabase(engine, t), { create: true })
  t?.after(() => opened.close())
  await createManagedPlant(opened.kysely, engine)
  return { tenantId: 1, engine, kysely: opened.kysely }
}

forEachEngine('PL-11 our own plants have exactly the columns of the field, fixed and per line', async (engine, t) => {
  const db = await managedPlant(engine, t)
  await createLineTables(db.kysely, engine, { detectionTable: 'detection_line_a', downtimeTable: 'downtime_events_a' })
  const columns = Map.groupBy(await listColumns(db), (column) => column.table)
  for (const table of [...fixedTables, detectionTable('detection_line_a'), downtimeTable('downtime_events_a')])
    assert.deepEqual(
      columns.get(table.name)?.map((column) => column.name),
      table.columns.map((column) => column.name),
      table.name,
    )
})

forEachEngine('rows get growing ids in the order given, also past the size of one statement', async (engine, t) => {
  const db = await managedPlant(engine, t)
  await createLineTables(db.kysely, engine, { detectionTable: 'detection_line_a', downtimeTable: 'downtime_events_a' })
  const rows = Array.from({ length: 4_500 }, (_, index) => ({ detectedAt: '2026-10-19 12:00:00', areaId: 1, productId: index }))
  await insertDetections(db, 'detection_line_a', rows)
  const { rows: read } = await sql<{ detection_id: number; product_id: number; detected_at: string }>`
    select detection_id, product_id, detected_at from detection_line_a order by detection_id`.execute(db.kysely)
  assert.equal(read.length, 4_500)
  assert.ok(
    read.every(
      (row, index) =>
        Number(row.detection_id) === index + 1 &&
        Number(row.product_id) === index &&
        String(row.detected_at).startsWith('2026-10-19 12:00:00'),
    ),
  )
  await insertDowntimes(db, 'downtime_events_a', [
    {
      lastDetectionId: 7,
      startTime: '2026-10-19 11:00:00',
      endTime: '2026-10-19 11:10:00',
      durationS: 600,
      reasonCode: null,
      reason: "O'Brien",
      isManual: true,
      createdAt: '2026-10-19 11:10:00',
    },
  ])
  const { rows: stops } = await sql<{
    reason: string
    is_manual: number
    duration: number
  }>`select reason, is_manual, duration from downtime_events_a`.execute(db.kysely)
  assert.deepEqual(
    stops.map((stop) => [stop.reason, Number(stop.is_manual), Number(stop.duration)]),
    [["O'Brien", 1, 600]],
  )
})

forEachEngine('PL-11 tables that exist are skipped; those with a template of the customer are its clones', async (engine, t) => {
  const db = await managedPlant(engine, t)
  await createLineTables(db.kysely, engine, { detectionTable: 'DETECTION_LINE_TEMPLATE', downtimeTable: 'downtime_events_a' })
  await sql
    .raw(`alter table ${engine === 'mysql' ? '`DETECTION_LINE_TEMPLATE`' : '"DETECTION_LINE_TEMPLATE"'} add column lote int`)
    .execute(db.kysely)
  const plans = await planLineTables(db, [
    { kind: 'detection', name: 'detection_line_a' },
    { kind: 'downtime', name: 'downtime_events_a' },
    { kind: 'downtime', name: 'downtime_events_b' },
  ])
  assert.deepEqual(
    plans.map(({ name, template }) => [name, template]),
    [
      ['detection_line_a', 'DETECTION_LINE_TEMPLATE'],
      ['downtime_events_b', null],
    ],
  )
  assert.ok(!(await listTables(db)).includes('detection_line_a'), 'a plan writes nothing')
  for (const plan of plans) for (const statement of plan.statements) await sql.raw(statement).execute(db.kysely)
  assert.deepEqual(
    (await listColumns(db, 'detection_line_a')).map((column) => column.name),
    ['detection_id', 'detected_at', 'area_id', 'product_id', 'lote'],
  )
  await insertDetections(db, 'detection_line_a', [{ detectedAt: '2026-10-19 12:00:00', areaId: 1, productId: 1 }])
})

test('a database that already holds some of the tables is not taken for a new plant', async (t) => {
  const opened = await openPlantKysely(await temporaryDatabase('sqlite', t), { create: true })
  t.after(() => opened.close())
  await sql`create table area (x int)`.execute(opened.kysely)
  await assert.rejects(createManagedPlant(opened.kysely, 'sqlite'), /area/)
})
