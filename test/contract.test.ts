import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createTenantWithAdmin } from '../src/identity/index.ts'
import { openApiDocument, type RegisteredRoute } from '../src/platform/http/index.ts'
import type { Client } from './harness/client.ts'
import { assertContract } from './harness/contract.ts'
import { startTestServer, type TestServer } from './harness/server.ts'

let server: TestServer
let admin: Client
before(async () => {
  server = await startTestServer({ env: { RATE_LIMIT_PER_MINUTE: '100000', TENANT_RATE_LIMIT_PER_MINUTE: '100000' } })
  await createTenantWithAdmin(server.ctx.db, server.ctx, {
    companyName: 'Acme',
    slug: 'acme',
    username: 'ana',
    email: 'ana@acme.test',
    password: 'Admin123!',
  })
  admin = server.newClient()
  await admin.signIn('ana', 'Admin123!')
})
after(() => server.close())

const isStream = ({ reply }: RegisteredRoute): boolean =>
  (reply[200] as { contentMediaType?: string } | undefined)?.contentMediaType === 'text/event-stream'
// Ending the session under test, or the test of the limit itself, would change what the other routes answer.
const isSafeToCall = ({ url }: RegisteredRoute): boolean => !/logout|login|token|session|refresh/.test(url)
const routes = (): readonly RegisteredRoute[] => server.app.shell.routes.filter((route) => !isStream(route))
const pathOf = ({ url }: RegisteredRoute, value: string): string => url.replace(':company', 'acme').replace(/:\w+|\*/g, value)

test('ID-65 every route of the server is in OpenAPI, and nothing else', () => {
  const { paths } = openApiDocument(server.app.shell.routes, { name: 'Andon', version: '0', basePath: '' })
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  for (const { method, url } of server.app.shell.routes) assert.ok(server.app.hasRoute({ method, url }), `${method} ${url}`)
  assert.equal(described.length, server.app.shell.routes.length)
  assert.equal(new Set(described).size, described.length)
  assert.ok(described.length > 40, 'the modules are registered')
})

test('every operation is named once and says its access', () => {
  const { paths } = openApiDocument(server.app.shell.routes, { name: 'Andon', version: '0', basePath: '' })
  const operations = Object.values(paths).flatMap(
    (methods) => Object.values(methods) as { operationId: string; 'x-access': string; summary: string }[],
  )
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length)
  for (const operation of operations) assert.ok(operation.summary && operation['x-access'], operation.operationId)
})

test('every list that a body may hold has a limit: what is walked costs what is sent', () => {
  type Schema = { type?: string; maxItems?: number; items?: Schema; properties?: Record<string, Schema>; anyOf?: Schema[] }
  const endless = ({ type, maxItems, items, properties, anyOf }: Schema, at: string): string[] => [
    ...(type === 'array' && maxItems === undefined ? [at] : []),
    ...(items ? endless(items, `${at}[]`) : []),
    ...Object.entries(properties ?? {}).flatMap(([name, inner]) => endless(inner, `${at}.${name}`)),
    ...(anyOf ?? []).flatMap((branch) => endless(branch, at)),
  ]
  const bodies = server.app.shell.routes.filter(({ body }) => body !== undefined)
  assert.ok(bodies.length > 100)
  assert.deepEqual(
    bodies.flatMap(({ method, url, body }) => endless(body as Schema, `${method} ${url}`)),
    [],
  )
})

test('without a session every route that is not public refuses: 401, or the sign-in page for a page', async () => {
  for (const route of routes()) {
    if (route.access === 'public') continue
    const response = await server
      .newClient()
      .fetch(pathOf(route, '1'), { method: route.method, headers: { accept: 'text/html, application/json' } })
    assert.ok([401, 303].includes(response.status), `${route.method} ${route.url} answered ${response.status}`)
    await assertContract(route, response)
  }
})

for (const c of [
  { name: 'nothing at all', body: undefined },
  { name: 'an empty object', body: '{}' },
  { name: 'a list', body: '[]' },
  {
    name: 'wrong types',
    body: JSON.stringify({
      line_id: {},
      line_ids: 'x',
      start_date: 5,
      end_date: [],
      daterange: 'yesterday',
      widget_ids: 'all',
      username: 7,
      password: null,
      email: [],
    }),
  },
  { name: 'broken JSON', body: '{"a":' },
])
  test(`ID-65 PL-82 whatever is sent (${c.name}), the answer is the declared one or a problem, never a 500`, async () => {
    for (const route of routes().filter(isSafeToCall)) {
      for (const value of ['1', 'x', '%00', "'%20or%201=1"]) {
        const init = route.method === 'GET' || c.body === undefined ? {} : { body: c.body, headers: { 'content-type': 'application/json' } }
        const response = await admin.fetch(pathOf(route, value), { method: route.method, ...init })
        assert.notEqual(response.status, 500, `${route.method} ${pathOf(route, value)}`)
        await assertContract(route, response)
        if (!/[:*]/.test(route.url.replace(':company', ''))) break
      }
    }
  })
