/** Rows of a month in the customer's table: counted, read by ranges of ids, put back, taken out. */
import path from 'node:path'
import { type RawBuilder, sql } from 'kysely'
import { asInteger, listColumns, readRows } from '../../platform/db/index.ts'
import { dayS, formatLocal, parseLocal } from '../../platform/time/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import { type Month, monthBegin, monthOfLocal, type PlantDb } from '../source/index.ts'
import type { ArchiveRow } from './file.ts'
import { problem } from './problems.ts'

const batchIds = 20_000
const readLimitMs = 300_000

export type MonthRows = { readonly month: Month; readonly rows: number; readonly minId: number; readonly maxId: number }

/** Where rows are: an archive goes back to where it came from. */
export type Origin = { readonly database: string; readonly table: string }

export async function originOf({ kysely, engine }: PlantDb, table: string): Promise<Origin> {
  const query = {
    mysql: sql<{ name: string }>`select database() as name`,
    postgres: sql<{ name: string }>`select current_database() as name`,
    sqlite: sql<{ name: string }>`select file as name from pragma_database_list where name = 'main'`,
  }[engine]
  const { rows } = await query.execute(kysely)
  return { database: path.basename(rows[0]?.name ?? ''), table }
}

/** Months with rows in `from` (a table, or one of its partitions), before `below`. Throws `rows_odd`. */
export async function monthsWithRows(
  db: PlantDb,
  table: string,
  from: RawBuilder<unknown>,
  below: Month,
  limitMs = readLimitMs,
): Promise<MonthRows[]> {
  const month = sql`substr(${textOf(db, 'detected_at')}, 1, 7)`
  const query = sql`select ${month}, count(*), min(detection_id), max(detection_id) from ${from}
    where detected_at < ${monthBegin(below)} group by ${month} order by 1`.compile(db.kysely)
  const found: MonthRows[] = []
  await readRows(
    db.kysely,
    query,
    ([name, rows, minId, maxId]) => {
      if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(String(name)) || String(name) < '1000') throw problem('rows_odd', { parameters: { table } })
      const [count, low, top] = [asInteger(rows) ?? 0, asInteger(minId) ?? 0, asInteger(maxId) ?? 0]
      found.push({ month: monthOfLocal(String(name)), rows: count, minId: low, maxId: top })
    },
    { timeoutMs: limitMs },
  )
  return found
}

/** A clock may have run ahead for an hour, and rows with it. */
const believedS = 7 * dayS

/** Of the last row that is a week older than the newest, by the times that they bear; of the newest where all are of one week. Null without rows. */
export async function newestMonth({ db }: Pick<OpenPlant, 'db'>, { detectionTable: table }: Line): Promise<Month | null> {
  if (!table) return null
  const lastAt = async (where: RawBuilder<unknown>): Promise<string | null> => {
    let last: string | null = null
    const onRow = ([at]: unknown[]): void => {
      if (at !== null) last = String(at).slice(0, 19)
    }
    const query = sql`select max(detected_at) from ${sql.id(table.name)}${where}`
    await readRows(db.kysely, query.compile(db.kysely), onRow, { timeoutMs: readLimitMs })
    return last
  }
  const last = await lastAt(sql``)
  const lastS = last === null ? null : parseLocal(last)
  if (last === null || lastS === null) return null
  return monthOfLocal((await lastAt(sql` where detected_at < ${formatLocal(lastS - believedS)}`)) ?? last)
}

const textOf = ({ engine }: PlantDb, column: string): RawBuilder<unknown> =>
  engine === 'mysql'
    ? sql`cast(${sql.id(column)} as char)`
    : engine === 'postgres'
      ? sql`cast(${sql.id(column)} as text)`
      : sql`${sql.id(column)}`

export type ArchiveColumns = { readonly names: readonly string[]; readonly select: RawBuilder<unknown> }

/** All columns of the table, the id first; whole numbers as they are, everything else as text. Throws `archive_columns` for bytes. */
export async function archiveColumns(db: PlantDb, table: string): Promise<ArchiveColumns> {
  const columns = await listColumns(db, table)
  const first = columns.find(({ name }) => name === 'detection_id')
  const all = first ? [first, ...columns.filter((column) => column !== first)] : []
  if (!first || all.some(({ type }) => /blob|binary|bytea|^bit/.test(type)))
    throw problem('archive_columns', { parameters: { table, columns: columns.map(({ name }) => name).join(', ') } })
  const select = all.map(({ name, type }) => (db.engine === 'sqlite' || /int/.test(type) ? sql`${sql.id(name)}` : textOf(db, name)))
  return { names: all.map(({ name }) => name), select: sql.join(select) }
}

