import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { goodRow, ingestPlant } from '../../../test/harness/ingest-plant.ts'
import { line } from '../../../test/harness/plant-model.ts'
import { transaction } from '../../platform/db/index.ts'
import { faultOf } from './faults.ts'
import { insertWhatFits } from './what-fits.ts'

const onePerSecond = 'create unique index one_per_second on detection_line_l1 (detected_at, area_id)'
const at = (second: number) => `${goodRow(second).detected_at} 2 1`

for (const may of ['manage', 'insert'] as const)
  forEachEngine(`ingest: one row that the database refuses takes no other with it, where the account may ${may}`, async (engine, t) => {
    const plant = await ingestPlant(engine, t, may)
    const { tenantId, clock } = plant
    await plant.run(onePerSecond)
    const seconds = [...Array(50).keys(), 7]
    const batch = { batchKey: 'k', source: 'http' as const, rows: seconds.map((second) => goodRow(second)) }
    const want = { accepted: 50, refused: ['50 refused_by_database'], isRepeated: false }
    const send = async (ingest = plant.ingest, more = {}) => {
      const { accepted, refused, isRepeated } = await ingest.accept(tenantId, { ...batch, ...more })
      return { accepted, refused: refused.map(({ index, code }) => `${index} ${code}`), isRepeated }
    }
    assert.deepEqual(await send(), want)
    assert.deepEqual(await send(plant.another()), { ...want, isRepeated: true })
    // its process died before it could say that it had written
    const intents = () => plant.db.kysely.updateTable('ingest_intents').where('tenant_id', '=', tenantId)
    await intents().set({ last_id: null, ids: '[]' }).execute()
    clock.advance(61_000)
    assert.deepEqual(await send(plant.another()), { ...want, isRepeated: true })
    assert.deepEqual(await plant.written(), seconds.slice(0, 50).map(at))
    // or before it wrote: everything is tried again, and remembered as it went then
    await intents().set({ last_id: null, ids: '[]' }).execute()
    await plant.run("delete from detection_line_l1 where detected_at >= '2026-10-19 15:00:00'")
    if (may === 'insert') {
      await plant.run(`drop index one_per_second${engine === 'mysql' ? ' on detection_line_l1' : ''}`)
      clock.advance(61_000)
      assert.deepEqual(await send(plant.another()), { accepted: 51, refused: [], isRepeated: false })
      assert.deepEqual(await send(plant.another()), { accepted: 51, refused: [], isRepeated: true })
      assert.equal((await plant.written()).length, 51)
    }
  })

for (const may of ['manage', 'insert'] as const)
  forEachEngine(
    `ingest: more rows refused than can be told apart, where the account may ${may}: what is said is what is there`,
    async (engine, t) => {
      const plant = await ingestPlant(engine, t, may)
      await plant.run(onePerSecond)
      const send = (batchKey: string | null, seconds: readonly number[]) =>
        plant.ingest.accept(plant.tenantId, { batchKey, source: 'http', rows: seconds.map((second) => goodRow(second)) })
      const count = 2_500
      const first = Array.from({ length: count }, (_, second) => -second)
      assert.equal((await send('all', first)).accepted, count)
      for (const batchKey of ['again', null]) {
        const none = await send(batchKey, first)
        assert.deepEqual([none.accepted, new Set(none.refused.map(({ code }) => code))], [0, new Set(['refused_by_database', 'not_tried'])])
      }
      // the first half are there already
      const second = first.map((at) => at - count / 2)
      const { accepted, refused } = await send('half', second)
      assert.deepEqual([accepted, refused.length], [count / 2, count / 2])
      const left = new Set(refused.map(({ index }) => index))
      assert.deepEqual((await plant.written()).slice(count), second.filter((_, index) => !left.has(index)).map(at))
      assert.deepEqual((await send('half', second)).refused, refused)
    },
  )

test('ingest: 10,000 rows that are all refused are given up soon, a few among them are all found', async (t) => {
  const { plants, tenantId } = await ingestPlant('sqlite', t)
  const rows = Array.from({ length: 10_000 }, (_, index) => ({ index, detectedAt: '2026-10-19 15:00:00', areaId: 2, productId: 1 }))
  const part = { line: line({ lineId: 1 }), table: 'detection_line_l1', rows, refused: [], key: null }
  const fit = (isBad: (index: number) => boolean) =>
    plants.withPlant(tenantId, ({ db }) =>
      transaction(db, async (tx) => {
        let tries = 0
        const { refused } = await insertWhatFits(tx, part, async (some) => {
          tries++
          if (some.some(({ index }) => isBad(index))) throw Object.assign(new Error('CHECK constraint failed'), { errcode: 275 })
        })
        return { tries, refused: refused.map(({ index, code }) => `${index} ${code}`) }
      }),
    )
  const all = await fit(() => true)
  assert.ok(all.tries <= 81, `${all.tries} tries`)
  assert.deepEqual([all.refused.length, all.refused[9_999]], [10_000, '9999 not_tried'])
  assert.deepEqual((await fit((index) => index === 0 || index === 9_999)).refused, ['0 refused_by_database', '9999 refused_by_database'])
})

for (const { name, error, want } of [
  {
    name: 'PostgreSQL, a day without partition, told in Spanish',
    error: { code: '23514', routine: 'ExecFindPartition' },
    want: 'missing_partition',
  },
  { name: 'PostgreSQL, a CHECK', error: { code: '23514', routine: 'ExecConstraints' }, want: 'refused_by_database' },
  { name: 'PostgreSQL, an exclusion', error: { code: '23P01' }, want: 'refused_by_database' },
  { name: 'PostgreSQL, NOT NULL', error: { code: '23502' }, want: 'refused_by_database' },
  { name: 'PostgreSQL, a text too long', error: { code: '22001' }, want: 'refused_by_database' },
  { name: 'PostgreSQL, a policy for rows', error: { code: '42501', routine: 'ExecWithCheckOptions' }, want: 'refused_by_database' },
  { name: 'PostgreSQL, no privilege', error: { code: '42501', routine: 'aclcheck_error' }, want: 'no_write_right' },
  { name: 'PostgreSQL, the disk is full', error: { code: '53100' }, want: null },
  { name: 'MariaDB, no default', error: { errno: 1364, sqlState: 'HY000' }, want: 'refused_by_database' },
  { name: 'MariaDB, a text too long', error: { errno: 1406, sqlState: '22001' }, want: 'refused_by_database' },
  { name: 'MariaDB, cut off', error: { errno: 1265, sqlState: '01000' }, want: 'refused_by_database' },
  { name: 'MariaDB, a trigger with a number of its own', error: { errno: 31_001, sqlState: '45000' }, want: 'refused_by_database' },
  { name: 'MariaDB, no privilege', error: { errno: 1142, sqlState: '42000' }, want: 'no_write_right' },
  { name: 'MariaDB, a deadlock', error: { errno: 1213, sqlState: '40001' }, want: null },
  { name: 'SQLite, a strict type', error: { errcode: 3_091 }, want: 'refused_by_database' },
  { name: 'SQLite, a key', error: { errcode: 2_067 }, want: 'refused_by_database' },
  { name: 'SQLite, read only', error: { errcode: 8 }, want: 'no_write_right' },
])
  test(`ingest: what the database says of a row: ${name}`, () => assert.equal(faultOf(Object.assign(new Error('no'), error)), want))
