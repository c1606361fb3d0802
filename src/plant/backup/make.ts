/** Making a backup: the platform database at one moment, then each plant that Andon keeps, then the stored files. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import { findTenant, type Tenant } from '../../identity/index.ts'
import {
  type BackupFolder,
  describeTables,
  dumpTable,
  inOrderOfReference,
  listReferences,
  type NewFolder,
  newFolder,
  readDump,
  tableStatements,
  withSnapshot,
} from '../../platform/backup/index.ts'
import { type Db, describeDatabase, parseDatabaseUrl } from '../../platform/db/index.ts'
import type { FileStore } from '../../platform/files/index.ts'
import { SealBrokenError, type Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { guardedAddress } from '../model/index.ts'
import { findAttachment, listAttachedTenants } from '../source/index.ts'
import { ownPlantUrl } from '../system/index.ts'
import { type FileBackup, type Manifest, manifestOf, type PlantBackup } from './manifest.ts'
import { filterOf, type Scope } from './scope.ts'

export type BackupDeps = {
  readonly db: Db
  readonly secrets: Secrets
  readonly clock: Clock
  readonly files: FileStore
  readonly app: { readonly version: string }
  readonly config: {
    readonly dataDir: string
    readonly database: { readonly url: string }
    readonly plant: { readonly openNetworks?: readonly string[] }
    readonly backup: { readonly dir: string; readonly retentionDays: number }
  }
}

export type BackupReason = 'manual' | 'nightly' | 'before-migration' | 'before-restore'

export type MakeOptions = {
  /** `full`: platform, plants, files. `platform`: what a migration changes. Else one company's rows, plant and files. */
  readonly what: 'full' | 'platform' | { readonly tenant: Tenant }
  readonly reason: BackupReason
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (text: string) => void
}

export type MadeBackup = { readonly name: string; readonly path: string; readonly manifest: Manifest }

/** Complete and read back, or nothing is left of it. `manifest.faults` tells what could not be had: one plant that is down does not cost the rest. */
export async function makeBackup(deps: BackupDeps, { what, reason, signal, onProgress = () => {} }: MakeOptions): Promise<MadeBackup> {
  signal?.throwIfAborted()
  const tenant = typeof what === 'object' ? what.tenant : null
  const kind = tenant ? 'tenant' : (what as 'full' | 'platform')
  const { dir } = deps.config.backup
  const folder = await newFolder(dir, nameOf(deps.clock.nowMs(), tenant?.slug ?? kind))
  try {
    const createdAt = new Date(deps.clock.nowMs()).toISOString()
    onProgress('platform database')
    const { platform, stored } = await dumpPlatform(deps, folder, tenant, signal)
    const faults: string[] = []
    const plants: PlantBackup[] = []
    const files: FileBackup[] = []
    if (kind !== 'platform') {
      for (const tenantId of tenant ? [tenant.tenantId] : await listAttachedTenants(deps.db)) {
        onProgress(`plant of company ${tenantId}`)
        const plant = await dumpPlant(deps, folder, tenantId, signal).catch((error: unknown) => {
          signal?.throwIfAborted()
          if (isDiskFull(error)) throw error
          faults.push(`plant of company ${tenantId}: ${(error as Error).message}`)
          return null
        })
        if (plant) plants.push(plant)
      }
      onProgress('stored files')
      for (const file of stored) {
        const fault = await copyFile(deps, folder, file, signal)
        if (fault === null) files.push(file)
        else faults.push(fault)
      }
    }
    const about = tenant && { tenantId: tenant.tenantId, uuid: tenant.uuid, slug: tenant.slug, name: tenant.name }
    const manifest: Manifest = {
      format: 1,
      kind,
      reason,
      createdAt,
      version: deps.app.version,
      tenant: about,
      platform,
      plants,
      files,
      faults,
    }
    onProgress('reading back')
    const finished = await folder.finish(manifest, verifyFolder)
    return { name: path.basename(finished), path: finished, manifest }
  } catch (error) {
    await folder.discard()
    if (isDiskFull(error)) throw new Error(`The disk of ${dir} is full: no backup was made, and nothing of it is left`, { cause: error })
    throw error
  }
}

const isDiskFull = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | null)?.code === 'ENOSPC' || /database or disk is full/i.test(String((error as Error | null)?.message))

/** Every file as it was written, and every table with as many rows, and the same ones, as were read. Throws `BackupFaultError`. */
export async function verifyFolder(folder: BackupFolder): Promise<void> {
  const manifest = manifestOf(folder)
  await folder.verify()
  for (const table of [...manifest.platform.tables, ...manifest.plants.flatMap(({ tables }) => tables)])
    for await (const _ of readDump(folder, table)); // its end compares
}

