/** Putting a whole installation back. The platform's rows come in one transaction; then each plant in one of its own; then files.
 *  Run again after a kill, it does the same again. */

import { recordAudit } from '../../identity/index.ts'
import { type BackupFolder, openForCopying, readDump, replaceRows } from '../../platform/backup/index.ts'
import { type Db, type Migration, migrateUp } from '../../platform/db/index.ts'
import { type BackupDeps, type MadeBackup, makeBackup, verifyFolder } from './make.ts'
import { type Manifest, manifestOf } from './manifest.ts'
import { type RestoredPlant, restorePlants } from './plants.ts'
import { RestoreRefusedError } from './refused.ts'
import { restoreFiles } from './stored-files.ts'
import { databaseName, lookAt } from './target.ts'
import { tenantsOf } from './tenant-rows.ts'

export type RestoreDeps = BackupDeps & { readonly migrations: readonly Migration[] }

export type RestoreOptions = {
  /** What was typed to have everything replaced that is there; null = nothing. */
  readonly replacing: string | null
  /** Processes that are working now are no reason to refuse. */
  readonly whileRunning: boolean
  /** Why what is replaced is not backed up first; null: it is. */
  readonly withoutBackup: string | null
  readonly dryRun: boolean
  readonly onProgress?: (text: string) => void
}

export type Restored = {
  /** Its `faults`: what the backup never had, so that no restore brings it. */
  readonly manifest: Manifest
  readonly rows: number
  readonly tables: number
  /** Of what was replaced. */
  readonly safety: MadeBackup | null
  readonly plants: readonly RestoredPlant[]
  readonly files: number
  /** What was left as it is. */
  readonly faults: readonly string[]
}

/** Throws `BackupFaultError`, `RestoreRefusedError`; then nothing was changed. */
export async function restoreAll(deps: RestoreDeps, folder: BackupFolder, options: RestoreOptions): Promise<Restored> {
  const { onProgress = () => {} } = options
  const manifest = manifestOf(folder)
  if (manifest.kind === 'tenant')
    throw new RestoreRefusedError(`${folder.name} holds one company: say --tenant ${manifest.tenant?.slug ?? ''}`)
  onProgress('checking the backup')
  await verifyFolder(folder)
  const known = new Set(deps.migrations.map(({ name }) => name))
  const newer = manifest.platform.migrations.filter((name) => !known.has(name))
  if (newer.length > 0)
    throw new RestoreRefusedError(`${folder.name} was made by a newer version of Andon (${newer.join(', ')}): restore it with that one`)
  const { url } = deps.config.database
  const opened = await openForCopying(url, { create: true })
  try {
    const db = { kysely: opened.kysely, engine: opened.engine } as Db
    const safety = await demandReady(deps, db, folder.name, manifest, options)
    const tables = manifest.platform.tables.map((table) => ({ ...table, filter: null, lines: () => readDump(folder, table) }))
    const told = { manifest, rows: tables.reduce((sum, { rows }) => sum + rows, 0), tables: tables.length, safety: safety.made }
    if (options.dryRun) return { ...told, plants: [], files: 0, faults: [] }
    onProgress('platform database')
    const ofBackup = new Set(manifest.platform.migrations)
    await migrateUp(
      db,
      deps.migrations.filter(({ name }) => ofBackup.has(name)),
      deps.clock.nowMs,
    )
    await replaceRows(db, tables)
    await migrateUp(db, deps.migrations, deps.clock.nowMs)
    await settle(deps, db, folder.name)
    const own = { ...deps, db }
    const plants = await restorePlants(own, folder, manifest.plants, { replaces: options.replacing !== null, onProgress })
    const stored = await restoreFiles(own, folder, manifest.files, onProgress)
    const faults = [...plants.flatMap(({ fault }) => (fault === null ? [] : [fault])), ...stored.faults]
    return { ...told, plants, files: stored.count, faults }
  } finally {
    await opened.close()
  }
}

/** Refuses, or backs up what will be replaced. */
async function demandReady(
  deps: RestoreDeps,
  db: Db,
  backup: string,
  { platform }: Manifest,
  { replacing, whileRunning, withoutBackup, dryRun, onProgress = () => {} }: RestoreOptions,
): Promise<{ readonly made: MadeBackup | null }> {
  const { url } = deps.config.database
  const target = await lookAt(db, deps.clock.nowMs())
  const isEmpty = target.companies === 0 && target.people === 0
  const ofBackup = new Set(platform.migrations)
  const isSameSchema = target.applied.length === ofBackup.size && target.applied.every((name) => ofBackup.has(name))
  if (isEmpty) {
    if (target.applied.some((name) => !ofBackup.has(name)))
      throw new RestoreRefusedError(
        `The database is empty, but has a newer schema than ${backup}: name one that does not exist yet or has no tables (DATABASE_URL); it is migrated afterwards`,
      )
    return { made: null }
  }
  const name = databaseName(url)
  if (replacing !== name)
    throw new RestoreRefusedError(
      `The database has ${target.companies} companies and ${target.people} people${replacing === null ? '' : `, and is not called ${replacing}`}. ` +
        `To replace all of it say --force-replace ${name}; to keep it, name another database (DATABASE_URL)`,
    )
  if (target.liveWorkers.length > 0 && !whileRunning)
    throw new RestoreRefusedError(
      `Andon is running (${target.liveWorkers.join(', ')}): stop web and worker, wait a minute, and start them afterwards`,
    )
  if (!isSameSchema)
    throw new RestoreRefusedError(
      `The database has the schema of another version than ${backup}, so it cannot be replaced in one step. Restore into a new one (DATABASE_URL) and use that from then on: nothing is lost meanwhile`,
    )
  if (dryRun || withoutBackup !== null) return { made: null }
  onProgress('backup of what will be replaced')
  return { made: await makeBackup(deps, { what: 'full', reason: 'before-restore' }) }
}

/** What must not come back with the rows: sessions that were ended since, and mails that were sent since. */
async function settle(deps: RestoreDeps, db: Db, backup: string): Promise<void> {
  const nowMs = deps.clock.nowMs()
  await db.kysely.transaction().execute(async (kysely) => {
    const tx: Db = { ...db, kysely }
    await kysely
      .updateTable('sessions')
      .set({ ended_at: nowMs, end_reason: 'admin', updated_at: nowMs })
      .where('ended_at', 'is', null)
      .execute()
    await kysely
      .updateTable('email_outbox')
      .set({ status: 'failed', last_error: 'waited when the backup was made: perhaps it was sent since', updated_at: nowMs })
      .where('status', '=', 'pending')
      .execute()
    await kysely.deleteFrom('worker_heartbeats').execute()
    await recordAudit(tx, deps, null, 'ADMIN_CLI', {
      tenantId: null,
      entityType: 'backup',
      entityId: backup,
      data: { command: 'restore', companies: (await tenantsOf(tx)).length },
    })
  })
}
