import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import { type Engine, openPlantKysely } from '../../platform/db/index.ts'
import { createLineTables, createManagedPlant, type PlantDb, quoteName, readTable } from '../source/index.ts'
import { type LoadedModel, loadModel } from './load.ts'
import { readSettings } from './settings.ts'

type Plant = {
  readonly db: PlantDb
  readonly run: (...statements: readonly string[]) => Promise<void>
  readonly load: () => Promise<LoadedModel>
}

async function emptyDatabase(engine: Engine, t: TestContext): Promise<Plant> {
  const opened = await openPlantKysely(await temporaryDatabase(engine, t), { create: true })
  t.after(() => opened.close())
  const db: PlantDb = { tenantId: 1, engine, kysely: opened.kysely }
  return {
    db,
    run: async (...statements) => {
      for (const statement of statements) await sql.raw(statement).execute(opened.kysely)
    },
    load: () => loadModel(db, { settings: readSettings({}, 'Etc/UTC').settings, mappings: [], nowMs: 1 }),
  }
}

forEachEngine(
  'PL-04 PL-06 PL-07 upper-case tables and columns are found, optional and soft columns may be absent, extra ones are ignored',
  async (engine, t) => {
    const { run, load } = await emptyDatabase(engine, t)
    const q = (name: string) => quoteName(engine, name)
    await run(
      `create table ${q('PRODUCTION_LINE')} (${q('LINE_ID')} int, ${q('Line_Name')} varchar(100), ${q('IS_ACTIVE')} int, ${q('what_ever')} int)`,
      `create table ${q('Area')} (${q('AREA_ID')} int, ${q('line_id')} int, ${q('area_name')} varchar(50), ${q('area_type')} varchar(20))`,
      `create table ${q('FILTER')} (${q('filter_id')} int, ${q('filter_name')} varchar(50), ${q('filter_status')} int, ${q('default_value')} text)`,
      `create table ${q('SYSTEM_CONFIG')} (${q('config_id')} int, ${q('KEY')} varchar(100), ${q('VALUE')} text)`,
      `create table ${q('DETECTION_LINE_BOLSA25KG')} (${q('detection_id')} int)`,
      `insert into ${q('PRODUCTION_LINE')} values (7, 'Bolsa25kg', 1, 5)`,
      `insert into ${q('Area')} values (1, 7, 'Descarte', ' REJECT '), (2, 7, 'Salida', 'Output'), (3, 7, 'Otra', 'horno')`,
      `insert into ${q('FILTER')} values (1, 'DateRangeFilter', 1, '{"days_back":7}')`,
      `insert into ${q('SYSTEM_CONFIG')} values (2, 'unit', '"lb"'), (1, 'unit', '"kg"')`,
    )
    const { model, systemConfig } = await load()
    const [line] = model.lines
    assert.deepEqual(
      { ...line, areas: line?.areas.map((area) => [area.areaId, area.areaType]) },
      {
        lineId: 7,
        lineName: 'Bolsa25kg',
        lineCode: '',
        isActive: true,
        availabilityTarget: 0,
        performance: 0,
        downtimeThresholdS: 0,
        autoDetectDowntime: true,
        areas: [
          [1, 'scrap'],
          [2, 'output'],
          [3, 'process'],
        ],
        detectionTable: { name: 'DETECTION_LINE_BOLSA25KG', partitions: null },
        downtimeTable: null,
      },
    )
    assert.deepEqual(model.filters[0]?.defaultValue, { days_back: 7 })
    assert.equal(systemConfig.get('unit'), 'lb', 'the last row of a key wins')
    assert.equal(model.products.size, 0)
    assert.deepEqual(
      model.warnings.map((warning) => warning.en),
      ['Line "Bolsa25kg" has no downtime table'],
    )
  },
)

