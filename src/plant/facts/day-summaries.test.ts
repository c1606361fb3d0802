/** Day summaries against the oracle: whatever happens to a table, facts from history equal facts from raw rows. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { companyIn } from '../../../test/harness/company.ts'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { type LineDatabase, lineDatabase } from '../../../test/harness/line-database.ts'
import { area, everyDay, line, plantModel, settings, shift } from '../../../test/harness/plant-model.ts'
import type { Db, Engine } from '../../platform/db/index.ts'
import { type Clock, dayS, formatLocal, hourS, zoneOf } from '../../platform/time/index.ts'
import { createHistories, type Histories } from '../history/index.ts'
import type { AreaType, PlantModel, PlantSettings } from '../model/model.ts'
import { checkFilters, intervals } from '../scope/index.ts'
import { type Facts, gatherFacts } from './index.ts'

/** Each with a change of clocks near the middle of its week: autumn, autumn at midnight, half an hour, spring, none. */
const places = [
  { timeZone: 'Europe/Madrid', aroundS: Date.UTC(2026, 9, 25) / 1000 },
  { timeZone: 'America/Santiago', aroundS: Date.UTC(2026, 3, 5) / 1000 },
  { timeZone: 'Australia/Lord_Howe', aroundS: Date.UTC(2026, 3, 5) / 1000 },
  { timeZone: 'Europe/Madrid', aroundS: Date.UTC(2026, 2, 29) / 1000 },
  { timeZone: 'America/Bogota', aroundS: Date.UTC(2026, 5, 10) / 1000 },
] as const

const areaTypes: readonly AreaType[] = ['input', 'process', 'output', 'scrap']
const stepS = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) },
  { weight: 4, arbitrary: fc.constantFrom(29, 30, 31, 60, 61, 299, 300, 301) },
  { weight: 1, arbitrary: fc.integer({ min: 400, max: 20_000 }) },
)
const rows = fc.record({
  /** Seconds from the middle of the week: mostly late in the order of ids, and often in the repeated hour. */
  fromS: fc.oneof(fc.integer({ min: -3 * dayS, max: 2 * dayS }), fc.integer({ min: -2 * hourS, max: 4 * hourS })),
  steps: fc.array(fc.tuple(stepS, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 40 }),
  /** Ids left out before them, perhaps filled later. */
  skipIds: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) }),
})
const question = fc.record({
  fromS: fc.integer({ min: -4 * 96, max: 2 * 96 }).map((quarters) => quarters * 900),
  minutes: fc.constantFrom(0, 0, 0, 1, 7, 14),
  lengthMinutes: fc.oneof(fc.constantFrom(15, 60, 1_440, 2_880, 5 * 1_440, 100 * 1_440), fc.integer({ min: 1, max: 4_000 })),
  interval: fc.constantFrom(...intervals),
  shift_id: fc.constantFrom(null, null, 1, 2),
  area_ids: fc.constantFrom(null, null, [1], [2, 3]),
  product_ids: fc.constantFrom(null, null, [1], [2, 3]),
  only_2am: fc.constantFrom(null, null, null, { target_hour: 2 }, { target_hour: 14 }),
  downtime_threshold: fc.constantFrom(null, null, 20, 30, 31, 60, 300, 3_600),
})
const step = fc.oneof(
  { weight: 8, arbitrary: rows.map((value) => ({ kind: 'insert' as const, ...value })) },
  { weight: 8, arbitrary: question.map((value) => ({ kind: 'ask' as const, ...value })) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 400 }).map((seconds) => ({ kind: 'wait' as const, seconds })) },
  { weight: 2, arbitrary: fc.constant({ kind: 'fill' as const }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 1_000 }).map((seed) => ({ kind: 'delete' as const, seed })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 1_000 }).map((seed) => ({ kind: 'correct' as const, seed })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'truncate' as const }) },
  {
    weight: 3,
    arbitrary: fc
      .record({
        fromS: fc.integer({ min: -4 * dayS, max: 2 * dayS }),
        lengthS: fc.oneof(fc.integer({ min: 30, max: 7_200 }), fc.integer({ min: -60, max: 3 * dayS })),
        code: fc.constantFrom(null, 1, 2, 3),
      })
      .map((value) => ({ kind: 'stop' as const, ...value })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ seed: fc.integer({ min: 0, max: 1_000 }), code: fc.constantFrom(null, 1, 2, 3), moveS: fc.constantFrom(0, 0, 60, -900) })
      .map((value) => ({ kind: 'justify' as const, ...value })),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 1_000 }).map((seed) => ({ kind: 'unstop' as const, seed })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...areaTypes), fc.integer({ min: 1, max: 3 }))
      .map(([type, order]) => ({ kind: 'retype' as const, type, order })),
  },
)
const story = fc.record({
  place: fc.constantFrom(...places),
  thresholdS: fc.constantFrom(45, 60, 300),
  shifts: fc.constantFrom('none', 'two', 'odd'),
  days: fc.constantFrom('usual', 'usual', 'holiday', 'extra'),
  areaTypes: fc.array(fc.constantFrom(...areaTypes), { minLength: 4, maxLength: 4 }),
  batchIds: fc.constantFrom(7, 50, 200_000),
  steps: fc.array(step, { minLength: 4, maxLength: 20 }),
})
type Question = Extract<typeof step extends fc.Arbitrary<infer T> ? T : never, { readonly kind: 'ask' }>
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never