/** `andon-20261121-030000-full`: sorts by time. */
const nameOf = (nowMs: number, what: string): string =>
  `andon-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${what}`

async function dumpPlatform(
  { config }: BackupDeps,
  folder: NewFolder,
  tenant: Tenant | null,
  signal: AbortSignal | undefined,
): Promise<{ readonly platform: Manifest['platform']; readonly stored: readonly FileBackup[] }> {
  const { url } = config.database
  return withSnapshot(url, { workDir: folder.path }, async (db) => {
    const shapes = await describeTables(db)
    const scope: Scope | null = tenant && { tenantId: tenant.tenantId, shapes, references: await listReferences(db) }
    const tables: Manifest['platform']['tables'] = []
    for (const shape of shapes) {
      const filter = scope && (await filterOf(db, scope, shape))
      if (scope && filter === null) continue
      const dumped = await dumpTable(db, folder, shape, `platform/${shape.name}.ndjson.gz`, { filter, signal })
      tables.push({ ...dumped, columns: [...dumped.columns], key: [...dumped.key] })
    }
    const { rows: migrations } = await sql<{ name: string }>`select name from schema_migrations order by name`.execute(db.kysely)
    const ofTenant = tenant ? sql`and tenant_id = ${tenant.tenantId}` : sql``
    const { rows: files } = await sql<{ tenant_id: number | null; storage_key: string; mime: string; sha256: string; size_bytes: number }>`
      select tenant_id, storage_key, mime, sha256, size_bytes from files where state = 'stored' ${ofTenant} order by id`.execute(db.kysely)
    return {
      platform: { engine: db.engine, address: describeDatabase(url), migrations: migrations.map((row) => row.name), tables },
      stored: files.map((row) => ({
        tenantId: row.tenant_id,
        key: row.storage_key,
        mime: row.mime,
        sha256: row.sha256,
        sizeBytes: row.size_bytes,
      })),
    }
  })
}

/** Null: the customer's own database, which is theirs to back up. */
async function dumpPlant(
  { db, secrets, config }: BackupDeps,
  folder: NewFolder,
  tenantId: number,
  signal: AbortSignal | undefined,
): Promise<PlantBackup | null> {
  const attachment = await findAttachment({ ...db, tenantId }, secrets).catch((error: unknown) => {
    if (error instanceof SealBrokenError) throw new Error('its address was sealed with another SECRET_KEY')
    throw error
  })
  if (attachment === null || !attachment.canManage) return null
  const { url } = attachment
  const address = parseDatabaseUrl(url)
  if (address.engine === 'sqlite' && !existsSync(address.file)) throw new Error(`${address.file} is not there`)
  const hostAddress = attachment.isGuarded ? await guardedAddress(url, config.plant.openNetworks ?? []) : undefined
  const slug = (await findTenant(db, tenantId))?.slug ?? String(tenantId)
  return withSnapshot(url, { workDir: folder.path, hostAddress }, async (snapshot) => {
    const shapes = await describeTables(snapshot)
    const names = inOrderOfReference(
      shapes.map(({ name }) => name),
      await listReferences(snapshot),
    )
    const tables: PlantBackup['tables'] = []
    for (const [at, name] of names.entries()) {
      const shape = shapes.find((one) => one.name === name)
      if (!shape) continue
      const dumped = await dumpTable(snapshot, folder, shape, `plants/${tenantId}/${at}.ndjson.gz`, { signal })
      tables.push({
        ...dumped,
        columns: [...dumped.columns],
        key: [...dumped.key],
        statements: await tableStatements(snapshot, name),
      })
    }
    return {
      tenantId,
      slug,
      isOwn: url === ownPlantUrl(config.dataDir, tenantId),
      engine: snapshot.engine,
      address: describeDatabase(url),
      tables,
    }
  })
}

/** Null, or what is wrong with it: one that is missing in the store is missing without us. */
async function copyFile(
  { files }: BackupDeps,
  folder: NewFolder,
  file: FileBackup,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    const { sha256 } = await folder.writeBytes(`files/${file.key}`, await files.open(file.key), signal)
    return sha256 === file.sha256 ? null : `stored file ${file.key} is not what was uploaded (SHA-256 ${sha256})`
  } catch (error) {
    signal?.throwIfAborted()
    if (isDiskFull(error)) throw error
    return `stored file ${file.key}: ${(error as Error).message}`
  }
}
