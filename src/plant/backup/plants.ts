/** Putting back the plants that Andon keeps: each in one transaction, each for itself. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { type BackupFolder, describeTables, openForCopying, readDump, replaceRows } from '../../platform/backup/index.ts'
import { describeDatabase, parseDatabaseUrl } from '../../platform/db/index.ts'
import type { AnyDb } from '../../platform/db/introspect.ts'
import { SealBrokenError } from '../../platform/secrets/index.ts'
import { guardedAddress } from '../model/index.ts'
import { findAttachment, saveAttachment } from '../source/index.ts'
import { ownPlantUrl } from '../system/index.ts'
import type { BackupDeps } from './make.ts'
import type { PlantBackup } from './manifest.ts'

export type RestoredPlant = {
  readonly tenantId: number
  readonly slug: string
  readonly address: string | null
  readonly rows: number
  /** Why it was left as it is; null when it was restored. */
  readonly fault: string | null
}

export async function restorePlants(
  deps: BackupDeps,
  folder: BackupFolder,
  plants: readonly PlantBackup[],
  { replaces, onProgress }: { readonly replaces: boolean; readonly onProgress: (text: string) => void },
): Promise<RestoredPlant[]> {
  const restored: RestoredPlant[] = []
  for (const plant of plants) {
    onProgress(`plant of ${plant.slug}`)
    const { tenantId, slug } = plant
    try {
      const url = await placeOf(deps, plant)
      const rows = await restorePlant(url.url, url.hostAddress, folder, plant, replaces)
      restored.push({ tenantId, slug, address: describeDatabase(url.url), rows, fault: null })
    } catch (error) {
      restored.push({ tenantId, slug, address: null, rows: 0, fault: `plant of ${slug} was left as it is: ${(error as Error).message}` })
    }
  }
  return restored
}

/** A file of our own making is where this installation keeps them; any other plant is where the restored rows say. */
async function placeOf({ db, secrets, clock, config }: BackupDeps, { tenantId, isOwn }: PlantBackup) {
  const own = { ...db, tenantId }
  if (isOwn) {
    const url = ownPlantUrl(config.dataDir, tenantId)
    // Sealed anew: every process that still runs opens it again, and another SECRET_KEY is no obstacle.
    await saveAttachment(own, secrets, { url, canManage: true, nowMs: clock.nowMs() })
    const address = parseDatabaseUrl(url)
    if (address.engine === 'sqlite') await mkdir(path.dirname(address.file), { recursive: true, mode: 0o700 })
    return { url, hostAddress: undefined }
  }
  const attachment = await findAttachment(own, secrets).catch((error: unknown) => {
    if (error instanceof SealBrokenError) throw new Error('its address was sealed with another SECRET_KEY; attach it again')
    throw error
  })
  if (attachment === null) throw new Error('the company has no plant')
  const { url, canManage, isGuarded } = attachment
  await saveAttachment(own, secrets, { url, canManage, isGuarded, nowMs: clock.nowMs() })
  return { url, hostAddress: isGuarded ? await guardedAddress(url, config.plant.openNetworks ?? []) : undefined }
}

async function restorePlant(
  url: string,
  hostAddress: string | undefined,
  folder: BackupFolder,
  { engine, tables }: PlantBackup,
  replaces: boolean,
): Promise<number> {
  const opened = await openForCopying(url, { create: true, hostAddress })
  try {
    if (opened.engine !== engine) throw new Error(`it was on ${engine} and is on ${opened.engine} now`)
    const db: AnyDb = opened
    const names = new Set((await describeTables(db)).map(({ name }) => name))
    const present = tables.filter(({ name }) => names.has(name))
    if (
      !replaces &&
      (await hasRows(
        db,
        present.map(({ name }) => name),
      ))
    )
      throw new Error('it has rows (--force-replace replaces them)')
    for (const { name, statements } of tables)
      if (!names.has(name)) for (const statement of statements) await sql.raw(statement).execute(opened.kysely)
    const loaded = await replaceRows(
      db,
      tables.map((table) => ({ ...table, filter: null, lines: () => readDump(folder, table) })),
    )
    return loaded.reduce((sum, { rows }) => sum + rows, 0)
  } finally {
    await opened.close()
  }
}

async function hasRows({ kysely }: AnyDb, tables: readonly string[]): Promise<boolean> {
  for (const table of tables) {
    const { rows } = await sql`select 1 as found from ${sql.table(table)} limit 1`.execute(kysely)
    if (rows.length > 0) return true
  }
  return false
}