/** The day of the clock change and the one before, off plan or with more of it. */
const differing = (days: Story['days'], day: number): Partial<PlantSettings> => ({
  holidays: days === 'usual' ? [] : [{ day: day - (days === 'extra' ? 1 : 0), isYearly: days === 'extra', name: '', lineIds: null }],
  extraShifts: days === 'extra' ? [{ day, startS: 20 * hourS, endS: 4 * hourS, name: '', lineIds: null }] : [],
})

const modelOf = (
  { place, thresholdS, shifts, days }: Story,
  types: readonly AreaType[],
  orders: readonly number[],
  lineId: number,
): PlantModel =>
  plantModel({
    settings: settings({ timeZone: place.timeZone, plannedStopCodes: new Set([3]), ...differing(days, Math.floor(place.aroundS / dayS)) }),
    shifts:
      shifts === 'none'
        ? []
        : shifts === 'two'
          ? [shift(1, 6, 14, { isoWeekdays: everyDay }), shift(2, 14, 23)]
          : [shift(1, 6, 14, { startS: 6 * hourS + 600, endS: 13 * hourS + 125 }), shift(2, 22, 5, { isoWeekdays: everyDay })],
    lines: [
      line({
        lineId,
        downtimeThresholdS: thresholdS,
        areas: types.map((type, i) => area(i + 1, type, { lineId, areaOrder: orders[i] as number })),
      }),
    ],
  })

type World = { readonly plant: LineDatabase; readonly platform: Db; readonly tenantId: number; lineId: number }

