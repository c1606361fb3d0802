/** What a detection table looks like from outside: how much, since when, in which partitions. Estimates where counting would read the table. */
import { sql } from 'kysely'
import { asInteger } from '../../platform/db/index.ts'
import type { PartitionState, PlantDb } from '../source/index.ts'
import { countRows } from './apply.ts'
import { type Slot, slotsOf } from './plan.ts'

export type SlotFigures = Slot & { readonly rows: number; readonly bytes: number | null }
export type TableFigures = {
  readonly rows: number
  /** As the server reckons it: may be off by a tenth. */
  readonly isEstimate: boolean
  /** With indexes; null = the engine does not tell. */
  readonly bytes: number | null
  /** Times of the rows with the lowest and the highest id: by id, because live tables have no index on the time. */
  readonly oldest: string | null
  readonly newest: string | null
  readonly slots: readonly SlotFigures[]
}

export async function tableFigures(db: PlantDb, table: string, state: PartitionState): Promise<TableFigures> {
  const sizes = await sizesOf(db, table)
  const ends = await endsOf(db, table)
  const slots = state.kind === 'monthly' ? slotsOf(state) : []
  return { ...sizes.whole, ...ends, slots: slots.map((slot) => ({ ...slot, ...(sizes.parts.get(slot.name) ?? { rows: 0, bytes: null }) })) }
}

type Size = { readonly rows: number; readonly bytes: number | null }
type Sizes = { readonly whole: Size & { readonly isEstimate: boolean }; readonly parts: ReadonlyMap<string, Size> }

async function sizesOf(db: PlantDb, table: string): Promise<Sizes> {
  if (db.engine === 'sqlite')
    return { whole: { rows: await countRows(db, sql.id(table)), bytes: null, isEstimate: false }, parts: new Map() }
  const query =
    db.engine === 'mysql'
      ? sql<SizeRow>`select partition_name as name, table_rows as n, data_length + index_length as bytes
          from information_schema.partitions where table_schema = database() and table_name = ${table}`
      : sql<SizeRow>`select c.relname as name, greatest(c.reltuples, 0)::bigint as n, pg_total_relation_size(c.oid) as bytes
          from pg_class c left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
          where c.relkind = 'r' and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema()) and (c.relname = ${table} or p.relname = ${table})`
  const { rows } = await query.execute(db.kysely)
  const parts = new Map(rows.map(({ name, n, bytes }) => [name ?? '', { rows: asInteger(n) ?? 0, bytes: asInteger(bytes) ?? 0 }]))
  const sum = (pick: (size: { rows: number; bytes: number }) => number) => [...parts.values()].reduce((all, size) => all + pick(size), 0)
  return { whole: { rows: sum((size) => size.rows), bytes: sum((size) => size.bytes), isEstimate: true }, parts }
}

type SizeRow = { readonly name: string | null; readonly n: unknown; readonly bytes: unknown }

async function endsOf(db: PlantDb, table: string): Promise<{ oldest: string | null; newest: string | null }> {
  const at = async (order: 'asc' | 'desc'): Promise<string | null> => {
    const { rows } = await sql<{ at: string }>`select cast(${sql.id('detected_at')} as char(19)) as ${sql.id('at')} from ${sql.id(table)}
      order by ${sql.id('detection_id')} ${sql.raw(order)} limit 1`.execute(db.kysely)
    return rows[0]?.at ?? null
  }
  return { oldest: await at('asc'), newest: await at('desc') }
}
