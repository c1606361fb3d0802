import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { availableEngines, forEachEngine } from '../../../test/harness/engines.ts'
import { line, plantModel, settings, shift } from '../../../test/harness/plant-model.ts'
import { rowsEvery, type StopPlant, stopPlant } from '../../../test/harness/stop-plant.ts'
import type { Engine } from '../../platform/db/index.ts'
import { formatLocal, zoneOf } from '../../platform/time/index.ts'
import { type Facts, gatherFacts } from '../facts/index.ts'
import { createHistories } from '../history/index.ts'
import { parseScope } from '../scope/index.ts'
import { deleteStop, justifyStop, type LineRun, recalculateStops, storeStops } from './index.ts'

const log = { info: () => {}, warn: () => {} }
const run = async (made: StopPlant): Promise<LineRun> => {
  const [tenant] = await storeStops({ ...made.deps, log }, [made.tenantId])
  assert.equal(tenant?.error, null)
  return tenant?.lines[0] as LineRun
}
const counts = ({ outcome, stored, extended, lateDays }: LineRun) => [outcome, stored, extended, lateDays]
const rowsOf = async ({ plant }: StopPlant): Promise<string[]> => {
  const { rows } = await sql<Record<string, unknown>>`select * from downtime_events_l1 order by start_time, event_id`.execute(
    plant.db.kysely,
  )
  return rows.map(
    (row) =>
      `${String(row.start_time).slice(5, 16)} ${String(row.end_time).slice(5, 16)} ${row.duration} ${row.reason_code ?? '-'} ${Number(row.is_manual)}`,
  )
}
const factsOf = async (made: StopPlant, from: string, to: string, more: Record<string, unknown> = {}): Promise<Facts> => {
  const plant = await made.open()
  const scope = parseScope(plant.model, { start_date: from, end_date: to, ...more }, made.clock.nowS * 1000)
  return gatherFacts(plant.db, plant.model, scope, { history: made.deps.histories.of(plant) })
}
/** Where and how long, whoever stored them. */
const spans = ({ stops }: Facts) =>
  stops.map(({ span, countedS, category, isPlanned }) => [span.fromS, span.toS, countedS, category, isPlanned])

forEachEngine(
  'PL-TODO-25 PL-TODO-26 PL-62 the job stores what is over, once: the figures stay as they are, and running it again changes nothing',
  async (engine, t) => {
    const made = await stopPlant(engine, t, { model: plantModel({ shifts: [shift(1, 6, 14)] }), now: '2026-10-15 12:00:00' })
    await made.plant.insert([
      ...rowsEvery(made, 60, '2026-10-14 06:10:00', '2026-10-14 08:00:00'),
      ...rowsEvery(made, 60, '2026-10-14 08:30:00', '2026-10-14 13:40:00'),
      ...rowsEvery(made, 60, '2026-10-15 06:30:00', '2026-10-15 11:50:00'),
    ])
    const before = await factsOf(made, '2026-10-01', '2026-10-15')
    assert.deepEqual(counts(await run(made)), ['stored', 3, 0, 0])
    assert.deepEqual(await rowsOf(made), [
      '10-14 08:00 10-14 08:30 1800 - 0',
      '10-14 13:40 10-14 14:00 1200 - 0',
      '10-15 06:00 10-15 06:30 1800 - 0',
    ])
    const { rows } = await sql<
      Record<string, unknown>
    >`select reason, last_detection_id as id from downtime_events_l1 order by start_time`.execute(made.plant.db.kysely)
    // the row that closes it; the one before where the shift's end does
    assert.deepEqual(
      rows.map(({ reason, id }) => [reason, Number(id)]),
      [
        ['Auto-detected downtime (gap: 30m)', 112],
        ['Auto-detected downtime (gap: 20m)', 422],
        ['Auto-detected downtime (gap: 30m)', 423],
      ],
    )
    const after = await factsOf(made, '2026-10-01', '2026-10-15')
    assert.deepEqual([after.kpi, spans(after)], [before.kpi, spans(before)])
    assert.ok(after.stops.some(({ source }) => source === 'live'))
    assert.deepEqual(counts(await run(made)), ['stored', 0, 0, 0])
    assert.equal((await rowsOf(made)).length, 3)
    // grace: over since 12:05, and rows may still come
    await made.plant.insert(rowsEvery(made, 60, '2026-10-15 12:05:00', '2026-10-15 12:08:00'))
    made.clock.nowS = made.at('2026-10-15 12:09:59')
    assert.deepEqual(counts(await run(made)), ['stored', 0, 0, 0])
    made.clock.nowS = made.at('2026-10-15 12:10:00')
    assert.deepEqual(counts(await run(made)), ['stored', 1, 0, 0])
    assert.deepEqual((await rowsOf(made)).at(-1), '10-15 11:50 10-15 12:05 900 - 0')
  },
)

