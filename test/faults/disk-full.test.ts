/** The disk of the installation is full: what cannot be kept is refused in words, what is kept can be looked at, nothing is broken, and it goes on by
 *  itself once there is room. The disk is a small one of the test's own, which only root may mount. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { findTenant } from '../../src/identity/index.ts'
import { migrations } from '../../src/migrations/index.ts'
import { saveAttachment } from '../../src/plant/source/index.ts'
import { migrateUp, openDatabase, sqliteUrl } from '../../src/platform/db/index.ts'
import { ask } from '../harness/refusal.ts'
import { startTestServer } from '../harness/server.ts'
import { smallPlant } from '../harness/small-plant.ts'
import { assertNoted, note, noteUntilStored } from './notes.ts'

/** Null = it can be mounted. */
function missingDisk(): string | null {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return 'only root on Linux may mount a small disk'
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return null
  } catch {
    return 'this machine lets nobody mount a disk'
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Disk = { readonly folder: string; readonly fill: () => void; readonly makeRoom: () => void }

function smallDisk(t: TestContext, sizeMb: number): Disk {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', folder])
  t.after(() => {
    // lazily: whoever still holds a file of it open keeps no test from ending
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  const ballast = path.join(folder, 'ballast')
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a')
      try {
        for (;;) if (writeSync(file, Buffer.alloc(4_096)) < 4_096) return
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
      } finally {
        closeSync(file)
      }
    },
    makeRoom: () => rmSync(ballast),
  }
}

const html = { headers: { accept: 'text/html', 'accept-language': 'es' } }
/** 1 × 1. */
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=', 'base64')

test('PL-18 a full disk: refused in words, pages can still be looked at, nothing is half written, and it goes on once there is room', {
  skip: missingDisk() ?? false,
}, async (t) => {
  const disk = smallDisk(t, 48)
  const dataDir = path.join(disk.folder, 'data')
  const databaseUrl = sqliteUrl(path.join(dataDir, 'andon.sqlite'))
  const opened = await openDatabase(databaseUrl)
  await migrateUp(opened.db, migrations)
  await opened.close()
  const server = await startTestServer({ databaseUrl, nowMs: Date.parse('2026-10-20T15:00:00Z'), env: { DATA_DIR: dataDir } }, t)
  const { slug, username, password } = await smallPlant(server, 'sqlite', 'LLENA', 40)
  const client = server.newClient()
  await client.signIn(username, password)
  const dashboard = `/t/${slug}/dashboard`
  const picture = () => {
    const form = new FormData()
    form.append('file', new Blob([png], { type: 'image/png' }), 'logo.png')
    return form
  }
  const upload = async () => (await client.fetch('/api/v1/companies/me/logo', { method: 'POST', body: picture() })).status
  assert.equal((await note(client, slug, 1)).status, 200)
  assert.equal((await ask(client, dashboard, undefined, html)).status, 200)
  assert.equal(await upload(), 200)

  disk.fill()
  const refused = []
  // what is free inside of the database's own pages may still take some
  for (let quantity = 100; refused.length < 3 && quantity < 2_000; quantity += 1) {
    server.clock.advance(2_000)
    const told = await note(client, slug, quantity)
    if (told.status !== 200) refused.push({ quantity, ...told })
  }
  assert.deepEqual(
    refused.map(({ status, code, retryAfterS }) => [status, code, retryAfterS]),
    refused.map(() => [507, 'storage_full', 60]),
  )
  assert.equal(refused.length, 3)
  const first = refused[0]?.quantity ?? 0
  server.clock.advance(120_000) // long enough that the visit would be noted
  assert.equal((await ask(client, dashboard, undefined, html)).status, 200, 'what is there can be looked at')
  assert.equal((await ask(client, '/ready')).status, 200)
  assert.equal(await upload(), 507)
  const files = existsSync(path.join(dataDir, 'files')) ? readdirSync(path.join(dataDir, 'files'), { recursive: true }) : []
  assert.deepEqual(
    files.filter((name) => String(name).endsWith('.part')),
    [],
    'nothing half written stays',
  )

  disk.makeRoom()
  const quantities = refused.map(({ quantity }) => quantity)
  await noteUntilStored(server, client, slug, quantities)
  const stored = Array.from({ length: first - 100 }, (_, at) => at + 100)
  await assertNoted(server, [1, ...new Set([...stored, ...quantities])])
  assert.equal(await upload(), 200)
  const check = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(server.ctx.db.kysely)
  assert.deepEqual(check.rows, [{ integrity_check: 'ok' }])
  await server.close()
})

test('PL-18 a full disk under a plant of ours: a batch is written whole or refused whole, its rows can still be looked at, and the next one is taken once there is room', {
  skip: missingDisk() ?? false,
}, async (t) => {
  const disk = smallDisk(t, 16)
  const server = await startTestServer({ nowMs: Date.parse('2026-10-20T15:00:00Z') }, t)
  const plantUrl = sqliteUrl(path.join(disk.folder, 'plant.sqlite'))
  const { slug, username, password, pieces } = await smallPlant(server, 'sqlite', 'LLENA', 40, plantUrl)
  const { db, secrets, clock } = server.ctx
  const tenant = await findTenant(db, slug)
  assert.ok(tenant)
  await saveAttachment({ ...db, tenantId: tenant.tenantId }, secrets, { url: plantUrl, canManage: true, nowMs: clock.nowMs() })
  const client = server.newClient()
  await client.signInApi(username, password)
  const batch = (minute: number) =>
    Array.from({ length: 1_000 }, (_, at) => ({
      line: 'L1',
      area_id: 1,
      product_id: 1,
      detected_at: `2026-10-20 ${String(12 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`,
    }))
  const send = (minute: number) =>
    ask(client, '/api/v1/ingest/detections', { rows: batch(minute) }, { headers: { 'idempotency-key': `lote-${minute}` } })
  const rows = async () => {
    const { body } = await client.json('/api/v1/dashboard/data', { line_id: 'all' })
    return (body as { metadata: { total_detections: number } }).metadata.total_detections
  }
  assert.equal((await send(0)).status, 200)
  disk.fill()
  let [minute, refused] = [1, await send(1)]
  while (refused.status === 200 && minute < 50) {
    minute += 1
    refused = await send(minute)
  }
  assert.deepEqual([refused.status, refused.code], [507, 'storage_full'])
  assert.equal(await rows(), pieces + minute * 1_000)
  disk.makeRoom()
  server.clock.advance(61_000)
  assert.equal((await send(minute)).status, 200, 'the same batch, under the same key')
  assert.equal(await rows(), pieces + (minute + 1) * 1_000)
  await server.close()
})
