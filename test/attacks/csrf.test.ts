/** Another site's page makes a browser send whatever it likes, with the cookies of whoever sits there: nothing may come of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestWith } from '../harness/attacks/spots.ts'
import { startTarget } from '../harness/attacks/target.ts'
import { password } from '../harness/matrix/companies.ts'
import { changedTables, ownedTables, stateOf } from '../harness/matrix/state.ts'

/** They know nobody by a cookie: what they do is decided by what is in the request, or they only mail the owner of an address. */
const withoutCookies =
  /^POST (\/api\/v1|)(\/auth\/(login|token|register|refresh|logout|forgot-password|request-password-reset|resend-verification|reset-password(\/:token)?|verify-email|accept-invitation|mfa\/verify)|\/token|\/refresh-token|\/users|\/users\/register)$/

test('ID-20 no unsafe route does anything for a cookie without its token, or for another site', async (t) => {
  const { server, north, owner, root } = await startTarget(t)
  const { cookie, csrfToken } = owner.credentials()
  const publicUrl = server.ctx.config.http.publicUrl
  const none: Record<string, string> = { origin: publicUrl, 'x-csrf-token': '' }
  const forgeries: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'no token': none,
    'a token of nothing': { ...none, 'x-csrf-token': Buffer.alloc(64).toString('base64url') },
    'a token of another session': { ...none, 'x-csrf-token': root.credentials().csrfToken },
    'another origin': { origin: 'http://evil.example', 'x-csrf-token': csrfToken },
    'an origin that begins like ours': { origin: `${publicUrl}.evil.example`, 'x-csrf-token': csrfToken },
    'no origin at all': { origin: 'null', 'x-csrf-token': csrfToken },
    'the browser says cross-site': { origin: publicUrl, 'sec-fetch-site': 'cross-site', 'x-csrf-token': csrfToken },
    'the browser says same-site': { origin: publicUrl, 'sec-fetch-site': 'same-site', 'x-csrf-token': csrfToken },
  }
  const tables = await ownedTables(server.ctx.db)
  const before = await stateOf(server.ctx.db, tables, north.tenantId)
  const faults: string[] = []
  let tries = 0
  for (const route of server.app.shell.routes.filter(({ method }) => method !== 'GET')) {
    const name = `${route.method} ${route.url}`
    const request = requestWith(route, north.ids, [], '')
    for (const [forgery, headers] of Object.entries(forgeries)) {
      tries += 1
      const { status, text } = await server.app
        .inject({
          method: route.method,
          url: request.path,
          headers: {
            accept: 'application/json',
            host: new URL(publicUrl).host,
            cookie,
            ...headers,
            'x-forwarded-for': `10.1.${tries >> 8}.${tries & 255}`,
          },
          ...(request.body !== undefined && route.upload === undefined && { payload: request.body as object }),
        })
        .then(({ statusCode, payload }) => ({ status: statusCode, text: payload }))
      // a form that is shown again says it in words
      const isRefused = status === 403 && (text.includes('csrf_failed') || text.includes('<form'))
      if (!isRefused && !(route.access === 'public' && withoutCookies.test(name))) faults.push(`${name}, ${forgery}: ${status}`)
    }
    server.clock.advance(1)
  }
  t.diagnostic(`${tries} tries`)
  assert.deepEqual(faults, [])
  assert.deepEqual(changedTables(before, await stateOf(server.ctx.db, tables, north.tenantId)), [])
  const session = await owner.send({ method: 'GET', path: '/api/v1/auth/session', body: undefined })
  assert.equal(session.status, 200, 'and the session lives on')
})

test('ID-20 nobody is signed in by another site', async (t) => {
  const { server, north } = await startTarget(t)
  const publicUrl = server.ctx.config.http.publicUrl
  const form = async () => {
    const client = server.newClient()
    const page = await (await client.fetch('/login', { headers: { accept: 'text/html' } })).text()
    const token = /name="csrf_token" value="([^"]+)"/.exec(page)?.[1]
    assert.ok(token)
    return { client, token }
  }
  const [own, other] = [await form(), await form()]
  const outcomes: string[] = []
  const post = async (what: string, token: string, headers: Record<string, string>, cookies = own.client) => {
    const body = new URLSearchParams({ username: north.owner, password, csrf_token: token }).toString()
    const response = await server.app.inject({
      method: 'POST',
      url: '/login',
      payload: body,
      headers: {
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
        cookie: [...cookies.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        'x-forwarded-for': `10.2.0.${outcomes.length}`,
        ...headers,
      },
    })
    const isIn = String(response.headers['set-cookie'] ?? '').includes('andon_sid=')
    outcomes.push(`${what}: ${response.statusCode}${isIn ? ' signed in' : ''}`)
  }
  await post('no token', '', { origin: publicUrl })
  await post('a token of another browser', other.token, { origin: publicUrl })
  await post('another site', own.token, { origin: 'http://evil.example' })
  await post('the browser says cross-site', own.token, { origin: publicUrl, 'sec-fetch-site': 'cross-site' })
  await post('neither origin nor site', own.token, {})
  await post('our own form', own.token, { origin: publicUrl })
  assert.deepEqual(outcomes, [
    'no token: 403',
    'a token of another browser: 403',
    'another site: 403',
    'the browser says cross-site: 403',
    'neither origin nor site: 403',
    'our own form: 303 signed in',
  ])
})
