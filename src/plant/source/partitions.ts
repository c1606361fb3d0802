/** Monthly partitions of the detection tables (spec plant 2.5), as the customers have them (year×100+month) and as ours are (the time itself): any
 *  other scheme is left alone. */
import { sql } from 'kysely'
import type { PlantDb } from './plant-db.ts'

export type MonthPartition = {
  /** PostgreSQL: of the table that holds its rows. */
  readonly name: string
  /** Holds months below this year×100+month; null = all later ones (MAXVALUE, DEFAULT). */
  readonly belowYearMonth: number | null
  /** PostgreSQL, where a partition has both ends: its first month; absent = from the end of the one before. */
  readonly fromYearMonth?: number
}

/** `year_month`: by year×100+month, which the optimiser does not prune: queries name the partitions. `columns`: by RANGE COLUMNS of the time.
 *  `declarative`: PostgreSQL's. */
export type PartitionScheme = 'year_month' | 'columns' | 'declarative'

export type PartitionState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'monthly'
      readonly scheme: PartitionScheme
      /** In order of their bound. */
      readonly partitions: readonly MonthPartition[]
    }
  | { readonly kind: 'other'; readonly expression: string }

export type PartitionRow = {
  readonly table_name: string
  readonly partition_name: string
  readonly partition_method: string
  readonly partition_expression: string | null
  readonly partition_description: string | null
}

/** Partitioned tables by real name; absent = not partitioned. */
export async function readPartitions(db: PlantDb): Promise<ReadonlyMap<string, PartitionState>> {
  if (db.engine === 'sqlite') return new Map()
  if (db.engine === 'postgres') return readDeclarative(db)
  const { rows } = await sql<PartitionRow>`
    select table_name as table_name, partition_name as partition_name, partition_method as partition_method,
           partition_expression as partition_expression, partition_description as partition_description
    from information_schema.partitions
    where table_schema = database() and partition_name is not null
    order by table_name, partition_ordinal_position`.execute(db.kysely)
  const byTable = Map.groupBy(rows, (row) => row.table_name)
  return new Map([...byTable].map(([table, ofTable]) => [table, partitionState(ofTable)]))
}

const yearMonthExpression =
  /^(yeardetected_at\*100\+monthdetected_at|monthdetected_at\+yeardetected_at\*100|100\*yeardetected_at\+monthdetected_at)$/

/** The state of one table from its rows in order. Sub-partitions repeat a name: one is enough. */
export function partitionState(rows: readonly PartitionRow[]): PartitionState {
  const [first] = rows
  if (!first) return { kind: 'none' }
  const expression = (first.partition_expression ?? '').replace(/[`()\s]/g, '').toLowerCase()
  const other: PartitionState = { kind: 'other', expression: `${first.partition_method} ${first.partition_expression ?? ''}` }
  const method = first.partition_method.toUpperCase()
  const scheme =
    method === 'RANGE' && yearMonthExpression.test(expression)
      ? 'year_month'
      : method === 'RANGE COLUMNS' && expression === 'detected_at'
        ? 'columns'
        : null
  if (scheme === null) return other
  const partitions = new Map<string, MonthPartition>()
  for (const { partition_name: name, partition_description: bound } of rows) {
    const isMax = (bound ?? '').toUpperCase() === 'MAXVALUE'
    const belowYearMonth = isMax ? null : scheme === 'columns' ? monthBegun(bound ?? '') : wholeMonth(bound ?? '')
    if (belowYearMonth === null && !isMax) return other
    partitions.set(name, { name, belowYearMonth })
  }
  return { kind: 'monthly', scheme, partitions: [...partitions.values()] }
}

const wholeMonth = (bound: string): number | null => (/^\d{6}$/.test(bound) ? Number(bound) : null)

/** `'2026-11-01 00:00:00'` → 202611; null = not the begin of a month. */
function monthBegun(bound: string): number | null {
  const match = /^'?(\d{4})-(\d{2})-01(?: 00:00:00(?:\.0+)?)?'?$/.exec(bound)
  return match ? Number(match[1]) * 100 + Number(match[2]) : null
}

export type DeclarativeRow = {
  readonly table_name: string
  readonly partition_name: string
  readonly partition_key: string
  readonly bound: string
}

async function readDeclarative({ kysely }: PlantDb): Promise<ReadonlyMap<string, PartitionState>> {
  const { rows } = await sql<DeclarativeRow>`
    select parent.relname as table_name, child.relname as partition_name, pg_get_partkeydef(parent.oid) as partition_key,
           pg_get_expr(child.relpartbound, child.oid) as bound
    from pg_inherits i join pg_class parent on parent.oid = i.inhparent join pg_class child on child.oid = i.inhrelid
    where parent.relkind = 'p' and parent.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema())
    order by parent.relname, child.relname`.execute(kysely)
  const byTable = Map.groupBy(rows, (row) => row.table_name)
  return new Map([...byTable].map(([table, ofTable]) => [table, declarativeState(ofTable)]))
}

/** The state of one table of PostgreSQL, from its partitions in any order. */
export function declarativeState(rows: readonly DeclarativeRow[]): PartitionState {
  const key = rows[0]?.partition_key ?? ''
  const other: PartitionState = { kind: 'other', expression: key }
  if (!/^RANGE \("?detected_at"?\)$/i.test(key)) return other
  const partitions: MonthPartition[] = []
  for (const { partition_name: name, bound } of rows) {
    if (bound === 'DEFAULT') {
      partitions.push({ name, belowYearMonth: null })
      continue
    }
    const [, from = '', to = ''] = /^FOR VALUES FROM \((.+)\) TO \((.+)\)$/.exec(bound) ?? []
    const [fromYearMonth, belowYearMonth] = [monthBegun(from), monthBegun(to)]
    if (belowYearMonth === null || (fromYearMonth === null && from !== 'MINVALUE')) return other
    partitions.push({ name, belowYearMonth, ...(fromYearMonth !== null && { fromYearMonth }) })
  }
  const order = ({ belowYearMonth }: MonthPartition): number => belowYearMonth ?? Number.POSITIVE_INFINITY
  return { kind: 'monthly', scheme: 'declarative', partitions: partitions.sort((a, b) => order(a) - order(b)) }
}
