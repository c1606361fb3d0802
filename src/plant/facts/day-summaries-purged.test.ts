/** Days whose rows left the table: what is asked of their rows is answered from their minutes. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { sql } from 'kysely'
import { companyIn } from '../../../test/harness/company.ts'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { lineDatabase } from '../../../test/harness/line-database.ts'
import { everyDay, plantModel, settings, shift } from '../../../test/harness/plant-model.ts'
import type { Engine } from '../../platform/db/index.ts'
import { dayS, formatLocal } from '../../platform/time/index.ts'
import { createHistories } from '../history/index.ts'
import type { PlantModel } from '../model/index.ts'
import { checkFilters } from '../scope/index.ts'
import { type Facts, gatherFacts } from './index.ts'

const nowMs = Date.UTC(2026, 9, 20, 12)

/** `rows`: wall times in seconds. */
async function worldOf(engine: Engine, t: TestContext, model: PlantModel, rows: readonly number[]) {
  const platform = await migratedDatabase(engine, t)
  const plant = await lineDatabase(engine, t)
  const db = { ...plant.db, tenantId: await companyIn(platform.db) }
  // the newest row stays: without it the table would be another one
  await plant.insert([...rows, nowMs / 1000 - dayS].map((atS, i) => [formatLocal(atS), 2, 1 + (i % 2)]))
  const histories = createHistories({ db: platform.db, clock: { nowMs: () => nowMs }, log: console })
  t.after(histories.close)
  return {
    facts: (day: string, interval: string, more: Record<string, unknown> = {}): Promise<Facts> => {
      const { scope } = checkFilters(model, { start_date: day, end_date: day, interval, ...more }, nowMs)
      assert.ok(scope)
      return gatherFacts(db, model, scope, { history: histories.of({ db, model }) })
    },
    purge: async (dayMidnightS: number): Promise<void> => {
      const fromDay = dayMidnightS / dayS
      await histories.label(db.tenantId, 1, { fromDay, belowDay: fromDay + 1 }, true)
      await sql`delete from detection_line_l1 where detected_at >= ${formatLocal(dayMidnightS)} and detected_at < ${formatLocal(dayMidnightS + dayS)}`.execute(
        db.kysely,
      )
    },
  }
}

const figures = ({ summary, lines, series }: Facts) => ({
  total: summary.totalDetections,
  good: lines[0]?.quantities.goodQuantity,
  output: [...series.flow.salida],
})

forEachEngine('PL-62 a shift and a range with seconds count the same before and after the rows are gone', async (engine, t) => {
  const midnightS = Date.UTC(2026, 9, 5) / 1000
  const odd = shift(1, 6, 14, { isoWeekdays: everyDay, startS: 6 * 3_600 + 30, endS: 14 * 3_600 + 30 })
  const rows = Array.from({ length: 3_000 }, (_, i) => midnightS + i * 60)
  const { facts, purge } = await worldOf(engine, t, plantModel({ shifts: [odd] }), rows)
  const questions = [
    ['hour', {}],
    ['day', {}],
    ['minute', {}],
    ['hour', { start_time: '00:00:30', end_time: '23:59:30' }],
    ['minute', { start_time: '05:00:30', end_time: '07:30:30', shift_id: 1 }],
  ] as const
  const all = () => Promise.all(questions.map(async ([interval, more]) => figures(await facts('2026-10-05', interval, more))))
  const before = await all()
  await purge(midnightS)
  assert.deepEqual(await all(), before)
  const { warnings } = await facts('2026-10-05', 'hour')
  assert.match(warnings[0]?.en ?? '', /rows of 1 days are no longer in the database .* with seconds, to the minute/)
})

test('PL-62 rows of one minute parted by an edge go to one side of it, none is lost', async (t) => {
  const midnightS = Date.UTC(2026, 9, 5) / 1000
  const odd = shift(1, 6, 14, { isoWeekdays: everyDay, startS: 6 * 3_600 + 30, endS: 14 * 3_600 + 30 })
  const rows = Array.from({ length: dayS / 7 }, (_, i) => midnightS + i * 7)
  const { facts, purge } = await worldOf('sqlite', t, plantModel({ shifts: [odd] }), rows)
  const before = figures(await facts('2026-10-05', 'hour'))
  await purge(midnightS)
  const after = figures(await facts('2026-10-05', 'hour'))
  assert.equal(after.total, before.total)
  assert.ok(Math.abs((after.good ?? 0) - (before.good ?? 0)) <= 2 * 4)
})

test('PL-62 a spring day with a row at a time it skips counts all its rows when they are gone', async (t) => {
  const midnightS = Date.UTC(2026, 2, 8) / 1000
  const skipped = (atS: number): boolean => atS >= 2 * 3_600 && atS < 3 * 3_600
  // one camera slept through the change
  const rows = Array.from({ length: 288 }, (_, i) => i * 300).filter((atS) => !skipped(atS) || atS === 9_000)
  const model = plantModel({ settings: settings({ timeZone: 'America/New_York' }) })
  const { facts, purge } = await worldOf(
    'sqlite',
    t,
    model,
    rows.map((atS) => midnightS + atS),
  )
  const before = figures(await facts('2026-03-08', 'hour'))
  assert.equal(before.total, 277)
  await purge(midnightS)
  const after = figures(await facts('2026-03-08', 'hour'))
  assert.equal(after.total, 277)
  assert.equal(
    after.output.reduce((sum, one) => sum + one, 0),
    277,
  )
})
