import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { s3Account, startS3 } from '../../../test/harness/s3.ts'
import { sweepFiles } from '../../platform/files/index.ts'
import { fields, password, startWithPeople } from '../people.fixture.ts'

const photo = (format: 'jpeg' | 'png' | 'webp' = 'jpeg', width = 600) =>
  sharp({ create: { width, height: 400, channels: 3, background: '#2255aa' } })
    .withExif({ IFD0: { Copyright: 'CANARY' } })
    .toFormat(format)
    .toBuffer()

function formOf(bytes: Uint8Array, more: Record<string, string> = {}, name = 'x.png', type = 'image/png'): FormData {
  const form = new FormData()
  for (const [field, value] of Object.entries(more)) form.set(field, value)
  form.set('file', new File([new Uint8Array(bytes)], name, { type }))
  return form
}
const send = (client: Client, where: string, form: FormData, headers: Record<string, string> = {}) =>
  client.fetch(where, { method: 'POST', body: form, headers })
const bodyOf = async (response: Response) => fields(await response.json())
const below = (url: unknown): string => String(url).replace('http://localhost:8000', '')

forEachEngine('ID-51 a picture is sent, made anew, shown by a link for an hour, replaced and taken away', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { ctx, clock } = server
  const client = server.newClient()
  await client.signInApi('ana', password)
  assert.equal(fields((await client.json('/api/v1/users/me/avatar')).body).avatar_url, null)
  const sent = await send(client, '/api/v1/users/me/avatar', formOf(await photo('png')))
  assert.equal(sent.status, 200)
  const { avatar_url: url, message, expires_at: expiresAt } = await bodyOf(sent)
  assert.equal(message, 'Image saved.')
  assert.match(String(url), /^http:\/\/localhost:8000\/files\/[0-9a-f-]{36}\?expires=\d+&signature=[0-9a-f]{64}$/)
  const lifeMs = Date.parse(String(expiresAt)) - clock.nowMs()
  assert.ok(lifeMs > 55 * 60_000 - 1 && lifeMs <= 3_600_000)

  const stranger = server.newClient()
  const shown = await stranger.fetch(below(url))
  assert.deepEqual(
    [shown.status, shown.headers.get('content-type'), shown.headers.get('content-disposition')],
    [200, 'image/webp', 'inline'],
  )
  assert.equal(shown.headers.get('x-content-type-options'), 'nosniff')
  assert.match(shown.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/)
  const bytes = Buffer.from(await shown.arrayBuffer())
  assert.ok(!bytes.includes('CANARY'))
  const made = await sharp(bytes).metadata()
  assert.deepEqual([made.format, made.width, made.height], ['webp', 512, 341])

  for (const changed of [
    below(url).replace(/.$/, (c) => (c === '0' ? '1' : '0')),
    below(url).replace('expires=1', 'expires=2'),
    below(url).replace(/&signature.*/, ''),
    `${below(url)}&name=x.html`,
  ])
    assert.equal((await stranger.fetch(changed)).status, 403, changed)
  clock.advance(3_600_000)
  assert.equal((await stranger.fetch(below(url))).status, 403)

  await client.signInApi('ana', password)
  const again = await bodyOf(await send(client, '/users/me/avatar', formOf(await photo('webp'))))
  assert.notEqual(below(again.avatar_url).split('?')[0], below(url).split('?')[0])
  assert.deepEqual(await sweepFiles(ctx.db, ctx), { deleted: 1 })
  const gone = await client.fetch('/api/v1/users/me/avatar', { method: 'DELETE' })
  assert.deepEqual([gone.status, (await bodyOf(gone)).avatar_url], [200, null])
  assert.equal((await stranger.fetch(below(again.avatar_url))).status, 404)
  assert.deepEqual(await sweepFiles(ctx.db, ctx), { deleted: 1 })
  assert.equal((await ctx.db.kysely.selectFrom('files').select('id').execute()).length, 0)
  const audited = await ctx.db.kysely.selectFrom('audit_logs').select(['user_id', 'details']).where('action', '=', 'USER_UPDATED').execute()
  assert.deepEqual(
    audited.map((row) => [row.user_id, JSON.parse(row.details).changed]),
    Array(3).fill([server.acme.userId, ['avatar']]),
  )
})