async function play({ plant, platform, tenantId, lineId }: World, story: Story): Promise<number> {
  const { place } = story
  const zone = zoneOf(place.timeZone)
  const db = { ...plant.db, tenantId }
  const types = [...story.areaTypes]
  const orders = [1, 2, 3, 3]
  let nowMs = (place.aroundS + 2 * dayS) * 1000
  const clock: Clock = { nowMs: () => nowMs }
  const opened: Histories[] = []
  const open = (): Histories => {
    const histories = createHistories({
      db: platform,
      clock,
      log: console,
      options: { settleMs: 10_000, persistEveryMs: 20_000, batchIds: story.batchIds },
    })
    opened.push(histories)
    return histories
  }
  let histories = open()
  const other = open()
  let nextId = 1
  const missing: number[] = []
  let lastS = place.aroundS - 3 * dayS
  let asked = 0
  const insert = async (list: readonly (readonly [id: number, atS: number, areaId: number, productId: number])[]): Promise<void> => {
    if (list.length === 0) return
    const tuples = list.map(([id, atS, areaId, productId]) => sql`(${id}, ${formatLocal(zone.toLocalS(atS))}, ${areaId}, ${productId})`)
    await sql`insert into ${sql.id('detection_line_l1')} (detection_id, detected_at, area_id, product_id) values ${sql.join(tuples)}`.execute(
      db.kysely,
    )
  }
  const ids = async (): Promise<number[]> =>
    (await sql<{ detection_id: number }>`select detection_id from detection_line_l1 order by detection_id`.execute(db.kysely)).rows.map(
      (row) => Number(row.detection_id),
    )
  const reconcile = async (model: PlantModel): Promise<void> => {
    const [own] = model.lines
    if (own) await histories.reconcile({ db, model }, own)
  }
  // as a server keeps it: another one only when something in it changed
  let known: { readonly key: string; readonly model: PlantModel } | null = null
  const modelNow = (): PlantModel => {
    const key = JSON.stringify([types, orders])
    if (known?.key !== key) known = { key, model: modelOf(story, types, orders, lineId) }
    return known.model
  }
  const events = async (): Promise<number[]> =>
    (await sql<{ event_id: number }>`select event_id from downtime_events_l1 order by event_id`.execute(db.kysely)).rows.map((row) =>
      Number(row.event_id),
    )
  const localText = (atS: number): string => formatLocal(zone.toLocalS(atS))
  const compare = async ({ kind: _, fromS, minutes, lengthMinutes, ...filters }: Question): Promise<void> => {
    const model = modelNow()
    const fromLocalS = zone.toLocalS(place.aroundS) - (zone.toLocalS(place.aroundS) % dayS) + fromS + minutes * 60
    const to = formatLocal(fromLocalS + (lengthMinutes - 1) * 60)
    const from = formatLocal(fromLocalS)
    const raw = {
      start_date: from.slice(0, 10),
      start_time: from.slice(11, 16),
      end_date: to.slice(0, 10),
      end_time: to.slice(11, 16),
      ...Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== null)),
    }
    const { scope } = checkFilters(model, raw, nowMs)
    if (!scope) return
    const wanted = await gatherFacts(db, model, scope)
    for (const one of [histories, other]) {
      const found = await gatherFacts(db, model, scope, { history: one.of({ db, model }) })
      assert.deepStrictEqual(comparable(found), comparable(wanted))
    }
    asked++
  }
  let lastQuestion: Question | null = null
  try {
    for (const step of story.steps) {
      const model = modelNow()
      if (step.kind === 'insert') {
        nextId += step.skipIds
        for (let i = 0; i < step.skipIds; i++) missing.push(nextId - step.skipIds + i)
        // usually on from the last row, else anywhere
        let atS = step.fromS % 3 === 0 ? lastS : place.aroundS + step.fromS
        const list: (readonly [number, number, number, number])[] = []
        for (const [gapS, areaId, productId] of step.steps) {
          atS += gapS
          list.push([nextId++, atS, areaId, productId])
        }
        await insert(list)
        lastS = atS
      } else if (step.kind === 'wait') nowMs += step.seconds * 1000
      else if (step.kind === 'fill') await insert(missing.splice(0, 3).map((id, i) => [id, lastS - 40 * i, 2, 1] as const))
      else if (step.kind === 'delete') {
        const present = (await ids()).slice(1)
        const id = present[step.seed % Math.max(1, present.length)]
        if (id !== undefined) await sql`delete from detection_line_l1 where detection_id = ${id}`.execute(db.kysely)
        await reconcile(model)
      } else if (step.kind === 'correct') {
        const present = await ids()
        const id = present[step.seed % Math.max(1, present.length)]
        const at = formatLocal(zone.toLocalS(place.aroundS + step.seed * 100))
        if (id !== undefined)
          await sql`update detection_line_l1 set product_id = 3, area_id = 2, detected_at = ${at} where detection_id = ${id}`.execute(
            db.kysely,
          )
        await reconcile(model)
      } else if (step.kind === 'truncate') {
        await plant.run('delete from detection_line_l1')
        nextId = 1
        missing.length = 0
      } else if (step.kind === 'restart') histories = open()
      else if (step.kind === 'retype') {
        types[step.order] = step.type
        orders[step.order] = step.order
      } else if (step.kind === 'stop') {
        const fromS = place.aroundS + step.fromS
        await plant.stop([{ start: localText(fromS), end: localText(fromS + step.lengthS), code: step.code }])
      } else if (step.kind === 'justify') {
        const present = await events()
        const id = present[step.seed % Math.max(1, present.length)]
        const end = localText(place.aroundS + step.seed * 60 + step.moveS)
        const moved = step.moveS === 0 ? sql`` : sql`, end_time = ${end}`
        if (id !== undefined)
          await sql`update downtime_events_l1 set reason_code = ${step.code}, reason = ${`r${step.seed % 3}`}${moved} where event_id = ${id}`.execute(
            db.kysely,
          )
      } else if (step.kind === 'unstop') {
        const present = await events()
        const id = present[step.seed % Math.max(1, present.length)]
        if (id !== undefined) await sql`delete from downtime_events_l1 where event_id = ${id}`.execute(db.kysely)
      } else {
        await compare(step)
        lastQuestion = step
      }
      // what was worked out for the question before the change must not answer it after
      if (step.kind !== 'ask' && lastQuestion) await compare(lastQuestion)
    }
  } finally {
    for (const one of opened) await one.close()
    await plant.clear()
  }
  return asked
}

