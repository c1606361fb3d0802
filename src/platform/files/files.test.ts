import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import sharp from 'sharp'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { s3Account, startS3 } from '../../../test/harness/s3.ts'
import { type Db, transaction } from '../db/index.ts'
import { Problem } from '../http/index.ts'
import { createSecrets } from '../secrets/index.ts'
import {
  createFileStore,
  dropFile,
  dropUnnamed,
  expiryS,
  fileLink,
  findFile,
  keepFile,
  reencodeImage,
  saveFile,
  sweepFiles,
} from './index.ts'
import { attachmentOf, isValidLink } from './link.ts'
import { FileMissingError, type FileSettings, type FileStore } from './store.ts'

const startMs = Date.UTC(2026, 2, 2, 12)
const secrets = createSecrets('a secret key of at least 32 bytes')

const temporaryFolder = (t: TestContext): string => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-test-files-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
const s3 = (more: Partial<FileSettings['s3']>): FileSettings => ({
  driver: 's3',
  s3: { endpoint: '', publicEndpoint: '', region: 'us-east-1', bucket: 'andon', isPathStyle: true, ...s3Account, ...more },
})
const disk: FileSettings = { ...s3({}), driver: 'disk' }
const bytesOf = async (stream: Readable): Promise<Buffer> => Buffer.concat(await stream.toArray())

/** What every store must do. */
async function checkStore(store: FileStore, folder: string): Promise<void> {
  const file = path.join(folder, 'big')
  const big = Buffer.alloc(3 * 2 ** 20, 'año')
  writeFileSync(file, big)
  await store.put('evidence/ab/one', { bytes: Buffer.from('Ñandú') }, 'image/png')
  await store.put('evidence/ab/two', { path: file, sizeBytes: big.length }, 'application/pdf')
  assert.equal((await bytesOf(await store.open('evidence/ab/one'))).toString(), 'Ñandú')
  assert.deepEqual(await bytesOf(await store.open('evidence/ab/two')), big)
  await store.put('evidence/ab/one', { bytes: Buffer.from('again') }, 'image/png')
  assert.equal((await bytesOf(await store.open('evidence/ab/one'))).toString(), 'again')
  await store.remove('evidence/ab/one')
  await store.remove('evidence/ab/one')
  await assert.rejects(store.open('evidence/ab/one'), FileMissingError)
}

test('ID-51 a folder keeps files for this account only, whole or not at all, and never outside of itself', async (t) => {
  const folder = temporaryFolder(t)
  const store = createFileStore(disk, folder)
  await checkStore(store, folder)
  assert.equal(statSync(path.join(folder, 'files/evidence/ab/two')).mode & 0o077, 0)
  for (const key of ['../x', '/etc/passwd', 'a/../../x', 'a//b', 'a\\b', '.', 'A', 'a\0b', ''])
    await assert.rejects(async () => store.put(key, { bytes: Buffer.from('x') }, 'x'), /key of ours/, key)
  await assert.rejects(store.put('evidence/ab/gone', { path: path.join(folder, 'none'), sizeBytes: 1 }, 'x'))
  assert.deepEqual(readdirSync(path.join(folder, 'files/evidence/ab')), ['two'])
})

test('ID-51 a bucket keeps files; the server checked each signature', async (t) => {
  const server = await startS3(t)
  await checkStore(createFileStore(s3(server), '/nowhere'), temporaryFolder(t))
  assert.deepEqual(
    server.log.filter((line) => !line.includes(' ok ')),
    [],
  )
  assert.equal(server.objects.get('evidence/ab/two')?.mime, 'application/pdf')
  assert.ok(
    server.log.some((line) => /^PUT .* ok (?!UNSIGNED)/.test(line)),
    'what is in memory is signed with its body',
  )
  const stranger = createFileStore(s3({ ...server, secretAccessKey: 'wrong' }), '/nowhere')
  await assert.rejects(stranger.put('evidence/ab/x', { bytes: Buffer.from('x') }, 'x'), /wrong signature/)
  assert.equal(server.objects.has('evidence/ab/x'), false)
})

test('ID-51 browsers that reach the bucket get a signed address of their own, which ends and cannot be changed', async (t) => {
  const server = await startS3(t)
  assert.equal(await createFileStore(s3(server), '/nowhere').directUrl('a/b', { lifeS: 60, mime: 'x', disposition: 'y' }), null)
  const store = createFileStore(s3({ ...server, publicEndpoint: server.endpoint }), '/nowhere')
  await store.put('evidence/ab/one', { bytes: Buffer.from('Ñandú') }, 'application/pdf')
  const url = (await store.directUrl('evidence/ab/one', { lifeS: 60, mime: 'application/pdf', disposition: attachmentOf('año.pdf') })) ?? ''
  const answer = await fetch(url)
  assert.deepEqual([answer.status, await answer.text()], [200, 'Ñandú'])
  assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; /)
  for (const changed of [
    url.replace('ab/one', 'ab/two'),
    url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'),
    url.replace('application%2Fpdf', 'text%2Fhtml'),
  ])
    assert.equal((await fetch(changed)).status, 403, changed)
})