test('PL-62 a company that does not want it keeps its table as it is, and calculates on reading', async (t) => {
  const made = await stopPlant('sqlite', t, {
    model: plantModel({ settings: settings({ isStopJobOn: false }) }),
    now: '2026-10-15 12:00:00',
  })
  await made.plant.insert([
    ...rowsEvery(made, 60, '2026-10-15 06:00:00', '2026-10-15 07:00:00'),
    ...rowsEvery(made, 60, '2026-10-15 08:00:00', '2026-10-15 12:00:00'),
  ])
  assert.deepEqual(counts(await run(made)), ['off', 0, 0, 0])
  assert.deepEqual(await rowsOf(made), [])
  made.model = plantModel()
  assert.deepEqual(counts(await run(made)), ['stored', 1, 0, 0])
})

forEachEngine(
  'PL-62 rows that come late have their day looked at again; what somebody explained, made or deleted stays',
  async (engine, t) => {
    const made = await stopPlant(engine, t, {
      now: '2026-10-16 12:00:00',
      model: plantModel({ incidents: new Map([[101, { incidentId: 101, failureId: 1, incidentCode: 'E', description: 'Luz' }]]) }),
    })
    await made.plant.insert([
      ...rowsEvery(made, 60, '2026-10-15 06:00:00', '2026-10-15 07:00:00'),
      ...rowsEvery(made, 60, '2026-10-15 08:00:00', '2026-10-15 09:00:00'),
      ...rowsEvery(made, 60, '2026-10-15 10:00:00', '2026-10-15 11:00:00'),
      ...rowsEvery(made, 60, '2026-10-15 11:30:00', '2026-10-16 12:00:00'),
    ])
    assert.deepEqual(counts(await run(made)), ['stored', 3, 0, 0])
    const editor = { actor: made.actor }
    const facts = await factsOf(made, '2026-10-15', '2026-10-15')
    const eventOf = (time: string) => facts.stops.find(({ span }) => span.fromS === made.at(`2026-10-15 ${time}:00`))?.eventId ?? 0
    await justifyStop(made.deps, editor, { lineId: 1, eventId: eventOf('09:00') }, { code: 101, text: null })
    await deleteStop(made.deps, editor, { lineId: 1, eventId: eventOf('11:00') })
    assert.deepEqual(counts(await run(made)), ['stored', 0, 0, 0])
    // 07:20–07:30 was produced after all, and a piece at 09:30
    await made.plant.insert([...rowsEvery(made, 60, '2026-10-15 07:20:00', '2026-10-15 07:30:00'), ['2026-10-15 09:30:00']])
    made.clock.nowS += 900
    const calculated = await run(made)
    assert.deepEqual(counts(calculated).slice(0, 1).concat(calculated.lateDays), ['stored', 1])
    assert.deepEqual(await rowsOf(made), [
      '10-15 07:00 10-15 07:20 1200 - 0',
      '10-15 07:30 10-15 08:00 1800 - 0',
      '10-15 09:00 10-15 10:00 3600 101 0',
    ])
    assert.deepEqual(counts(await run(made)), ['stored', 0, 0, 0])
  },
)

forEachEngine('PL-62 two processes at once store each stop once; one whose right is gone is told about', async (engine, t) => {
  const made = await stopPlant(engine, t, { now: '2026-10-16 12:00:00' })
  const rows = []
  for (let hour = 0; hour < 20; hour++)
    rows.push(
      ...rowsEvery(made, 60, `2026-10-15 ${String(hour).padStart(2, '0')}:00:00`, `2026-10-15 ${String(hour).padStart(2, '0')}:40:00`),
    )
  await made.plant.insert(rows)
  const other = createHistories({ db: made.db, clock: made.deps.clock, log: console })
  t.after(other.close)
  const outcomes = (await Promise.all([run(made), run({ ...made, deps: { ...made.deps, histories: other } }), run(made)])).map(
    ({ outcome, stored }) => `${outcome} ${stored}`,
  )
  assert.deepEqual(
    outcomes.filter((text) => text !== 'busy 0' && text !== 'stored 0'),
    ['stored 19'],
  )
  assert.equal((await rowsOf(made)).length, 19)
  made.model = plantModel({ lines: [line({ downtimeTable: null })] })
  assert.deepEqual(counts(await run(made)), ['no_table', 0, 0, 0])
  made.model = plantModel({ lines: [line({ autoDetectDowntime: false })] })
  assert.deepEqual(counts(await run(made)), ['not_detecting', 0, 0, 0])
})

