/** What the account may do, and how the detection tables are partitioned. Nothing is written: rights are asked for, not tried. */
import { access, constants } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Text } from '../../../platform/i18n/i18n.ts'
import type { LoadedModel } from '../../model/index.ts'
import type { PlantDb } from '../../source/index.ts'
import { bad, type Check, listed, ok } from './check.ts'

const titles = {
  read: { es: 'Permiso de lectura', en: 'Permission to read' },
  write: { es: 'Permiso de escritura en las tablas de paradas', en: 'Permission to write to the downtime tables' },
  ddl: { es: 'Permiso para crear tablas', en: 'Permission to create tables' },
  partitions: { es: 'Particiones', en: 'Partitions' },
} as const satisfies Record<string, Text>

/** Runs the statement's plan only: MySQL and MariaDB ask for the same rights as for running it. */
async function isAllowed(db: PlantDb, statement: ReturnType<typeof sql>): Promise<boolean> {
  try {
    await statement.execute(db.kysely)
    return true
  } catch (error) {
    // ER_TABLEACCESS_DENIED, ER_COLUMNACCESS_DENIED, ER_DBACCESS_DENIED, ER_SPECIFIC_ACCESS_DENIED, read-only server
    if ([1142, 1143, 1044, 1227, 1290, 1792, 1836].includes(errnoOf(error))) return false
    throw error
  }
}

const errnoOf = (error: unknown): number =>
  Number((error as { errno?: number } | null)?.errno ?? (error as { cause?: { errno?: number } } | null)?.cause?.errno ?? 0)

async function mayWrite(db: PlantDb, table: string, file: string | null): Promise<boolean> {
  if (db.engine === 'sqlite') return isWritable(file)
  if (db.engine === 'mysql')
    return (
      (await isAllowed(db, sql`explain update ${sql.id(table)} set duration = duration where 1 = 0`)) &&
      (await isAllowed(db, sql`explain insert into ${sql.id(table)} select * from ${sql.id(table)} where 1 = 0`))
    )
  const { rows } = await sql<{ allowed: unknown }>`
    select case when has_table_privilege(current_user, quote_ident(${table}), 'INSERT') and has_table_privilege(current_user, quote_ident(${table}), 'UPDATE')
      and current_setting('transaction_read_only') = 'off' then 1 else 0 end as allowed`.execute(db.kysely)
  return Number(rows[0]?.allowed) === 1
}

const isWritable = async (file: string | null): Promise<boolean> => {
  try {
    if (file !== null) await access(file, constants.W_OK)
    return file !== null
  } catch {
    return false
  }
}

/** `file` of a SQLite plant, null when it is opened read-only or is no file. */
export async function checkWrite(db: PlantDb, { model }: LoadedModel, file: string | null): Promise<Check> {
  const tables = model.lines.flatMap((line) => (line.downtimeTable === null ? [] : [line.downtimeTable]))
  const denied: string[] = []
  for (const table of tables) if (!(await mayWrite(db, table, file))) denied.push(table)
  const counts = { tables: tables.length, denied: denied.length }
  if (denied.length === 0)
    return ok('write', titles.write, { es: 'Se pueden guardar paradas y motivos.', en: 'Stops and reasons can be stored.' }, counts)
  return bad(
    'write',
    'warn',
    titles.write,
    {
      es: `La cuenta no puede escribir en ${listed(denied)}: las paradas se calculan al leer, y lo que se anota de ellas se guarda en Andon.`,
      en: `The account cannot write to ${listed(denied)}: stops are calculated on read, and what people note about them is kept in Andon.`,
    },
    {
      es: 'Una cuenta de solo lectura es suficiente para ver el tablero; para guardar paradas y motivos en su base dé INSERT, UPDATE y DELETE en esas tablas.',
      en: 'A read-only account is enough for the dashboard; to store stops and reasons in your database grant INSERT, UPDATE and DELETE on those tables.',
    },
    counts,
  )
}

/** Only asked of plants that we may manage. */
export async function checkDdl(db: PlantDb, file: string | null): Promise<Check> {
  const may = await mayCreate(db, file)
  if (may) return ok('ddl', titles.ddl, { es: 'Se pueden crear las tablas de líneas nuevas.', en: 'Tables of new lines can be made.' })
  return bad(
    'ddl',
    'warn',
    titles.ddl,
    {
      es: 'La planta se conectó con --manage-plant, pero la cuenta no puede crear tablas.',
      en: 'The plant was attached with --manage-plant, but the account cannot create tables.',
    },
    {
      es: 'Dé CREATE a la cuenta, o conecte la planta sin --manage-plant.',
      en: 'Grant CREATE to the account, or attach the plant without --manage-plant.',
    },
  )
}

