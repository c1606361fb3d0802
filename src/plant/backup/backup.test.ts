import assert from 'node:assert/strict'
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { backedUp, backupNowMs, installation } from '../../../test/harness/backed-up.ts'
import { forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import type { Context } from '../../context.ts'
import { findTenant, recordAudit } from '../../identity/index.ts'
import { migrations } from '../../migrations/index.ts'
import { BackupFaultError, digestRows, openFolder, openForCopying } from '../../platform/backup/index.ts'
import { type Db, insertId, migrateDown, migrateUp, openDatabase, openPlantKysely } from '../../platform/db/index.ts'
import { ownPlantUrl } from '../system/index.ts'
import { migrateWithBackup } from './before-migration.ts'
import { backupJobs } from './jobs.ts'
import { type KeptBackup, listBackups, outlived, pruneBackups } from './keep.ts'
import { type BackupDeps, makeBackup } from './make.ts'
import type { Manifest } from './manifest.ts'
import { RestoreRefusedError } from './refused.ts'
import { type RestoreOptions, restoreAll } from './restore.ts'
import { restoreTenant } from './restore-tenant.ts'
import { databaseName } from './target.ts'

const plain: RestoreOptions = { replacing: null, whileRunning: false, withoutBackup: null, dryRun: false }
const full = (ctx: BackupDeps) => makeBackup(ctx, { what: 'full', reason: 'manual' })
const restore = async (ctx: Context, folder: string, options: Partial<RestoreOptions> = {}) =>
  restoreAll({ ...ctx, migrations }, await openFolder(folder), { ...plain, ...options })

/** Tables whose rows a restore goes on to change, on purpose. */
const settled = new Set([
  'sessions',
  'email_outbox',
  'worker_heartbeats',
  'audit_logs',
  'audit_unsealed',
  'plant_attachments',
  'schema_migrations',
])

async function differing(db: Db, tables: Manifest['platform']['tables'], but: ReadonlySet<string> = settled): Promise<string[]> {
  const found: string[] = []
  for (const table of tables) {
    if (but.has(table.name)) continue
    const { rows, sum } = await digestRows(db, table)
    if (rows !== table.rows || sum !== table.sum) found.push(`${table.name}: ${rows} rows instead of ${table.rows}`)
  }
  return found
}

const plantRows = async (url: string, manifest: Manifest, tenantId: number) => {
  const opened = await openForCopying(url)
  const tables = manifest.plants.find((plant) => plant.tenantId === tenantId)?.tables ?? []
  const changed = await differing({ kysely: opened.kysely, engine: opened.engine } as Db, tables, new Set())
  await opened.close()
  return { changed, tables: tables.length }
}

/** Writes in pairs, one transaction each, until told to stop: half a pair in a backup would show. */
function writer(ctx: Context) {
  let isOver = false
  let pairs = 0
  const loop = async () => {
    while (!isOver) {
      await ctx.db.kysely.transaction().execute(async (kysely) => {
        for (const entityId of [pairs, pairs])
          await recordAudit({ ...ctx.db, kysely }, ctx, null, 'UPDATE', { tenantId: null, entityType: 'pair', entityId })
      })
      pairs += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const done = loop()
  return {
    written: async (count: number) => {
      const until = pairs + count
      while (pairs < until) await new Promise((resolve) => setImmediate(resolve))
    },
    stop: async () => {
      isOver = true
      await done
      return pairs
    },
  }
}

forEachEngine(
  'PL-95 PL-TODO-19 a backup made while others write restores to equal checksums, plants and files included',
  async (engine, t) => {
    const { ctx, acme, beta, plantUrl, fileKey } = await backedUp(engine, t)
    // an id that was given and is gone is not given again
    await ctx.db.kysely
      .deleteFrom('files')
      .where('id', '=', await spareFile(ctx.db))
      .execute()
    const writing = writer(ctx)
    await writing.written(3)
    const { path: folder, manifest } = await full(ctx)
    await writing.written(3)
    const pairs = await writing.stop()
    assert.deepEqual(manifest.faults, [])
    const audited = manifest.platform.tables.find(({ name }) => name === 'audit_logs')?.rows ?? 0

    const target = await installation(await temporaryDatabase(engine, t), t)
    const restored = await restore(target, folder)
    assert.deepEqual(await differing(target.db, manifest.platform.tables), [])
    const { rows } = await sql<{ entity_id: string; n: number }>`
    select entity_id, count(*) as n from audit_logs where entity_type = 'pair' group by entity_id`.execute(target.db.kysely)
    assert.ok(rows.length >= 3 && rows.length < pairs, `${rows.length} of ${pairs} pairs`)
    assert.deepEqual(
      rows.filter(({ n }) => Number(n) !== 2),
      [],
    )
    const { rows: log } = await sql<{ n: number }>`select count(*) as n from audit_logs`.execute(target.db.kysely)
    assert.equal(Number(log[0]?.n), audited + 1, 'and the restore itself')

    // the file of Andon's came to the new data folder; the live plant on a server was not touched
    assert.deepEqual(await plantRows(ownPlantUrl(target.config.dataDir, acme), manifest, acme), { changed: [], tables: 11 })
    assert.deepEqual(
      restored.plants.map(({ tenantId, fault }) => [tenantId, fault === null]),
      [
        [acme, true],
        [beta, false],
      ],
    )
    assert.match(restored.faults[0] ?? '', /left as it is: it has rows/)
    assert.equal((await readAll(await target.files.open(fileKey))).toString('hex'), '000102fffe')
    assert.ok((await spareFile(target.db)) > (manifest.platform.tables.find(({ name }) => name === 'files')?.lastId ?? 0))

    // the managed plant on the engine, lost and put back with its tables
    const lost = await openPlantKysely(plantUrl)
    for (const table of ['detection_line_l1', 'area']) await lost.kysely.deleteFrom(table).execute()
    await sql`drop table downtime_events_l1`.execute(lost.kysely)
    await lost.close()
    const again = await restoreTenant({ ...ctx, migrations }, await openFolder(folder), 'beta-nandu', { ...plain, replacing: 'Beta Ñandú' })
    assert.deepEqual(again.faults, [])
    assert.deepEqual((await plantRows(plantUrl, manifest, beta)).changed, [])
  },
)

const spareFile = (db: Db) =>
  insertId(db, 'files', {
    uuid: Math.random().toString(36),
    tenant_id: null,
    kind: 'x',
    storage_key: Math.random().toString(36),
    sha256: '',
    size_bytes: 0,
    mime: '',
    state: 'pending',
    created_by: null,
    created_at: 1,
    updated_at: 1,
  })

async function readAll(stream: AsyncIterable<Buffer | string>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

forEachEngine('PL-95 what is there is replaced only by its typed name, whole, after a backup of it', async (engine, t) => {
  const { ctx, url, acme, beta } = await backedUp(engine, t)
  const { path: folder, manifest } = await full(ctx)
  await ctx.db.kysely.updateTable('tenants').set({ name: 'Otra' }).where('id', '=', acme).execute()
  await ctx.db.kysely.deleteFrom('memberships').where('tenant_id', '=', beta).execute()
  const name = databaseName(url)
  await assert.rejects(restore(ctx, folder), new RegExp(`2 companies and 2 people.*--force-replace ${name}`))
  await assert.rejects(restore(ctx, folder, { replacing: 'andon' }), /not called andon/)
  const beat = { worker_key: 'k', name: 'worker', pid: 7, host: 'h', interval_ms: 30_000, started_at: 1 }
  await ctx.db.kysely
    .insertInto('worker_heartbeats')
    .values({ ...beat, beat_at: ctx.clock.nowMs() })
    .execute()
  await assert.rejects(restore(ctx, folder, { replacing: name }), /running \(worker 7 on h\)/)
  const before = await ctx.db.kysely.selectFrom('tenants').select('name').where('id', '=', acme).executeTakeFirstOrThrow()
  assert.equal(before.name, 'Otra', 'nothing was changed')
  const tried = await restore(ctx, folder, { replacing: name, whileRunning: true, dryRun: true })
  assert.equal(tried.safety, null)

  const { safety } = await restore(ctx, folder, { replacing: name, whileRunning: true })
  assert.deepEqual(await differing(ctx.db, manifest.platform.tables), [])
  assert.equal((await findTenant(ctx.db, acme))?.name, 'Acme')
  // and what was replaced can be had back
  await restore(ctx, safety?.path ?? '', { replacing: name, withoutBackup: 'test' })
  assert.equal((await findTenant(ctx.db, acme))?.name, 'Otra')
})

forEachEngine(
  'PL-95 one company alone comes back, out of its own backup or one of everybody; the others keep theirs',
  async (engine, t) => {
    const { ctx, acme, beta } = await backedUp(engine, t)
    const tenant = await findTenant(ctx.db, beta)
    assert.ok(tenant)
    const everybody = await full(ctx)
    const alone = await makeBackup(ctx, { what: { tenant }, reason: 'manual' })
    assert.deepEqual(
      alone.manifest.plants.map(({ tenantId }) => tenantId),
      [beta],
    )
    assert.equal(alone.manifest.platform.tables.find(({ name }) => name === 'users')?.rows, 1)
    for (const { path: folder } of [everybody, alone]) {
      await ctx.db.kysely.updateTable('tenants').set({ name: 'Acme nueva' }).where('id', '=', acme).execute()
      await ctx.db.kysely.updateTable('tenants').set({ name: 'Beta rota' }).where('id', '=', beta).execute()
      for (const table of ['memberships', 'day_summaries', 'files'] as const)
        await ctx.db.kysely.deleteFrom(table).where('tenant_id', '=', beta).execute()
      await sql`update users set home_tenant_id = null, default_tenant_id = null where username = 'beto'`.execute(ctx.db.kysely)
      await ctx.db.kysely.deleteFrom('users').where('username', '=', 'beto').execute()
      const opened = await openFolder(folder)
      const again = (options: Partial<RestoreOptions>, ref = 'beta-nandu') =>
        restoreTenant({ ...ctx, migrations }, opened, ref, { ...plain, ...options })
      await assert.rejects(again({}), /--force-replace "Beta rota"/)
      await assert.rejects(again({}, 'gamma'), /has no company gamma; it has /)
      const { faults } = await again({ replacing: 'Beta rota' })
      assert.deepEqual(faults, [])
      const { rows } = await sql<{ table: string; n: number }>`
      select 'memberships' as ${sql.ref('table')}, count(*) as n from memberships where tenant_id = ${beta}
      union all select 'day_summaries', count(*) from day_summaries where tenant_id = ${beta}
      union all select 'files', count(*) from files where tenant_id = ${beta}
      union all select 'beto', count(*) from users where username = 'beto'`.execute(ctx.db.kysely)
      assert.deepEqual(
        rows.map(({ n }) => Number(n)),
        [1, 1, 1, 1],
      )
      assert.deepEqual([(await findTenant(ctx.db, acme))?.name, (await findTenant(ctx.db, beta))?.name], ['Acme nueva', 'Beta Ñandú'])
    }
    await assert.rejects(restore(ctx, alone.path), /holds one company: say --tenant beta-nandu/)
  },
)

const reseal = (folder: string, file: string, text: string): void => {
  writeFileSync(path.join(folder, file), text)
  const sums = readFileSync(path.join(folder, 'SHA256SUMS'), 'utf8')
  const { createHash } = process.getBuiltinModule('node:crypto')
  const sum = createHash('sha256').update(text).digest('hex')
  writeFileSync(path.join(folder, 'SHA256SUMS'), sums.replace(new RegExp(`^[0-9a-f]{64}  ${file}$`, 'm'), `${sum}  ${file}`))
}
const changeManifest = (folder: string, change: (manifest: Record<string, unknown>) => void): void => {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Record<string, unknown>
  change(manifest)
  reseal(folder, 'manifest.json', JSON.stringify(manifest))
}

const faults = [
  {
    name: 'a flipped byte',
    spoil: (folder: string) => appendFileSync(path.join(folder, 'platform/users.ndjson.gz'), 'x'),
    want: /platform\/users\.ndjson\.gz is damaged: its SHA-256 is [0-9a-f]{64}, it was written as [0-9a-f]{64}/,
  },
  {
    name: 'a missing file',
    spoil: (folder: string) => rmSync(path.join(folder, 'platform/tenants.ndjson.gz')),
    want: /tenants\.ndjson\.gz is missing/,
  },
  {
    name: 'a changed list of contents',
    spoil: (folder: string) => appendFileSync(path.join(folder, 'manifest.json'), ' '),
    want: /manifest\.json is damaged/,
  },
  { name: 'no list of checksums', spoil: (folder: string) => rmSync(path.join(folder, 'SHA256SUMS')), want: /is no backup: SHA256SUMS/ },
  {
    name: 'rows that were taken out, sums written anew',
    spoil: (folder: string) =>
      changeManifest(folder, ({ platform }) => {
        for (const table of (platform as Manifest['platform']).tables) if (table.name === 'users') table.rows += 1
      }),
    want: /users\.ndjson\.gz has other rows than were written/,
  },
  {
    name: 'a newer format',
    spoil: (folder: string) =>
      changeManifest(folder, (manifest) => {
        manifest.format = 2
      }),
    want: /newer version of Andon \(format 2\)/,
  },
  {
    name: 'a newer schema',
    spoil: (folder: string) =>
      changeManifest(folder, ({ platform }) => void (platform as Manifest['platform']).migrations.push('9999-future')),
    want: /newer version of Andon \(9999-future\)/,
  },
] as const

test('PL-95 a damaged backup, or one of a newer version, is refused by name, and nothing is restored', async (t) => {
  const { ctx } = await backedUp('sqlite', t)
  const { path: folder } = await full(ctx)
  for (const { name, spoil, want } of faults) {
    const copy = path.join(ctx.config.dataDir, name.replaceAll(/\W/g, '-'))
    cpSync(folder, copy, { recursive: true })
    spoil(copy)
    const url = await temporaryDatabase('sqlite', t)
    const target = { ...ctx, config: { ...ctx.config, database: { ...ctx.config.database, url } } }
    await assert.rejects(restore(target, copy), (error: Error) => {
      assert.ok(error instanceof BackupFaultError || error instanceof RestoreRefusedError, error.stack)
      assert.match(error.message, want, name)
      return true
    })
    const opened = await openForCopying(url, { create: true })
    assert.deepEqual((await sql`select name as name from sqlite_schema`.execute(opened.kysely)).rows, [], name)
    await opened.close()
  }
})

test('PL-95 each night one of everything, unless it is not wanted', async (t) => {
  const { ctx } = await backedUp('sqlite', t)
  let isWanted = false
  const [job] = backupJobs(ctx, async () => isWanted)
  const run = { signal: new AbortController().signal, attempt: 1 }
  const reasons = async () => (await listBackups(ctx.config.backup.dir)).backups.map(({ manifest }) => manifest.reason)
  assert.equal(job?.schedule, '0 3 * * *')
  await job?.run(null, run)
  assert.deepEqual(await reasons(), [])
  isWanted = true
  await job?.run(null, run)
  assert.deepEqual(await reasons(), ['nightly'])
  // what was left behind cannot even be looked at: the backup was made all the same, and is not made again
  symlinkSync('.a-loop.part', path.join(ctx.config.backup.dir, '.a-loop.part'))
  await job?.run(null, run)
  assert.deepEqual(await reasons(), ['nightly', 'nightly'])
})

test('PL-95 a plant that is gone is said, the rest is backed up; a signal leaves nothing behind', async (t) => {
  const { ctx, acme } = await backedUp('sqlite', t)
  rmSync(path.join(ctx.config.dataDir, 'plants', `tenant-${acme}.sqlite`))
  const { manifest } = await full(ctx)
  assert.equal(manifest.plants.length, 1)
  assert.match(manifest.faults.join(), new RegExp(`plant of company ${acme}: .* is not there`))
  await assert.rejects(makeBackup(ctx, { what: 'full', reason: 'manual', signal: AbortSignal.abort(new Error('ending')) }), /ending/)
  const { backups, broken } = await listBackups(ctx.config.backup.dir)
  assert.deepEqual([backups.length, broken], [1, []])
})

test('PL-95 a full disk ends a backup with nothing of it left; what a killed process left is no backup, and is swept', async (t) => {
  const { ctx } = await backedUp('sqlite', t)
  const noRoom = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  const open = async () => {
    throw noRoom
  }
  const { dir } = ctx.config.backup
  await assert.rejects(
    full({ ...ctx, files: { ...ctx.files, open } }),
    /The disk of .* is full: no backup was made, and nothing of it is left/,
  )
  assert.deepEqual(readdirSync(dir), [])
  const left = path.join(dir, '.andon-20261101-030000-full.0badcafe.part')
  mkdirSync(path.join(left, 'platform'), { recursive: true })
  assert.deepEqual(await listBackups(dir), { backups: [], broken: [] })
  await pruneBackups({ ...ctx, clock: { nowMs: () => Date.now() } })
  assert.deepEqual(readdirSync(dir).length, 1, 'it may still be written')
  utimesSync(left, new Date(0), new Date(0))
  await pruneBackups({ ...ctx, clock: { nowMs: () => Date.now() } })
  assert.deepEqual(readdirSync(dir), [])
})

test('PL-95 an older schema is restored into a new database and brought up to date', async (t) => {
  const { ctx, acme } = await backedUp('sqlite', t)
  const last = [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1)).at(-1)?.name
  await migrateDown(ctx.db, migrations, 1)
  const { path: folder } = await full(ctx)
  const target = await installation(await temporaryDatabase('sqlite', t), t)
  await restore(target, folder)
  assert.equal((await findTenant(target.db, acme))?.name, 'Acme')
  const { rows } = await sql<{ name: string }>`select max(name) as name from schema_migrations`.execute(target.db.kysely)
  assert.equal(rows[0]?.name, last)
  await migrateUp(ctx.db, migrations)
  await assert.rejects(restore(ctx, folder, { replacing: databaseName(ctx.config.database.url) }), /schema of another version/)
})

test('PL-95 before a migration of somebody’s data there is a backup; without one nothing is migrated', async (t) => {
  const { ctx } = await backedUp('sqlite', t)
  const [last] = await migrateDown(ctx.db, migrations, 1)
  const unwritable = {
    ...ctx,
    config: { ...ctx.config, backup: { ...ctx.config.backup, dir: path.join(ctx.config.dataDir, 'a-file', 'below') } },
  }
  writeFileSync(path.join(ctx.config.dataDir, 'a-file'), '')
  await assert.rejects(
    migrateWithBackup(unwritable, migrations, { withoutBackup: false }),
    /Nothing was migrated: the backup before it failed/,
  )
  const done = await migrateWithBackup(ctx, migrations, { withoutBackup: false })
  assert.deepEqual([done.applied, done.backup?.manifest.kind], [[last], 'platform'])
  assert.equal(done.backup?.manifest.platform.migrations.includes(last ?? ''), false)
  assert.deepEqual(await migrateWithBackup(ctx, migrations, { withoutBackup: false }), { applied: [], backup: null })
  const opened = await openDatabase(await temporaryDatabase('sqlite', t))
  const fresh = await migrateWithBackup({ ...ctx, db: opened.db }, migrations, { withoutBackup: false })
  await opened.close()
  assert.equal(fresh.backup, null)
})

test('PL-95 backups go after their time, the newest of everything never', async (t) => {
  const day = 86_400_000
  const kept = (daysOld: number, kind: Manifest['kind']) =>
    ({ name: `${kind}-${daysOld}`, createdAtMs: backupNowMs - daysOld * day, manifest: { kind } }) as KeptBackup
  const backups = [kept(90, 'full'), kept(60, 'full'), kept(40, 'platform'), kept(29, 'tenant')]
  assert.deepEqual(
    outlived(backups, backupNowMs, 30).map(({ name }) => name),
    ['full-90', 'platform-40'],
  )
  const { ctx } = await backedUp('sqlite', t)
  // two processes in the same second
  const sameSecond = { ...ctx, clock: { nowMs: () => backupNowMs } }
  const [first, second] = (await Promise.all([full(sameSecond), full(sameSecond)])).sort((a, b) => (a.name < b.name ? -1 : 1))
  assert.ok(first && second)
  assert.notEqual(first.name, second.name)
  const later = { ...ctx, clock: { nowMs: () => ctx.clock.nowMs() + 40 * day } }
  assert.deepEqual(
    (await pruneBackups(later, { dryRun: true })).map(({ name }) => name),
    [first.name],
  )
  await pruneBackups(later)
  assert.deepEqual(
    (await listBackups(ctx.config.backup.dir)).backups.map(({ name }) => name),
    [second.name],
  )
})
