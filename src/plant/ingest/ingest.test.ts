import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { goodRow, type IngestPlant, ingestPlant } from '../../../test/harness/ingest-plant.ts'
import { type Engine, openPlantKysely } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/problem.ts'
import { silentLog } from '../../platform/log/index.ts'
import { detectionTableStatements } from '../source/index.ts'
import type { IngestReport } from './contract.ts'
import { createIngest } from './ingest.ts'

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  )
const short = ({ accepted, refused, isRepeated }: IngestReport) => ({
  accepted,
  refused: refused.map(({ index, code }) => `${index} ${code}`),
  isRepeated,
})
const written = (...seconds: number[]) => seconds.map((second) => `${goodRow(second).detected_at} 2 1`)

forEachEngine('PL-71 ingest: good rows are written in their order, each bad one is refused by name', async (engine, t) => {
  const { ingest, tenantId, written: rowsOf } = await ingestPlant(engine, t)
  const heard = new Promise((resolve) => ingest.onWritten((tenant, lineIds) => resolve([tenant, lineIds])))
  const report = await ingest.accept(tenantId, {
    batchKey: 'lote-1',
    source: 'http',
    rows: [
      goodRow(1),
      goodRow(2, { line: 'L9' }),
      goodRow(3, { line: 1 }),
      goodRow(4, { area_id: 99 }),
      goodRow(5, { product_id: 2 ** 53 }),
      goodRow(6, { product_id: 77 }),
      goodRow(7, { detected_at: '2026-10-19 15:25:00' }),
      goodRow(8, { detected_at: '2026-02-30 10:00:00' }),
      'x',
      goodRow(9, { detected_at: '2026-10-19T12:00:09-03:00' }),
      goodRow(10, { line: 'L1\u0000' }),
      goodRow(11, { line: '\ud800' }),
      goodRow(12, { line: 1e20 }),
    ],
  })
  assert.deepEqual(short(report), {
    accepted: 3,
    refused: [
      ...['1 unknown_line', '3 unknown_area', '4 malformed', '5 unknown_product', '6 in_the_future', '7 malformed', '8 malformed'],
      ...['10 unknown_line', '11 unknown_line', '12 malformed'],
    ],
    isRepeated: false,
  })
  assert.equal(report.refused[1]?.detail.es, 'area_id 99: no es un área de la planta.')
  assert.deepEqual(await rowsOf(), written(1, 3, 9))
  assert.deepEqual(await heard, [tenantId, [1]])
})

for (const may of ['manage', 'insert'] as const)
  forEachEngine(`ingest: a batch under a key is written once by whichever process, where the account may ${may}`, async (engine, t) => {
    const plant = await ingestPlant(engine, t, may)
    const { tenantId, ingest } = plant
    const other = plant.another()
    const batch = { batchKey: 'k', source: 'http' as const, rows: [goodRow(1), goodRow(2), goodRow(3, { product_id: 5 })] }
    assert.deepEqual(short(await ingest.accept(tenantId, batch)), { accepted: 2, refused: ['2 unknown_product'], isRepeated: false })
    for (const one of [ingest, other])
      assert.deepEqual(short(await one.accept(tenantId, batch)), { accepted: 2, refused: ['2 unknown_product'], isRepeated: true })
    assert.equal(await codeOf(ingest.accept(tenantId, { ...batch, rows: [goodRow(4)] })), 'idempotency_key_reused')
    // the same word of another source is another batch; without a key each is its own
    await ingest.accept(tenantId, { ...batch, source: 'mqtt', rows: [goodRow(5)] })
    await ingest.accept(tenantId, { ...batch, batchKey: null, rows: [goodRow(6)] })
    await other.accept(tenantId, { ...batch, batchKey: null, rows: [goodRow(6)] })
    assert.deepEqual(await plant.written(), written(1, 2, 5, 6, 6))
    // many at once, each sent to both processes
    const tries = Array.from({ length: 40 }, (_, at) => ({ batchKey: `m${at}`, source: 'mqtt' as const, rows: [goodRow(100 + at)] }))
    const sent = tries.flatMap((one) => [ingest, other].map((process) => codeOf(process.accept(tenantId, one))))
    const codes = new Set(await Promise.all(sent))
    codes.delete('done')
    assert.deepEqual([...codes], may === 'insert' && codes.size > 0 ? ['request_running'] : [])
    assert.deepEqual((await plant.written()).slice(5).sort(), written(...tries.map((_, at) => 100 + at)))
  })