forEachEngine('PL-05 JSON is read as text, object, null, empty, wrapped twice and broken; what is broken is said', async (engine, t) => {
  const { run, load } = await emptyDatabase(engine, t)
  const q = (name: string) => quoteName(engine, name)
  const json = { sqlite: 'text', postgres: 'jsonb', mysql: 'json' }[engine]
  const escaped = engine === 'mysql' ? '"[\\\\"lunes\\\\"]"' : '"[\\"lunes\\"]"'
  await run(
    `create table shift (shift_id int, shift_name varchar(50), days_implemented ${json}, start_time time, end_time time, is_overnight int)`,
    `insert into shift values (1, 'lista', '["Monday"]', '06:00:00', '14:00:00', 0), (2, 'doble', '${escaped}', '22:00:00', '06:00:00', 0), (3, 'nulo', null, '06:00:00', '06:00:00', 0), (4, 'objeto', '{"friday": true}', '14:00:00', '22:00:00', 1)`,
    `create table ${q('filter')} (filter_id int, filter_name varchar(50), filter_status int, additional_filter text)`,
    `insert into ${q('filter')} values (1, 'ShiftFilter', 1, ''), (2, 'AreaFilter', 1, '{broken')`,
  )
  const { model, valueWarnings } = await load()
  assert.deepEqual(
    model.shifts.map((shift) => [shift.shiftName, [...shift.isoWeekdays].join(''), shift.endsNextDay]),
    [
      ['lista', '1', false],
      ['doble', '1', true],
      ['nulo', '1234567', true],
      ['objeto', '5', true],
    ],
  )
  assert.deepEqual(
    model.filters.map((filter) => filter.additionalFilter),
    [null, null],
  )
  assert.deepEqual(
    valueWarnings.map((warning) => warning.en),
    ['Filter 2 ("AreaFilter") has JSON that cannot be read'],
  )
})

forEachEngine('PL-06 misspelt, reserved and epoch columns of our own tables are read as they are written', async (engine, t) => {
  const { db, run, load } = await emptyDatabase(engine, t)
  await createManagedPlant(db.kysely, engine)
  await createManagedPlant(db.kysely, engine) // again: nothing to do
  await createLineTables(db.kysely, engine, { detectionTable: 'detection_line_línea "a" 1', downtimeTable: 'downtime_events_1' })
  const q = (name: string) => quoteName(engine, name)
  await run(
    "insert into production_line (line_name, line_code, downtime_threshold) values ('Línea \"A\" 1', 'A', 60)",
    "insert into area (line_id, area_name, area_type, area_order, coord_x1, coord_y1, coord_x2, coord_y2) values (1, 'S', 'output', 1, 0, 0, 1, 1)",
    'insert into camera_area (camara_id, area_id, status) values (101, 1, 1)',
    "insert into camera_control_event (camera_id, reason, action, gpu_usage_percent, created_at) values (101, 'fps', 'restart', 87.5, 1792336620)",
    `insert into system_config (${q('key')}, ${q('value')}) values ('vision', '{"fps":15}')`,
    "insert into product (product_name, product_code, product_weight, product_color, production_std, product_per_batch) values ('P', 'P', 999.99, 'Rojo', 60, 1), ('Q', 'Q', 10.05, '#fff', 0, 1)",
  )
  const { model, catalog, systemConfig } = await load()
  assert.deepEqual(systemConfig.get('vision'), { fps: 15 })
  assert.equal(model.lines[0]?.detectionTable?.name, 'detection_line_línea "a" 1')
  assert.deepEqual(
    [...model.products.values()].map((product) => product.weightCentikg),
    [99_999, 1005],
  )
  assert.deepEqual(model.lines[0]?.isActive && model.lines[0]?.autoDetectDowntime, true)
  const [camera] = await readTable(db, catalog.find('camera_area'), ['camera_area_id', 'camara_id'])
  assert.equal(Number(camera?.camara_id), 101)
  const [event] = await readTable(db, catalog.find('camera_control_event'), ['event_id', 'created_at'])
  assert.equal(Number(event?.created_at), 1_792_336_620)
  assert.deepEqual(model.warnings, [])
})
