/** Putting one company back into the installation it comes from, out of its own backup or one of everybody; the others go on working. */
import { findTenant, recordAudit } from '../../identity/index.ts'
import { type BackupFolder, describeTables, listReferences, openForCopying, replaceRows } from '../../platform/backup/index.ts'
import { type Db, isUniqueViolation } from '../../platform/db/index.ts'
import { makeBackup, verifyFolder } from './make.ts'
import { manifestOf } from './manifest.ts'
import { restorePlants } from './plants.ts'
import { RestoreRefusedError } from './refused.ts'
import type { RestoreDeps, Restored, RestoreOptions } from './restore.ts'
import { isTenantTable, personColumns } from './scope.ts'
import { restoreFiles } from './stored-files.ts'
import { lookAt } from './target.ts'
import { type BackedUpTenant, bringPeople, bringTenant, findInBackup, linesOf } from './tenant-rows.ts'

/** `replacing`: the company's present name, typed. Its rows, plant and files become those of the backup; people stay as they are, those who
 *  are gone come back; the audit log is not turned back. Throws `BackupFaultError`, `RestoreRefusedError`; then nothing was changed. */
export async function restoreTenant(deps: RestoreDeps, folder: BackupFolder, ref: string, options: RestoreOptions): Promise<Restored> {
  const { onProgress = () => {}, replacing } = options
  const manifest = manifestOf(folder)
  onProgress('checking the backup')
  await verifyFolder(folder)
  const opened = await openForCopying(deps.config.database.url)
  try {
    const db = { kysely: opened.kysely, engine: opened.engine } as Db
    const { applied } = await lookAt(db, deps.clock.nowMs())
    if (applied.join() !== manifest.platform.migrations.join())
      throw new RestoreRefusedError(
        `${folder.name} has the schema of another version. Restore it into a new database (DATABASE_URL), which brings it to this one, and take the company from a backup of that`,
      )
    const tenant = await findInBackup(folder, manifest, ref)
    const present = await findTenant(db, tenant.tenantId)
    if (present && present.uuid !== tenant.uuid)
      throw new RestoreRefusedError(`Company ${tenant.tenantId} is ${present.name} here: the backup is of another installation`)
    if (present && replacing?.normalize('NFC') !== present.name)
      throw new RestoreRefusedError(`${present.name} is there. To replace its rows, plant and files say --force-replace "${present.name}"`)
    const scope = { shapes: await describeTables(db), references: await listReferences(db) }
    const ids = new Set([tenant.tenantId])
    const tables = manifest.platform.tables.filter(isTenantTable)
    const ofPeople = manifest.platform.tables.find(({ name }) => name === 'users')
    const plants = manifest.plants.filter(({ tenantId }) => ids.has(tenantId))
    const files = manifest.files.filter(({ tenantId }) => tenantId !== null && ids.has(tenantId))
    const people = new Set<number>()
    for (const { table: name, column } of personColumns(scope)) {
      const table = tables.find((one) => one.name === name)
      if (!table) continue
      const place = table.columns.indexOf(column)
      for await (const lines of linesOf(folder, table, { column: 'tenant_id', values: ids }))
        for (const line of lines) {
          const userId = (JSON.parse(line) as unknown[])[place]
          if (typeof userId === 'number') people.add(userId)
        }
    }
    const told = { manifest, tables: tables.length, files: files.length, faults: [], plants: [], safety: null }
    if (options.dryRun) return { ...told, rows: 0 }
    const safety =
      present && options.withoutBackup === null
        ? await makeBackup(deps, { what: { tenant: present }, reason: 'before-restore', onProgress })
        : null
    onProgress(`rows of ${tenant.name}`)
    const loaded = await replaceRows(
      db,
      tables.map((table) => ({
        ...table,
        filter: { column: 'tenant_id', values: [tenant.tenantId] },
        lines: () => linesOf(folder, table, { column: 'tenant_id', values: ids }),
      })),
      {
        before: async (tx) => {
          await bringTenant(tx, tenant)
          if (ofPeople) await bringPeople(tx, folder, ofPeople, people)
        },
        after: (tx) => audited(deps, { ...db, kysely: tx.kysely }, folder.name, tenant),
      },
    ).catch((error: unknown) => {
      if (isUniqueViolation(error))
        throw new RestoreRefusedError(
          `Something of ${tenant.name} was given to somebody else since (${(error as Error).message}); nothing was changed`,
        )
      throw error
    })
    const own = { ...deps, db }
    const restored = await restorePlants(own, folder, plants, { replaces: true, onProgress })
    const stored = await restoreFiles(own, folder, files, onProgress)
    const rows = loaded.reduce((sum, table) => sum + table.rows, 0)
    const faults = [...restored.flatMap(({ fault }) => (fault === null ? [] : [fault])), ...stored.faults]
    return { ...told, rows, safety, plants: restored, files: stored.count, faults }
  } finally {
    await opened.close()
  }
}

const audited = (deps: RestoreDeps, tx: Db, backup: string, { tenantId }: BackedUpTenant): Promise<void> =>
  recordAudit(tx, deps, null, 'ADMIN_CLI', { tenantId, entityType: 'backup', entityId: backup, data: { command: 'restore' } })
