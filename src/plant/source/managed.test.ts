import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { availableEngines, forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import { listColumns, listTables, openPlantKysely } from '../../platform/db/index.ts'
import { createLineTables, createManagedPlant, planLineTables } from './managed.ts'
import { monthFrom } from './months.ts'
import { readPartitions } from './partitions.ts'
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
  const hardText = `O'Brien "{NULL}", \\ ñ`
  await insertDowntimes(db, 'downtime_events_a', [
    {
      lastDetectionId: 7,
      startTime: '2026-10-19 11:00:00',
      endTime: '2026-10-19 11:10:00',
      durationS: 600,
      reasonCode: null,
      reason: hardText,
      isManual: true,
      createdAt: '2026-10-19 11:10:00',
    },
  ])
  const { rows: stops } = await sql<{
    reason: string
    reason_code: number | null
    is_manual: number
    duration: number
  }>`select reason, reason_code, is_manual, duration from downtime_events_a`.execute(db.kysely)
  assert.deepEqual(
    stops.map((stop) => [stop.reason, stop.reason_code, Number(stop.is_manual), Number(stop.duration)]),
    [[hardText, null, 1, 600]],
  )
})

forEachEngine('PL-11 tables that exist are skipped; those with a template of the customer are its clones', async (engine, t) => {
  const db = await managedPlant(engine, t)
  await createLineTables(db.kysely, engine, { detectionTable: 'DETECTION_LINE_TEMPLATE', downtimeTable: 'downtime_events_a' })
  await sql
    .raw(`alter table ${engine === 'mysql' ? '`DETECTION_LINE_TEMPLATE`' : '"DETECTION_LINE_TEMPLATE"'} add column lote int`)
    .execute(db.kysely)
  const plans = await planLineTables(
    db,
    [
      { kind: 'detection', name: 'detection_line_a' },
      { kind: 'downtime', name: 'downtime_events_a' },
      { kind: 'downtime', name: 'downtime_events_b' },
    ],
    monthFrom(2026, 11),
  )
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

forEachEngine(
  'PL-11 a new detection table has 13 monthly partitions, over the end of the year, and rows find theirs',
  async (engine, t) => {
    const db = await managedPlant(engine, t)
    const name = `detection_line_${'x'.repeat(48)}`
    const [plan] = await planLineTables(db, [{ kind: 'detection', name }], monthFrom(2026, 11))
    for (const statement of plan?.statements ?? []) await sql.raw(statement).execute(db.kysely)
    const times = ['2025-01-01 00:00:00', '2026-11-30 23:59:59', '2026-12-01 00:00:00', '2027-10-31 23:59:59', '2027-11-01 00:00:00']
    await insertDetections(
      db,
      name,
      times.map((detectedAt) => ({ detectedAt, areaId: 1, productId: 1 })),
    )
    const { rows } = await sql<{ detection_id: unknown }>`select detection_id from ${sql.id(name)} order by detection_id`.execute(db.kysely)
    assert.deepEqual(
      rows.map((row) => Number(row.detection_id)),
      [1, 2, 3, 4, 5],
    )
    assert.deepEqual(
      (await listTables(db)).filter((table) => table.startsWith('detection_line_')),
      [name],
      'partitions are no tables',
    )
    assert.equal((await listColumns(db)).filter(({ table }) => table.startsWith('detection_line_')).length, 4)
    const state = (await readPartitions(db)).get(name)
    if (engine === 'sqlite') return assert.equal(state, undefined)
    assert.equal(state?.kind === 'monthly' && state.scheme, engine === 'mysql' ? 'columns' : 'declarative')
    assert.deepEqual(state?.kind === 'monthly' && state.partitions.map(({ belowYearMonth }) => belowYearMonth), [
      202612,
      ...Array.from({ length: 11 }, (_, at) => 202701 + at),
      null,
    ])
  },
)

test('PL-04 partitions are found in a PostgreSQL schema of any letter case', async (t) => {
  if (!availableEngines.includes('postgres')) return t.skip('no PostgreSQL here')
  const url = await temporaryDatabase('postgres', t)
  const opened = await openPlantKysely(url, { poolSize: 1 })
  t.after(() => opened.close())
  await sql`create schema "Planta Ñ"`.execute(opened.kysely)
  await sql`set search_path to "Planta Ñ"`.execute(opened.kysely)
  const db: PlantDb = { tenantId: 1, engine: 'postgres', kysely: opened.kysely }
  const [plan] = await planLineTables(db, [{ kind: 'detection', name: 'detection_line_a' }], monthFrom(2026, 11))
  for (const statement of plan?.statements ?? []) await sql.raw(statement).execute(db.kysely)
  assert.deepEqual(await listTables(db), ['detection_line_a'])
  const state = (await readPartitions(db)).get('detection_line_a')
  assert.equal(state?.kind === 'monthly' && state.partitions.length, 13)
})
