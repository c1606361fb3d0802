import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { availableEngines, forEachEngine } from '../../../test/harness/engines.ts'
import { lineDatabase, type TestRow } from '../../../test/harness/line-database.ts'
import { area, everyDay, line, plantModel, settings, shift } from '../../../test/harness/plant-model.ts'
import { parseLocal, zoneOf } from '../../platform/time/index.ts'
import type { PlantModel } from '../model/index.ts'
import type { PlantDb } from '../source/index.ts'
import { epoch, morning, rowsEvery, scopeOf, stopsShown, wall } from './facts.fixture.ts'
import { gatherFacts } from './index.ts'

test('V9 V13 today until 10:00 has 240 planned minutes, and so has a range of 4 hours', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  await insert([['2026-10-19 09:59:00']])
  const today = await gatherFacts(db, morning, scopeOf(morning, '2026-10-19 00:00', '2026-10-19 23:59', '2026-10-19 10:00'))
  assert.equal(today.kpi.time.plannedBusyTimeS, 240 * 60)
  const part = await gatherFacts(db, morning, scopeOf(morning, '2026-10-15 10:00', '2026-10-15 13:59', '2026-10-19 10:00'))
  assert.equal(part.kpi.time.plannedBusyTimeS, 240 * 60)
})

forEachEngine('PL-59 a stop far longer than the range is seen whole from inside it, on both sides', async (engine, t) => {
  const { db, insert } = await lineDatabase(engine, t)
  const always = plantModel()
  await insert([
    ...rowsEvery(60, '2026-09-01 06:00', '2026-09-01 08:00'),
    ['2026-09-15 12:00:00'],
    ['2026-09-15 12:04:00'],
    ...rowsEvery(60, '2026-10-10 06:00', '2026-10-10 08:00'),
  ])
  const seen = async (from: string, to: string) => stopsShown(await gatherFacts(db, always, scopeOf(always, from, to, '2026-10-19 10:00')))
  assert.deepEqual(await seen('2026-09-05 00:00', '2026-09-05 23:59'), ['calculated 09-05 00:00 → 09-06 00:00 full 1224000'])
  assert.deepEqual(await seen('2026-09-15 12:01', '2026-09-15 12:02'), [])
  assert.deepEqual(await seen('2026-09-20 10:00', '2026-09-20 10:00'), ['calculated 09-20 10:00 → 09-20 10:01 full 2138160'])
  assert.deepEqual(await seen('2026-10-18 00:00', '2026-10-19 23:59'), ['live 10-18 00:00 → 10-19 10:00 full 784800'])
  assert.deepEqual(await seen('2026-10-18 00:00', '2026-10-18 23:59'), ['calculated 10-18 00:00 → 10-19 00:00 full 784800'])
})

