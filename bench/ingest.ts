/** Detections coming in, each engine in one run: batches of 10,000 against the bare driver's bulk insert into the same tables, and single rows against one
 *  transaction per row. Plants of ours, made and dropped; every commit of either side waits for the disk. Fails when a row is missing. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { createContext } from '../src/context.ts'
import { createTenantWithAdmin } from '../src/identity/index.ts'
import { migrations } from '../src/migrations/index.ts'
import { createLineTables, createManagedPlant, saveAttachment } from '../src/plant/source/index.ts'
import { readConfig } from '../src/platform/config/index.ts'
import { type Engine, migrateUp, openPlantKysely, parseDatabaseUrl } from '../src/platform/db/index.ts'
import { silentLog } from '../src/platform/log/index.ts'
import { createDatabase, dropPlant, engineOf, namePrefix, plantUrl, wholeNumber } from './generate.ts'
import { createInstallation } from './server.ts'

const { values } = parseArgs({
  options: {
    engine: { type: 'string', multiple: true, default: ['sqlite', 'postgres', 'mysql'] },
    rounds: { type: 'string', default: '8' },
    /** Of each round. */
    singles: { type: 'string', default: '1000' },
  },
})
const rounds = wholeNumber('rounds', values.rounds)
const singles = wholeNumber('singles', values.singles)
const batchRows = 10_000
/** Requests under way at once: what a busy server has of one line. */
const atOnce = 200

type Line = { readonly code: string; readonly table: string }
const lines: readonly Line[] = ['accept', 'http', 'bare', 'single', 'naive'].map((code) => ({
  code: code.toUpperCase(),
  table: `detection_line_${code}`,
}))
const lineOf = (code: string): Line => lines.find((line) => line.code === code) as Line

type Values = readonly [detectedAt: string, areaId: number, productId: number]
const nowMs = Date.now()
/** Of the last hours, in their order. */
const valuesAt = (at: number, areaId: number): Values => [
  new Date(nowMs - 36_000_000 + (at % 30_000) * 1_000).toISOString().slice(0, 19).replace('T', ' '),
  areaId,
  1 + (at % 3),
]
const areaOf = (code: string): number => lines.findIndex((line) => line.code === code) + 1

/** The driver alone, as its manual would have it: all rows in one statement where it can, one transaction. */
async function bareDriver(
  engine: Engine,
  url: string,
  table: string,
): Promise<{ insert: (rows: readonly Values[]) => Promise<void>; close: () => Promise<void> }> {
  if (engine === 'sqlite') {
    const address = parseDatabaseUrl(url)
    const handle = new DatabaseSync(address.engine === 'sqlite' ? address.file : '', { timeout: 5_000 })
    handle.exec('pragma synchronous = full')
    const statement = handle.prepare(`insert into ${table} (detected_at, area_id, product_id) values (?, ?, ?)`)
    return {
      async insert(rows) {
        handle.exec('begin immediate')
        for (const row of rows) statement.run(...row)
        handle.exec('commit')
      },
      close: async () => handle.close(),
    }
  }
  if (engine === 'mysql') {
    const connection = await mysql.createConnection({ uri: url })
    return {
      insert: async (rows) => void (await connection.query(`insert into ${table} (detected_at, area_id, product_id) values ?`, [rows])),
      close: () => connection.end(),
    }
  }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const text = `insert into ${table} (detected_at, area_id, product_id) select * from unnest($1::timestamp[], $2::int[], $3::int[])`
  return {
    insert: async (rows) =>
      void (await client.query(
        text,
        [0, 1, 2].map((column) => rows.map((row) => row[column])),
      )),
    close: () => client.end(),
  }
}

const table: string[] = []
const add = (measure: string, value: string, target = '', isReached?: boolean): void => {
  table.push(`| ${measure} | ${value} | ${target} | ${isReached === undefined ? '' : isReached ? 'yes' : '**no**'} |`)
  process.stderr.write(`  ${measure}: ${value}${target === '' ? '' : ` (${target}: ${isReached ? 'reached' : 'not reached'})`}\n`)
}
const perSecond = (rows: number, ms: number): string => `${Math.round((rows / ms) * 1000).toLocaleString('en')} rows/s`
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

