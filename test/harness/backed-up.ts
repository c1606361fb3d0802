/** An installation with something to lose: two companies, one with a plant file of Andon's, one with a managed plant on the engine, a stored file. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { type Context, createContext } from '../../src/context.ts'
import { createTenantWithAdmin } from '../../src/identity/index.ts'
import { saveAttachment } from '../../src/plant/source/index.ts'
import { makeOwnPlant, ownPlantUrl } from '../../src/plant/system/index.ts'
import { readConfig } from '../../src/platform/config/index.ts'
import { type Engine, openPlantKysely } from '../../src/platform/db/index.ts'
import { keepFile, saveFile } from '../../src/platform/files/index.ts'
import { silentLog } from '../../src/platform/log/index.ts'
import { makeEditablePlantDatabase } from './editable-plant.ts'
import { migratedDatabase } from './engines.ts'

export const backupNowMs = Date.UTC(2026, 10, 20, 3, 0)

/** A context over `url` with a folder of its own for data. */
export async function installation(url: string, t: TestContext, env: Readonly<Record<string, string>> = {}): Promise<Context> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'andon-backup-'))
  const config = readConfig({
    APP_ENV: 'test',
    SECRET_KEY: 'test-secret-key-of-at-least-32-bytes',
    ARGON2_MEMORY_KIB: '64',
    DATA_DIR: dataDir,
    DATABASE_URL: url,
    ...env,
  })
  let nowMs = backupNowMs
  const ctx = await createContext(config, { clock: { nowMs: () => (nowMs += 1_000) }, log: silentLog() })
  t.after(async () => {
    await ctx.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return ctx
}

export type BackedUp = {
  readonly ctx: Context
  readonly url: string
  /** With the file of Andon's. */
  readonly acme: number
  /** With the managed plant at `plantUrl`. */
  readonly beta: number
  readonly plantUrl: string
  readonly fileKey: string
}

export async function backedUp(engine: Engine, t: TestContext): Promise<BackedUp> {
  const { url } = await migratedDatabase(engine, t)
  const ctx = await installation(url, t)
  const { db, secrets, clock } = ctx
  const password = 'ValidPass123!'
  const company = (companyName: string, username: string) =>
    createTenantWithAdmin(db, ctx, { companyName, username, email: `${username}@example.com`, password })
  const [acme, beta] = [await company('Acme', 'ana'), await company('Beta Ñandú', 'beto')]
  const ownUrl = ownPlantUrl(ctx.config.dataDir, acme.tenantId)
  await makeOwnPlant(ownUrl)
  await saveAttachment({ ...db, tenantId: acme.tenantId }, secrets, { url: ownUrl, canManage: true, nowMs: clock.nowMs() })
  const own = await openPlantKysely(ownUrl)
  const failure = (n: number) => ({ type_failure: `Paro ${n} ñ`, description: n % 2 ? '"comillas" \n y salto' : '' })
  await own.kysely
    .insertInto('failure')
    .values(Array.from({ length: 450 }, (_, n) => failure(n)))
    .execute()
  await own.close()
  const plantUrl = await makeEditablePlantDatabase(engine, t)
  await saveAttachment({ ...db, tenantId: beta.tenantId }, secrets, { url: plantUrl, canManage: true, nowMs: clock.nowMs() })
  const owner = { tenantId: beta.tenantId, userId: beta.userId }
  const fileId = await saveFile(db, ctx, owner, 'logo', { bytes: Buffer.from([0, 1, 2, 255, 254]), mime: 'image/png' })
  await keepFile(db, ctx, beta.tenantId, fileId)
  const file = await db.kysely.selectFrom('files').select('storage_key').where('tenant_id', '=', beta.tenantId).executeTakeFirstOrThrow()
  const summary = { revision: 1, row_count: 3, min_id: 1, max_id: 3, is_purged: 0 }
  await db.kysely
    .insertInto('day_summaries')
    .values({
      tenant_id: beta.tenantId,
      line_id: 1,
      day: 20_000,
      ...summary,
      coarse: Buffer.from([1, 0, 255]),
      fine: Buffer.alloc(70_000, 7),
    })
    .execute()
  return { ctx, url, acme: acme.tenantId, beta: beta.tenantId, plantUrl, fileKey: file.storage_key }
}
