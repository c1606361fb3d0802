import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { openDatabase } from '../db/index.ts'
import { createLog } from '../log/index.ts'
import { createSecrets } from '../secrets/index.ts'
import { html } from '../ui/html.ts'
import { emptyReply, htmlReply, problemFactory, rawReply, route, seeOther } from './index.ts'
import { createMetrics } from './metrics.ts'
import { buildServer } from './server.ts'
import type { HttpSettings, ServerDeps } from './shell.ts'

const settings: HttpSettings = {
  basePath: '',
  isSecure: false,
  trustProxyHops: 0,
  rateLimitPerMinute: 100,
  overloadDelayMs: 60_000,
  overloadRequests: 1_000,
  tenantRateLimitPerMinute: 1000,
  allowedOrigins: [],
  metricsToken: '',
}

const teapot = problemFactory({
  teapot: { status: 409, title: { es: 'Soy una tetera', en: 'I am a teapot' }, detail: { es: 'Té {kind}', en: 'Tea {kind}' } },
})

type Options = Partial<HttpSettings> & { readonly nowMs?: () => number; readonly lines?: string[]; readonly isDatabaseUp?: () => boolean }

async function start(options: Options = {}): Promise<{ app: FastifyInstance; url: string }> {
  const deps: ServerDeps = {
    settings: { ...settings, ...options },
    app: { name: 'Andon', version: '0.0.0' },
    log: createLog('info', { write: (line) => options.lines?.push(line) }),
    clock: { nowMs: options.nowMs ?? (() => 0) },
    policy: {
      knows: (access) => ['public', 'signed_in'].includes(access),
      authorise: async (request, _reply, access) => {
        if (access === 'signed_in' && request.headers.authorization === undefined)
          throw problemFactory({ not_authenticated: { status: 401, title: { es: 'Ingrese', en: 'Sign in' } } })('not_authenticated')
      },
      subject: (request) => (request.headers.authorization ? { userId: 7, tenantId: 3 } : null),
    },
    readiness: async () => ({ db: options.isDatabaseUp?.() ?? true }),
    metrics: createMetrics({ withProcess: false }),
    distDir: '/nonexistent',
  }
  const app = await buildServer(deps)
  const common = { tags: ['test'], summary: 'test', access: 'public' } as const
  route(app, {
    ...common,
    method: 'POST',
    url: '/api/v1/things',
    body: Type.Object({
      name: Type.String({ minLength: 2 }),
      count: Type.Integer({ minimum: 1 }),
      tags: Type.Array(Type.String(), { default: [] }),
    }),
    reply: { 201: Type.Object({ name: Type.String(), count: Type.Integer(), keys: Type.Array(Type.String()) }) },
    handler: ({ body }) => ({ name: body.name, count: body.count, keys: Object.keys(body), secret_hash: 'x' }),
  })
  route(app, {
    ...common,
    method: 'GET',
    url: '/api/v1/things/:id',
    params: Type.Object({ id: Type.Integer() }),
    query: Type.Object({ lines: Type.Array(Type.Integer(), { default: [] }), exact: Type.Optional(Type.Boolean()) }),
    reply: { 200: Type.Unknown() },
    handler: ({ params, query }) => ({ params, query }),
  })
  route(app, {
    ...common,
    method: 'GET',
    url: '/api/v1/wrong',
    reply: { 200: Type.Object({ n: Type.Integer() }) },
    handler: () => ({ n: 'one' as unknown as number }),
  })
  route(app, {
    ...common,
    method: 'GET',
    url: '/api/v1/boom',
    reply: { 200: emptyReply },
    handler: () => {
      throw new Error('postgres://ana:hunter2@db/x failed for ana.perez@acme.com')
    },
  })
  route(app, {
    ...common,
    method: 'GET',
    url: '/api/v1/sealed',
    reply: { 200: emptyReply },
    handler: async () => {
      const [before, now] = ['the key of yesterday, long enough', 'the key of today, long enough too'].map(createSecrets)
      now?.openSecret('totp', before?.sealSecret('totp', 'x') ?? '')
      return undefined
    },
  })
  route(app, {
    ...common,
    method: 'GET',
    url: '/api/v1/down',
    reply: { 200: emptyReply },
    handler: async () => {
      const { db, close } = await openDatabase('postgres://nobody@127.0.0.1:1/andon')
      try {
        await sql`select 1`.execute(db.kysely)
      } finally {
        await close()
      }
      return undefined
    },
  })
  route(app, {
    ...common,
    method: 'GET',
    url: '/api/v1/refused',
    reply: { 200: emptyReply },
    handler: () => Promise.reject(teapot('teapot', { parameters: { kind: 'verde' } })),
  })
  route(app, { ...common, access: 'signed_in', method: 'GET', url: '/api/v1/mine', reply: { 200: Type.Object({}) }, handler: () => ({}) })
  route(app, {
    ...common,
    method: 'GET',
    url: '/api/v1/live',
    rate: { bucket: 'live', perMinute: 3 },
    reply: { 200: Type.Object({}) },
    handler: () => ({}),
  })
  route(app, {
    ...common,
    method: 'GET',
    url: '/page',
    reply: { 200: htmlReply },
    handler: ({ request }) => html`<p lang="${request.language}">${'<b>'}</p><script nonce="${request.nonce}"></script>`,
  })
  route(app, {
    ...common,
    method: 'POST',
    url: '/form',
    form: true,
    body: Type.Object({ n: Type.Integer() }),
    reply: { 303: emptyReply },
    handler: ({ request }) => seeOther(request, '/page'),
  })
  route(app, {
    ...common,
    method: 'GET',
    url: '/big',
    reply: { 200: rawReply('text/plain') },
    handler: ({ reply }) => reply.type('text/plain').send('a'.repeat(5000)),
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return { app, url }
}

let app: FastifyInstance
let url: string
const lines: string[] = []
before(async () => {
  ;({ app, url } = await start({ lines, rateLimitPerMinute: 10_000 }))
})
after(() => app.close())

const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers, redirect: 'manual' })
const post = (path: string, body: string, type = 'application/json') =>
  fetch(url + path, { method: 'POST', body, headers: { 'content-type': type }, redirect: 'manual' })
