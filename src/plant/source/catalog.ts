/** Tables and columns that a plant database really has, found whatever the case of their letters. */
import { sql } from 'kysely'
import { listColumns } from '../../platform/db/index.ts'
import type { PlantDb } from './plant-db.ts'

export type PlantColumn = { readonly name: string; readonly type: string }
export type PlantTable = { readonly name: string /** By lower-case name. */; readonly columns: ReadonlyMap<string, PlantColumn> }

export type Catalog = {
  /** As the database writes them. */
  readonly tableNames: readonly string[]
  readonly table: (realName: string) => PlantTable | null
  /** The table of that name in any letter case, the exact one first; null when there is none. */
  readonly find: (name: string) => PlantTable | null
}

/** One read of the information schema. */
export async function readCatalog(db: PlantDb): Promise<Catalog> {
  const columns = new Map<string, Map<string, PlantColumn>>()
  for (const { table, name, type } of await listColumns(db)) {
    const ofTable = columns.get(table) ?? new Map<string, PlantColumn>()
    columns.set(table, ofTable)
    if (name === name.toLowerCase() || !ofTable.has(name.toLowerCase())) ofTable.set(name.toLowerCase(), { name, type })
  }
  const tables = new Map([...columns].map(([name, ofTable]) => [name, { name, columns: ofTable }] as const))
  const byFoldedName = new Map<string, PlantTable>()
  for (const table of tables.values()) {
    const key = table.name.toLowerCase()
    if (table.name === key || !byFoldedName.has(key)) byFoldedName.set(key, table)
  }
  return {
    tableNames: [...tables.keys()],
    table: (realName) => tables.get(realName) ?? null,
    find: (name) => byFoldedName.get(name.toLowerCase()) ?? null,
  }
}

/** A row under the names of the specification; a column that the customer lacks is absent. */
export type CustomerRow = Readonly<Record<string, unknown>>

/** All rows of a metadata table, in order of its first wanted column. A table that does not exist has none. */
export async function readTable(db: PlantDb, table: PlantTable | null, wanted: readonly string[]): Promise<CustomerRow[]> {
  const present = wanted.flatMap((name) => {
    const column = table?.columns.get(name)
    return column ? [{ name, real: column.name }] : []
  })
  const first = present[0]
  if (!table || !first) return []
  const columns = sql.join(present.map(({ name, real }) => sql`${sql.id(real)} as ${sql.id(name)}`))
  const { rows } = await sql<CustomerRow>`select ${columns} from ${sql.id(table.name)} order by ${sql.id(first.real)}`.execute(db.kysely)
  return rows
}
