/** What becomes of one message, whatever the writer answers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { goodRow, ingestPlant } from '../../../test/harness/ingest-plant.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { QueryTimeoutError } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import type { Text } from '../../platform/i18n/index.ts'
import { silentLog } from '../../platform/log/index.ts'
import type { Ingest } from '../ingest/index.ts'
import { createPatience } from './patience.ts'
import type { Noted } from './queries.ts'
import { type TakeDeps, takeMessage } from './take.ts'

type Accept = Ingest['accept']
type Report = Awaited<ReturnType<Accept>>
type Code = Report['refused'][number]['code']

const rule = {
  topic: 'a/{line}',
  line: '',
  area: 'area_id',
  product: 'product_id',
  detectedAt: 'detected_at',
  messageId: 'id',
  items: 'rows',
}
const refreshMs = 60_000
const report = (accepted: number, codes: readonly (readonly [number, Code])[] = [], isRepeated = false): Report => ({
  accepted,
  refused: codes.map(([index, code]) => ({ index, code, field: 'x', detail: { es: code, en: code } })),
  isRepeated,
  isSynced: true,
})

/** Each pause passes at once. */
function taking(accept: Accept, more: Partial<TakeDeps> = {}) {
  const told = { noted: [] as Noted[], blocked: [] as (Text | null)[], pauses: [] as number[] }
  const deps: TakeDeps = {
    db: { tenantId: 1 } as TenantDb,
    ingest: { accept },
    clock: { nowMs: () => 0 },
    log: silentLog(),
    rules: [rule],
    sender: 'broker',
    noteRefused: async (message) => void told.noted.push(message),
    noteGood: (message) => void told.noted.push(message),
    blocked: (why) => void told.blocked.push(why),
    waitForPlant: createPatience(refreshMs),
    pause: async (ms) => {
      told.pauses.push(ms)
      return told.pauses.length < 30
    },
    ...more,
  }
  const payload = (rows: readonly object[]) => Buffer.from(JSON.stringify({ id: 1, rows }))
  return { told, take: (rows: readonly object[]) => takeMessage(deps, { topic: 'a/L1', payload: payload(rows) }) }
}

/** Answers one after the other, the last one for ever. */
const answering = (...answers: readonly (Report | Error)[]): Accept => {
  let asked = 0
  return async () => {
    const answer = answers[Math.min(asked, answers.length - 1)] as Report | Error
    asked += 1
    if (answer instanceof Error) throw answer
    return answer
  }
}

test('PL-71 a database that is away, ours too, loses no message, however long it is', async () => {
  const away = new QueryTimeoutError(5_000)
  const { told, take } = taking(answering(...Array.from({ length: 20 }, () => away), report(1)))
  assert.equal(await take([goodRow(1)]), true)
  assert.deepEqual(
    told.noted.map(({ outcome, accepted }) => [outcome, accepted]),
    [['accepted', 1]],
  )
  assert.match(told.blocked[0]?.en ?? '', /database does not answer/)
  assert.equal(told.blocked.at(-1), null)
})

test('PL-71 what nobody foresaw is given up after five attempts, and said', async () => {
  const { told, take } = taking(answering(new Error('a fault of ours')))
  assert.equal(await take([goodRow(1)]), true)
  assert.deepEqual([told.noted[0]?.outcome, told.pauses.length], ['refused', 4])
})

for (const code of ['missing_partition', 'missing_table', 'no_write_right'] as const)
  test(`PL-71 ${code} is the plant's matter, beside whatever else is wrong: the message waits and says why`, async () => {
    const mixed = [
      [0, 'unknown_product'],
      [1, code],
    ] as const
    const unknown = [[0, 'unknown_product']] as const
    // once the line is written, the other row is asked for by itself
    const { told, take } = taking(answering(report(0, mixed), report(0, mixed), report(1, unknown), report(0, unknown)), {
      waitForPlant: () => 0,
    })
    assert.equal(await take([goodRow(1, { product_id: 77 }), goodRow(2)]), true)
    assert.deepEqual(
      told.noted.map(({ outcome, accepted }) => [outcome, accepted]),
      [['partly', 1]],
    )
    assert.deepEqual(
      told.blocked.map((why) => why?.en ?? null),
      [code, code, null],
    )
  })

test('PL-71 rows that a database did not look at, beside others that it refused, are sent by themselves', async () => {
  const asked: number[] = []
  const { told, take } = taking(async (_tenantId, { rows }) => {
    asked.push(rows.length)
    if (rows.length === 1) return report(1)
    return report(1, [
      [1, 'refused_by_database'],
      [2, 'not_tried'],
    ])
  })
  assert.equal(await take([goodRow(1), goodRow(2), goodRow(3)]), true)
  assert.deepEqual(asked, [3, 3, 1])
  assert.deepEqual(
    told.noted.map(({ outcome, accepted, detail }) => [outcome, accepted, detail.length]),
    [['partly', 2, 1]],
  )
})

