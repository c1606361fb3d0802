import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import { loadModel, type OpenPlant, readSettings } from '../model/index.ts'
import { createLineTables, createManagedPlant, insertDetections, lineTableNames, type PlantDb } from '../source/index.ts'
import { grantsCreate } from './checks/access.ts'
import { type Check, exitCode } from './checks/check.ts'
import { verifyPlant } from './verify.ts'

const now = Date.UTC(2026, 9, 19, 15, 17) // 15:17 in UTC, 12:17 in Buenos Aires

/** A managed plant with one line PB (area 1 output, 2 u/min) that has made a piece each 30 s until `lastAt`. */
async function plantWith(
  engine: 'sqlite' | 'postgres' | 'mysql',
  t: Parameters<typeof temporaryDatabase>[1],
  statements: readonly string[],
  lastAt = '2026-10-19 12:16:30',
) {
  const opened = await openPlantKysely(await temporaryDatabase(engine, t), { create: true })
  t?.after(() => opened.close())
  const db: PlantDb = { tenantId: 1, engine, kysely: opened.kysely }
  await createManagedPlant(opened.kysely, engine)
  await createLineTables(opened.kysely, engine, lineTableNames('PB'))
  for (const statement of [
    "insert into production_line (line_name, line_code, performance, downtime_threshold) values ('Línea PB', 'PB', 2, 300)",
    "insert into area (line_id, area_name, area_type, area_order, coord_x1, coord_y1, coord_x2, coord_y2) values (1, 'Salida', 'output', 1, 0, 0, 1, 1)",
    "insert into product (product_name, product_code, product_weight, product_color, production_std, product_per_batch) values ('P', 'P', 1.5, '#fff', 0, 1)",
  ])
    await sql.raw(statement).execute(opened.kysely)
  const lastS = Date.parse(`${lastAt.replace(' ', 'T')}Z`)
  const rows = Array.from({ length: 200 }, (_, index) => ({
    detectedAt: new Date(lastS - (199 - index) * 30_000).toISOString().slice(0, 19).replace('T', ' '),
    areaId: 1,
    productId: 1,
  }))
  await insertDetections(db, lineTableNames('PB').detectionTable, rows)
  for (const statement of statements) await sql.raw(statement).execute(opened.kysely)
  const verify = async (config: Record<string, unknown> = {}): Promise<Map<string, Check>> => {
    const { settings, warnings } = readSettings({ timezone: 'America/Argentina/Buenos_Aires', ...config }, 'Etc/UTC')
    const loaded = await loadModel(db, { settings, settingsWarnings: warnings, mappings: [], nowMs: now })
    const plant: OpenPlant = { db, model: loaded.model, loaded, canManage: false, writableFile: null }
    return new Map((await verifyPlant(plant, now)).map((check) => [check.id, check]))
  }
  return { db, verify }
}

const statuses = (checks: ReadonlyMap<string, Check>): Record<string, string> =>
  Object.fromEntries([...checks.values()].filter((check) => check.status !== 'ok').map((check) => [check.id, check.status]))

forEachEngine('PL-15 a sound plant has nothing to say', async (engine, t) => {
  const { verify } = await plantWith(engine, t, [])
  const checks = await verify()
  // a SQLite plant without a writable file is read-only
  assert.deepEqual(statuses(checks), engine === 'sqlite' ? { write: 'warn' } : {})
  assert.equal(checks.get('read')?.counts.detection_line_pb, 200)
  assert.equal(checks.get('performance')?.counts.line_1_percent, 100)
})

const shift = (name: string, days: string, start: string, end: string): string =>
  `insert into shift (shift_name, description, days_implemented, start_time, end_time) values ('${name}', '', '${days}', '${start}', '${end}')`

