/** `node bench/tables.ts [rows]`: reading a range of rows from a detection table as customers have it (key of the id, an index on the area, partitions by
 *  year×100+month) and from one of ours, in one run on the same MariaDB, with the room both take. Makes a database of its own and drops it. */
import process from 'node:process'
import { sql } from 'kysely'
import { detectionTableStatements, monthBegin, monthText, parseMonth, partitionName, yearMonthOf } from '../src/plant/source/index.ts'
import { openPlantKysely, readNumbers } from '../src/platform/db/index.ts'

const rows = Number(process.argv[2] ?? 2_000_000)
const server = process.env.ANDON_TEST_MARIADB_URL ?? 'mysql://root@127.0.0.1:3306/mysql'
const name = `andon_bench_${process.pid}`
const first = parseMonth('2025-11') ?? 0
const monthCount = 12
const areas = 6
const rounds = 7
const secondsOfAll = 365 * 86_400

const url = new URL(server)
const root = await openPlantKysely(url.href, { poolSize: 1, statementTimeoutMs: 600_000 })
await sql.raw(`create database ${name}`).execute(root.kysely)
url.pathname = `/${name}`
const { kysely, close } = await openPlantKysely(url.href, { poolSize: 2, statementTimeoutMs: 600_000 })
try {
  const run = (statement: string) => sql.raw(statement).execute(kysely)
  const months = Array.from({ length: monthCount }, (_, at) => first + at)
  const customers = `CREATE TABLE old_layout (detection_id int NOT NULL AUTO_INCREMENT, detected_at datetime NOT NULL, area_id int NOT NULL, product_id int NOT NULL,
    PRIMARY KEY (detection_id, detected_at), KEY (area_id)) ENGINE=InnoDB PARTITION BY RANGE (YEAR(detected_at) * 100 + MONTH(detected_at)) (${months
      .map((month) => `PARTITION ${partitionName(month)} VALUES LESS THAN (${yearMonthOf(month + 1)})`)
      .join(', ')}, PARTITION pmax VALUES LESS THAN MAXVALUE)`
  await run(customers)
  for (const statement of detectionTableStatements('mysql', 'new_layout', first)) await run(statement)
  const filled: Record<string, number> = {}
  for (const table of ['old_layout', 'new_layout']) {
    const startedMs = performance.now()
    const steps = 20
    for (let step = 0; step < steps; step++) {
      const [from, to] = [Math.floor((rows * step) / steps) + 1, Math.floor((rows * (step + 1)) / steps)]
      await run(`insert into ${table} (detected_at, area_id, product_id) select '${monthBegin(first)}' + interval floor(seq * ${secondsOfAll / rows}) second,
        1 + seq % ${areas}, 1 + (seq div 500) % 8 from seq_${from}_to_${to}`)
    }
    filled[table] = performance.now() - startedMs
    await run(`analyze table ${table}`)
  }
  const [fromText, toText] = ['2026-05-04', '2026-05-11']
  const clauses = { old_layout: ` partition (${partitionName(parseMonth('2026-05') ?? 0)})`, new_layout: '' }
  type Table = keyof typeof clauses
  const read = async (table: Table, isHinted: boolean, where: string): Promise<{ ms: number; count: number }> => {
    const query = sql
      .raw(
        `select detected_at, area_id, product_id from ${table}${isHinted ? clauses[table] : ''} where ${where} detected_at >= '${fromText}' and detected_at < '${toText}'`,
      )
      .compile(kysely)
    const startedMs = performance.now()
    const count = await readNumbers(kysely, query, () => {}, { timeoutMs: 120_000 })
    return { ms: performance.now() - startedMs, count }
  }
  console.log(
    `${rows.toLocaleString('en')} rows of ${monthText(first)} and the ${monthCount - 1} months after it, ${areas} areas; medians of ${rounds}, in turn`,
  )
  for (const [what, where, isHinted] of [
    ['one area, a week (month named for the old layout)', 'area_id = 3 and', true],
    ['one area, a week (nothing named)', 'area_id = 3 and', false],
    ['all areas, a week (month named for the old layout)', '', true],
    ['all areas, a week (nothing named)', '', false],
  ] as const) {
    const times: Record<Table, number[]> = { old_layout: [], new_layout: [] }
    const counts = new Set<number>()
    for (let round = 0; round <= rounds; round++)
      for (const table of ['old_layout', 'new_layout'] as const) {
        const { ms, count } = await read(table, isHinted, where)
        counts.add(count)
        if (round > 0) times[table].push(ms)
      }
    if (counts.size !== 1) throw new Error('the layouts answer differently')
    const median = (list: number[]): number => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
    const [before, now] = [median(times.old_layout), median(times.new_layout)]
    console.log(
      `${what}: ${[...counts][0]} rows, old ${before.toFixed(1)} ms, new ${now.toFixed(1)} ms, ${(before / now).toFixed(1)}× as fast`,
    )
  }
  const { rows: sizes } = await sql<{ name: string; bytes: number }>`select table_name as name, data_length + index_length as bytes
    from information_schema.tables where table_schema = database() order by table_name`.execute(kysely)
  const bytes = Object.fromEntries(sizes.map((size) => [size.name, Number(size.bytes)]))
  const mb = (table: string): string => `${((bytes[table] ?? 0) / 1e6).toFixed(0)} MB`
  console.log(
    `disk: old ${mb('old_layout')}, new ${mb('new_layout')} (${((bytes.new_layout ?? 0) / (bytes.old_layout ?? 1)).toFixed(2)}×); filled in ${((filled.old_layout ?? 0) / 1000).toFixed(0)} s and ${((filled.new_layout ?? 0) / 1000).toFixed(0)} s`,
  )
} finally {
  await close()
  await sql.raw(`drop database ${name}`).execute(root.kysely)
  await root.close()
}
