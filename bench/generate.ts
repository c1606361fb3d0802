/** Plants in the shape of customers', of any size, always the same rows for the same size and end:
 *  `node bench/generate.ts --engine mysql --rows 10000000 --name andon_bench_10m`, and `--drop` to remove it. */
import { existsSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { insertContent } from '../src/plant/demo/plant-content.ts'
import { type Engine, engines, openPlantKysely, sqliteUrl } from '../src/platform/db/index.ts'
import { dayOf, dayS, formatLocal, hourS, type LocalS, parseLocal, zoneOf } from '../src/platform/time/index.ts'
import { openLoader } from './load.ts'
import { benchPlan } from './plan.ts'
import { lineBatch } from './rows.ts'

export const namePrefix = 'andon_bench_'

export type PlantOrder = {
  readonly engine: Engine
  /** Of the database, or of the SQLite file; begins with `andon_bench_`. */
  readonly name: string
  /** About: a line's days differ. */
  readonly rows: number
  readonly days: number
  /** No row is seen at or after this wall time. */
  readonly untilS: LocalS
  /** Lines that are filled at once. */
  readonly parallel: number
}

const usualRowsPerLineDay = 2_740
const lines = 10

/** A year, or fewer days when the rows would be sparser than those of a real line. */
export const usualDays = (rows: number): number => Math.max(7, Math.min(365, Math.ceil(rows / (lines * usualRowsPerLineDay))))

const serverUrls: Readonly<Record<Engine, string>> = {
  mysql: (process.env.ANDON_TEST_MARIADB_URL ?? 'mysql://root@127.0.0.1:3306/').replace(/\/[^/]*$/, ''),
  postgres: (process.env.ANDON_TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/').replace(/\/[^/]*$/, ''),
  sqlite: '',
}
const fileOf = (name: string): string => path.join(os.tmpdir(), `${name}.sqlite`)

/** What a company is attached to. */
export const plantUrl = (engine: Engine, name: string): string =>
  engine === 'sqlite' ? sqliteUrl(fileOf(name)) : `${serverUrls[engine]}/${name}`

async function onServer(engine: 'mysql' | 'postgres', statement: string): Promise<void> {
  if (engine === 'mysql') {
    const connection = await mysql.createConnection({ uri: `${serverUrls.mysql}/` })
    await connection.query(statement).finally(() => connection.end())
  } else {
    const client = new pg.Client({ connectionString: `${serverUrls.postgres}/postgres` })
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
}

const checkedName = (name: string): string => {
  if (!new RegExp(`^${namePrefix}[a-z0-9_]+$`).test(name)) throw new Error(`--name must look like ${namePrefix}10m`)
  return name
}

/** Empty; of SQLite only the name is looked at. */
export async function createDatabase(engine: Engine, name: string): Promise<void> {
  checkedName(name)
  if (engine !== 'sqlite') return onServer(engine, `CREATE DATABASE ${name}${engine === 'mysql' ? ' CHARACTER SET utf8mb4' : ''}`)
  if (existsSync(fileOf(name))) throw new Error(`${fileOf(name)} is there already`)
}

export async function dropPlant(engine: Engine, name: string): Promise<void> {
  checkedName(name)
  if (engine !== 'sqlite') return onServer(engine, `DROP DATABASE IF EXISTS ${name}`)
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(fileOf(name) + suffix, { force: true })
}

/** Answers the number of rows made. On failure nothing is left behind. */
export async function generatePlant(order: PlantOrder, onProgress: (fraction: number, rows: number) => void = () => {}): Promise<number> {
  const { engine, rows: wantedRows, days, untilS } = order
  const name = checkedName(order.name)
  await createDatabase(engine, name)
  try {
    const rowsPerLineDay = wantedRows / (lines * days)
    const plan = benchPlan(rowsPerLineDay)
    const newestDay = dayOf(untilS)
    const target = engine === 'sqlite' ? fileOf(name) : plantUrl(engine, name)
    const first = await openLoader(engine, target)
    await first.createPlant()
    await first.close()
    const plant = await openPlantKysely(plantUrl(engine, name))
    await insertContent(plant.kysely, plan, { seed: 'bench', newestDay }).finally(() => plant.close())
    let [rows, batchesDone] = [0, 0]
    const waiting = [...plan.lines]
    const work = async () => {
      for (let line = waiting.shift(); line; line = waiting.shift()) {
        const loaded = line
        const batches = function* () {
          for (let day = newestDay - days; day <= newestDay; day += 1) {
            const batch = lineBatch(plan, loaded, day, rowsPerLineDay, untilS)
            rows += batch.rows.length
            batchesDone += 1
            onProgress(batchesDone / (plan.lines.length * (days + 1)), rows)
            yield batch
          }
        }
        const loader = await openLoader(engine, target)
        await loader
          .loadLine({ lineCode: line.code, fromS: (newestDay - days) * dayS, untilS, batches: batches() })
          .finally(() => loader.close())
      }
    }
    await Promise.all(Array.from({ length: engine === 'sqlite' ? 1 : order.parallel }, work))
    return rows
  } catch (error) {
    await dropPlant(engine, name)
    throw error
  }
}

/** The hour that has begun at the plant: rows are then never in the future. */
export const thisHourS = (nowMs: number): LocalS => {
  const localS = zoneOf(benchPlan(1).timeZone).toLocalS(Math.floor(nowMs / 1000))
  return localS - (localS % hourS)
}

export const engineOf = (text: string): Engine => {
  const engine = engines.find((known) => known === text)
  if (!engine) throw new Error(`--engine must be one of ${engines.join(', ')}`)
  return engine
}

export const wholeNumber = (name: string, text: string): number => {
  const number = Number(text.replaceAll('_', ''))
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} must be a whole number above 0`)
  return number
}

/** Progress on one line of stderr, at most four times a second. */
export function progressLine(label: string): (fraction: number, rows: number) => void {
  const startMs = performance.now()
  let shownMs = 0
  return (fraction, rows) => {
    const nowMs = performance.now()
    if (nowMs - shownMs < 250 && fraction < 1) return
    shownMs = nowMs
    const perSecond = Math.round(rows / ((nowMs - startMs) / 1000))
    process.stderr.write(
      `\r${label} ${(100 * fraction).toFixed(1)} % ${rows.toLocaleString('en')} rows, ${perSecond.toLocaleString('en')}/s   `,
    )
    if (fraction >= 1) process.stderr.write('\n')
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', default: 'mysql' },
      rows: { type: 'string', default: '1000000' },
      name: { type: 'string' },
      days: { type: 'string' },
      until: { type: 'string' },
      parallel: { type: 'string', default: '2' },
      drop: { type: 'boolean', default: false },
    },
  })
  const engine = engineOf(values.engine)
  const rows = wholeNumber('rows', values.rows)
  const name = values.name ?? `${namePrefix}${rows}`
  if (values.drop) {
    await dropPlant(engine, name)
    console.log(`${name} dropped`)
    return
  }
  const untilS = values.until === undefined ? thisHourS(Date.now()) : parseLocal(values.until)
  if (untilS === null) throw new Error('--until must be a wall time as 2026-11-21T09:00')
  const days = values.days === undefined ? usualDays(rows) : wholeNumber('days', values.days)
  const startMs = performance.now()
  const made = await generatePlant(
    { engine, name, rows, days, untilS, parallel: wholeNumber('parallel', values.parallel) },
    progressLine(name),
  )
  const seconds = (performance.now() - startMs) / 1000
  console.log(
    `${name}: ${made.toLocaleString('en')} detections of ${lines} lines in ${days} days until ${formatLocal(untilS)}, ${seconds.toFixed(1)} s (${Math.round(made / seconds).toLocaleString('en')} rows/s)`,
  )
}

if (import.meta.main) await main()
