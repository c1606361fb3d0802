/** Plants that are ours to shape: the demo, a company without a database of its own, or a customer's attached with `--manage-plant`. */
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../../platform/db/database.ts'
import { listTables } from '../../platform/db/index.ts'
import { detectionTableStatements, downtimeTableStatements, type LineTables, managedPlantStatements, quoteName } from './ddl.ts'
import type { Month } from './months.ts'
import type { TableKind } from './names.ts'
import type { PlantDb } from './plant-db.ts'
import { fixedTables } from './schema.ts'

// biome-ignore lint/suspicious/noExplicitAny: a plant's tables are not typed (see PlantDb)
type AnyKysely = Kysely<any>

const run = async (kysely: AnyKysely, statements: readonly string[]): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(kysely)
}

/** The tables with a fixed name. Run again, it adds nothing; a plant that has only some of them is refused. */
export async function createManagedPlant(kysely: AnyKysely, engine: Engine): Promise<void> {
  const existing = new Set((await listTables({ kysely, engine })).map((name) => name.toLowerCase()))
  const present = fixedTables.filter((table) => existing.has(table.name))
  if (present.length === fixedTables.length) return
  if (present.length > 0) throw new Error(`The database already holds other tables: ${present.map((table) => table.name).join(', ')}`)
  await run(kysely, managedPlantStatements(engine))
}

/** Both tables of one line; they must not exist. */
export async function createLineTables(kysely: AnyKysely, engine: Engine, tables: LineTables): Promise<void> {
  await run(kysely, [...detectionTableStatements(engine, tables.detectionTable), ...downtimeTableStatements(engine, tables.downtimeTable)])
}

export type CreatedTable = {
  readonly kind: TableKind
  readonly name: string /** Cloned from this table of the customer. */
  readonly template: string | null
  readonly statements: readonly string[]
}

const templateNames: Record<TableKind, string> = { detection: 'detection_line_template', downtime: 'downtime_events_template' }

/** What making the wanted tables takes, detection tables with partitions from the current month on: those that exist are skipped, those with a template of the customer are its clones. Writes nothing. */
export async function planLineTables(
  db: PlantDb,
  wanted: readonly { readonly kind: TableKind; readonly name: string }[],
  currentMonth: Month,
): Promise<CreatedTable[]> {
  const existing = await listTables(db)
  const find = (name: string) => existing.find((table) => table.toLowerCase() === name.toLowerCase())
  const plans: CreatedTable[] = []
  for (const { kind, name } of wanted) {
    if (find(name) || plans.some((plan) => plan.name === name)) continue
    const template = find(templateNames[kind]) ?? null
    const statements = template
      ? await cloneStatements(db, template, name)
      : kind === 'detection'
        ? detectionTableStatements(db.engine, name, currentMonth)
        : downtimeTableStatements(db.engine, name)
    plans.push({ kind, name, template, statements })
  }
  return plans
}

async function cloneStatements({ kysely, engine }: PlantDb, template: string, name: string): Promise<string[]> {
  const [from, to] = [quoteName(engine, template), quoteName(engine, name)]
  if (engine === 'mysql') return [`CREATE TABLE ${to} LIKE ${from}`]
  if (engine === 'postgres') return [`CREATE TABLE ${to} (LIKE ${from} INCLUDING ALL)`]
  // SQLite keeps the text of each definition: the same with the other name.
  const { rows } = await sql<{
    sql: string
    type: string
  }>`select sql, type from sqlite_master where tbl_name = ${template} and sql is not null order by type desc`.execute(kysely)
  return rows.map((row, index) =>
    row.type === 'table'
      ? row.sql.replace(/^CREATE TABLE\s+("[^"]*"|`[^`]*`|\[[^\]]*\]|[^\s(]+)/i, () => `CREATE TABLE ${to}`)
      : row.sql.replace(
          /^(CREATE (?:UNIQUE )?INDEX)\s+.*?\s+ON\s+("[^"]*"|`[^`]*`|\[[^\]]*\]|[^\s(]+)/is,
          (_, create: string) => `${create} ${quoteName(engine, `${name}_${index}`)} ON ${to}`,
        ),
  )
}