const comparable = ({ series, ...facts }: Facts): unknown => ({
  ...facts,
  series: { ...series, outputByProduct: Object.fromEntries([...series.outputByProduct].sort(([a], [b]) => a - b)) },
})

async function worldOf(engine: Engine, t: TestContext): Promise<World> {
  const platform = await migratedDatabase(engine, t)
  return { plant: await lineDatabase(engine, t), platform: platform.db, tenantId: await companyIn(platform.db), lineId: 0 }
}

/** A stop from before the first row on, and one recorded in it just outside of what all lines are asked for: the next answer of the same second has it. */
const recordedFarBack: Story = {
  place: { timeZone: 'Europe/Madrid', aroundS: 1792886400 },
  thresholdS: 45,
  shifts: 'none',
  days: 'usual',
  areaTypes: ['input', 'input', 'input', 'input'],
  batchIds: 7,
  steps: [
    {
      kind: 'ask',
      fromS: 0,
      minutes: 0,
      lengthMinutes: 1,
      interval: 'minute',
      shift_id: null,
      area_ids: null,
      product_ids: null,
      only_2am: null,
      downtime_threshold: null,
    },
    { kind: 'insert', fromS: 0, steps: [[0, 1, 1]], skipIds: 0 },
    { kind: 'stop', fromS: -180030, lengthS: 30, code: null },
    { kind: 'correct', seed: 0 },
    { kind: 'correct', seed: 0 },
    {
      kind: 'ask',
      fromS: 0,
      minutes: 0,
      lengthMinutes: 15,
      interval: 'minute',
      shift_id: null,
      area_ids: null,
      product_ids: null,
      only_2am: null,
      downtime_threshold: null,
    },
  ],
}

const runs = { sqlite: 120, postgres: 12, mysql: 12 } as const

forEachEngine('PL-61 PL-62 PL-84 facts from day summaries equal facts from raw rows, whatever happens to the table', async (engine, t) => {
  const world = await worldOf(engine, t)
  const seed = Number(process.env.ANDON_SEED ?? Math.floor(Math.random() * 2 ** 31))
  t.diagnostic(`seed ${seed}`)
  let asked = 0
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      world.lineId++
      asked += await play(world, told)
    }),
    { numRuns: Number(process.env.ANDON_RUNS ?? runs[engine]), seed, examples: [[recordedFarBack]] },
  )
  t.diagnostic(`${asked} questions compared`)
  assert.ok(asked > 0)
})

