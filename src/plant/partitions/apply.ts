/** Changes of partitions, carried out. Only ever called for tables that are ours, or that the operator named with the explicit word for it. */
import { type RawBuilder, sql } from 'kysely'
import { asInteger, withStatementTimeout } from '../../platform/db/index.ts'
import {
  type Month,
  monthBegin,
  monthText,
  type PartitionState,
  type PlantDb,
  partitionClause,
  partitionName,
  postgresPartitionName,
  postgresRange,
  quoteName,
  readPartitions,
} from '../source/index.ts'
import { boundOf, type Change, type Monthly, namesOf, type Piece, planMonths, type Slot } from './plan.ts'

/** A table of years is copied in this time or not at all. */
const longestMs = 3_600_000
/** Whoever waits for the table's lock makes everybody behind wait too. */
const lockWaitS = 5

/** One connection for long statements, which gives up soon when the table is in use. */
export const onTable = <T>(db: PlantDb, work: (own: PlantDb) => Promise<T>): Promise<T> =>
  withStatementTimeout(db.kysely, longestMs, async (kysely) => {
    const own = { ...db, kysely }
    if (db.engine !== 'mysql') return work(own)
    await sql.raw(`set session lock_wait_timeout = ${lockWaitS}`).execute(kysely)
    try {
      return await work(own)
    } finally {
      await sql
        .raw('set session lock_wait_timeout = default')
        .execute(kysely)
        .catch(() => {}) // a broken connection is thrown away
    }
  })

export async function partitionsOf(db: PlantDb, table: string): Promise<PartitionState> {
  return (await readPartitions(db)).get(table) ?? { kind: 'none' }
}

export type Ensured = {
  readonly kind: 'unpartitioned' | 'other' | 'monthly'
  readonly created: readonly string[]
  /** Months that could not get a partition of their own. */
  readonly stuck: readonly Month[]
}

const nothing = (kind: Ensured['kind']): Ensured => ({ kind, created: [], stuck: [] })

/** What `ensureMonths` would make. */
export function ensurePlan(
  state: PartitionState,
  months: readonly Month[],
  isExact = false,
): Ensured & { readonly changes: readonly Change[] } {
  if (state.kind !== 'monthly') return { ...nothing(state.kind === 'none' ? 'unpartitioned' : 'other'), changes: [] }
  const changes = planMonths(state, months, isExact)
  return {
    kind: 'monthly',
    created: changes.flatMap(namesOf),
    stuck: changes.flatMap((change) => (change.kind === 'stuck' ? [change.month] : [])),
    changes,
  }
}

/** Each of the months gets its partition; nothing happens to a table without partitions, or with others than by month. Safe to repeat. */
export async function ensureMonths(db: PlantDb, table: string, months: readonly Month[], isExact = false): Promise<Ensured> {
  const state = await partitionsOf(db, table)
  const { changes, ...ensured } = ensurePlan(state, months, isExact)
  if (state.kind !== 'monthly' || changes.length === 0) return ensured
  await onTable(db, async (own) => {
    for (const change of changes) await carryOut(own, table, state, change)
  })
  return ensured
}

/** What `ensureMonths` would run, as lines for whoever looks after a database that is not ours. */
export const ensureSql = (table: string, state: PartitionState, months: readonly Month[]): string[] =>
  state.kind !== 'monthly'
    ? []
    : planMonths(state, months).flatMap((change) => {
        if (change.kind === 'stuck') return [`-- ${table}: ${monthText(change.month)} is in ${change.name}, a partition of several months`]
        const statements = statementsOf(table, state, change)
        return (change.kind === 'create' ? ['BEGIN', ...statements, 'COMMIT'] : statements).map((statement) => `${statement};`)
      })

async function carryOut(db: PlantDb, table: string, state: Monthly, change: Change): Promise<void> {
  const run = async (kysely: PlantDb['kysely']): Promise<void> => {
    for (const statement of statementsOf(table, state, change)) await sql.raw(statement).execute(kysely)
  }
  return change.kind === 'create' ? db.kysely.transaction().execute(run) : run(db.kysely)
}

/** Of `create` all in one transaction. */
function statementsOf(table: string, { scheme }: Monthly, change: Change): string[] {
  if (change.kind === 'stuck') return []
  if (change.kind === 'create') return createStatements(table, change.month, change.rest !== null)
  const pieces = change.pieces
    .map((piece: Piece) => {
      const bound = boundOf(scheme, piece)
      return `PARTITION ${quoteName('mysql', piece.name)} VALUES LESS THAN ${bound === 'MAXVALUE' && scheme === 'year_month' ? bound : `(${bound})`}`
    })
    .join(', ')
  const what =
    change.kind === 'add' ? `ADD PARTITION (${pieces})` : `REORGANIZE PARTITION ${quoteName('mysql', change.name)} INTO (${pieces})`
  return [`ALTER TABLE ${quoteName('mysql', table)} ${what}`]
}

/** PostgreSQL. A month's rows that came before its partition sit in the default one, which refuses a neighbour for them: they move. They are read through
 *  the table, whose columns may stand in another order than the partition's own. */
function createStatements(table: string, month: Month, hasRest: boolean): string[] {
  const quote = (name: string): string => quoteName('postgres', name)
  const made = quote(postgresPartitionName(table, partitionName(month)))
  const within = `detected_at >= '${monthBegin(month)}' AND detected_at < '${monthBegin(month + 1)}'`
  return [
    `LOCK TABLE ${quote(table)} IN ACCESS EXCLUSIVE MODE`,
    `CREATE TABLE ${made} (LIKE ${quote(table)} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`,
    ...(hasRest
      ? [`INSERT INTO ${made} SELECT * FROM ${quote(table)} WHERE ${within}`, `DELETE FROM ${quote(table)} WHERE ${within}`]
      : []),
    `ALTER TABLE ${quote(table)} ATTACH PARTITION ${made} ${postgresRange(month)}`,
  ]
}