forEachEngine('PL-58 what was said of a stop while it went on is on its row once it is over', async (engine, t) => {
  const model = plantModel({ incidents: new Map([[101, { incidentId: 101, failureId: 1, incidentCode: 'E', description: 'Luz' }]]) })
  const made = await stopPlant(engine, t, { now: '2026-10-15 08:10:00', model })
  await made.plant.insert(rowsEvery(made, 60, '2026-10-15 06:00:00', '2026-10-15 08:00:00'))
  await justifyStop(made.deps, { actor: made.actor }, { lineId: 1, atS: made.at('2026-10-15 08:06:00') }, { code: 101, text: 'corte' })
  assert.deepEqual(counts(await run(made)), ['stored', 0, 0, 0])
  await made.plant.insert(rowsEvery(made, 60, '2026-10-15 08:30:00', '2026-10-15 09:00:00'))
  made.clock.nowS = made.at('2026-10-15 09:00:00')
  await run(made)
  assert.deepEqual(await rowsOf(made), ['10-15 08:00 10-15 08:30 1800 101 0'])
  const edits = await made.db.kysely
    .selectFrom('plant_stop_edits')
    .select(['edited_by', 'action'])
    .where('tenant_id', '=', made.tenantId)
    .execute()
  assert.deepEqual(edits, [{ edited_by: 'ana', action: 'explained' }])
  assert.deepEqual(await made.db.kysely.selectFrom('plant_live_reasons').select('id').where('tenant_id', '=', made.tenantId).execute(), [])
})

forEachEngine(
  'PL-TODO-27 PL-65 recalculation keeps manual and explained rows, tells first what it would do, and does just that',
  async (engine, t) => {
    const made = await stopPlant(engine, t, {
      now: '2026-10-16 12:00:00',
      model: plantModel({ incidents: new Map([[101, { incidentId: 101, failureId: 1, incidentCode: 'E', description: 'Luz' }]]) }),
    })
    await made.plant.insert([
      ...rowsEvery(made, 60, '2026-10-15 06:00:00', '2026-10-15 07:00:00'),
      ...rowsEvery(made, 60, '2026-10-15 08:00:00', '2026-10-15 09:00:00'),
      ...rowsEvery(made, 60, '2026-10-15 09:10:00', '2026-10-16 12:00:00'),
    ])
    await made.plant.stop([
      { start: '2026-10-15 07:10:00', end: '2026-10-15 07:50:00' },
      { start: '2026-10-15 10:00:00', end: '2026-10-15 10:30:00' },
      { start: '2026-10-15 11:00:00', end: '2026-10-15 11:30:00', code: 101 },
      { start: '2026-10-15 12:00:00', end: '2026-10-15 12:30:00', isManual: true },
    ])
    const editor = { actor: made.actor }
    const asked = { lineIds: [1], fromS: made.at('2026-10-15 00:00:00'), toS: made.at('2026-10-16 00:00:00') }
    const told = await recalculateStops(made.deps, editor, { ...asked, isDryRun: true })
    assert.deepEqual([told.inserted, told.updated, told.deleted, told.kept, (await rowsOf(made)).length], [1, 1, 1, 2, 4])
    const done = await recalculateStops(made.deps, editor, { ...asked, isDryRun: false })
    assert.deepEqual(done, told)
    const wanted = [
      '10-15 07:00 10-15 08:00 3600 - 0',
      '10-15 09:00 10-15 09:10 600 - 0',
      '10-15 11:00 10-15 11:30 1800 101 0',
      '10-15 12:00 10-15 12:30 1800 - 1',
    ]
    assert.deepEqual(await rowsOf(made), wanted)
    const again = await recalculateStops(made.deps, editor, { ...asked, isDryRun: false })
    assert.deepEqual([again.inserted, again.updated, again.deleted, again.kept], [0, 0, 0, 4])
    const wider = await recalculateStops(made.deps, editor, { ...asked, thresholdS: 1_200, isDryRun: false })
    assert.deepEqual([wider.inserted, wider.updated, wider.deleted, wider.kept], [0, 0, 1, 3])
  },
)

