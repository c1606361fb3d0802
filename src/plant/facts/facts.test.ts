import assert from 'node:assert/strict'
import process from 'node:process'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { availableEngines, forEachEngine } from '../../../test/harness/engines.ts'
import { lineDatabase, type TestRow } from '../../../test/harness/line-database.ts'
import { area, everyDay, line, plantModel, product, settings, shift, workdays } from '../../../test/harness/plant-model.ts'
import { Problem } from '../../platform/http/problem.ts'
import { formatLocal, intersect, parseLocal, type Span, totalS, zoneOf } from '../../platform/time/index.ts'
import type { Line, PlantModel } from '../model/index.ts'
import { type Interval, intervals, parseScope, type Scope } from '../scope/index.ts'
import type { PlantDb } from '../source/index.ts'
import { type Facts, gatherFacts } from './index.ts'

const bogota = zoneOf('America/Bogota')
const epoch = (text: string, zone = bogota): number => zone.toEpochS(parseLocal(text) ?? Number.NaN)
const wall = (epochS: number, zone = bogota): string => formatLocal(zone.toLocalS(epochS))
const morning = plantModel({ shifts: [shift(1, 6, 14)] })

/** `from`/`to` as `YYYY-MM-DD HH:MM`; the last minute is included. */
const scopeOf = (model: PlantModel, from: string, to: string, now: string, more: Record<string, unknown> = {}): Scope =>
  parseScope(
    model,
    { start_date: from.slice(0, 10), start_time: from.slice(11), end_date: to.slice(0, 10), end_time: to.slice(11), ...more },
    epoch(now, zoneOf(model.settings.timeZone)) * 1000,
  )

/** A row each `stepS` from `from` to `to`. */
function rowsEvery(stepS: number, from: string, to: string, areaId = 2): TestRow[] {
  const rows: TestRow[] = []
  for (let atS = epoch(from); atS <= epoch(to); atS += stepS) rows.push([wall(atS), areaId])
  return rows
}

const stopsShown = (facts: Facts): string[] =>
  facts.stops.map(
    (stop) =>
      `${stop.source} ${formatLocal(stop.startLocalS).slice(5, 16)} → ${formatLocal(stop.endLocalS).slice(5, 16)} full ${stop.fullS}`,
  )

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

test('PL-84 a silence across the repeated hour is crossed by looking back and ahead (the search once never left that hour)', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const madrid = plantModel({ settings: settings({ timeZone: 'Europe/Madrid' }) })
  await insert([['2025-10-25 20:00:00'], ['2025-10-25 20:01:00'], ['2025-10-26 08:00:00'], ['2025-10-26 08:01:00']])
  for (const minute of ['02:10', '02:59', '03:00', '01:59', '02:00']) {
    const scope = scopeOf(madrid, `2025-10-26 ${minute}`, `2025-10-26 ${minute}`, '2025-10-26 12:00')
    const { stops } = await gatherFacts(db, madrid, scope)
    assert.deepEqual(
      stops.map((stop) => stop.fullS),
      [13 * 3_600 - 60],
    )
  }
})

test('PL-84 a range that starts in the second pass still shows all its rows on the axis', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const santiago = plantModel({ settings: settings({ timeZone: 'America/Santiago' }) })
  const zone = zoneOf('America/Santiago')
  const fromS = epoch('2026-04-04 22:00', zone)
  const rows: TestRow[] = []
  for (let atS = fromS; atS < fromS + 4 * 3_600; atS += 60) rows.push([wall(atS, zone)])
  await insert(rows)
  // 23:00–23:59 happens twice; the range starts at the first 23:30
  const facts = await gatherFacts(
    db,
    santiago,
    scopeOf(santiago, '2026-04-04 23:30', '2026-04-05 00:59', '2026-04-05 02:00', { interval: '15min' }),
  )
  assert.equal(facts.kpi.totalProduction, 150)
  assert.equal(
    facts.series.flow.salida.reduce((sum, count) => sum + count, 0),
    150,
  )
})