/** Only this partition, in a FROM clause. */
export const fromSlot = (db: PlantDb, table: string, { name }: Slot): RawBuilder<unknown> =>
  db.engine === 'mysql' ? sql`${sql.id(table)} partition (${sql.id(name)})` : sql.id(name)

export async function countRows(db: PlantDb, from: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ n: unknown }>`select count(*) as ${sql.id('n')} from ${from}`.execute(db.kysely)
  return asInteger(rows[0]?.n) ?? 0
}

export type Dropped = { readonly isDropped: boolean /** Under the lock. */; readonly rows: number }

/** Drops the partition if it holds just `expected` rows (null: whatever it holds), counted while nobody can write: a row that came late is not lost. */
export function dropSlot(db: PlantDb, table: string, slot: Slot, expected: number | null): Promise<Dropped> {
  if (slot.isRest) throw new Error('the partition that takes all later rows is never dropped')
  return onTable(db, (own) => (db.engine === 'mysql' ? dropMysql : dropPostgres)(own, table, slot, expected))
}

async function dropMysql(db: PlantDb, table: string, slot: Slot, expected: number | null): Promise<Dropped> {
  const quoted = quoteName('mysql', table)
  await sql.raw(`LOCK TABLES ${quoted} WRITE`).execute(db.kysely)
  try {
    const rows = await countRows(db, fromSlot(db, table, slot))
    if (expected !== null && rows !== expected) return { isDropped: false, rows }
    await sql.raw(`ALTER TABLE ${quoted} DROP PARTITION ${quoteName('mysql', slot.name)}`).execute(db.kysely)
    return { isDropped: true, rows }
  } finally {
    await sql.raw('UNLOCK TABLES').execute(db.kysely)
  }
}

const dropPostgres = (db: PlantDb, table: string, slot: Slot, expected: number | null): Promise<Dropped> =>
  db.kysely.transaction().execute(async (kysely) => {
    await sql.raw(`LOCK TABLE ${quoteName('postgres', table)} IN ACCESS EXCLUSIVE MODE`).execute(kysely)
    const rows = await countRows({ ...db, kysely }, sql.id(slot.name))
    if (expected !== null && rows !== expected) return { isDropped: false, rows }
    await sql.raw(`DROP TABLE ${quoteName('postgres', slot.name)}`).execute(kysely)
    return { isDropped: true, rows }
  })

/** Partitions for a table that has none; MySQL and MariaDB: also instead of those by year×100+month, which do not prune. The table is copied and cannot
 *  be written meanwhile. `months` from the oldest row's on. */
export function convertTable(db: PlantDb, table: string, months: readonly Month[], remake: readonly string[]): Promise<void> {
  return onTable(db, async (own) => {
    if (db.engine === 'mysql') {
      await sql.raw(`ALTER TABLE ${quoteName('mysql', table)} ${partitionClause(months)}`).execute(own.kysely)
      return
    }
    const [quoted, former] = [quoteName('postgres', table), quoteName('postgres', postgresPartitionName(table, 'before'))]
    await own.kysely.transaction().execute(async (tx) => {
      const run = (statement: string) => sql.raw(statement).execute(tx)
      await run(`LOCK TABLE ${quoted} IN ACCESS EXCLUSIVE MODE`)
      const grants = await grantsOf(tx, table)
      await run(`ALTER TABLE ${quoted} RENAME TO ${former}`)
      for (const statement of [...remake, ...grants]) await run(statement)
      const columns = 'detection_id, detected_at, area_id, product_id'
      await run(`INSERT INTO ${quoted} (${columns}) SELECT ${columns} FROM ${former}`)
      // ids go on where they were, also when the newest rows were deleted
      const name = quoted.replaceAll("'", "''")
      await run(
        `SELECT setval(pg_get_serial_sequence('${name}', 'detection_id'), s.last_value, s.is_called) FROM (SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('${former.replaceAll("'", "''")}', 'detection_id')::regclass), 1) AS last_value, pg_sequence_last_value(pg_get_serial_sequence('${former.replaceAll("'", "''")}', 'detection_id')::regclass) IS NOT NULL AS is_called) s`,
      )
      await run(`DROP TABLE ${former}`)
    })
  })
}

/** PostgreSQL: what others may do with the table, as statements. The one that takes its place must not shut a camera's account out. */
async function grantsOf(kysely: PlantDb['kysely'], table: string): Promise<string[]> {
  const { rows } = await sql<{ statement: string }>`
    select format('GRANT %s ON TABLE %I TO %s%s', a.privilege_type, c.relname,
                  case when a.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(a.grantee)) end,
                  case when a.is_grantable then ' WITH GRANT OPTION' else '' end) as statement
    from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.relname = ${table} and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema())
      and a.grantee <> c.relowner`.execute(kysely)
  return rows.map(({ statement }) => statement)
}

/** PostgreSQL: of somebody's own, which `convertTable` would leave behind. */
export async function hasTriggers({ kysely, engine }: PlantDb, table: string): Promise<boolean> {
  if (engine !== 'postgres') return false
  const { rows } = await sql`select 1 from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relname = ${table} and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema())
      and not t.tgisinternal limit 1`.execute(kysely)
  return rows.length > 0
}