test('PL-62 over any plant the figures after the job are those before it, and a second run changes nothing', async (t) => {
  const engine: Engine = availableEngines.includes('sqlite') ? 'sqlite' : 'postgres'
  const shared = await stopPlant(engine, t, { now: '2026-10-20 12:00:00' })
  const startS = shared.at('2026-10-14 00:00:00')
  const zoneName = fc.constantFrom('America/Bogota', 'America/Santiago', 'Europe/Madrid')
  const plan = fc.record({
    gaps: fc.array(
      fc.oneof(fc.integer({ min: 10, max: 290 }), fc.integer({ min: 200, max: 9_000 }), fc.integer({ min: 300, max: 90_000 })),
      { minLength: 2, maxLength: 120 },
    ),
    threshold: fc.constantFrom(60, 300, 900),
    shifts: fc.constantFrom([], [shift(1, 6, 14)], [shift(1, 6, 14), shift(2, 14, 22)], [shift(1, 22, 6)]),
    timeZone: zoneName,
    events: fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 500_000 }),
        length: fc.integer({ min: 60, max: 20_000 }),
        isManual: fc.boolean(),
        code: fc.constantFrom(null, 1, 101),
      }),
      { maxLength: 4 },
    ),
    breaks: fc.constantFrom([], [{ startS: 36_000, endS: 37_800, isoWeekdays: new Set([1, 2, 3, 4, 5]) }]),
  })
  await fc.assert(
    fc.asyncProperty(plan, async ({ gaps, threshold, shifts, timeZone, events, breaks }) => {
      await shared.plant.clear()
      const model = plantModel({ shifts, settings: settings({ timeZone, breaks }), lines: [line({ downtimeThresholdS: threshold })] })
      const made = await stopPlant(engine, t, {
        model,
        now: '2026-10-20 12:00:00',
        shared: { plant: shared.plant, platform: { db: shared.deps.db, url: shared.platformUrl } },
      })
      const wall = (atS: number) => formatLocal(zoneOf(timeZone).toLocalS(atS))
      const instants: number[] = []
      for (const gap of gaps) instants.push((instants.at(-1) ?? startS) + gap)
      await made.plant.insert(instants.map((atS) => [wall(atS)] as const))
      await made.plant.stop(
        events.map(({ at, length, isManual, code }) => ({ start: wall(startS + at), end: wall(startS + at + length), isManual, code })),
      )
      made.clock.nowS = Math.min((instants.at(-1) ?? 0) + (gaps[0] ?? 0), made.at('2026-10-20 12:00:00'))
      const before = await factsOf(made, '2026-10-13', '2026-10-21')
      const first = await run(made)
      const after = await factsOf(made, '2026-10-13', '2026-10-21')
      assert.equal(first.outcome, 'stored')
      assert.deepEqual(after.kpi.time.unplannedDowntimeS, before.kpi.time.unplannedDowntimeS)
      assert.deepEqual([after.kpi.oeeIndex, after.kpi.availability], [before.kpi.oeeIndex, before.kpi.availability])
      // a row that is carried on makes one stop of two
      if (first.extended === 0) assert.deepEqual(spans(after), spans(before))
      const rows = await rowsOf(made)
      const second = await run(made)
      assert.deepEqual([counts(second), await rowsOf(made)], [['stored', 0, 0, 0], rows])
    }),
    {
      numRuns: Number(process.env.ANDON_RUNS ?? 40),
      ...(process.env.ANDON_PATH ? { seed: Number(process.env.ANDON_SEED), path: process.env.ANDON_PATH, endOnFailure: true } : {}),
    },
  )
})

test('PL-62 a stop in the hour that autumn repeats cannot be told in the plant’s table: it stays calculated, or is kept beside it', async (t: TestContext) => {
  const model = plantModel({
    settings: settings({ timeZone: 'Europe/Madrid' }),
    incidents: new Map([[101, { incidentId: 101, failureId: 1, incidentCode: 'E', description: 'Luz' }]]),
  })
  const made = await stopPlant('sqlite', t, { model, now: '2025-10-26 08:00:00' })
  const secondPassS = made.at('2025-10-26 02:00:00') + 3_600
  const rows: [string][] = []
  for (let atS = made.at('2025-10-26 00:00:00'); atS <= made.clock.nowS; atS += 60)
    if (atS <= secondPassS + 600 || atS >= secondPassS + 1_800) rows.push([made.wall(atS)])
  await made.plant.insert(rows)
  const before = await factsOf(made, '2025-10-26', '2025-10-26')
  await run(made)
  const after = await factsOf(made, '2025-10-26', '2025-10-26')
  assert.deepEqual([after.kpi, spans(after)], [before.kpi, spans(before)])
  const second = await run(made)
  assert.equal(second.stored, 0)
})