test('PL-66 a stop of a line without any row is listed and costs nothing: list, Pareto and KPIs say the same', async (t) => {
  const { db, insert, stop } = await lineDatabase('sqlite', t)
  await stop([{ start: '2026-10-15 07:00:00', end: '2026-10-15 08:00:00', code: null }])
  const gather = (model: PlantModel) => gatherFacts(db, model, scopeOf(model, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00'))
  const noTable = plantModel({ shifts: morning.shifts, lines: [line({ detectionTable: null })] })
  for (const facts of [await gather(morning), await gather(noTable)])
    assert.deepEqual(
      [facts.kpi.time.stopCount, facts.stopTotals, facts.stops.map(({ durationS, countedS }) => [durationS, countedS])],
      [0, { count: 1, durationS: 3_600, countedS: 0 }, [[3_600, 0]]],
    )
  await insert(rowsEvery(60, '2026-10-15 06:00', '2026-10-15 14:00'))
  assert.equal((await gather(morning)).stopTotals.countedS, 3_600)
})

test('PL-57 a range before the first detection ever is all downtime; a line without any row is no data, not stopped', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const scope = scopeOf(morning, '2026-10-12 00:00', '2026-10-12 23:59', '2026-10-19 10:00')
  const empty = await gatherFacts(db, morning, scope)
  assert.deepEqual([empty.lines[0]?.status, empty.kpi.availability, empty.kpi.time.scheduledS, empty.stops.length], ['no_data', null, 0, 0])
  await insert(rowsEvery(60, '2026-10-15 06:00', '2026-10-15 13:59'))
  const before = await gatherFacts(db, morning, scope)
  assert.deepEqual(
    [before.kpi.availability, before.kpi.oeeIndex, before.kpi.time.unplannedDowntimeS, before.kpi.effectiveness],
    [0, 0, 8 * 3_600, null],
  )
})

test('PL-09 a line without a table says so, and neither lowers nor raises the others', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  await insert(rowsEvery(60, '2026-10-15 06:00', '2026-10-15 13:59'))
  const model = plantModel({
    shifts: [shift(1, 6, 14)],
    lines: [line(), line({ lineId: 2, areas: [], detectionTable: null, downtimeTable: null })],
  })
  const facts = await gatherFacts(db, model, scopeOf(model, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00'))
  assert.deepEqual(
    facts.lines.map((one) => [one.status, one.kpi.availability]),
    [
      ['stopped', 1],
      ['no_table', null],
    ],
  )
  assert.deepEqual([facts.kpi.availability, facts.kpi.time.scheduledS], [1, 8 * 3_600])
})

forEachEngine('PL-09 a line whose table lost a column or is gone is told about, and the others keep their figures', async (engine, t) => {
  const { db, insert, run } = await lineDatabase(engine, t)
  await insert(rowsEvery(60, '2026-10-15 06:00', '2026-10-15 13:59'))
  await run('create table detection_line_broken (detection_id int, detected_at timestamp)')
  const broken = (name: string) =>
    line({ lineId: 2, lineName: 'Rota', areas: [], detectionTable: { name, partitions: null }, downtimeTable: null })
  for (const name of ['detection_line_broken', 'detection_line_gone']) {
    const model = plantModel({ shifts: [shift(1, 6, 14)], lines: [line(), broken(name)] })
    const facts = await gatherFacts(db, model, scopeOf(model, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00'))
    assert.deepEqual([facts.kpi.totalProduction, facts.kpi.availability, facts.lines[1]?.status], [480, 1, 'no_table'])
    assert.deepEqual(
      facts.warnings.map(({ en }) => en),
      [
        `Rota: its tables (${name}) cannot be read: a table or column is missing, or the account has no right. The line is left out; verify the plant.`,
      ],
    )
  }
})

test('PL-48 a line is running, stopped or idle by its reference stream and the plan of now, whatever the range', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const model = plantModel({ shifts: [shift(1, 6, 14)], lines: [line({ areas: [area(1, 'input'), area(2, 'output')] })] })
  await insert([...rowsEvery(60, '2026-10-19 05:00', '2026-10-19 08:00'), ['2026-10-19 08:30:00', 1]])
  const status = async (now: string) => {
    const facts = await gatherFacts(db, model, scopeOf(model, '2026-10-01 00:00', '2026-10-01 23:59', now))
    return [facts.lines[0]?.status, facts.lines[0]?.minutesSinceLast]
  }
  assert.deepEqual(await status('2026-10-19 08:05:00'), ['running', 5])
  assert.deepEqual(await status('2026-10-19 08:05:01'), ['stopped', 5 + 1 / 60])
  assert.deepEqual(await status('2026-10-19 08:31:00'), ['stopped', 1])
  assert.deepEqual(await status('2026-10-19 14:00:00'), ['idle', 330])
  assert.deepEqual(await status('2026-10-20 06:05:00'), ['running', 1_295])
  assert.deepEqual(await status('2026-10-20 06:05:01'), ['stopped', 1_295 + 1 / 60])
})

forEachEngine('rows dated after now are left out and told about; a row of this very second counts', async (engine, t) => {
  const { db, insert } = await lineDatabase(engine, t)
  await insert([...rowsEvery(60, '2026-10-19 09:00', '2026-10-19 10:00'), ['2026-10-19 10:00:01'], ['2031-01-01 00:00:00']])
  const facts = await gatherFacts(db, morning, scopeOf(morning, '2026-10-19 00:00', '2026-10-19 23:59', '2026-10-19 10:00'))
  assert.equal(facts.kpi.totalProduction, 61)
  assert.equal(facts.newestDetectionLocalS, parseLocal('2026-10-19 10:00:00'))
  assert.deepEqual(
    facts.warnings.map(({ en }) => en),
    ["Envasado: 2 detections are dated in the future and left out; check the camera's clock."],
  )
})

test('a range that has not begun is empty, not an error', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  await insert(rowsEvery(60, '2026-10-19 09:00', '2026-10-19 10:00'))
  const facts = await gatherFacts(db, morning, scopeOf(morning, '2026-10-21 00:00', '2026-10-22 23:59', '2026-10-19 10:00'))
  assert.deepEqual([facts.kpi.totalProduction, facts.kpi.availability, facts.stops, facts.series.bucketStartsLocalS], [0, null, [], []])
  assert.equal(facts.lines[0]?.status, 'running')
})

forEachEngine(
  'PL-84 the repeated hour of autumn is told apart by the order of ids: no gap is negative and no row is lost',
  async (engine, t) => {
    const { db, insert } = await lineDatabase(engine, t)
    const madrid = plantModel({ settings: settings({ timeZone: 'Europe/Madrid' }), shifts: [shift(1, 22, 6, { isoWeekdays: everyDay })] })
    const zone = zoneOf('Europe/Madrid')
    // ids in the order of time: a piece each minute through both passes, but for 20 silent minutes of the second pass
    const fromS = epoch('2025-10-25 22:00', zone)
    const silence = { fromS: epoch('2025-10-26 02:00', zone) + 3_600 + 600, toS: epoch('2025-10-26 02:00', zone) + 3_600 + 1_800 }
    const rows: TestRow[] = []
    for (let atS = fromS; atS < fromS + 9 * 3_600; atS += 60) if (atS <= silence.fromS || atS >= silence.toS) rows.push([wall(atS, zone)])
    await insert(rows)
    const facts = await gatherFacts(db, madrid, scopeOf(madrid, '2025-10-25 22:00', '2025-10-26 05:59', '2025-10-26 06:00'))
    assert.equal(facts.kpi.time.scheduledS, 9 * 3_600)
    assert.deepEqual(
      facts.stops.map((stop) => stop.span),
      [silence],
    )
    assert.equal(facts.kpi.totalProduction, rows.length)
    const hour = facts.series.bucketStartsLocalS.indexOf(parseLocal('2025-10-26 02:00') ?? 0)
    assert.equal(facts.series.flow.salida[hour], 120 - 19)
    assert.equal(facts.summary.spanS, 9 * 3_600 - 60)
  },
)

test('PL-54 configured breaks are planned stops: they leave the plan and cut calculated stops', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const breaks = [{ startS: 10 * 3_600, endS: 10.5 * 3_600, isoWeekdays: everyDay }]
  const model = plantModel({ shifts: [shift(1, 6, 14)], settings: settings({ breaks }) })
  await insert([...rowsEvery(60, '2026-10-15 06:00', '2026-10-15 09:50'), ...rowsEvery(60, '2026-10-15 10:40', '2026-10-15 13:59')])
  const facts = await gatherFacts(db, model, scopeOf(model, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00'))
  assert.deepEqual(stopsShown(facts), ['calculated 10-15 09:50 → 10-15 10:00 full 600', 'calculated 10-15 10:30 → 10-15 10:40 full 600'])
  assert.deepEqual([facts.kpi.time.plannedStopS, facts.kpi.time.unplannedDowntimeS], [1_800, 1_200])
})

forEachEngine(
  'PL-07 PL-60 stored events are read without the optional columns; wrong durations and backward events are told about',
  async (engine, t) => {
    const { db, insert, stop, run } = await lineDatabase(engine, t)
    await insert(rowsEvery(60, '2026-10-15 06:00', '2026-10-15 13:59'))
    await stop([
      { start: '2026-10-15 07:00:00', end: '2026-10-15 07:10:00', durationS: 99_999, code: 4 },
      { start: '2026-10-15 09:00:00', end: '2026-10-15 08:00:00' },
      { start: '2026-10-14 23:00:00', end: '2026-10-15 06:10:00', code: 2 },
      { start: '2026-10-13 23:00:00', end: '2026-10-14 00:00:00' },
    ])
    const model = plantModel({ shifts: [shift(1, 6, 14)] })
    const read = () => gatherFacts(db, model, scopeOf(model, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00'))
    const facts = await read()
    assert.deepEqual(
      facts.stops.map((one) => [one.eventId, one.isPlanned, one.countedS, one.fullS]),
      [
        [3, true, 600, 25_800],
        [1, false, 600, 600],
      ],
    )
    assert.deepEqual(
      facts.warnings.map(({ en }) => en),
      [
        'Envasado: stop 1 has a stored duration of 99999 s; 600 s are used.',
        'Envasado: stop 2 does not end after it starts and is ignored.',
      ],
    )
    if (engine === 'sqlite') for (const name of await indexesOf(db, 'reason_code')) await run(`drop index "${name}"`)
    for (const column of ['reason', 'reason_code', 'is_manual']) await run(`alter table downtime_events_l1 drop column ${column}`)
    const bare = await read()
    assert.deepEqual(
      bare.stops.map((one) => [one.eventId, one.source, one.isPlanned, one.recorded?.reasonText]),
      [
        [3, 'recorded', false, null],
        [1, 'recorded', false, null],
      ],
    )
  },
)

/** SQLite does not drop a column that has an index. */
async function indexesOf({ kysely }: PlantDb, column: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'index' and sql like ${`%${column}%`}`.execute(
    kysely,
  )
  return rows.map(({ name }) => name)
}

test('PL-12 a partition clause is sent, and a table that turns out not to have the partition is read without it', async (t) => {
  if (!availableEngines.includes('mysql')) return t.skip('no MariaDB server')
  const { db, insert, run } = await lineDatabase('mysql', t)
  await insert(rowsEvery(600, '2026-10-14 06:00', '2026-10-15 13:59'))
  const partitioned = (name: string): PlantModel =>
    plantModel({
      lines: [
        line({
          detectionTable: {
            name: 'detection_line_l1',
            partitions: [
              { name, belowYearMonth: 202_611 },
              { name: 'pmax', belowYearMonth: null },
            ],
          },
        }),
      ],
    })
  const count = async (model: PlantModel) =>
    (
      await gatherFacts(db, model, scopeOf(model, '2026-10-14 00:00', '2026-10-15 23:59', '2026-10-19 10:00'), {
        needs: { previous: false },
      })
    ).kpi.totalProduction
  const all = await count(plantModel())
  assert.equal(await count(partitioned('p202610')), all, '1747: not partitioned')
  await run(
    'alter table detection_line_l1 partition by range (day(detected_at)) (partition p_few values less than (15), partition pmax values less than maxvalue)',
  )
  assert.equal(await count(partitioned('p_missing')), all, '1735: no such partition')
  assert.ok((await count(partitioned('p_few'))) < all, 'only the named partitions are read')
})
