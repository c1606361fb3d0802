/** One company's rows out of a backup, of all companies or of it alone. */
import { sql } from 'kysely'
import { type BackupFolder, readDump } from '../../platform/backup/index.ts'
import type { Db } from '../../platform/db/index.ts'
import type { AnyDb } from '../../platform/db/introspect.ts'
import type { Manifest } from './manifest.ts'
import { RestoreRefusedError } from './refused.ts'

type Table = Manifest['platform']['tables'][number]
type Row = Readonly<Record<string, unknown>>

export const tenantsOf = async (db: Db): Promise<readonly number[]> =>
  (await db.kysely.selectFrom('tenants').select('id').execute()).map(({ id }) => id)

/** Lines whose `column` is one of `values`. */
export async function* linesOf(
  folder: BackupFolder,
  table: Table,
  { column, values }: { readonly column: string; readonly values: ReadonlySet<number> },
): AsyncGenerator<readonly string[]> {
  const place = table.columns.indexOf(column)
  for await (const lines of readDump(folder, table))
    yield lines.filter((line) => values.has((JSON.parse(line) as unknown[])[place] as number))
}

/** Rows as objects. */
export async function* rowsOf(folder: BackupFolder, table: Table): AsyncGenerator<Row> {
  for await (const lines of readDump(folder, table))
    for (const line of lines) {
      const values = JSON.parse(line) as unknown[]
      yield Object.fromEntries(table.columns.map((column, at) => [column, values[at] ?? null]))
    }
}

export type BackedUpTenant = {
  readonly tenantId: number
  readonly uuid: string
  readonly name: string
  readonly slug: string
  readonly row: Row
}

/** `ref`: id, UUID or slug. */
export async function findInBackup(folder: BackupFolder, manifest: Manifest, ref: string): Promise<BackedUpTenant> {
  const table = manifest.platform.tables.find(({ name }) => name === 'tenants')
  const names: string[] = []
  if (table)
    for await (const row of rowsOf(folder, table)) {
      const { id, uuid, slug, name } = row as { id: number; uuid: string; slug: string; name: string }
      if ([String(id), uuid, slug].includes(ref)) return { tenantId: id, uuid, slug, name, row }
      names.push(slug)
    }
  throw new RestoreRefusedError(`${folder.name} has no company ${ref}; it has ${names.join(', ') || 'none'}`)
}

/** People whom the company's rows name and who are gone since come back; whoever is there stays as they are. */
export async function bringPeople(tx: AnyDb, folder: BackupFolder, table: Table, wanted: ReadonlySet<number>): Promise<number> {
  let count = 0
  for await (const row of rowsOf(folder, table)) {
    const { id, uuid, username, email } = row as { id: number; uuid: string; username: string; email: string }
    if (!wanted.has(id)) continue
    const { rows } = await sql<{ id: number; uuid: string }>`
      select id, uuid from users where id = ${id} or uuid = ${uuid} or username = ${username} or email = ${email}`.execute(tx.kysely)
    const [known] = rows
    if (known && known.id === id && known.uuid === uuid) continue
    if (known)
      throw new RestoreRefusedError(
        `${username} (${email}) of the backup is somebody else here: the backup is of another installation, or the name was given again`,
      )
    // Their company of origin may be gone; what they are in this one comes with its rows.
    await tx.kysely
      .insertInto('users')
      .values({ ...row, home_tenant_id: null, default_tenant_id: null })
      .execute()
    count += 1
  }
  return count
}

/** The company itself: made again, or as it was. */
export async function bringTenant(tx: AnyDb, { tenantId, uuid, row }: BackedUpTenant): Promise<void> {
  const { rows } = await sql<{ uuid: string }>`select uuid from tenants where id = ${tenantId}`.execute(tx.kysely)
  if (rows.length === 0) return void (await tx.kysely.insertInto('tenants').values(row).execute())
  if (rows[0]?.uuid !== uuid)
    throw new RestoreRefusedError(`Company ${tenantId} is another one here: the backup is of another installation`)
  const { id: _, ...others } = row
  await tx.kysely.updateTable('tenants').set(others).where('id', '=', tenantId).execute()
}