/** Beside L1 a second line, whose area is 4. */
async function withSecondLine(engine: Engine, plant: IngestPlant) {
  for (const statement of detectionTableStatements(engine, 'detection_line_l2')) await plant.run(statement)
  await plant.run(
    "insert into production_line (line_name, line_code, is_active, availability, performance, downtime_threshold, auto_detect_downtime) values ('Dos', 'L2', 1, 85, 10, 45, 1)",
  )
  await plant.run(
    "insert into area (line_id, area_name, area_type, area_order, coord_x1, coord_y1, coord_x2, coord_y2) values (2, 'Salida', 'output', 1, 0, 0, 1, 1)",
  )
  return {
    ofTwo: (second: number) => goodRow(second, { line: 'L2', area_id: 4 }),
    send: (batchKey: string, ...rows: unknown[]) => plant.ingest.accept(plant.tenantId, { batchKey, source: 'http', rows }),
    async countOfTwo() {
      const { rows } = await plant.plants.withPlant(plant.tenantId, ({ db }) =>
        sql<{ n: unknown }>`select count(*) as n from detection_line_l2`.execute(db.kysely),
      )
      return Number(rows[0]?.n)
    },
  }
}

forEachEngine('ingest: a key that was used for other rows writes none of another line either', async (engine, t) => {
  const plant = await ingestPlant(engine, t)
  const { ofTwo, send, countOfTwo } = await withSecondLine(engine, plant)
  assert.equal((await send('k', goodRow(1))).accepted, 1)
  assert.equal(await codeOf(send('k', goodRow(2), ofTwo(5))), 'idempotency_key_reused')
  assert.deepEqual(short(await send('other', goodRow(2), ofTwo(5))), { accepted: 2, refused: [], isRepeated: false })
  assert.deepEqual(short(await send('other', goodRow(2), ofTwo(5))), { accepted: 2, refused: [], isRepeated: true })
  assert.equal(await countOfTwo(), 1)
})

forEachEngine('ingest: a key that was used for one line is refused for another, and stays what it was for the first', async (engine, t) => {
  const plant = await ingestPlant(engine, t)
  const { ofTwo, send, countOfTwo } = await withSecondLine(engine, plant)
  assert.equal((await send('k', goodRow(1))).accepted, 1)
  assert.equal(await codeOf(send('k', ofTwo(5))), 'idempotency_key_reused')
  assert.deepEqual(short(await send('k', goodRow(1))), { accepted: 1, refused: [], isRepeated: true })
  assert.equal(await countOfTwo(), 0)
  // as two processes leave it that took the key for different lines at the same moment
  await send('k2', ofTwo(6))
  const ledger = (where: string) => plant.run(`update andon_ingest_batches ${where}`)
  await ledger(
    'set batch_key = (select other.batch_key from (select batch_key from andon_ingest_batches where line_id = 1) other) where line_id = 2',
  )
  assert.deepEqual(short(await send('k', goodRow(1))), { accepted: 1, refused: [], isRepeated: true })
  assert.equal(await codeOf(send('k', ofTwo(5))), 'idempotency_key_reused')
})