/** `work` of the numbers from `first` on, in milliseconds. */
function atOnceEach(first: number, work: (at: number) => Promise<unknown>): Promise<number> {
  let next = first
  const run = async (): Promise<void> => {
    while (next < first + singles) await work(next++)
  }
  return timed(() => Promise.all(Array.from({ length: atOnce }, run)))
}

async function makePlant(engine: Engine, name: string): Promise<string> {
  await createDatabase(engine, name)
  const url = plantUrl(engine, name)
  const plant = await openPlantKysely(url, { create: true, statementTimeoutMs: 60_000 })
  const insert = (into: string, ...rows: readonly Record<string, unknown>[]) => plant.kysely.insertInto(into).values(rows).execute()
  try {
    await createManagedPlant(plant.kysely, engine)
    for (const { code, table: detectionTable } of lines) {
      await createLineTables(plant.kysely, engine, { detectionTable, downtimeTable: `downtime_events_${code.toLowerCase()}` })
      await insert('production_line', {
        line_name: code,
        line_code: code,
        is_active: 1,
        availability: 85,
        performance: 10,
        downtime_threshold: 60,
      })
      const corners = { coord_x1: 0, coord_y1: 0, coord_x2: 1, coord_y2: 1 }
      await insert('area', { line_id: areaOf(code), area_name: 'Salida', area_type: 'output', area_order: 1, ...corners })
    }
    for (const product of ['A', 'B', 'C'])
      await insert('product', {
        product_name: product,
        product_code: product,
        product_weight: '1.00',
        product_color: '',
        production_std: 0,
        product_per_batch: 1,
      })
  } finally {
    await plant.close()
  }
  return url
}