forEachEngine('PL-85 a long first attach goes beside the answers, newest rows first, and goes on where it was left', async (engine, t) => {
  const { plant, platform, tenantId } = await worldOf(engine, t)
  const db = { ...plant.db, tenantId }
  const model = plantModel()
  const [own] = model.lines
  assert.ok(own)
  const zone = zoneOf(model.settings.timeZone)
  const startS = zone.toEpochS(Date.UTC(2026, 9, 1) / 1000)
  const nowMs = (startS + 10 * dayS) * 1000
  await plant.insert(Array.from({ length: 900 }, (_, i) => [formatLocal(zone.toLocalS(startS + i * 600)), 2, (i % 3) + 1] as const))
  const { scope } = checkFilters(model, { start_date: '2026-10-01', end_date: '2026-10-10', interval: 'day' }, nowMs)
  assert.ok(scope)
  const wanted = await gatherFacts(db, model, scope)
  const open = (): Histories =>
    createHistories({ db: platform, clock: { nowMs: () => nowMs }, log: console, options: { batchIds: 100, inlineIds: 50 } })

  const killed = open()
  const first = await gatherFacts(db, model, scope, { history: killed.of({ db, model }) })
  assert.deepEqual({ ...first, warnings: [] }, wanted)
  assert.match(first.warnings[0]?.en ?? '', /history loading, \d+ %/)
  await killed.close()

  const next = open()
  const reached: number[] = []
  await next.load({ db, model }, own, ({ loadedFraction }) => reached.push(loadedFraction))
  assert.deepEqual(
    reached,
    [...reached].sort((a, b) => a - b),
  )
  assert.equal(reached.at(-1), 1)
  const found = await gatherFacts(db, model, scope, { history: next.of({ db, model }) })
  assert.deepEqual(comparable(found), comparable(wanted))
  await next.close()
})

forEachEngine(
  'PL-62 days that the customer purged keep their summary, labelled; deleted rows go at the nightly check',
  async (engine, t) => {
    const { plant, platform, tenantId } = await worldOf(engine, t)
    const db = { ...plant.db, tenantId }
    const model = plantModel()
    const [own] = model.lines
    assert.ok(own)
    const zone = zoneOf(model.settings.timeZone)
    const startS = zone.toEpochS(Date.UTC(2026, 9, 1) / 1000)
    const nowMs = (startS + 10 * dayS) * 1000
    await plant.insert(Array.from({ length: 900 }, (_, i) => [formatLocal(zone.toLocalS(startS + i * 600))] as const))
    const { scope } = checkFilters(model, { start_date: '2026-10-01', end_date: '2026-10-10', interval: 'day' }, nowMs)
    assert.ok(scope)
    const histories = createHistories({ db: platform, clock: { nowMs: () => nowMs }, log: console })
    const history = histories.of({ db, model })
    const total = async (): Promise<number> => (await gatherFacts(db, model, scope, { history })).summary.totalDetections
    assert.equal(await total(), 900)
    await plant.run('delete from detection_line_l1 where detection_id <= 288')
    await plant.run('delete from detection_line_l1 where detection_id = 500')
    assert.deepEqual(await histories.reconcile({ db, model }, own), { checked: 7, rebuilt: 1, purged: 2 })
    const facts = await gatherFacts(db, model, scope, { history })
    assert.equal(facts.summary.totalDetections, 899)
    assert.match(facts.warnings[0]?.en ?? '', /rows of 2 days are no longer in the database/)
    assert.deepEqual(await histories.reconcile({ db, model }, own), { checked: 7, rebuilt: 0, purged: 0 })
    await histories.close()
  },
)