const inMonth = (month: Month): RawBuilder<unknown> => sql`detected_at >= ${monthBegin(month)} and detected_at < ${monthBegin(month + 1)}`

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

/** Rows of a month in order of id, read by ranges of the primary key: a live table may have no index on the time. */
export async function* readMonth(
  db: PlantDb,
  table: string,
  { select }: ArchiveColumns,
  { month, minId, maxId }: MonthRows,
): AsyncGenerator<readonly ArchiveRow[]> {
  for (let from = minId; from <= maxId; from += batchIds) {
    const query =
      sql`select ${select} from ${sql.id(table)} where detection_id >= ${from} and detection_id < ${Math.min(from + batchIds, maxId + 1)}
      and ${inMonth(month)} order by detection_id`.compile(db.kysely)
    const rows: ArchiveRow[] = []
    await readRows(db.kysely, query, (row) => void rows.push(row.map(plain)), { timeoutMs: readLimitMs })
    yield rows
  }
}

/** Those of these ids that the table has in that month, by id; null = in whatever month. `isLocked`: in a transaction, so that nobody changes them before
 *  its end. */
export async function findRows(
  db: PlantDb,
  table: string,
  { select }: Pick<ArchiveColumns, 'select'>,
  month: Month | null,
  ids: readonly number[],
  isLocked = false,
): Promise<Map<number, ArchiveRow>> {
  const found = new Map<number, ArchiveRow>()
  if (ids.length === 0) return found
  const where = sql`detection_id in (${sql.join(ids)})${month === null ? sql`` : sql` and ${inMonth(month)}`}`
  await readLocked(db, sql`select ${select} from ${sql.id(table)} where ${where}`, isLocked, (row) => void found.set(Number(row[0]), row))
  return found
}

/** Rows of a month with ids from `fromId` to `toId`, by id. `isLocked` as above. */
export async function rowsBetween(
  db: PlantDb,
  table: string,
  { select }: Pick<ArchiveColumns, 'select'>,
  month: Month,
  { fromId, toId }: { readonly fromId: number; readonly toId: number },
  isLocked: boolean,
): Promise<ArchiveRow[]> {
  const rows: ArchiveRow[] = []
  const query = sql`select ${select} from ${sql.id(table)} where detection_id >= ${fromId} and detection_id <= ${toId} and ${inMonth(month)}
    order by detection_id`
  await readLocked(db, query, isLocked, (row) => void rows.push(row))
  return rows
}

async function readLocked(db: PlantDb, query: RawBuilder<unknown>, isLocked: boolean, onRow: (row: ArchiveRow) => void): Promise<void> {
  // SQLite refuses to write what changed since the transaction read it
  const whole = isLocked && db.engine !== 'sqlite' ? sql`${query} for update` : query
  await readRows(db.kysely, whole.compile(db.kysely), (row) => onRow(row.map(plain)), { timeoutMs: readLimitMs })
}

export async function insertRows(db: PlantDb, table: string, names: readonly string[], rows: readonly ArchiveRow[]): Promise<void> {
  if (rows.length === 0) return
  const tuples = rows.map((row) => sql`(${sql.join([...row])})`)
  await sql`insert into ${sql.id(table)} (${sql.join(names.map((name) => sql.id(name)))}) values ${sql.join(tuples)}`.execute(db.kysely)
}

/** Takes out these rows of a month; answers how many. */
export async function deleteRows(db: PlantDb, table: string, month: Month, ids: readonly number[]): Promise<number> {
  if (ids.length === 0) return 0
  const { numAffectedRows } =
    await sql`delete from ${sql.id(table)} where detection_id in (${sql.join(ids)}) and ${inMonth(month)}`.execute(db.kysely)
  return Number(numAffectedRows ?? 0)
}

/** Ids of a month in a range. */
export async function idsInRange(db: PlantDb, table: string, month: Month, fromId: number, toId: number): Promise<number[]> {
  const ids: number[] = []
  const query = sql`select detection_id from ${sql.id(table)} where detection_id >= ${fromId} and detection_id <= ${toId}
    and ${inMonth(month)}`.compile(db.kysely)
  await readRows(db.kysely, query, ([id]) => void ids.push(Number(id)), { timeoutMs: readLimitMs })
  return ids
}