async function measure(engine: Engine): Promise<void> {
  const name = `${namePrefix}ingest_${process.pid}`
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-bench-'))
  const url = await makePlant(engine, name)
  const installation = createInstallation(folder)
  const ctx = await createContext(readConfig(installation.settings), { log: silentLog() })
  const plant = await openPlantKysely(url, { poolSize: 4, statementTimeoutMs: 60_000 })
  const bare = await bareDriver(engine, url, lineOf('BARE').table)
  try {
    await migrateUp(ctx.db, migrations, ctx.clock.nowMs)
    const person = { username: 'bench', email: 'bench@bench.example', password: 'Bench2026x' }
    const { tenantId } = await createTenantWithAdmin(ctx.db, ctx, { companyName: 'Bench', ...person, config: { timezone: 'UTC' } })
    await saveAttachment({ ...ctx.db, tenantId }, ctx.secrets, { url, canManage: true, nowMs })
    const server = await installation.start()
    try {
      const token = await server.signIn(person)
      const bodyOf = (code: string, at: number, count: number) =>
        Array.from({ length: count }, (_, row) => {
          const [detected_at, area_id, product_id] = valuesAt(at + row, areaOf(code))
          return { line: code, area_id, product_id, detected_at }
        })
      const sums = { bare: 0, accept: 0, http: 0 }
      for (let round = -1; round < rounds; round++) {
        const at = (round + 1) * batchRows
        const rows = Array.from({ length: batchRows }, (_, row) => valuesAt(at + row, areaOf('BARE')))
        const takes = {
          bare: () => timed(() => bare.insert(rows)),
          accept: () =>
            timed(() =>
              ctx.ingest.accept(tenantId, { batchKey: `accept-${round}`, rows: bodyOf('ACCEPT', at, batchRows), source: 'http' }),
            ),
          http: () =>
            timed(async () => {
              const answer = await server.request('/api/v1/ingest/detections', { body: { rows: bodyOf('HTTP', at, batchRows) }, token })
              const { accepted } = JSON.parse(answer.body.toString()) as { accepted?: number }
              if (accepted !== batchRows) throw new Error(answer.body.toString().slice(0, 300))
            }),
        }
        // each goes first as often as the others: what one leaves to be written, another waits for
        const order = (['bare', 'accept', 'http'] as const).map(
          (_, at, names) => names[(at + round + 1) % names.length] as keyof typeof takes,
        )
        for (const kind of order) {
          const tookMs = await takes[kind]()
          // the first round opens connections and compiles
          if (round >= 0) sums[kind] += tookMs
        }
      }
      const { bare: bareMs, accept: acceptMs, http: httpMs } = sums
      const all = rounds * batchRows
      add(`${engine}: bare driver, ${batchRows.toLocaleString('en')} rows a transaction`, perSecond(all, bareMs))
      const share = (ms: number): string => `${Math.round((bareMs / ms) * 100)} % (${perSecond(all, ms)})`
      add(
        `${engine}: batches of 10,000 under a key, checked and committed`,
        share(acceptMs),
        '≥ 50 % of the driver',
        bareMs / acceptMs >= 0.5,
      )
      add(`${engine}: the same over HTTP`, share(httpMs), '≥ 50 % of the driver', bareMs / httpMs >= 0.5)
      for (const code of ['BARE', 'ACCEPT', 'HTTP']) await mustHold(plant, lineOf(code), (rounds + 1) * batchRows)

      await sql`create table naive_keys (batch_key varchar(64) not null primary key)`.execute(plant.kysely)
      for (const isKeyed of [false, true]) {
        const naive = (at: number) =>
          plant.kysely.transaction().execute(async (tx) => {
            if (engine === 'postgres') await sql`set local synchronous_commit = on`.execute(tx)
            if (isKeyed) await sql`insert into naive_keys (batch_key) values (${`one-${at}`})`.execute(tx)
            const [detectedAt, areaId, productId] = valuesAt(at, areaOf('NAIVE'))
            await sql`insert into ${sql.id(lineOf('NAIVE').table)} (detected_at, area_id, product_id) values (${detectedAt}, ${areaId}, ${productId})`.execute(
              tx,
            )
          })
        const ours = (at: number) =>
          ctx.ingest.accept(tenantId, { batchKey: isKeyed ? `one-${at}` : null, rows: bodyOf('SINGLE', at, 1), source: 'http' })
        const sums = { naive: 0, ours: 0 }
        // in short turns: what else the machine does in between meets both
        for (let round = 0; round < rounds; round++) {
          sums.naive += await atOnceEach(round * singles, naive)
          sums.ours += await atOnceEach(round * singles, ours)
        }
        const kind = isKeyed ? ', each under its own key' : ''
        add(
          `${engine}: single rows${kind}, a transaction each, ${atOnce} at once on four connections`,
          perSecond(rounds * singles, sums.naive),
        )
        add(
          `${engine}: single rows${kind} through the line’s writer`,
          `${(sums.naive / sums.ours).toFixed(1)}× (${perSecond(rounds * singles, sums.ours)})`,
          '≥ 5×',
          sums.naive / sums.ours >= 5,
        )
      }
      await mustHold(plant, lineOf('SINGLE'), rounds * singles * 2)
    } finally {
      await server.stop()
    }
  } finally {
    await bare.close()
    await plant.close()
    await ctx.close()
    await dropPlant(engine, name)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function mustHold(
  { kysely }: Pick<Awaited<ReturnType<typeof openPlantKysely>>, 'kysely'>,
  { table: of }: Line,
  wanted: number,
): Promise<void> {
  const { rows } = await sql<{ n: unknown }>`select count(*) as n from ${sql.id(of)}`.execute(kysely)
  if (Number(rows[0]?.n) !== wanted) throw new Error(`${of} has ${String(rows[0]?.n)} rows instead of ${wanted}`)
}

for (const engine of values.engine.map(engineOf)) await measure(engine)
console.log(
  `\nload ${os.loadavg()[0]?.toFixed(1)}, Node ${process.version}\n\n| measure | measured | to reach | |\n|---|---|---|---|\n${table.join('\n')}`,
)
