import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTenantWithAdmin } from '../src/identity/index.ts'
import { forEachEngine } from './harness/engines.ts'
import { startTestServer } from './harness/server.ts'

const founder = { companyName: 'Acme', username: 'ana', email: 'ana@acme.test', password: 'Admin123!' }

forEachEngine(
  'PL-02 the whole server starts on a migrated database, and a person signs in as browser and as program',
  async (engine, t) => {
    const server = await startTestServer({ engine }, t)
    await createTenantWithAdmin(server.ctx.db, server.ctx, founder)
    assert.deepEqual((await server.json('/ready')).body, { status: 'ready', checks: { db: true } })
    const browser = server.newClient()
    await browser.signIn('ana', 'Admin123!')
    assert.equal(((await browser.json('/api/v1/auth/me')).body as { username: string }).username, 'ana')
    const program = server.newClient()
    await program.signInApi('ana', 'Admin123!')
    assert.equal((await program.json('/api/v1/auth/me')).status, 200)
    assert.equal((await server.newClient().json('/api/v1/auth/me')).status, 401)
  },
)

test('a page without session leads to the sign-in page, which works without JavaScript', async (t) => {
  const server = await startTestServer({}, t)
  const page = await server.fetch('/t/acme/dashboard', { headers: { accept: 'text/html' } })
  assert.deepEqual([page.status, page.headers.get('location')], [303, '/login?next=%2Ft%2Facme%2Fdashboard'])
  const login = await server.fetch('/login')
  assert.match(await login.text(), /<form[^>]*method="post"/)
})