forEachEngine('ingest: what a process that died left behind is found when it is there, and written when it is not', async (engine, t) => {
  const plant = await ingestPlant(engine, t, 'insert')
  const { tenantId, ingest, db } = plant
  const batch = (key: string, ...seconds: number[]) => ({ batchKey: key, source: 'http' as const, rows: seconds.map((s) => goodRow(s)) })
  await ingest.accept(tenantId, batch('there', 1, 2, 1))
  await ingest.accept(tenantId, batch('same', 1, 2, 1))
  await ingest.accept(tenantId, batch('gone', 7, 8))
  // as the process left it that died before it could say that it had written, or before it wrote
  await db.kysely.updateTable('ingest_intents').set({ last_id: null, ids: '[]' }).where('tenant_id', '=', tenantId).execute()
  await plant.run("delete from detection_line_l1 where detected_at >= '2026-10-19 15:00:07'")
  const later = plant.another()
  assert.equal(await codeOf(later.accept(tenantId, batch('there', 1, 2, 1))), 'request_running')
  plant.clock.advance(61_000)
  assert.deepEqual(short(await later.accept(tenantId, batch('same', 1, 2, 1))), { accepted: 3, refused: [], isRepeated: true })
  assert.deepEqual(short(await later.accept(tenantId, batch('there', 1, 2, 1))), { accepted: 3, refused: [], isRepeated: true })
  assert.deepEqual(short(await later.accept(tenantId, batch('gone', 7, 8))), { accepted: 2, refused: [], isRepeated: false })
  assert.deepEqual(await plant.written(), written(1, 2, 1, 1, 2, 1, 7, 8))
})

forEachEngine('ingest: an account that may only read is told so, and nothing is kept of the batch', async (engine, t) => {
  const { ingest, tenantId, db } = await ingestPlant(engine, t, 'read')
  const batch = { batchKey: 'k', source: 'http' as const, rows: [goodRow(1)] }
  assert.equal(await codeOf(ingest.accept(tenantId, batch)), 'ingest_not_writable')
  assert.equal(await codeOf(ingest.accept(tenantId, batch)), 'ingest_not_writable')
  assert.deepEqual(await db.kysely.selectFrom('ingest_intents').select('id').where('tenant_id', '=', tenantId).execute(), [])
})

forEachEngine('ingest: a line whose table went, and a product that came, are noticed', async (engine, t) => {
  const { ingest, tenantId, run, written: rowsOf, clock } = await ingestPlant(engine, t)
  const send = (second: number, more = {}) => ingest.accept(tenantId, { batchKey: null, source: 'http', rows: [goodRow(second, more)] })
  assert.deepEqual(short(await send(1, { product_id: 3 })).refused, ['0 unknown_product'])
  await run(
    "insert into product (product_name, product_code, product_weight, product_color, production_std, product_per_batch) values ('Nuevo', 'N', 1, '', 0, 1)",
  )
  assert.deepEqual(short(await send(1, { product_id: 3 })).refused, ['0 unknown_product'], 'asked a moment ago')
  clock.advance(61_000)
  assert.equal((await send(1, { product_id: 3 })).accepted, 1)
  assert.deepEqual(await rowsOf(), ['2026-10-19 15:00:01 2 3'])
  await run('drop table detection_line_l1')
  assert.deepEqual(short(await send(2)).refused, ['0 missing_table'])
})

test('ingest: whoever comes while the plant is read again for a new product waits for it', async (t) => {
  const { plants, tenantId, run, db, clock, ingest: first } = await ingestPlant('sqlite', t)
  let reads = 0
  const refresh = async (tenant: number) => {
    reads++
    await sleep(30)
    return plants.refresh(tenant)
  }
  const ingest = createIngest({ db, plants: { withPlant: plants.withPlant, refresh }, clock, log: silentLog() })
  t.after(ingest.close)
  await first.accept(tenantId, { batchKey: null, source: 'http', rows: [goodRow(0)] })
  await run(
    "insert into product (product_name, product_code, product_weight, product_color, production_std, product_per_batch) values ('Nuevo', 'N', 1, '', 0, 1)",
  )
  const send = (second: number) => ingest.accept(tenantId, { batchKey: null, source: 'http', rows: [goodRow(second, { product_id: 3 })] })
  const sent: Promise<IngestReport>[] = [send(1), send(2)]
  for (const second of [3, 4, 5, 6]) {
    await sleep(4)
    sent.push(send(second))
  }
  assert.deepEqual(
    (await Promise.all(sent)).map(({ accepted }) => accepted),
    [1, 1, 1, 1, 1, 1],
  )
  assert.equal(reads, 1)
})