test('ID-51 what is no picture, or too much of one, is refused by content and leaves nothing behind', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const where = '/api/v1/users/me/avatar'
  const twoMb = 2 * 2 ** 20
  const big = Buffer.concat([await photo(), Buffer.alloc(twoMb)])
  const cases: readonly (readonly [string, number, string, () => Promise<Response>])[] = [
    [
      'a script that calls itself a picture',
      415,
      'unsupported_media_type',
      () => send(client, where, formOf(Buffer.from('<script>alert(1)</script>'))),
    ],
    [
      'an SVG',
      415,
      'unsupported_media_type',
      () => send(client, where, formOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), {}, 'x.svg', 'image/svg+xml')),
    ],
    ['a GIF', 415, 'unsupported_media_type', () => send(client, where, formOf(Buffer.from('GIF89a......'), {}, 'x.jpg', 'image/jpeg'))],
    ['a PDF', 415, 'unsupported_media_type', () => send(client, where, formOf(Buffer.from('%PDF-1.7 ...')))],
    ['a broken picture', 422, 'image_unreadable', async () => send(client, where, formOf((await photo()).subarray(0, 600)))],
    ['one byte too much', 413, 'upload_too_large', () => send(client, where, formOf(big.subarray(0, twoMb + 1)))],
    ['far too much', 413, 'upload_too_large', () => send(client, where, formOf(Buffer.alloc(3 * twoMb)))],
    ['an empty file', 422, 'validation_failed', () => send(client, where, formOf(Buffer.alloc(0)))],
    [
      'no file',
      422,
      'validation_failed',
      () => {
        const form = new FormData()
        form.set('other', 'x')
        return send(client, where, form)
      },
    ],
    [
      'JSON',
      415,
      'unsupported_media_type',
      () => client.fetch(where, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
    ],
    ['nothing', 415, 'unsupported_media_type', () => client.fetch(where, { method: 'POST' })],
    [
      'a form without boundary',
      400,
      'malformed_request',
      () => client.fetch(where, { method: 'POST', body: 'x', headers: { 'content-type': 'multipart/form-data' } }),
    ],
    [
      'a form that breaks off',
      400,
      'malformed_request',
      () =>
        client.fetch(where, {
          method: 'POST',
          body: '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nabc',
          headers: { 'content-type': 'multipart/form-data; boundary=b' },
        }),
    ],
    [
      'two files',
      413,
      'upload_too_large',
      async () => {
        const form = formOf(await photo())
        form.append('file', new File([(await photo()) as Uint8Array<ArrayBuffer>], 'y.png'))
        return send(client, where, form)
      },
    ],
  ]
  for (const [name, status, code, ask] of cases) {
    server.clock.advance(60_000)
    const answer = await ask()
    assert.deepEqual([answer.status, (await bodyOf(answer)).code], [status, code], name)
  }
  assert.equal(fields((await client.json(where)).body).avatar_url, null)
  const exact = Buffer.concat([await photo(), Buffer.alloc(twoMb)]).subarray(0, twoMb)
  server.clock.advance(60_000)
  assert.notEqual((await send(client, where, formOf(exact))).status, 413)
})

test('ID-51 file names and fields of strangers form no path', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const sent = await send(client, '/api/v1/users/me/avatar', formOf(await photo(), {}, '../../../../etc/cron.d/x.png'))
  assert.equal(sent.status, 200)
  const [file] = await server.ctx.db.kysely.selectFrom('files').select(['storage_key', 'tenant_id', 'mime']).execute()
  assert.match(file?.storage_key ?? '', /^avatar\/[0-9a-f]{2}\/[0-9a-f-]{36}$/)
  assert.deepEqual([file?.tenant_id, file?.mime], [null, 'image/webp'], 'a person’s own, whatever their companies')
})