test('PL-33 extend: a chosen night counts whole past the end of the range, and nothing of the night before', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const shifts = [shift(1, 22, 6, { isoWeekdays: workdays })]
  await insert(rowsEvery(120, '2026-10-08 22:00', '2026-10-10 07:00'))
  const count = async (shiftRangeMode: 'clip' | 'extend') => {
    const model = plantModel({ shifts, settings: settings({ shiftRangeMode }) })
    const facts = await gatherFacts(db, model, scopeOf(model, '2026-10-09 00:00', '2026-10-09 23:59', '2026-10-19 10:00', { shift_id: 1 }))
    const { salida } = facts.series.flow
    assert.equal(
      salida.reduce((sum, pieces) => sum + pieces, 0),
      240,
    )
    assert.ok(
      salida.every((pieces) => pieces <= 30),
      'the axis is as long as the night: no bucket takes the rows of others',
    )
    return [facts.kpi.totalProduction, facts.kpi.time.scheduledS, facts.stops.length, salida.length]
  }
  assert.deepEqual(await count('clip'), [240, 8 * 3_600, 0, 24])
  assert.deepEqual(await count('extend'), [240, 8 * 3_600, 0, 30])
})

test('PL-33 extend: the preceding night is read whole even where it ends after the range asked for', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const model = plantModel({ shifts: [shift(1, 22, 6, { isoWeekdays: workdays })], settings: settings({ shiftRangeMode: 'extend' }) })
  await insert(rowsEvery(120, '2026-10-08 22:00', '2026-10-10 07:00'))
  const facts = await gatherFacts(db, model, scopeOf(model, '2026-10-08 23:00', '2026-10-09 00:59', '2026-10-19 10:00', { shift_id: 1 }))
  assert.deepEqual([facts.kpi.totalProduction, facts.previous?.kpi.totalProduction], [0, 240])
})

test('PL-84 a range just after the skipped hour is whole, although the one before it lies in that hour', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const madrid = plantModel({ settings: settings({ timeZone: 'Europe/Madrid' }), lines: [line({ autoDetectDowntime: false })] })
  await insert([['2026-03-29 01:00:00'], ['2026-03-29 03:00:00'], ['2026-03-29 03:29:00']])
  const facts = await gatherFacts(db, madrid, scopeOf(madrid, '2026-03-29 03:00', '2026-03-29 03:29', '2026-03-29 12:00'))
  assert.deepEqual([facts.kpi.totalProduction, facts.previous], [2, null])
})

test('PL-44 a day that ends in a skipped midnight has no bucket of the next day', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const model = plantModel({ settings: settings({ timeZone: 'America/Santiago' }) })
  await insert([['2025-09-06 23:59:59'], ['2025-09-07 01:00:00']])
  const facts = await gatherFacts(db, model, scopeOf(model, '2025-09-06 00:00', '2025-09-06 23:59', '2025-09-09 10:00'))
  assert.deepEqual([facts.series.bucketStartsLocalS.length, facts.series.flow.salida.at(-1), facts.kpi.totalProduction], [24, 1, 1])
})

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

test('PL-64 a reason known only in the other table, and a threshold within the ideal cycle, are told about', async (t) => {
  const { db, insert, stop } = await lineDatabase('sqlite', t)
  await insert(rowsEvery(60, '2026-10-15 06:00', '2026-10-15 13:59'))
  await stop([{ start: '2026-10-15 07:00:00', end: '2026-10-15 07:10:00', code: 8 }])
  const failures = new Map([[8, { failureId: 8, typeFailure: 'Eléctrica', description: 'Corte' }]])
  const model = plantModel({ shifts: [shift(1, 6, 14)], failures })
  const facts = await gatherFacts(
    db,
    model,
    scopeOf(model, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00', { downtime_threshold: 6 }),
  )
  assert.deepEqual(
    facts.warnings.map(({ en }) => en),
    [
      'Envasado: reason 8 is not in the configured table; the one of the other is shown.',
      'Envasado: the threshold of 6 s is not above the ideal cycle; nearly everything would be one stop.',
    ],
  )
})

test('a read that takes too long, or too many rows, is refused with a hint, never cut short in silence', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  await insert(rowsEvery(600, '2026-10-14 06:00', '2026-10-15 13:59'))
  const scope = scopeOf(morning, '2026-10-14 00:00', '2026-10-15 23:59', '2026-10-19 10:00')
  for (const limit of [{ limitMs: 0 }, { maxRows: 100 }]) {
    await assert.rejects(
      gatherFacts(db, morning, scope, limit),
      (error) => error instanceof Problem && error.code === 'range_too_large' && error.status === 503,
    )
  }
  assert.equal((await gatherFacts(db, morning, scope, { maxRows: 10_000 })).kpi.totalProduction, 192)
})