const setting = (db: Db, folder: string) => {
  const clock = { at: startMs, nowMs: () => clock.at }
  return { db, clock, files: createFileStore(disk, folder) }
}
const owner = { tenantId: 7, userId: 3 }
const content = { bytes: Buffer.from('x'), mime: 'image/png' as const }

forEachEngine(
  'ID-51 a file counts once it is named, goes when it is let go of, and belongs to one company or person',
  async (engine, t) => {
    const { db } = await migratedDatabase(engine, t)
    const folder = temporaryFolder(t)
    const deps = setting(db, folder)
    const fileId = await saveFile(db, deps, owner, 'logo', content)
    assert.equal(await findFile(db, 7, fileId), null, 'not named yet')
    await transaction(db, (tx) => keepFile(tx, deps, 7, fileId))
    const file = await findFile(db, 7, fileId)
    assert.deepEqual([file?.mime, file?.sizeBytes], ['image/png', 1])
    assert.equal(await findFile(db, 8, fileId), null)
    assert.equal(await findFile(db, null, fileId), null)
    const own = await saveFile(db, deps, { tenantId: null, userId: 3 }, 'avatar', content)
    await keepFile(db, deps, null, own)
    assert.ok(await findFile(db, null, own))
    assert.equal(await findFile(db, 7, own), null)
    await dropFile(db, deps, 8, fileId)
    assert.ok(await findFile(db, 7, fileId), 'another company cannot let go of it')
    await dropFile(db, deps, 7, fileId)
    assert.equal(await findFile(db, 7, fileId), null)
    assert.ok(existsSync(path.join(folder, 'files', file?.key ?? '')))
    assert.deepEqual(await sweepFiles(db, deps), { deleted: 1 })
    assert.ok(!existsSync(path.join(folder, 'files', file?.key ?? '')))
    assert.deepEqual(await sweepFiles(db, deps), { deleted: 0 })
  },
)

forEachEngine('ID-51 an upload that nobody finished is swept after an hour and cannot be named any more', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const folder = temporaryFolder(t)
  const deps = setting(db, folder)
  const fileId = await saveFile(db, deps, owner, 'logo', content)
  deps.clock.at += 3_600_000
  assert.deepEqual(await sweepFiles(db, deps), { deleted: 0 })
  deps.clock.at += 1
  assert.deepEqual(await sweepFiles(db, deps), { deleted: 1 })
  await assert.rejects(keepFile(db, deps, 7, fileId), /swept/)
})

forEachEngine('ID-51 files whose owner is gone are let go of', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db, temporaryFolder(t))
  const ids: number[] = []
  for (let at = 0; at < 120; at++) {
    const fileId = await saveFile(db, deps, { tenantId: at % 2 ? 7 : null, userId: 3 }, 'logo', content)
    await keepFile(db, deps, at % 2 ? 7 : null, fileId)
    ids.push(fileId)
  }
  const kept = new Set(ids.slice(0, 3))
  assert.equal(await dropUnnamed(db, deps, 'logo', async () => kept), 117)
  assert.equal(await dropUnnamed(db, deps, 'logo', async () => kept), 0)
  assert.deepEqual(await sweepFiles(db, deps), { deleted: 117 })
})

test('ID-51 a link names one file, until its end, and nothing in it can be changed', () => {
  const link = { uuid: 'u-1', expiresS: startMs / 1000 + 60, name: '' }
  const url = new URL(fileLink(secrets, link), 'http://x')
  const signature = url.searchParams.get('signature') ?? ''
  assert.equal(url.pathname, '/files/u-1')
  assert.ok(isValidLink(secrets, link, signature, startMs))
  assert.ok(isValidLink(secrets, link, signature, startMs + 59_999))
  assert.ok(!isValidLink(secrets, link, signature, startMs + 60_000))
  for (const other of [
    { ...link, uuid: 'u-2' },
    { ...link, expiresS: link.expiresS + 1 },
    { ...link, name: 'x.html' },
  ])
    assert.ok(!isValidLink(secrets, other, signature, startMs))
  assert.ok(!isValidLink(secrets, link, '', startMs))
  assert.ok(!isValidLink(createSecrets('another key that has at least 32 bytes'), link, signature, startMs))
  assert.equal(expiryS(startMs), expiryS(startMs + 299_999))
  for (const atMs of [startMs, startMs + 299_999]) {
    const lifeS = expiryS(atMs) - atMs / 1000
    assert.ok(lifeS > 3_300 - 1 && lifeS <= 3_600)
  }
})

for (const [name, expected] of [
  ['Año 1.pdf', `attachment; filename="A_o 1.pdf"; filename*=UTF-8''A%C3%B1o%201.pdf`],
  ['a"b\r\nSet-Cookie: x/../y.pdf', `attachment; filename="a_b__Set-Cookie: x_.._y.pdf"; filename*=UTF-8''a_b__Set-Cookie%3A%20x_.._y.pdf`],
  ['', `attachment; filename="file"; filename*=UTF-8''file`],
] as const)
  test(`a download is called ${JSON.stringify(name)} without breaking its header`, () => assert.equal(attachmentOf(name), expected))