test('ID-51 without a session nobody sets a picture, whatever is sent', async (t) => {
  const server = await startWithPeople({}, t)
  for (const form of [formOf(await photo()), formOf(Buffer.alloc(5 * 2 ** 20))])
    assert.equal((await send(server.newClient(), '/api/v1/users/me/avatar', form)).status, 401)
  assert.equal((await server.ctx.db.kysely.selectFrom('files').select('id').execute()).length, 0)
})

const hidden = (page: string) => page.match(/name="csrf_token" value="([^"]+)"/)?.[1] ?? ''
const html = { accept: 'text/html' }

forEachEngine('ID-51 ID-75 the account page takes a picture without JavaScript, and the header shows it', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const client = server.newClient()
  await client.signIn('ana', password)
  const page = await (await client.fetch('/account', { headers: html })).text()
  assert.match(page, /enctype="multipart\/form-data"/)
  const form = formOf(await photo(), { csrf_token: hidden(page) })
  // As a form does it: the token is a field, no header carries it.
  const plain = {
    cookie: [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    origin: server.url,
    'x-forwarded-for': '10.9.9.9',
    ...html,
  }
  const post = (where: string, body: FormData | URLSearchParams, headers: Record<string, string> = plain) =>
    fetch(server.url + where, { method: 'POST', redirect: 'manual', headers, body })
  const saved = await post('/account/avatar', form)
  assert.deepEqual([saved.status, saved.headers.get('location')], [303, '/account?avatar=saved#avatar'])
  const after = await (await client.fetch('/account?avatar=saved', { headers: html })).text()
  assert.match(after, /Imagen guardada\./)
  const source = /<img class="avatar" src="(\/account\/avatar\/\d+)"/.exec(after)?.[1] ?? ''
  const shown = await client.fetch(source)
  assert.deepEqual([shown.status, shown.headers.get('content-type')], [200, 'image/webp'])
  assert.match(shown.headers.get('cache-control') ?? '', /^private, max-age=\d+, immutable$/)
  const other = server.newClient()
  await server.addPerson('otto', 'VIEWER')
  await other.signIn('otto', password)
  assert.equal((await other.fetch(source)).status, 404, 'another person’s is not theirs to ask for')
  for (const [bad, word] of [
    [formOf(Buffer.from('nothing'), { csrf_token: hidden(page) }), 'unsupported_media_type'],
    [formOf(Buffer.alloc(3 * 2 ** 20), { csrf_token: hidden(page) }), 'upload_too_large'],
    [formOf(Buffer.alloc(0), { csrf_token: hidden(page) }, ''), 'validation_failed'],
  ] as const) {
    const refused = await post('/account/avatar', bad)
    assert.equal(refused.headers.get('location'), `/account?avatar=${word}#avatar`)
    assert.match(await (await client.fetch(`/account?avatar=${word}`, { headers: html })).text(), /banner--danger/)
  }
  assert.equal((await post('/account/avatar', formOf(await photo()))).status, 403, 'without its token')
  assert.equal(
    (await post('/account/avatar', formOf(await photo(), { csrf_token: hidden(page) }), { ...plain, origin: 'https://evil.example' }))
      .status,
    403,
  )
  const removed = await post('/account/avatar/remove', new URLSearchParams({ csrf_token: hidden(page) }))
  assert.equal(removed.headers.get('location'), '/account?avatar=removed#avatar')
  assert.doesNotMatch(await (await client.fetch('/account', { headers: html })).text(), /class="avatar"/)
})