test('PL-55 trends compare with the range before; without a detection there, nothing is compared', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  await insert([...rowsEvery(120, '2026-10-14 06:00', '2026-10-14 13:59'), ...rowsEvery(60, '2026-10-15 06:00', '2026-10-15 13:59')])
  const gather = (day: string, needs = {}) =>
    gatherFacts(db, morning, scopeOf(morning, `${day} 00:00`, `${day} 23:59`, '2026-10-19 10:00'), { needs })
  const facts = await gather('2026-10-15')
  assert.deepEqual([facts.kpi.totalProduction, facts.previous?.kpi.totalProduction], [480, 240])
  assert.equal((await gather('2026-10-14')).previous, null)
  assert.equal((await gather('2026-10-15', { previous: false })).previous, null)
  assert.deepEqual((await gather('2026-10-15', { previous: false, status: false })).kpi, facts.kpi)
})

test('PL-61 area, product and hour filters reduce what is counted, and move neither a stop nor a KPI', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const model = plantModel({
    lines: [line({ areas: [area(1, 'input'), area(2, 'output')] })],
    shifts: [shift(1, 6, 14)],
    products: new Map([
      [1, product(1)],
      [2, product(2)],
    ]),
  })
  await insert([...rowsEvery(60, '2026-10-15 06:00', '2026-10-15 08:00', 1), ...rowsEvery(60, '2026-10-15 06:00', '2026-10-15 08:00', 2)])
  const ask = (more: Record<string, unknown>) =>
    gatherFacts(db, model, scopeOf(model, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00', more))
  const all = await ask({})
  assert.equal(all.kpi.totalProduction, 121)
  assert.equal(all.stops.length, 1)
  for (const more of [{ area_ids: [1] }, { product_ids: [2] }, { only_2am: { target_hour: 7 } }]) {
    const some = await ask(more)
    assert.ok(some.kpi.totalProduction < all.kpi.totalProduction, JSON.stringify(more))
    assert.deepEqual(some.stops, all.stops)
    const { totalProduction: _, totalWeightCentikg: __, ...kpi } = some.kpi
    const { totalProduction: ___, totalWeightCentikg: ____, ...whole } = all.kpi
    assert.deepEqual(kpi, whole)
  }
})

test('PL-67 a line without automatic detection, or without a threshold, has no stop that nobody recorded', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  await insert(rowsEvery(60, '2026-10-15 06:00', '2026-10-15 08:00'))
  const stopsOf = async (more: Partial<Line>, filters: Record<string, unknown> = {}) => {
    const model = plantModel({ lines: [line(more)], shifts: [shift(1, 6, 14)] })
    return (await gatherFacts(db, model, scopeOf(model, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00', filters))).stops.length
  }
  assert.equal(await stopsOf({}), 1)
  assert.equal(await stopsOf({ autoDetectDowntime: false }), 0)
  assert.equal(await stopsOf({ autoDetectDowntime: false }, { downtime_threshold: 60 }), 0)
  assert.equal(await stopsOf({ downtimeThresholdS: 0 }), 0)
  assert.equal(await stopsOf({ downtimeThresholdS: 0 }, { downtime_threshold: 60 }), 1)
})

test('the newest detections come first, filters applied, at most 50', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  await insert([...rowsEvery(60, '2026-10-15 06:00', '2026-10-15 13:59'), ['2026-10-15 13:00:00', 2, 3], ['2026-10-15 07:00:00', 2, 3]])
  const gather = (more: Record<string, unknown>) =>
    gatherFacts(db, morning, scopeOf(morning, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00', more))
  const recent = (await gather({})).recentDetections
  assert.equal(recent.length, 50)
  assert.deepEqual(recent[0], { detectionId: 480, detectedAtLocalS: parseLocal('2026-10-15 13:59'), lineId: 1, areaId: 2, productId: 1 })
  assert.deepEqual(
    (await gather({ product_ids: [3], shift_id: 1 })).recentDetections.map(({ detectionId }) => detectionId),
    [481, 482],
  )
})

/** An ordinary week, and weeks whose clocks change. */
const weeks = [
  { timeZone: 'America/Bogota', start: '2026-10-15 00:00' },
  { timeZone: 'Europe/Madrid', start: '2025-10-25 00:00' },
  { timeZone: 'America/Santiago', start: '2026-04-04 00:00' },
  { timeZone: 'America/Santiago', start: '2026-09-05 00:00' },
]
const history = fc.array(
  fc.record({
    gap: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 240 }) },
      { weight: 1, arbitrary: fc.constantFrom(300, 301) },
      { weight: 1, arbitrary: fc.integer({ min: 301, max: 40_000 }) },
    ),
    areaId: fc.constantFrom(1, 2, 2, 3, 777),
    productId: fc.constantFrom(1, 2, 3, 999),
  }),
  { minLength: 1, maxLength: 120 },
)
const eventList = fc.array(
  fc.record({ from: fc.integer({ min: 0, max: 200_000 }), length: fc.integer({ min: 1, max: 20_000 }), code: fc.constantFrom(null, 1, 4) }),
  { maxLength: 4 },
)

