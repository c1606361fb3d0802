/** Headers that claim another host, another address or another place to go to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWithPeople } from '../../src/identity/people.fixture.ts'
import { rawClient, untilHangUp } from '../harness/attacks/raw.ts'
import { requestWith, spotsOf } from '../harness/attacks/spots.ts'
import { startTarget } from '../harness/attacks/target.ts'
import { waitingMails } from '../harness/mails.ts'

const claims: Readonly<Record<string, string>> = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-server': 'evil.example',
  'x-forwarded-proto': 'https',
  'x-forwarded-prefix': '/evil.example',
  'x-original-url': '/evil.example',
  'x-rewrite-url': '/evil.example',
  'x-host': 'evil.example',
  forwarded: 'for=6.6.6.6;host=evil.example;proto=https',
  referer: 'http://evil.example/',
}

test('ID-68 no page, redirect, header or mail names a host that a request claims', async (t) => {
  const { server, north, owner, nobody } = await startTarget(t, 'sqlite', { SIGNUP_MODE: 'open' })
  const faults: string[] = []
  for (const route of server.app.shell.routes.filter(({ method, isStream }) => method === 'GET' && isStream !== true)) {
    const request = requestWith(route, north.ids, [], '')
    for (const visitor of [nobody, owner]) {
      const { text, headers } = await visitor.send(request, { ...claims, accept: 'text/html' })
      if (`${text}${JSON.stringify(headers)}`.includes('evil.example')) faults.push(request.path)
    }
    server.clock.advance(1_000)
  }
  assert.deepEqual(faults, [])
  const post = (path: string, body: object, visitor = nobody) => visitor.send({ method: 'POST', path, body }, claims)
  await post('/api/v1/auth/forgot-password', { email: `viewer-${north.canary.toLowerCase()}@example.com` })
  const profile = { first_name: 'Eva', last_name: 'Paz' }
  await post('/api/v1/auth/register', { email: 'eva@example.com', password: 'Otra123!clave', profile })
  const invited = await owner.send(
    { method: 'POST', path: '/api/v1/invitations', body: { email: 'una@example.com', role: 'VIEWER' } },
    {
      'x-forwarded-host': 'evil.example',
      forwarded: claims.forwarded ?? '',
    },
  )
  assert.equal(invited.status, 201, invited.text)
  const mails = await waitingMails(server.ctx)
  assert.ok(mails.length >= 3, `${mails.length} mails`)
  for (const mail of mails) assert.ok(!JSON.stringify(mail).includes('evil.example'), mail.template)
  assert.ok(mails.filter(({ token }) => token !== null).length >= 2, 'their links are those of PUBLIC_URL')
})

test('ID-21 only the trusted hops say where a request comes from: the rest of X-Forwarded-For is the sender’s own invention', async (t) => {
  const server = await startWithPeople({}, t)
  const login = async (forwarded: string, more: Record<string, string> = {}) =>
    (
      await server.app.inject({
        method: 'POST',
        url: '/api/v1/auth/login',
        remoteAddress: '192.0.2.1',
        headers: { 'x-forwarded-for': forwarded, ...more },
        payload: { username: 'ana', password: 'Equivocada1' },
      })
    ).statusCode
  const statuses: number[] = []
  for (let i = 0; i < 6; i += 1)
    statuses.push(
      await login(`6.6.6.${i}, 7.7.7.${i}, 198.51.100.7`, {
        'x-real-ip': `6.6.6.${i}`,
        'true-client-ip': `6.6.6.${i}`,
        forwarded: `for=6.6.6.${i}`,
      }),
    )
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429])
  assert.equal(await login('198.51.100.8'), 401, 'another address has tries of its own')
  const rows = await server.ctx.db.kysely.selectFrom('audit_logs').select('ip_address').where('action', '=', 'LOGIN_FAILED').execute()
  assert.deepEqual([...new Set(rows.map(({ ip_address: ip }) => ip))].sort(), ['198.51.100.7', '198.51.100.8'])
})

test('ID-21 without a proxy in front nothing that a request says of its origin counts', async (t) => {
  const server = await startWithPeople({ env: { TRUST_PROXY_HOPS: '0' } }, t)
  const statuses: number[] = []
  for (let i = 0; i < 6; i += 1) {
    const { statusCode } = await server.app.inject({
      method: 'POST',
      url: '/api/v1/auth/login',
      remoteAddress: '192.0.2.1',
      headers: { 'x-forwarded-for': `6.6.6.${i}`, 'x-forwarded-proto': 'https' },
      payload: { username: 'ana', password: 'Equivocada1' },
    })
    statuses.push(statusCode)
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429])
})

test('ID-33 request lines with a whole address, a foreign one or none are no way around', async (t) => {
  const server = await startWithPeople({}, t)
  const raw = rawClient(server.url)
  t.after(raw.close)
  for (const target of [
    'http://evil.example/api/v1/users',
    'https://evil.example:443/account',
    '*',
    'evil.example:80',
    'http://evil.example@127.0.0.1/account',
    '@evil.example/account',
  ]) {
    const { status, location, text } = await raw.send('GET', target)
    assert.ok(status >= 300 && status < 500, `${target} answered ${status}`)
    assert.doesNotMatch(location, /^(https?:)?[/\\]{2}/, target)
    assert.ok(!text.includes('href="http://evil') && !text.includes('action="http://evil'), target)
  }
  const two = await untilHangUp(server.url, 'GET /health HTTP/1.1\r\nHost: a\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
  assert.doesNotMatch(two, /evil\.example/)
  for (const smuggled of [
    'POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /account HTTP/1.1\r\n\r\n',
    'POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde',
    'GET /health HTTP/1.1\r\nHost: a\r\nX-Bad : x\r\n\r\n',
    'GET /health HTTP/1.1\nHost: a\n X: folded\n\n',
  ])
    assert.match(await untilHangUp(server.url, smuggled), /^HTTP\/1\.1 400 /)
})

const elsewhere = [
  ...[
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'http://evil.example',
    'HtTps:evil.example',
    'javascript:alert(1)',
  ],
  ...[
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    '%2f%2fevil.example',
    'evil.example',
    '/login\r\nLocation: http://evil.example',
    '/%0d%0aSet-Cookie:x=1',
  ],
  ...['//evil.example@localhost', '/.//evil.example\\', 'data:text/html,x', `/${'a'.repeat(3_000)}//evil.example`],
]
/** A place on this server, whatever reads it. */
const isHere = (location: string, base: string): boolean =>
  /^\/(?![/\\])/.test(location) && !/[\\\r\n\t]/.test(location) && new URL(location, base).origin === new URL(base).origin