test('ingest: a batch for which there is no room is refused whole, and what waits is written', async (t) => {
  const plant = await ingestPlant('sqlite', t)
  const ingest = plant.another({ mostWaiting: 5 })
  const send = (...seconds: number[]) =>
    codeOf(ingest.accept(plant.tenantId, { batchKey: null, source: 'http', rows: seconds.map((s) => goodRow(s)) }))
  const answers = await Promise.all([send(1, 2, 3), send(4, 5), send(6), send(7)])
  assert.deepEqual(answers, ['done', 'done', 'ingest_busy', 'ingest_busy'])
  assert.deepEqual(await plant.written(), written(1, 2, 3, 4, 5))
  assert.equal(await send(6), 'done')
  assert.equal(await codeOf(ingest.accept(plant.tenantId, { batchKey: null, source: 'http', rows: [] })), 'batch_size_invalid')
  assert.equal(await codeOf(ingest.accept(plant.tenantId, { batchKey: 'ñ', source: 'http', rows: [goodRow()] })), 'idempotency_key_invalid')
})

/** Partitioned by month in the engine's own way, with October 2026 alone. */
const octoberOnly: Readonly<Record<'postgres' | 'mysql', readonly string[]>> = {
  postgres: [
    'create table detection_line_l1 (detection_id int generated by default as identity, detected_at timestamp not null, area_id int not null, product_id int not null, primary key (detection_id, detected_at)) partition by range (detected_at)',
    "create table detection_line_l1_10 partition of detection_line_l1 for values from ('2026-10-01') to ('2026-11-01')",
  ],
  mysql: [
    "create table detection_line_l1 (detection_id int auto_increment, detected_at datetime not null, area_id int not null, product_id int not null, primary key (detection_id, detected_at)) partition by range columns (detected_at) (partition p0 values less than ('2026-10-19 00:00:00'), partition p1 values less than ('2026-10-20 00:00:00'))",
  ],
}

for (const may of ['manage', 'insert'] as const)
  forEachEngine(
    `ingest: rows of a day without partition are refused, the others are written, where the account may ${may}`,
    async (engine, t) => {
      if (engine === 'sqlite') return
      const plant = await ingestPlant(engine, t, may)
      await plant.run('drop table detection_line_l1')
      for (const statement of octoberOnly[engine]) await plant.run(statement)
      if (engine === 'postgres') await plant.run('grant select, insert on detection_line_l1 to public')
      const missing = engine === 'mysql' ? '2026-10-20 00:00:10' : '2026-09-30 23:59:59'
      plant.clock.advance(86_400_000)
      const batch = { batchKey: 'k', source: 'http' as const, rows: [goodRow(1), goodRow(0, { detected_at: missing }), goodRow(2)] }
      const want = { accepted: 2, refused: ['1 missing_partition'], isRepeated: false }
      assert.deepEqual(short(await plant.ingest.accept(plant.tenantId, batch)), want)
      assert.deepEqual(short(await plant.ingest.accept(plant.tenantId, batch)), { ...want, isRepeated: true })
      // its process died before it could say that it had written
      const { kysely } = plant.db
      await kysely.updateTable('ingest_intents').set({ last_id: null, ids: '[]' }).where('tenant_id', '=', plant.tenantId).execute()
      plant.clock.advance(61_000)
      assert.deepEqual(short(await plant.another().accept(plant.tenantId, batch)), { ...want, isRepeated: true })
      const alone = await plant.ingest.accept(plant.tenantId, { ...batch, batchKey: 'all', rows: batch.rows.slice(1, 2) })
      assert.deepEqual(short(alone).refused, ['0 missing_partition'])
      assert.deepEqual(await plant.written(0), written(1, 2))
    },
  )

