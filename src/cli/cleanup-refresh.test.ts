import assert from 'node:assert/strict'
import { test } from 'node:test'
import { andon } from '../../test/harness/andon.ts'
import { forEachEngine, temporaryDatabase } from '../../test/harness/engines.ts'
import { startTestServer } from '../../test/harness/server.ts'
import { createTenantWithAdmin } from '../identity/index.ts'

const password = 'ValidPass123!'
const dayMs = 86_400_000

forEachEngine(
  'ID-70 cleanup-refresh deletes what ended before the days of grace, keeps rotated tokens of live sessions, prints counts',
  async (engine, t) => {
    const server = await startTestServer({ engine }, t)
    const { ctx, clock } = server
    const { config, db } = ctx
    await createTenantWithAdmin(db, ctx, { companyName: 'Acme', username: 'ana', email: 'ana@example.com', password })
    const live = server.newClient()
    const { refreshToken } = await live.signInApi('ana', password)
    await server.newClient().json('/api/v1/auth/refresh', { refresh_token: refreshToken })
    const ended = server.newClient()
    await ended.signInApi('ana', password)
    await ended.json('/api/v1/auth/logout', {}, { method: 'POST' })
    const states = async () =>
      (await db.kysely.selectFrom('refresh_tokens').select('state').orderBy('id').execute()).map(({ state }) => state)
    assert.deepEqual(await states(), ['rotated', 'active', 'revoked'])
    const env = { APP_ENV: 'test', SECRET_KEY: 'test-secret-key-of-at-least-32-bytes', DATABASE_URL: config.database.url }
    const clean = async (options: string) => {
      const { exitCode, stdout, stderr } = await andon(['cleanup-refresh', ...options.split(' ').filter(Boolean)], env)
      assert.equal(exitCode, 0, stderr)
      return JSON.parse(stdout) as unknown
    }
    assert.deepEqual(await clean('--grace-days=7'), { removed_expired: 0, removed_revoked: 0 })
    assert.deepEqual(await clean(''), { removed_expired: 0, removed_revoked: 1 })
    assert.deepEqual(await states(), ['rotated', 'active'])
    await db.kysely
      .updateTable('refresh_tokens')
      .set({ expires_at: clock.nowMs() - 2 * dayMs })
      .where('state', '=', 'rotated')
      .execute()
    assert.deepEqual(await clean('--grace-days 3'), { removed_expired: 0, removed_revoked: 0 })
    assert.deepEqual(await clean('--grace-days 1'), { removed_expired: 1, removed_revoked: 0 })
    assert.deepEqual(await states(), ['active'])
    assert.equal((await andon(['cleanup-refresh', '--grace-days', 'x'], env)).exitCode, 1)
  },
)

test('ID-66 env-audit ends with 1 while something should be otherwise, and says what; version says which', async (t) => {
  const env = {
    APP_ENV: 'test',
    SECRET_KEY: 'test-secret-key-of-at-least-32-bytes',
    DATABASE_URL: await temporaryDatabase('sqlite', t),
    GIT_SHA: 'abc1234',
    APP_VERSION: '9.8.7',
  }
  const fresh = await andon(['env-audit', '--json'], env)
  assert.equal(fresh.exitCode, 1)
  assert.deepEqual(
    (JSON.parse(fresh.stdout) as { issues: { code: string }[] }).issues.map(({ code }) => code),
    ['migrations_pending'],
  )
  assert.equal((await andon(['migrate'], env)).exitCode, 0)
  const migrated = await andon(['env-audit'], env)
  assert.equal(migrated.exitCode, 1)
  assert.match(migrated.stdout, /^issue {2}no_worker: /m)
  assert.match((await andon(['version'], env)).stdout, /^andon 9\.8\.7 \(abc1234\), test, Node 24\./)
  assert.equal((JSON.parse((await andon(['version', '--json'], env)).stdout) as { commit: string }).commit, 'abc1234')
})

test('ID-65 ID-69 ping and version for monitors; seed catalogs on a fresh installation adds nothing', async (t) => {
  const server = await startTestServer({ env: { GIT_SHA: 'abc1234' } }, t)
  const ping = await server.fetch('/ping')
  assert.deepEqual([ping.status, await ping.text(), ping.headers.get('content-type')], [200, 'pong', 'text/plain; charset=utf-8'])
  assert.deepEqual((await server.json('/api/v1/ping')).body, { ok: true, version: 'v1' })
  const { body } = await server.json('/api/version')
  assert.deepEqual(body, { version: server.ctx.app.version, commit: 'abc1234', env: 'test' })
  const env = { APP_ENV: 'test', SECRET_KEY: 'test-secret-key-of-at-least-32-bytes', DATABASE_URL: server.ctx.config.database.url }
  const { stdout } = await andon(['seed', 'catalogs', '--country', 'EC', '--json'], env)
  assert.deepEqual(JSON.parse(stdout), { added: { countries: 0, regions: 0, provinces: 0, cities: 0, industries: 0 } })
})