test('ID-75 nobody is led to another site: by next, by any other parameter, nor by the path', async (t) => {
  const { server, north, owner, nobody } = await startTarget(t)
  const base = server.ctx.config.http.publicUrl
  const faults: string[] = []
  let redirects = 0
  const look = (what: string, headers: Readonly<Record<string, unknown>>) => {
    if (headers.location === undefined) return
    redirects += 1
    if (!isHere(String(headers.location), base)) faults.push(`${what} leads to ${String(headers.location)}`)
  }
  for (const route of server.app.shell.routes.filter(({ method, isStream }) => method === 'GET' && isStream !== true)) {
    for (const place of elsewhere.slice(0, 4)) {
      const { path } = requestWith(
        route,
        north.ids,
        spotsOf(route).filter(({ part }) => part === 'query'),
        place,
      )
      const more = new URLSearchParams(
        Object.fromEntries(['next', 'url', 'redirect', 'return_to', 'continue', 'redirect_uri', 'to'].map((name) => [name, place])),
      )
      const target = `${path}${path.includes('?') ? '&' : '?'}${more}`
      for (const visitor of [nobody, owner])
        look(target, (await visitor.send({ method: 'GET', path: target, body: undefined }, { accept: 'text/html' })).headers)
    }
    server.clock.advance(1_000)
  }
  assert.ok(redirects > 100, `only ${redirects} redirects`)
  for (const next of elsewhere) {
    const path = `/login?${new URLSearchParams({ next })}`
    look(path, (await owner.send({ method: 'GET', path, body: undefined }, { accept: 'text/html' })).headers)
    const form = (await nobody.send({ method: 'GET', path, body: undefined }, { accept: 'text/html' })).text
    const kept = /name="next" value="([^"]*)"/.exec(form)?.[1] ?? '/'
    if (!isHere(kept, base)) faults.push(`the form keeps ${next} as ${kept}`)
  }
  // As the form would send it after a right password.
  const client = server.newClient()
  const csrf = (await client.json('/api/v1/auth/csrf')).body as { csrf_token: string }
  for (const next of elsewhere.slice(0, 4)) {
    const body = new URLSearchParams({ username: north.owner, password: 'Segura123!', next, csrf_token: csrf.csrf_token }).toString()
    const { headers, status } = await client.fetch('/login', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    look(`POST /login ${next}`, { location: headers.get('location') ?? undefined })
    if (status === 303) break // in: the token of the form is spent
  }
  assert.deepEqual(faults, [])
})
