import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import type { Engine } from './database.ts'
import { QueryTimeoutError } from './errors.ts'
import { openPlantKysely } from './open.ts'
import { readNumbers, readRows } from './read-rows.ts'

const rowCount = 25_000

async function plantOf(engine: Engine, t: TestContext) {
  const plant = await openPlantKysely(await temporaryDatabase(engine, t), { create: true, poolSize: 1 })
  t.after(plant.close)
  const { kysely } = plant
  const time = { sqlite: 'text', postgres: 'timestamp(0)', mysql: 'datetime' }[engine]
  await sql
    .raw(`create table detection (id bigint primary key, at ${time} not null, area_id integer, small smallint, said varchar(30))`)
    .execute(kysely)
  for (let from = 0; from < rowCount; from += 2_500) {
    const rows = Array.from({ length: 2_500 }, (_, i) => {
      const id = from + i + 1
      return {
        id: id === rowCount ? 2 ** 53 - 1 : id,
        at: new Date(Date.UTC(2024, 1, 28) + id * 7_001_000).toISOString().slice(0, 19).replace('T', ' '),
        area_id: id % 7 ? (id % 5) * -400_000_000 : null,
        small: (id % 60_000) - 30_000,
        said: id % 2 ? '2026-03-02 06:07:08.5' : String(id),
      }
    })
    await kysely.insertInto('detection').values(rows).execute()
  }
  return { ...plant, all: kysely.selectFrom('detection').select(['id', 'at', 'area_id', 'small', 'said']).orderBy('id').compile() }
}

const options = { timeoutMs: 20_000 }

forEachEngine('readNumbers gives what readRows gives, as columns of numbers', async (engine, t) => {
  const { kysely, all } = await plantOf(engine, t)
  const secondsOf = (text: string): number => Math.floor(Date.parse(`${text.replace(' ', 'T')}Z`) / 1000)
  const wanted: number[][] = []
  await readRows(
    kysely,
    all,
    ([id, at, area, small, said]) => {
      const text = String(said)
      wanted.push([Number(id), secondsOf(String(at)), Number(area), Number(small), text.length > 9 ? secondsOf(text) : Number(text)])
    },
    options,
  )
  for (let round = 0; round < 3; round++) {
    const found: number[][] = []
    const count = await readNumbers(
      kysely,
      all,
      (columns, length) => {
        for (let i = 0; i < length; i++) found.push(columns.map((column) => column[i] as number))
      },
      options,
    )
    assert.equal(count, rowCount)
    assert.deepEqual(found, wanted)
    // the connection serves the others as before
    assert.deepEqual((await sql`select count(*) as n from detection`.execute(kysely)).rows, [{ n: rowCount }])
  }
})

forEachEngine('readNumbers takes parameters; no rows, one row and a wrong statement leave the connection whole', async (engine, t) => {
  const { kysely } = await plantOf(engine, t)
  const ids = async (from: number, to: number): Promise<number[]> => {
    const found: number[] = []
    await readNumbers(
      kysely,
      kysely.selectFrom('detection').select('id').where('id', '>=', from).where('id', '<=', to).orderBy('id').compile(),
      ([id], length) => found.push(...(id as Float64Array).subarray(0, length)),
      options,
    )
    return found
  }
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(await ids(rowCount + 1, rowCount + 5), [])
    assert.deepEqual(await ids(7, 7), [7])
    assert.deepEqual(await ids(10, 12), [10, 11, 12])
    await assert.rejects(
      readNumbers(kysely, sql`select id from nowhere where id = ${1}`.compile(kysely), () => {}, options),
      /nowhere/,
    )
  }
})

forEachEngine('what onNumbers throws, an abort or the time ends the read at once, and the database serves on', async (engine, t) => {
  const { kysely, all } = await plantOf(engine, t)
  const stumble = () => {
    throw new Error('enough')
  }
  await assert.rejects(readNumbers(kysely, all, stumble, options), /enough/)
  const abort = new AbortController()
  await assert.rejects(
    readNumbers(kysely, all, () => abort.abort(new Error('the person left')), { ...options, signal: abort.signal }),
    /the person left/,
  )
  const endless = sql`select a.id from detection a, detection b where a.id + b.id > ${0}`.compile(kysely)
  await assert.rejects(
    readNumbers(kysely, endless, () => {}, { timeoutMs: 300 }),
    (error) => error instanceof QueryTimeoutError && error.timeoutMs === 300,
  )
  for (let round = 0; round < 2; round++) assert.equal(await readNumbers(kysely, all, () => {}, options), rowCount)
})
