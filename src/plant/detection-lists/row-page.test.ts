/** Pages found through day summaries are the pages that reading every row gives, whatever the scope, the zone and the way through them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { companyIn } from '../../../test/harness/company.ts'
import { migratedDatabase, type TestDatabase } from '../../../test/harness/engines.ts'
import { loadPlantA, plantAConfig, plantANowMs } from '../../../test/harness/plant-a.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import { fixedClock, formatLocalDate, formatLocalTime } from '../../platform/time/index.ts'
import { createHistories, type Histories, type PlantHistory, StaleViewError } from '../history/index.ts'
import { loadModel, type PlantModel, readSettings } from '../model/index.ts'
import { parseScope } from '../scope/index.ts'
import type { PlantDb } from '../source/index.ts'
import { aggregate } from './aggregate.ts'
import type { Order, Position } from './cursor.ts'
import type { Row } from './line-rows.ts'
import { readPage, withRows } from './row-page.ts'

let platform: TestDatabase
let plantDb: PlantDb
let model: PlantModel
const closing: (() => Promise<unknown>)[] = []
const log = { warn: () => {}, error: () => {} }

before(async () => {
  platform = await migratedDatabase('sqlite')
  const plantA = await loadPlantA('sqlite')
  const opened = await openPlantKysely(plantA.url)
  closing.push(opened.close, plantA.drop)
  plantDb = { tenantId: 1, engine: opened.engine, kysely: opened.kysely }
  const { settings } = readSettings(await plantAConfig(), 'UTC')
  model = (await loadModel(plantDb, { settings, mappings: [], nowMs: plantANowMs })).model
})
after(async () => {
  for (const close of closing) await close()
})

/** Of a company by itself, whose history is of one zone. */
const historiesOf = (): Histories => {
  const made = createHistories({ db: platform.db, clock: fixedClock(plantANowMs), log })
  closing.unshift(made.close)
  return made
}

/** While everything is loading: rows are all there is. */
const noHistory = (history: PlantHistory): PlantHistory => ({
  ...history,
  answers: (lines) => new Map(lines.map(({ lineId }) => [lineId, Promise.resolve({ view: null, loading: { loadedFraction: 0 } })])),
})

const key = ({ line, id }: Row): string => `${line.lineId}/${id}`
const firstDayS = Date.UTC(2026, 8, 29) / 1_000

const wishes = fc.record({
  lines: fc.subarray([1, 2, 3, 4], { minLength: 1 }),
  fromMinute: fc.integer({ min: 0, max: 20 * 1_440 }),
  minutes: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 3 * 1_440 })),
  shiftId: fc.constantFrom(undefined, undefined, 1, 2),
  areas: fc.boolean(),
  products: fc.subarray([1, 2, 3]),
  hour: fc.option(fc.integer({ min: 0, max: 23 }), { nil: undefined, freq: 4 }),
  order: fc.constantFrom<Order>('asc', 'desc'),
  size: fc.integer({ min: 1, max: 800 }),
  interval: fc.constantFrom('minute', '15min', 'hour', 'day', 'week'),
})

/** Always among the scopes, so that rows are compared whatever else comes up: two whole days, the skipped hour of Sydney in them. */
const twoDays = {
  lines: [1, 2, 3, 4],
  fromMinute: 5 * 1_440,
  minutes: 2 * 1_440,
  shiftId: undefined,
  areas: false,
  products: [],
  hour: undefined,
  order: 'asc' as const,
  size: 300,
  interval: 'hour' as const,
}

for (const { timeZone, note } of [
  { timeZone: 'America/Bogota', note: 'a zone without changes' },
  { timeZone: 'Australia/Sydney', note: 'the day that skips an hour, with rows at times that do not exist' },
  { timeZone: 'Pacific/Chatham', note: 'a zone of quarter hours' },
])
  test(`PL-72 pages and buckets by summaries are those of every row: ${note}`, async () => {
    const tenantId = await companyIn(platform.db)
    const own = { ...model, tenantId, settings: { ...model.settings, timeZone } }
    const db = { ...plantDb, tenantId }
    const nowMs = plantANowMs
    const history = historiesOf().of({ db, model: own })
    let seen = 0
    await fc.assert(
      fc.asyncProperty(wishes, async (wish) => {
        const fromS = firstDayS + wish.fromMinute * 60
        const toS = fromS + wish.minutes * 60
        const areaIds = wish.areas
          ? own.lines.filter(({ lineId }) => wish.lines.includes(lineId)).flatMap(({ areas }) => areas[0]?.areaId ?? [])
          : []
        const scope = parseScope(
          own,
          {
            line_ids: wish.lines,
            start_date: formatLocalDate(fromS),
            start_time: formatLocalTime(fromS),
            end_date: formatLocalDate(toS),
            end_time: formatLocalTime(toS),
            interval: wish.interval,
            product_ids: wish.products,
            area_ids: areaIds,
            ...(wish.shiftId &&
              own.shifts.some(({ shiftId, isActive }) => shiftId === wish.shiftId && isActive) && { shift_id: wish.shiftId }),
            ...(wish.hour !== undefined && { only_2am: { target_hour: wish.hour } }),
          },
          nowMs,
        )
        const all = await withRows({ db, model: own, history: noHistory(history) }, scope, async (lines) => ({
          rows: (await readPage(lines, timeZone, { order: wish.order, after: null, offset: 0, limit: 1e6 })).rows.map(key),
          buckets: await aggregate(lines, scope),
          isByRow: lines.some((line) => line.isByRow),
        }))
        assert.ok(all.isByRow || all.rows.length === 0)
        seen += all.rows.length
        const page = (wanted: { after: Position | null; offset: number; limit?: number }) =>
          withRows({ db, model: own, history }, scope, (lines) =>
            readPage(lines, timeZone, { order: wish.order, limit: wish.size, ...wanted }),
          )
        const byCursor: string[] = []
        let cursor: Position | null = null
        do {
          const found: Awaited<ReturnType<typeof page>> = await page({
            after: cursor,
            offset: 0,
            limit: Math.max(wish.size, Math.ceil(all.rows.length / 4)),
          })
          byCursor.push(...found.rows.map(key))
          cursor = found.next
        } while (cursor)
        assert.deepEqual(byCursor, all.rows)
        for (const offset of [0, wish.size, Math.floor(all.rows.length / 2), Math.max(0, all.rows.length - 1), all.rows.length + 5]) {
          const { rows, next } = await page({ after: null, offset })
          assert.deepEqual(rows.map(key), all.rows.slice(offset, offset + wish.size))
          assert.equal(next === null, offset + wish.size >= all.rows.length)
        }
        const buckets = await withRows({ db, model: own, history }, scope, (lines) => aggregate(lines, scope))
        assert.deepEqual(buckets, all.buckets)
      }),
      { numRuns: 25, examples: [[twoDays]] },
    )
    assert.ok(seen > 1_000, `only ${seen} rows were compared`)
  })

test('PL-72 a history that another process wrote meanwhile is asked again', async () => {
  const db = { ...plantDb, tenantId: await companyIn(platform.db) }
  const history = historiesOf().of({ db, model })
  const scope = parseScope(model, { line_id: 1, start_date: '2026-10-08', end_date: '2026-10-08' }, plantANowMs)
  let tries = 0
  const rows = await withRows({ db, model, history }, scope, async (lines) => {
    if (++tries < 3) throw new StaleViewError()
    return (await readPage(lines, model.settings.timeZone, { order: 'asc', after: null, offset: 0, limit: 10 })).rows
  })
  assert.deepEqual([tries, rows.length], [3, 10])
})
