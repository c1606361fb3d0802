/** Rows of a customer's metadata tables: only ever of a plant that we were told to manage. */
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../../platform/db/database.ts'
import { type Entity, entities } from '../model/index.ts'
import type { CustomerRow, PlantTable } from '../source/index.ts'

// biome-ignore lint/suspicious/noExplicitAny: a plant's tables are not typed (see PlantDb)
export type PlantTransaction = { readonly kysely: Kysely<any>; readonly engine: Engine }

/** As the customer's table writes its columns. */
const realName = (table: PlantTable, column: string): string => table.columns.get(column)?.name ?? column

const realColumns = (table: PlantTable, columns: CustomerRow): Record<string, unknown> =>
  Object.fromEntries(Object.entries(columns).map(([column, value]) => [realName(table, column), value]))

/** Answers the id that the database gave, or `id` when one is given. */
export async function insertRow(
  { kysely, engine }: PlantTransaction,
  entity: Entity,
  table: PlantTable,
  columns: CustomerRow,
  id: number | null,
): Promise<number> {
  const idColumn = realName(table, entities[entity].idColumn)
  const row = { ...realColumns(table, columns), ...(id !== null && { [idColumn]: id }) }
  const insert = kysely.insertInto(table.name).values(row)
  if (id !== null) {
    await insert.execute()
    return id
  }
  if (engine === 'postgres') {
    const inserted = await insert.returning(sql.id(idColumn).as('id')).executeTakeFirstOrThrow()
    return Number((inserted as { readonly id: unknown }).id)
  }
  return Number((await insert.executeTakeFirstOrThrow()).insertId)
}

export async function updateRow(
  { kysely }: PlantTransaction,
  entity: Entity,
  table: PlantTable,
  columns: CustomerRow,
  id: number,
): Promise<void> {
  const changes = realColumns(table, columns)
  // The customer's own programs look at it.
  const updatedAt = table.columns.get('updated_at')?.name
  await kysely
    .updateTable(table.name)
    .set({ ...changes, ...(updatedAt !== undefined && { [updatedAt]: sql`CURRENT_TIMESTAMP` }) })
    .where(realName(table, entities[entity].idColumn), '=', id)
    .execute()
}

export async function deleteRow({ kysely }: PlantTransaction, entity: Entity, table: PlantTable, id: number): Promise<void> {
  await kysely.deleteFrom(table.name).where(realName(table, entities[entity].idColumn), '=', id).execute()
}