const findings: readonly { name: string; make: readonly string[]; want: Readonly<Record<string, string>> }[] = [
  { name: 'a hard table is missing', make: ['drop table filter'], want: { tables: 'error' } },
  { name: 'a soft table is missing', make: ['drop table incident'], want: { tables: 'warn' } },
  { name: 'a hard column is missing', make: ['alter table area drop column area_type'], want: { columns: 'error' } },
  { name: 'a soft column is missing', make: ['alter table product drop column production_std'], want: { columns: 'warn' } },
  { name: 'PL-07 optional columns are missing', make: ['alter table production_line drop column auto_detect_downtime'], want: {} },
  { name: 'a column of a line table is missing', make: ['alter table downtime_events_pb drop column reason'], want: { columns: 'error' } },
  {
    name: 'PL-09 a line has no table',
    make: ['alter table downtime_events_pb rename to elsewhere'],
    want: { line_tables: 'warn', write: 'ok' },
  },
  {
    name: 'PL-09 two lines fit one table',
    make: [
      "insert into production_line (line_name, line_code, downtime_threshold) values ('pb', 'Q', 300)",
      'create table downtime_events_2 as select * from downtime_events_pb',
    ],
    want: { line_tables: 'error', areas: 'warn', time_zone: 'warn', write: 'ok' },
  },
  { name: 'no line is active', make: ['update production_line set is_active = 0'], want: { lines: 'error' } },
  {
    name: 'areas of no line',
    make: [
      'pragma foreign_keys = off',
      "insert into area (line_id, area_name, area_type, area_order, coord_x1, coord_y1, coord_x2, coord_y2) values (99, 'X', 'output', 1, 0, 0, 1, 1)",
    ],
    want: { areas: 'warn' },
  },
  { name: 'days that cannot be read', make: [shift('M', '["Funday"]', '06:00:00', '14:00:00')], want: { shifts: 'warn' } },
  {
    name: 'shifts that overlap',
    make: [shift('M', '["Monday"]', '06:00:00', '14:00:00'), shift('T', '[1]', '13:00:00', '21:00:00')],
    want: { shift_overlaps: 'warn' },
  },
  {
    name: 'shifts that only touch',
    make: [shift('M', '["Monday"]', '06:00:00', '14:00:00'), shift('T', '[1]', '14:00:00', '22:00:00')],
    want: {},
  },
  {
    name: 'a Sunday night that overlaps Monday',
    make: [shift('N', '["Sunday"]', '22:00:00', '06:00:00'), shift('M', '["Monday"]', '05:00:00', '14:00:00')],
    want: { shift_overlaps: 'warn' },
  },
  { name: 'a threshold of 0', make: ['update production_line set downtime_threshold = 0'], want: { thresholds: 'warn' } },
  {
    name: 'a threshold not above the ideal cycle',
    make: ['update production_line set downtime_threshold = 30'],
    want: { thresholds: 'warn' },
  },
  {
    name: 'PL-38 an unknown filter',
    make: ["insert into filter (filter_name, description, display_order) values ('Del futuro', '', 1)"],
    want: { filters: 'warn' },
  },
  {
    name: 'JSON that cannot be read',
    make: ["insert into filter (filter_name, description, display_order, additional_filter) values ('ShiftFilter', '', 1, '{oops')"],
    want: { values: 'warn' },
  },
  { name: 'a speed that cannot be', make: ['update production_line set performance = 500'], want: { performance: 'warn' } },
  {
    name: 'detections of unknown areas and products',
    make: ['update detection_line_pb set area_id = 77, product_id = 88 where detection_id = 200'],
    want: { ids: 'warn' },
  },
]
for (const c of findings)
  test(`PL-15 verification tells that ${c.name}`, async (t) => {
    const { verify } = await plantWith('sqlite', t, c.make)
    const checks = await verify()
    const want: Record<string, string> = { write: 'warn', ...c.want }
    assert.deepEqual(statuses(checks), Object.fromEntries(Object.entries(want).filter(([, status]) => status !== 'ok')))
    for (const check of checks.values())
      if (check.status !== 'ok') assert.ok(check.advice?.es && check.advice.en && check.finding.es !== check.finding.en, check.id)
  })

for (const c of [
  { name: 'a newest row three whole hours behind', lastAt: '2026-10-19 09:16:40', want: 3, words: /3 h/ },
  { name: 'a newest row two whole hours ahead', lastAt: '2026-10-19 14:17:20', want: -2, words: /2 h/ },
  { name: 'rows in the future', lastAt: '2026-10-19 12:40:00', want: undefined, words: /future/ },
])
  test(`PL-15 verification tells of ${c.name}`, async (t) => {
    const { verify } = await plantWith('sqlite', t, [], c.lastAt)
    const check = (await verify()).get('time_zone')
    assert.equal(check?.status, 'warn')
    assert.equal(check?.counts.hours, c.want)
    assert.match(check?.finding.en ?? '', c.words)
  })

test('PL-15 an idle plant of some odd hours is no matter of zones', async (t) => {
  const { verify } = await plantWith('sqlite', t, [], '2026-10-19 09:40:00')
  assert.equal((await verify()).get('time_zone')?.status, 'ok')
})

test('PL-15 the exit code is that of the worst check', () => {
  const check = (status: Check['status']) => ({ status }) as Check
  assert.deepEqual([exitCode([]), exitCode([check('ok'), check('warn')]), exitCode([check('warn'), check('error')])], [0, 1, 2])
})

for (const [grant, want] of [
  ['GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION', true],
  ['GRANT SELECT, INSERT ON `plant`.* TO `a`@`%`', false],
  ['GRANT SELECT, CREATE ON `pl%`.* TO `a`@`%`', true],
  ['GRANT CREATE ON `pl\\_ant`.* TO `a`@`%`', false],
  ['GRANT CREATE ON `plant`.`one_table` TO `a`@`%`', false],
  ['GRANT CREATE VIEW ON `plant`.* TO `a`@`%`', false],
] as const)
  test(`the right to create tables is read from: ${grant}`, () => assert.equal(grantsCreate(grant, 'plant'), want))