test('PL-44 PL-57 PL-60 PL-84 over any history: buckets add up to the total for every interval and start, and stops do not depend on the range', async (t) => {
  const plant = await lineDatabase('sqlite', t)
  const lines = [line({ areas: [area(1, 'input'), area(2, 'output'), area(3, 'scrap')] })]
  const plans = [[], [shift(1, 6, 14), shift(2, 22, 6)]]
  await fc.assert(
    fc.asyncProperty(
      history,
      eventList,
      fc.constantFrom(...weeks),
      fc.constantFrom(...plans),
      fc.constantFrom(...intervals),
      fc.integer({ min: 0, max: 3 * 1_440 }),
      fc.integer({ min: 1, max: 1_440 }),
      fc.integer({ min: 0, max: 1_440 }),
      async (pieces, events, { timeZone, start }, shifts, interval: Interval, startMinute, lengthMinutes, cutMinute) => {
        const zone = zoneOf(timeZone)
        const model = plantModel({ shifts, lines, settings: settings({ timeZone }) })
        const startS = epoch(start, zone)
        await plant.clear()
        let atS = startS
        const rows: TestRow[] = pieces.map(({ gap, areaId, productId }) => {
          atS += gap
          return [wall(atS, zone), areaId, productId]
        })
        await plant.insert(rows)
        await plant.stop(
          events.map(({ from, length, code }) => ({ start: wall(startS + from, zone), end: wall(startS + from + length, zone), code })),
        )
        const now = wall(startS + 4 * 86_400, zone)
        // edges are asked for in wall time: an ambiguous one is its first occurrence
        const edge = (minute: number): number => zone.toEpochS(zone.toLocalS(startS + minute * 60))
        const [fromS, toS, cutS] = [
          edge(startMinute),
          edge(startMinute + lengthMinutes),
          edge(startMinute + Math.min(cutMinute, lengthMinutes)),
        ]
        fc.pre(fromS < toS)
        const gather = (from: number, to: number, by: Interval = interval) => {
          const [first, last] = [formatLocal(zone.toLocalS(from)), formatLocal(zone.toLocalS(to) - 60)]
          return gatherFacts(plant.db, model, scopeOf(model, first.slice(0, 16), last.slice(0, 16), now, { interval: by }), {
            needs: { previous: false, status: false },
          })
        }
        const whole = await gather(fromS, toS)

        const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
        assert.equal(sum(whole.series.flow.salida), whole.kpi.totalProduction)
        assert.equal(sum([...whole.series.outputByProduct.values()].map(sum)), whole.kpi.totalProduction)
        assert.equal(sum(whole.products.map(({ count }) => count)), whole.kpi.totalProduction)
        assert.equal(sum(whole.areas.map(({ count }) => count)), whole.summary.totalDetections)

        // the same stops as cut from everything that ever happened
        const ever = await gather(startS - 30 * 86_400, startS + 4 * 86_400, 'day')
        const cut = (facts: Facts, range: Span) =>
          facts.stops.flatMap((stop) => intersect([stop.span], [range]).map((span) => ({ ...span, source: stop.eventId ?? 'calculated' })))
        assert.deepEqual(sortSpans(cut(whole, { fromS, toS })), sortSpans(cut(ever, { fromS, toS })))

        if (cutS > fromS && cutS < toS) {
          const [left, right] = [await gather(fromS, cutS), await gather(cutS, toS)]
          const length = (facts: Facts) => totalS(facts.stops.map((stop) => stop.span))
          assert.equal(length(left) + length(right), length(whole))
          assert.equal(left.kpi.time.unplannedDowntimeS + right.kpi.time.unplannedDowntimeS, whole.kpi.time.unplannedDowntimeS)
          assert.equal(left.kpi.time.plannedBusyTimeS + right.kpi.time.plannedBusyTimeS, whole.kpi.time.plannedBusyTimeS)
          assert.equal(left.kpi.totalProduction + right.kpi.totalProduction, whole.kpi.totalProduction)
        }
      },
    ),
    { numRuns: Number(process.env.ANDON_TEST_RUNS ?? 100) },
  )
})

const sortSpans = <Item extends Span>(spans: readonly Item[]): Item[] =>
  [...spans].sort((a, b) => a.fromS - b.fromS || a.toS - b.toS || JSON.stringify(a).localeCompare(JSON.stringify(b)))