/** A camera's picture: 300 × 200, turned by a quarter, with its place and a comment. */
const photo = () =>
  sharp({ create: { width: 300, height: 200, channels: 3, background: '#cc3300' } })
    .withExif({ IFD0: { Copyright: 'CANARY' }, IFD3: { GPSLatitude: '4/1 35/1 0/1' } })
    .withMetadata({ orientation: 6 })

test('ID-51 a picture is made anew: upright, bounded, without what the camera told', async (t) => {
  const folder = temporaryFolder(t)
  for (const type of ['jpeg', 'png', 'webp'] as const) {
    const file = path.join(folder, type)
    const source = await photo().toFormat(type).toBuffer()
    writeFileSync(file, source)
    assert.ok(source.includes('CANARY'))
    for (const format of ['png', 'webp'] as const) {
      const { bytes, mime } = await reencodeImage(file, { format, maxSidePx: 128 })
      const made = await sharp(bytes).metadata()
      assert.equal(mime, `image/${format}`)
      assert.deepEqual([made.format, made.width, made.height], [format, 85, 128])
      assert.deepEqual([made.exif, made.xmp, made.icc, made.orientation], [undefined, undefined, undefined, undefined])
      assert.ok(!bytes.includes('CANARY'))
    }
  }
  const small = path.join(folder, 'small')
  writeFileSync(
    small,
    await sharp({ create: { width: 8, height: 8, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer(),
  )
  const kept = await sharp((await reencodeImage(small, { format: 'png', maxSidePx: 512 })).bytes).metadata()
  assert.deepEqual([kept.width, kept.hasAlpha], [8, true], 'not made larger, still transparent')
})

test('ID-51 bombs, broken pictures and other formats are refused, and the next picture still works', async (t) => {
  const folder = temporaryFolder(t)
  const good = await photo().jpeg().toBuffer()
  const bomb = await sharp({ create: { width: 6_000, height: 6_000, channels: 3, background: '#000' } })
    .png({ compressionLevel: 9 })
    .toBuffer()
  assert.ok(bomb.length < 2 * 2 ** 20, 'a small file')
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>')
  const gif = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#000' } })
    .gif()
    .toBuffer()
  for (const [name, bytes] of Object.entries({ bomb, cut: good.subarray(0, 400), noise: Buffer.alloc(500, 7), svg, gif })) {
    const file = path.join(folder, name)
    writeFileSync(file, bytes)
    await assert.rejects(
      reencodeImage(file, { format: 'webp', maxSidePx: 64 }),
      (error) => error instanceof Problem && error.code === 'image_unreadable',
      name,
    )
  }
  writeFileSync(path.join(folder, 'good'), good)
  assert.equal((await reencodeImage(path.join(folder, 'good'), { format: 'webp', maxSidePx: 64 })).mime, 'image/webp')
})

test('ID-51 what a killed process left half written goes with its file', async (t) => {
  const folder = temporaryFolder(t)
  const store = createFileStore(disk, folder)
  const source = { bytes: Buffer.from('x') }
  await store.put('avatar/ab/one', source, 'image/webp')
  writeFileSync(path.join(folder, 'files/avatar/ab/two.part'), 'half')
  await store.put('avatar/ab/two', source, 'image/webp')
  assert.deepEqual(readdirSync(path.join(folder, 'files/avatar/ab')).sort(), ['one', 'two'])
  writeFileSync(path.join(folder, 'files/avatar/ab/one.part'), 'half')
  for (const key of ['avatar/ab/one', 'avatar/ab/two']) await store.remove(key)
  assert.deepEqual(readdirSync(path.join(folder, 'files/avatar/ab')), [])
})

forEachEngine('ID-51 one file that the store does not let go keeps no other', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const good = createFileStore(disk, temporaryFolder(t))
  let stuck = ''
  const files: FileStore = {
    ...good,
    remove: (key) => (key === stuck ? Promise.reject(new Error('the store is out of order')) : good.remove(key)),
  }
  const clock = { nowMs: () => startMs }
  const ids: number[] = []
  for (let n = 0; n < 3; n += 1)
    ids.push(
      await saveFile(db, { clock, files }, { tenantId: null, userId: null }, 'avatar', { bytes: Buffer.from('x'), mime: 'image/webp' }),
    )
  stuck = (
    await db.kysely
      .selectFrom('files')
      .select('storage_key')
      .where('id', '=', ids[0] ?? 0)
      .executeTakeFirstOrThrow()
  ).storage_key
  const later = { clock: { nowMs: () => startMs + 3_600_001 }, files }
  await assert.rejects(sweepFiles(db, later), /out of order/)
  const left = await db.kysely.selectFrom('files').select('id').execute()
  assert.deepEqual(left, [{ id: ids[0] }])
  stuck = ''
  assert.deepEqual(await sweepFiles(db, later), { deleted: 1 })
})
