/** Monthly partitions of the detection tables (spec plant 2.5): only the scheme by year×100+month is understood, any other is left alone. */
import { sql } from 'kysely'
import type { PlantDb } from './plant-db.ts'

export type MonthPartition = {
  readonly name: string /** Holds months below this year×100+month; null = MAXVALUE. */
  readonly belowYearMonth: number | null
}

export type PartitionState =
  | { readonly kind: 'none' }
  | { readonly kind: 'monthly' /** In order of their bound. */; readonly partitions: readonly MonthPartition[] }
  | { readonly kind: 'other'; readonly expression: string }

export type PartitionRow = {
  readonly table_name: string
  readonly partition_name: string
  readonly partition_method: string
  readonly partition_expression: string | null
  readonly partition_description: string | null
}

/** Partitioned tables by real name; absent = not partitioned. Only MySQL and MariaDB need explicit partition clauses. */
export async function readPartitions(db: PlantDb): Promise<ReadonlyMap<string, PartitionState>> {
  if (db.engine !== 'mysql') return new Map()
  const { rows } = await sql<PartitionRow>`
    select table_name as table_name, partition_name as partition_name, partition_method as partition_method,
           partition_expression as partition_expression, partition_description as partition_description
    from information_schema.partitions
    where table_schema = database() and partition_name is not null
    order by table_name, partition_ordinal_position`.execute(db.kysely)
  const byTable = Map.groupBy(rows, (row) => row.table_name)
  return new Map([...byTable].map(([table, ofTable]) => [table, partitionState(ofTable)]))
}

/** The state of one table from its rows in order. Sub-partitions repeat a name: one is enough. */
export function partitionState(rows: readonly PartitionRow[]): PartitionState {
  const [first] = rows
  if (!first) return { kind: 'none' }
  const expression = (first.partition_expression ?? '').replace(/[`()\s]/g, '').toLowerCase()
  const other: PartitionState = { kind: 'other', expression: `${first.partition_method} ${first.partition_expression ?? ''}` }
  if (
    first.partition_method.toUpperCase() !== 'RANGE' ||
    !/^(yeardetected_at\*100\+monthdetected_at|monthdetected_at\+yeardetected_at\*100|100\*yeardetected_at\+monthdetected_at)$/.test(
      expression,
    )
  )
    return other
  const partitions = new Map<string, MonthPartition>()
  for (const { partition_name: name, partition_description: bound } of rows) {
    const isMax = (bound ?? '').toUpperCase() === 'MAXVALUE'
    if (!isMax && !/^\d{6}$/.test(bound ?? '')) return other
    partitions.set(name, { name, belowYearMonth: isMax ? null : Number(bound) })
  }
  return { kind: 'monthly', partitions: [...partitions.values()] }
}
