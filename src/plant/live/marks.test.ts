import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import type { Line } from '../model/index.ts'
import { insertDetections, insertDowntimes, lineTableStatements, type PlantDb } from '../source/index.ts'
import { readLineMarks } from './marks.ts'

const line = (lineId: number, detectionTable: string | null, downtimeTable: string | null, isActive = true): Line => ({
  lineId,
  lineName: `Línea ${lineId}`,
  lineCode: `L${lineId}`,
  isActive,
  performance: 1,
  downtimeThresholdS: 60,
  autoDetectDowntime: true,
  areas: [],
  detectionTable: detectionTable === null ? null : { name: detectionTable, partitions: null },
  downtimeTable,
})

forEachEngine('PL-89 the mark of a line moves with its detections and its stops, whatever its tables are called', async (engine, t) => {
  const opened = await openPlantKysely(await temporaryDatabase(engine, t), { create: true })
  t.after(() => opened.close())
  const plant: PlantDb = { tenantId: 1, engine, kysely: opened.kysely }
  const tables = [
    { detectionTable: 'detection_line_línea ñandú 25 kg', downtimeTable: 'downtime_events_nandu' },
    { detectionTable: 'detection_line_b', downtimeTable: 'downtime_events_b' },
  ] as const
  for (const names of tables) for (const statement of lineTableStatements(engine, names)) await sql.raw(statement).execute(opened.kysely)
  const lines = [
    line(1, tables[0].detectionTable, tables[0].downtimeTable),
    line(2, tables[1].detectionTable, null),
    line(3, null, null),
    line(4, 'gone', 'gone', false),
  ]
  const empty = await readLineMarks(plant, lines)
  assert.deepEqual([...empty.keys()], [1, 2])
  await insertDetections(plant, tables[0].detectionTable, [{ detectedAt: '2026-10-19 10:00:00', areaId: 1, productId: 1 }])
  const detected = await readLineMarks(plant, lines)
  assert.notEqual(detected.get(1), empty.get(1))
  assert.equal(detected.get(2), empty.get(2))
  await insertDowntimes(plant, tables[0].downtimeTable, [
    {
      lastDetectionId: 1,
      startTime: '2026-10-19 09:00:00',
      endTime: '2026-10-19 10:00:00',
      durationS: 3600,
      reasonCode: null,
      reason: null,
      isManual: false,
      createdAt: '2026-10-19 10:00:05',
    },
  ])
  const stopped = await readLineMarks(plant, lines)
  assert.notEqual(stopped.get(1), detected.get(1))
  assert.deepEqual(await readLineMarks(plant, lines), stopped)
  assert.deepEqual(await readLineMarks(plant, []), new Map())
})

forEachEngine('PL-89 a table that is gone takes only its own line out of the live view', async (engine, t) => {
  const opened = await openPlantKysely(await temporaryDatabase(engine, t), { create: true })
  t.after(() => opened.close())
  const plant: PlantDb = { tenantId: 1, engine, kysely: opened.kysely }
  const names = { detectionTable: 'detection_line_a', downtimeTable: 'downtime_events_a' }
  for (const statement of lineTableStatements(engine, names)) await sql.raw(statement).execute(opened.kysely)
  const lines = [line(1, names.detectionTable, names.downtimeTable), line(2, 'detection_line_gone', null)]
  assert.deepEqual([...(await readLineMarks(plant, lines)).keys()], [1])
})