forEachEngine('ID-55 a company has a logo: set by who may, shown to its people and to nobody else', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  const sent = await send(ana, '/api/v1/companies/me/logo', formOf(await photo('webp')))
  assert.equal(sent.status, 200)
  const { logo_url: url } = await bodyOf(sent)
  const shown = await server.newClient().fetch(below(url))
  assert.deepEqual([shown.status, shown.headers.get('content-type')], [200, 'image/png'])
  const [file] = await server.ctx.db.kysely.selectFrom('files').select(['id', 'tenant_id', 'kind']).execute()
  assert.deepEqual([file?.tenant_id, file?.kind], [server.acme.tenantId, 'logo'])

  await server.addPerson('vera', 'VIEWER')
  const vera = server.newClient()
  await vera.signInApi('vera', password)
  assert.equal(below(fields((await vera.json('/api/v1/companies/me/logo')).body).logo_url), below(url))
  assert.equal((await send(vera, '/api/v1/companies/me/logo', formOf(await photo()))).status, 403)
  assert.equal((await vera.fetch('/api/v1/companies/me/logo', { method: 'DELETE' })).status, 403)

  await server.ctx.db.kysely.updateTable('tenants').set({ primary_color: '#AA5500' }).execute()
  const browser = server.newClient()
  await browser.signIn('vera', password)
  const page = await (await browser.fetch('/account', { headers: html })).text()
  assert.match(page, new RegExp(`<img class="brand__logo" src="/t/acme/logo/${file?.id}" alt=""`))
  assert.match(page, /<link rel="stylesheet" href="\/brand\/aa5500\.css">/)
  assert.equal(await (await browser.fetch('/brand/aa5500.css')).text(), ':root{--brand:#aa5500}\n')
  for (const color of ['red', 'aa5500;}x', 'AA5500', '%7D'])
    assert.notEqual((await browser.fetch(`/brand/${color}.css`)).status, 200, color)
  assert.equal((await browser.fetch(`/t/acme/logo/${file?.id}`)).status, 200)
  assert.equal((await server.newClient().fetch(`/t/acme/logo/${file?.id}`)).status, 401)
  const removed = await ana.fetch('/api/v1/companies/me/logo', { method: 'DELETE' })
  assert.equal((await bodyOf(removed)).logo_url, null)
  assert.equal((await browser.fetch(`/t/acme/logo/${file?.id}`)).status, 404)
})

test('ID-51 with an S3 store the same links work, through us', async (t) => {
  const s3 = await startS3(t)
  const env = {
    FILES_DRIVER: 's3',
    S3_ENDPOINT: s3.endpoint,
    S3_BUCKET: s3.bucket,
    S3_ACCESS_KEY_ID: s3Account.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3Account.secretAccessKey,
  }
  const server = await startWithPeople({ env }, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const { avatar_url: url } = await bodyOf(await send(client, '/api/v1/users/me/avatar', formOf(await photo())))
  const shown = await server.newClient().fetch(below(url))
  assert.deepEqual([shown.status, (await sharp(Buffer.from(await shown.arrayBuffer())).metadata()).width], [200, 512])
  const [key = ''] = [...s3.objects.keys()]
  s3.forget(key)
  assert.equal((await server.newClient().fetch(below(url))).status, 404)
  await client.fetch('/api/v1/users/me/avatar', { method: 'DELETE' })
  assert.deepEqual(await sweepFiles(server.ctx.db, server.ctx), { deleted: 1 })
  assert.ok(s3.log.every((line) => line.includes(' ok ')))
})

test('ID-51 a picture that the store has lost is not there, which is no fault of the server', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  await client.signIn('ana', password)
  const page = async () => (await client.fetch('/account', { headers: { accept: 'text/html' } })).text()
  const csrf_token = (await page()).match(/name="csrf_token" value="([^"]*)"/)?.[1] ?? ''
  assert.equal((await send(client, '/account/avatar', formOf(await photo(), { csrf_token }))).status, 303)
  const source = (await page()).match(/src="(\/account\/avatar\/\d+)"/)?.[1] ?? ''
  assert.equal((await client.fetch(source)).status, 200)
  const { storage_key } = await server.ctx.db.kysely.selectFrom('files').select('storage_key').executeTakeFirstOrThrow()
  await server.ctx.files.remove(storage_key)
  assert.equal((await client.fetch(source)).status, 404)
})