const problemOf = async (response: Response) => {
  assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8')
  const document = (await response.json()) as Record<string, unknown> & { fields?: { path: string; rule: string; message: string }[] }
  assert.equal(document.status, response.status)
  assert.equal(document.request_id, response.headers.get('x-request-id'))
  return document
}

const headersOf47 = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'geolocation=(), microphone=(), camera=()',
  'x-xss-protection': '0',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}
for (const path of [
  '/health',
  '/nowhere',
  '/api/v1/boom',
  '/api/v1/mine',
  '/page',
  '/docs',
  '/docs-viewer/swagger-ui.css',
  '/%',
  '/api/v1/things/x',
])
  test(`AC-32 ID-60 K-47 PL-80 PL-TODO-03 the security headers are on ${path}`, async () => {
    const response = await get(path)
    await response.arrayBuffer()
    for (const [name, value] of Object.entries(headersOf47)) assert.equal(response.headers.get(name), value, name)
    assert.ok(response.headers.get('content-security-policy'))
    for (const name of ['server', 'x-powered-by', 'strict-transport-security']) assert.equal(response.headers.get(name), null, name)
    assert.match(response.headers.get('x-request-id') ?? '', /^[\w.-]+$/)
  })

for (const c of [
  { name: 'is not HTTP', text: 'GARBAGE\r\n\r\n', start: 'HTTP/1.1 400 Bad Request\r\n', code: 'malformed_request' },
  {
    name: 'has more headers than fit',
    text: `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
    start: 'HTTP/1.1 431 Request Header Fields Too Large\r\n',
    code: 'headers_too_large',
  },
])
  test(`ID-64 a request that ${c.name} gets a problem document and the headers too`, async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(c.text))
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
    })
    assert.ok(answer.startsWith(c.start), answer)
    assert.match(answer, /x-frame-options: DENY/)
    const document = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { code: string; type: string }
    assert.deepEqual([document.code, document.type], [c.code, `urn:andon:problem:${c.code}`])
  })

test('ID-65 PL-79 health answers are those that monitors know', async () => {
  assert.deepEqual(await (await get('/health')).json(), { status: 'healthy', app: 'Andon' })
  assert.deepEqual(await (await get('/healthz')).json(), { status: 'ok' })
  assert.deepEqual(await (await get('/api/v1/health')).json(), { status: 'ok', db: 'ok' })
  assert.deepEqual(await (await get('/ready')).json(), { status: 'ready', checks: { db: true } })
})

test('without its database the process says 503 and no reason', async () => {
  const down = await start({ isDatabaseUp: () => false })
  const health = await fetch(`${down.url}/api/v1/health`)
  assert.deepEqual([health.status, await health.json()], [503, { status: 'error', db: 'unavailable' }])
  assert.equal((await fetch(`${down.url}/ready`)).status, 503)
  await down.app.close()
})

test('ID-62 K-20 a request id is echoed when harmless, else replaced', async () => {
  assert.equal((await get('/health', { 'x-request-id': 'order-7.b' })).headers.get('x-request-id'), 'order-7.b')
  assert.match((await get('/health', { 'x-request-id': 'a b{}' })).headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
})

test('unknown body fields are dropped, defaults added, undeclared reply fields withheld', async () => {
  const response = await post('/api/v1/things', JSON.stringify({ name: 'ab', count: 2, role: 'OWNER' }))
  assert.equal(response.status, 201)
  assert.deepEqual(await response.json(), { name: 'ab', count: 2, keys: ['name', 'count', 'tags'] })
})

test('bodies are not converted: each wrong field is named, in the language asked for', async () => {
  const response = await fetch(`${url}/api/v1/things`, {
    method: 'POST',
    body: JSON.stringify({ name: 'a', count: '2' }),
    headers: { 'content-type': 'application/json', 'accept-language': 'es-AR,es;q=0.9' },
  })
  const document = await problemOf(response)
  assert.deepEqual([response.status, document.code, document.title], [422, 'validation_failed', 'Datos no válidos'])
  assert.deepEqual(document.fields, [
    { path: 'name', rule: 'minLength', message: 'Debe tener al menos 2 caracteres.' },
    { path: 'count', rule: 'type', message: 'Debe ser un número entero.' },
  ])
})

test('a missing field and a missing body are named', async () => {
  const missing = await problemOf(await post('/api/v1/things', '{"count":1}'))
  assert.deepEqual(missing.fields, [{ path: 'name', rule: 'required', message: 'Required.' }])
  assert.equal((await fetch(`${url}/api/v1/things`, { method: 'POST' })).status, 422)
})

test('query strings are converted; one value makes a list; unknown parameters are ignored', async () => {
  const response = await get('/api/v1/things/5?lines=7&exact=true&utm=1')
  assert.deepEqual(await response.json(), { params: { id: 5 }, query: { lines: [7], exact: true } })
  const wrong = await problemOf(await get('/api/v1/things/five'))
  assert.deepEqual([wrong.status, wrong.fields?.map((field) => field.path)], [422, ['id']])
})

const nested = (levels: number) => `{"name":"ab","count":1,"x":${'['.repeat(levels)}${']'.repeat(levels)}}`
for (const c of [
  { name: 'malformed JSON', body: '{"name":', status: 400, code: 'malformed_json' },
  { name: 'an empty JSON body', body: '', status: 400, code: 'malformed_json' },
  { name: '__proto__', body: '{"name":"ab","count":1,"__proto__":{"admin":true}}', status: 400, code: 'malformed_json' },
  { name: 'constructor.prototype', body: '{"name":"ab","constructor":{"prototype":{"admin":true}}}', status: 400, code: 'malformed_json' },
  { name: '25 levels', body: nested(25), status: 400, code: 'body_too_deep' },
  { name: '100 000 levels', body: nested(100_000), status: 400, code: 'body_too_deep' },
  { name: '2 MB', body: JSON.stringify({ name: 'a'.repeat(2_000_000) }), status: 413, code: 'body_too_large' },
  { name: 'XML', body: '<a/>', type: 'text/xml', status: 415, code: 'unsupported_media_type' },
  {
    name: 'a form where none is taken',
    body: 'name=ab&count=1',
    type: 'application/x-www-form-urlencoded',
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'one whose type is written in another case',
    body: 'name=ab&count=1',
    type: 'Application/X-WWW-Form-Urlencoded',
    status: 415,
    code: 'unsupported_media_type',
  },
])
  test(`${c.name} is refused with ${c.status} ${c.code}`, async () => {
    const response = await post('/api/v1/things', c.body, c.type)
    assert.deepEqual([response.status, (await problemOf(response)).code], [c.status, c.code])
  })

test('a path is told apart from a method: 404, and 405 with Allow', async () => {
  assert.equal((await problemOf(await get('/api/v1/nothing'))).code, 'not_found')
  const response = await fetch(`${url}/api/v1/things/7`, { method: 'DELETE' })
  assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD'])
  assert.equal((await problemOf(response)).code, 'method_not_allowed')
})

test('a trailing slash is accepted without redirect', async () => assert.equal((await get('/healthz/')).status, 200))

test('ID-64 a refusal keeps its words, its language and its document', async () => {
  const document = await problemOf(await get('/api/v1/refused', { 'accept-language': 'es' }))
  assert.deepEqual(document, {
    type: 'urn:andon:problem:teapot',
    title: 'Soy una tetera',
    status: 409,
    detail: 'Té verde',
    code: 'teapot',
    instance: '/api/v1/refused',
    request_id: document.request_id,
  })
  assert.equal((await problemOf(await get('/api/v1/refused'))).title, 'I am a teapot')
})

test('a bug is a bare 500; its cause goes to the log, without secrets', async () => {
  const document = await problemOf(await get('/api/v1/boom'))
  assert.deepEqual([document.status, document.code, JSON.stringify(document).includes('postgres')], [500, 'internal_error', false])
  const entry = JSON.parse(lines.findLast((line) => line.includes('request failed')) ?? '{}')
  assert.equal(entry.request_id, document.request_id)
  assert.equal(entry.err.message, 'postgres://[redacted]@db/x failed for a***@acme.com')
})

test('a platform database that is away is a 503 with a time to come back, never a 500, and its address stays in the log', async () => {
  const answer = await get('/api/v1/down')
  assert.equal(answer.headers.get('retry-after'), '5')
  const document = await problemOf(answer)
  assert.deepEqual([document.status, document.code, JSON.stringify(document).includes('127.0.0.1:1')], [503, 'database_unavailable', false])
  assert.ok(lines.some((line) => line.includes('database_unavailable') && line.includes('127.0.0.1:1')))
})

test('what was sealed with another SECRET_KEY is told as such, not as a bug', async () => {
  const document = await problemOf(await get('/api/v1/sealed'))
  assert.deepEqual([document.status, document.code], [503, 'sealed_with_another_key'])
})

test('a reply that its schema does not allow is a bug', async () =>
  assert.equal((await problemOf(await get('/api/v1/wrong'))).code, 'internal_error'))

test('a 401 says how to sign in', async () => assert.equal((await get('/api/v1/mine')).headers.get('www-authenticate'), 'Bearer'))

test('pages get errors as pages in Spanish, htmx gets fragments, both escaped and under the page policy', async () => {
  const page = await get('/nothing/<b>', { accept: 'text/html' })
  assert.equal(page.status, 404)
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
  assert.match(await page.text(), /<!doctype html>[\s\S]*lang="es"[\s\S]*No encontrado/)
  const fragment = await get('/nothing', { 'hx-request': 'true', 'accept-language': 'en' })
  const text = await fragment.text()
  assert.match(text, /role="alert"/)
  assert.doesNotMatch(text, /doctype/)
})

test('a page carries its nonce in header and body, escapes, and remembers language and theme by cookie', async () => {
  const response = await get('/page?lang=en&theme=light')
  const nonce = /'nonce-([\w-]+)' 'strict-dynamic'/.exec(response.headers.get('content-security-policy') ?? '')?.[1]
  const body = await response.text()
  assert.ok(nonce && body.includes(`nonce="${nonce}"`))
  assert.match(body, /lang="en">&lt;b&gt;/)
  assert.deepEqual(response.headers.getSetCookie(), [
    'andon_lang=en; Path=/; Max-Age=31536000; SameSite=Lax',
    'andon_theme=light; Path=/; Max-Age=31536000; SameSite=Lax',
  ])
  assert.match(await (await get('/page', { cookie: 'andon_lang=en' })).text(), /lang="en"/)
  assert.match(await (await get('/page', { 'accept-language': 'en' })).text(), /lang="es"/, 'Spanish until somebody chooses')
  assert.match(await (await get('/page')).text(), /lang="es"/)
})

test('a form is converted like a query and answered with 303', async () => {
  assert.equal((await post('/form', 'n=5', 'Application/X-WWW-Form-Urlencoded')).status, 303)
  const response = await post('/form', 'n=4', 'application/x-www-form-urlencoded')
  assert.deepEqual([response.status, response.headers.get('location')], [303, '/page'])
})

test('long answers are compressed; dynamic answers are not stored; time is told', async () => {
  const response = await get('/big', { 'accept-encoding': 'gzip' })
  assert.equal(response.headers.get('content-encoding'), 'gzip')
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.match(response.headers.get('x-process-time') ?? '', /^\d+\.\d{4}$/)
  assert.equal((await response.text()).length, 5000)
})

test('an unknown access word does not register, and a route without one keeps the server from starting', async () => {
  const bare = await start()
  const register = (access: string) => () =>
    route(bare.app, {
      method: 'GET',
      url: '/api/v1/x',
      access,
      summary: '',
      tags: [],
      reply: { 200: Type.Object({}) },
      handler: () => ({}),
    })
  assert.throws(register('fly'), /GET \/api\/v1\/x: unknown access word "fly"/)
  assert.throws(register(undefined as unknown as string), /unknown access word/)
  await bare.app.close()
})

test('AC-33 ID-23 PL-80 of 110 rapid requests the first 100 pass and the rest wait until a slot frees', async () => {
  let nowMs = 1_000_000
  const limited = await start({ nowMs: () => nowMs })
  const statuses: number[] = []
  let last: Response | undefined
  for (let n = 0; n < 110; n++) {
    last = await fetch(`${limited.url}/api/v1/things/1`)
    statuses.push(last.status)
    nowMs += 100
  }
  assert.deepEqual(statuses, [...Array(100).fill(200), ...Array(10).fill(429)])
  assert.equal(last?.headers.get('x-ratelimit-limit'), '100')
  assert.equal(last?.headers.get('x-ratelimit-remaining'), '0')
  assert.equal(last?.headers.get('retry-after'), '50')
  assert.equal((await fetch(`${limited.url}/health`)).status, 200)
  assert.equal((await fetch(`${limited.url}/api/v1/things/1`, { headers: { authorization: 'x' } })).status, 200)
  nowMs += 50_000
  assert.equal((await fetch(`${limited.url}/api/v1/things/1`)).status, 200)
  await limited.app.close()
})

test('a live refresh has its own bucket', async () => {
  const limited = await start({ rateLimitPerMinute: 2 })
  const statusOf = async (path: string) => (await fetch(limited.url + path)).status
  assert.deepEqual(
    [await statusOf('/api/v1/live'), await statusOf('/api/v1/live'), await statusOf('/api/v1/live'), await statusOf('/api/v1/live')],
    [200, 200, 200, 429],
  )
  assert.deepEqual(
    [await statusOf('/api/v1/things/1'), await statusOf('/api/v1/things/1'), await statusOf('/api/v1/things/1')],
    [200, 200, 429],
  )
  await limited.app.close()
})

test('only trusted proxies name the client, the right-most ones', async () => {
  const proxied = await start({ trustProxyHops: 1, rateLimitPerMinute: 1 })
  const statusOf = async (forwarded: string) =>
    (await fetch(`${proxied.url}/api/v1/things/1`, { headers: { 'x-forwarded-for': forwarded } })).status
  assert.deepEqual(
    [await statusOf('9.9.9.9, 10.0.0.1'), await statusOf('8.8.8.8, 10.0.0.1'), await statusOf('10.0.0.1, 10.0.0.2')],
    [200, 429, 200],
  )
  await proxied.app.close()
  const direct = await start({ rateLimitPerMinute: 1 })
  const directStatus = async (forwarded: string) =>
    (await fetch(`${direct.url}/api/v1/things/1`, { headers: { 'x-forwarded-for': forwarded } })).status
  assert.deepEqual([await directStatus('1.1.1.1'), await directStatus('2.2.2.2')], [200, 429])
  await direct.app.close()
})

test('ID-23 somebody signed in has one limit, however many addresses they come from', async () => {
  const proxied = await start({ trustProxyHops: 1, rateLimitPerMinute: 2 })
  const statusOf = async (forwarded: string) =>
    (await fetch(`${proxied.url}/api/v1/things/1`, { headers: { authorization: 'x', 'x-forwarded-for': forwarded } })).status
  assert.deepEqual([await statusOf('10.0.0.1'), await statusOf('10.0.0.2'), await statusOf('10.0.0.3')], [200, 200, 429])
  await proxied.app.close()
})

test('PL-86 under a sub-path everything works, whether the proxy strips it or not', async () => {
  const mounted = await start({ basePath: '/andon', isSecure: true })
  assert.equal((await fetch(`${mounted.url}/andon/healthz`)).status, 200)
  assert.equal((await fetch(`${mounted.url}/healthz`)).status, 200)
  assert.equal((await fetch(`${mounted.url}/andonx/healthz`)).status, 404)
  const refused = await fetch(`${mounted.url}/andon/api/v1/refused?x=1`)
  assert.equal(((await refused.json()) as { instance: string }).instance, '/andon/api/v1/refused')
  assert.equal(refused.headers.get('strict-transport-security'), 'max-age=63072000; includeSubDomains')
  const form = await fetch(`${mounted.url}/andon/form`, {
    method: 'POST',
    body: 'n=1',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  assert.equal(form.headers.get('location'), '/andon/page')
  await mounted.app.close()
})

test('ID-61 K-19 K-40 other origins reach the API only when configured, exactly', async () => {
  const open = await start({ allowedOrigins: ['https://app.example.com'] })
  const preflight = await fetch(`${open.url}/api/v1/things`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' },
  })
  assert.deepEqual(
    [preflight.status, preflight.headers.get('access-control-allow-origin'), preflight.headers.get('access-control-max-age')],
    [204, 'https://app.example.com', '600'],
  )
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /\bX-Company-ID\b.*\bIdempotency-Key\b/)
  const originOf = async (path: string, origin: string) =>
    (await fetch(open.url + path, { headers: { origin } })).headers.get('access-control-allow-origin')
  assert.equal(await originOf('/api/v1/refused', 'https://app.example.com'), 'https://app.example.com')
  assert.equal(await originOf('/api/v1/refused', 'https://app.example.com.evil.io'), null)
  assert.equal(await originOf('/page', 'https://app.example.com'), null)
  await open.app.close()
  assert.equal((await get('/api/v1/refused', { origin: 'https://app.example.com' })).headers.get('access-control-allow-origin'), null)
})

test('ID-66 metrics are for the machine itself or the token; for the rest they do not exist', async () => {
  assert.match(
    await (await get('/metrics')).text(),
    /http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/boom",status="500"\} \d/,
  )
  assert.equal((await get('/metrics', { 'x-forwarded-for': '1.2.3.4' })).status, 404)
  const tokened = await start({ metricsToken: 's3cret-metrics' })
  const statusOf = async (token: string) =>
    (await fetch(`${tokened.url}/metrics`, { headers: { 'x-forwarded-for': '1.2.3.4', authorization: `Bearer ${token}` } })).status
  assert.deepEqual([await statusOf('s3cret-metrics'), await statusOf('wrong')], [200, 404])
  await tokened.app.close()
})

test('ID-63 each request leaves one line with the fields of identity 4.9 and no query string', async () => {
  await get('/api/v1/mine?token=abc', { authorization: 'Bearer x' })
  await get('/healthz')
  const entry = JSON.parse(lines.findLast((line) => line.includes('/api/v1/mine')) ?? '{}')
  assert.match(entry.ts, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  assert.equal(typeof entry.duration_ms, 'number')
  const { ts: _ts, duration_ms: _duration, request_id: _id, ...rest } = entry
  assert.deepEqual(rest, {
    level: 'info',
    logger: 'http',
    event: 'request',
    user_id: 7,
    tenant_id: 3,
    ip: '127.0.0.1',
    method: 'GET',
    path: '/api/v1/mine',
    status: 200,
    msg: 'request',
  })
})

test('ID-65 the API describes itself in OpenAPI 3.1, with a viewer of its own', async () => {
  const document = (await (await get('/openapi.json')).json()) as {
    openapi: string
    paths: Record<string, Record<string, { 'x-access': string }>>
  }
  assert.equal(document.openapi, '3.1.0')
  assert.equal(document.paths['/api/v1/things/{id}']?.get?.['x-access'], 'public')
  for (const path of ['/docs', '/redoc', '/api/docs', '/api/redoc']) {
    const response = await get(path)
    assert.equal(response.status, 200)
    assert.doesNotMatch(await response.text(), /https?:\/\//)
  }
  assert.match(await (await get('/docs-viewer/swagger-ui-bundle.js')).text(), /SwaggerUIBundle/)
  assert.match(await (await get('/docs-viewer.js')).text(), /"url":"\/openapi.json"/)
  assert.equal((await get('/docs-viewer/index.html')).status, 404)
})

test('closing ends streams through the stopping signal', async () => {
  const closing = await start()
  assert.equal(closing.app.shell.stopping.aborted, false)
  await closing.app.close()
  assert.equal(closing.app.shell.stopping.aborted, true)
})