async function mayCreate(db: PlantDb, file: string | null): Promise<boolean> {
  if (db.engine === 'sqlite') return isWritable(file)
  if (db.engine === 'mysql') return hasCreateGrant(db)
  const { rows } = await sql<{ allowed: unknown }>`
    select case when has_schema_privilege(current_user, current_schema(), 'CREATE') then 1 else 0 end as allowed`.execute(db.kysely)
  return Number(rows[0]?.allowed) === 1
}

async function hasCreateGrant(db: PlantDb): Promise<boolean> {
  const { rows } = await sql<Record<string, string>>`show grants`.execute(db.kysely)
  const database = (await sql<{ name: string }>`select database() as name`.execute(db.kysely)).rows[0]?.name ?? ''
  return rows.some((row) => grantsCreate(Object.values(row)[0] ?? '', database))
}

/** One line of SHOW GRANTS: `GRANT SELECT, CREATE ON `plant\_%`.* TO …`. */
export function grantsCreate(grant: string, database: string): boolean {
  const parts = /^GRANT (.+?) ON (\*|`(?:[^`]|``)*`|\S+?)\.\* TO /i.exec(grant)
  if (!parts) return false
  const privileges = (parts[1] ?? '').split(',').map((privilege) => privilege.trim().toUpperCase())
  if (!privileges.includes('CREATE') && !privileges.some((privilege) => privilege.startsWith('ALL'))) return false
  const pattern = (parts[2] ?? '').replace(/^`|`$/g, '')
  if (pattern === '*') return true
  const expression = pattern.replace(
    /\\(.)|([%_])|([^%_\\])/g,
    (_, escaped: string | undefined, wild: string | undefined, plain: string | undefined) =>
      wild === '%' ? '.*' : wild === '_' ? '.' : (escaped ?? plain ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  )
  return new RegExp(`^${expression}$`, 'i').test(database)
}

export type ReadProblem = { readonly table: string; readonly message: string }

/** `unreadable`: tables that exist and could not be counted. */
export function checkRead(counts: Readonly<Record<string, number>>, unreadable: readonly ReadProblem[]): Check {
  if (unreadable.length === 0) return ok('read', titles.read, { es: 'Se leen todas las tablas.', en: 'All tables can be read.' }, counts)
  return bad(
    'read',
    'error',
    titles.read,
    {
      es: `No se pueden leer: ${listed(unreadable.map((problem) => problem.table))}.`,
      en: `Cannot be read: ${listed(unreadable.map((problem) => problem.table))}.`,
    },
    { es: 'Dé SELECT a la cuenta en toda la base de la planta.', en: 'Grant SELECT on the whole plant database to the account.' },
    counts,
  )
}

/** `nowYearMonth` of the plant's wall time: year×100+month. */
export function checkPartitions({ model, partitions }: LoadedModel, nowYearMonth: number): Check {
  const monthly: string[] = []
  const other: string[] = []
  const late: string[] = []
  for (const { detectionTable } of model.lines) {
    const state = detectionTable && partitions.get(detectionTable.name)
    if (!detectionTable || !state || state.kind === 'none') continue
    if (state.kind === 'other') other.push(detectionTable.name)
    else {
      monthly.push(detectionTable.name)
      const newest = Math.max(0, ...state.partitions.map((partition) => partition.belowYearMonth ?? 0))
      if (newest <= nowYearMonth) late.push(detectionTable.name)
    }
  }
  const counts = { monthly: monthly.length, other: other.length, current_month_missing: late.length }
  if (late.length > 0)
    return bad(
      'partitions',
      'warn',
      titles.partitions,
      {
        es: `Sin partición del mes en curso: ${listed(late)}; las filas nuevas van a la última y cada mes será más lenta.`,
        en: `Without a partition of the current month: ${listed(late)}; new rows go to the last one, which grows slower each month.`,
      },
      {
        es: 'En una planta administrada, créelas en Planta › Tablas; si no, el cliente debe dividir pmax por mes.',
        en: 'In a managed plant, make them in Plant › Tables; else the customer should split pmax by month.',
      },
      counts,
    )
  if (other.length > 0)
    return bad(
      'partitions',
      'warn',
      titles.partitions,
      {
        es: `Particionadas de otra manera que por mes: ${listed(other)}; se leen sin indicar particiones.`,
        en: `Partitioned otherwise than by month: ${listed(other)}; they are read without naming partitions.`,
      },
      { es: 'Nada urgente; con rangos largos puede ser más lento.', en: 'Nothing urgent; long ranges may be slower.' },
      counts,
    )
  return ok(
    'partitions',
    titles.partitions,
    monthly.length > 0
      ? { es: `Por mes, al día (${monthly.length}).`, en: `By month, up to date (${monthly.length}).` }
      : { es: 'Las tablas no están particionadas.', en: 'The tables are not partitioned.' },
    counts,
  )
}