test('PL-71 a message of which no row is written does not come again for ever, however many rows it has', async () => {
  const asked: number[] = []
  const { told, take } = taking(async (_tenantId, { rows }) => {
    asked.push(rows.length)
    // it gives up after the first few, as `what-fits.ts` does
    return report(
      0,
      rows.map((_row, index) => [index, index < 2 ? 'refused_by_database' : 'not_tried'] as const),
    )
  })
  assert.equal(await take([goodRow(1), goodRow(2), goodRow(3), goodRow(4), goodRow(5)]), true)
  assert.deepEqual(asked, [5, 5, 3, 1])
  assert.deepEqual(
    told.noted.map(({ outcome, accepted, detail }) => [outcome, accepted, detail.length]),
    [['refused', 0, 5]],
  )
})

test('PL-71 it is not acknowledged while the plant is at fault and the process ends', async () => {
  const { told, take } = taking(answering(report(0, [[0, 'missing_partition']])))
  assert.equal(await take([goodRow(1)]), false)
  assert.deepEqual(told.noted, [])
})

test('PL-71 what a first attempt wrote, without its answer having come, is no repetition', async () => {
  const lost = new Problem('plant_unavailable', { status: 503, title: { es: 'x', en: 'x' } })
  const { told, take } = taking(answering(lost, report(1, [[1, 'in_the_future']], true)))
  assert.equal(await take([goodRow(1), goodRow(2)]), true)
  assert.deepEqual(
    told.noted.map(({ outcome, accepted }) => [outcome, accepted]),
    [['partly', 1]],
  )
})

test('PL-71 what the plant may have got since it was read is asked for once more; what it did not have then is not waited for', async () => {
  let nowMs = 0
  const waitForPlant = createPatience(refreshMs)
  const named = (name: string): Report => ({
    ...report(0),
    refused: [{ index: 0, code: 'unknown_product', field: 'x', detail: { es: name, en: name } }],
  })
  const taken = async (atMs: number, ...answers: Report[]) => {
    nowMs = atMs
    const { told, take } = taking(answering(...answers), { waitForPlant, clock: { nowMs: () => nowMs } })
    assert.equal(await take([goodRow(1)]), true)
    return [told.noted[0]?.outcome, ...told.pauses]
  }
  // ingest reads the plant anew for the first that it does not know
  assert.deepEqual(await taken(0, named('77')), ['refused'])
  assert.deepEqual(await taken(10_000, named('77')), ['refused'])
  assert.deepEqual(await taken(20_000, named('78'), report(1)), ['accepted', 40_000])
  assert.deepEqual(await taken(30_000, named('78'), named('78')), ['refused', 30_000])
  assert.deepEqual(await taken(70_000, named('78')), ['refused'])
})

/** Waits; the plant is mended in the third pause. */
const mending = (mend: () => Promise<void>): Pick<TakeDeps, 'pause' | 'waitForPlant'> => {
  let pauses = 0
  return {
    waitForPlant: () => 0,
    async pause() {
      pauses += 1
      if (pauses === 3) await mend()
      return pauses < 6
    },
  }
}

/** A table of one day, and the statement that adds the next. */
const oneDay = {
  postgres: {
    create: [
      'create table detection_line_l1 (detection_id int generated by default as identity, detected_at timestamp not null, area_id int not null, product_id int not null, primary key (detection_id, detected_at)) partition by range (detected_at)',
      "create table detection_line_l1_19 partition of detection_line_l1 for values from ('2026-10-19') to ('2026-10-20')",
      'grant select, insert on detection_line_l1 to public',
    ],
    next: "create table detection_line_l1_20 partition of detection_line_l1 for values from ('2026-10-20') to ('2026-10-21')",
  },
  mysql: {
    create: [
      "create table detection_line_l1 (detection_id int auto_increment, detected_at datetime not null, area_id int not null, product_id int not null, primary key (detection_id, detected_at)) partition by range columns (detected_at) (partition p19 values less than ('2026-10-20 00:00:00'))",
    ],
    next: "alter table detection_line_l1 add partition (partition p20 values less than ('2026-10-21 00:00:00'))",
  },
} as const

for (const may of ['manage', 'insert'] as const)
  forEachEngine(
    `PL-71 rows of a day without partition wait and are written once it is there, the others at once; none twice (${may})`,
    async (engine, t) => {
      if (engine === 'sqlite') return
      const plant = await ingestPlant(engine, t, may)
      await plant.run('drop table detection_line_l1')
      for (const statement of oneDay[engine].create) await plant.run(statement)
      plant.clock.advance(86_400_000)
      const rows = [goodRow(1), goodRow(2, { detected_at: '2026-10-20 00:00:10' }), goodRow(3, { product_id: 77 }), goodRow(4)]
      const mend = async () => {
        assert.equal((await plant.written(0)).length, 2)
        await plant.run(oneDay[engine].next)
      }
      const outcomes: unknown[] = []
      for (const work of [mend, async () => {}]) {
        const { told, take } = taking(plant.ingest.accept, { db: { ...plant.db, tenantId: plant.tenantId }, ...mending(work) })
        assert.equal(await take(rows), true)
        outcomes.push(...told.noted.map(({ outcome, accepted }) => [outcome, accepted]))
        assert.equal((await plant.written(0)).length, 3)
      }
      // the second time it came again, since nobody had acknowledged it
      assert.deepEqual(outcomes, [
        ['partly', 3],
        ['repeated', 0],
      ])
    },
  )