forEachEngine(
  'ingest: what a rule of the customer’s refuses is reported, and takes no other batch of its group with it',
  async (engine, t) => {
    const plant = await ingestPlant(engine, t)
    await plant.run('create unique index one_per_second on detection_line_l1 (detected_at, area_id)')
    const send = (...seconds: number[]) =>
      plant.ingest.accept(plant.tenantId, { batchKey: `k${seconds}`, source: 'mqtt', rows: seconds.map((second) => goodRow(second)) })
    const reports = await Promise.all([send(1), send(2, 2, 4), send(3), send(1)])
    assert.deepEqual(
      reports.map(({ accepted, refused }) => [accepted, refused.map(({ code }) => code)]),
      [
        [1, []],
        [2, ['refused_by_database']],
        [1, []],
        [1, []],
      ],
    )
    assert.deepEqual((await plant.written()).sort(), written(1, 2, 3, 4))
  },
)

forEachEngine(
  'ingest: a table that somebody holds is said so, the plant stays readable, and the batch comes in afterwards',
  async (engine, t) => {
    if (engine === 'sqlite') return
    const plant = await ingestPlant(engine, t)
    const ingest = plant.another({ statementTimeoutMs: 400 })
    const batch = { batchKey: 'k', source: 'http' as const, rows: [goodRow(1)] }
    await ingest.accept(plant.tenantId, { ...batch, batchKey: 'before', rows: [goodRow(9)] })
    const { kysely, close } = await openPlantKysely(plant.plantUrl, { poolSize: 1 })
    const hold =
      engine === 'postgres' ? ['begin', 'lock table detection_line_l1 in exclusive mode'] : ['lock tables detection_line_l1 write']
    await kysely.connection().execute(async (own) => {
      for (const statement of hold) await sql.raw(statement).execute(own)
      const sent = [0, 1, 2, 3].map((at) => codeOf(ingest.accept(plant.tenantId, { ...batch, batchKey: `k${at}`, rows: [goodRow(at)] })))
      assert.deepEqual(new Set(await Promise.all(sent)), new Set(['ingest_held_up']))
      await sql.raw(engine === 'postgres' ? 'rollback' : 'unlock tables').execute(own)
    })
    await close()
    assert.deepEqual(short(await ingest.accept(plant.tenantId, { ...batch, batchKey: 'k0', rows: [goodRow(0)] })).refused, [])
    assert.deepEqual(await plant.written(), written(9, 0))
  },
)

forEachEngine('ingest: a write that took so long that another process may have taken it over is taken back', async (engine, t) => {
  const plant = await ingestPlant(engine, t, 'insert')
  const { tenantId, clock, db } = plant
  const batch = { batchKey: 'k', source: 'http' as const, rows: [goodRow(1), goodRow(2)] }
  const begun = async (atMs: number) => {
    for (;;) {
      const intents = await db.kysely.selectFrom('ingest_intents').select('updated_at').where('tenant_id', '=', tenantId).execute()
      if (intents.some(({ updated_at }) => updated_at === atMs)) return
      await sleep(5)
    }
  }
  const { kysely, close } = await openPlantKysely(plant.plantUrl, { poolSize: 1 })
  // none of these keeps anybody from reading
  const hold = {
    sqlite: ['begin immediate'],
    postgres: ['begin', 'lock table detection_line_l1 in exclusive mode'],
    mysql: ['begin', 'select detection_id from detection_line_l1 for update'],
  }[engine]
  const sent = await kysely.connection().execute(async (own) => {
    for (const statement of hold) await sql.raw(statement).execute(own)
    const first = codeOf(plant.ingest.accept(tenantId, batch))
    await begun(clock.nowMs())
    clock.advance(61_000)
    const second = codeOf(plant.another().accept(tenantId, batch))
    await begun(clock.nowMs())
    await sql.raw('rollback').execute(own)
    return [await first, await second]
  })
  await close()
  assert.deepEqual(sent, ['ingest_held_up', 'done'])
  assert.deepEqual(short(await plant.ingest.accept(tenantId, batch)), { accepted: 2, refused: [], isRepeated: true })
  assert.deepEqual(await plant.written(), written(1, 2))
})
