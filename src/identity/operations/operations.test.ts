import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { readConfig } from '../../platform/config/index.ts'
import { createWorker, heartbeat } from '../../platform/jobs/index.ts'
import { identityJobs } from '../jobs.ts'
import { fields, password, startWithPeople } from '../people.fixture.ts'
import { auditEnvironment } from './env-audit.ts'

const production = {
  APP_ENV: 'production',
  SECRET_KEY: 'kJ8s0vVwYx2mQ4tR6zB1nC3pL5hG7dF9aS0uE2iO4wT6',
  PUBLIC_URL: 'https://andon.example.com',
  TRUST_PROXY_HOPS: '1',
  SMTP_HOST: 'mail.example.com',
  DATABASE_URL: 'postgres://a@b/c?sslmode=verify-full',
}
const well = { liveWorkers: 1, waitingMails: 0, failedMails: 0, failedJobs: 0, pendingMigrations: 0 }
const codes = (env: Record<string, string>, seen: Partial<typeof well> = {}) =>
  auditEnvironment(readConfig({ ...production, ...env }), { ...well, ...seen }).issues.map(({ code }) => code)

const cases: readonly { name: string; env: Record<string, string>; seen?: Partial<typeof well>; want: readonly string[] }[] = [
  { name: 'a production that is as it should be', env: {}, want: [] },
  { name: 'SQLite in production', env: { DATABASE_URL: 'sqlite:////var/lib/andon/x.sqlite' }, want: [] },
  { name: 'no mail server', env: { SMTP_HOST: '', REQUIRE_EMAIL_VERIFICATION: '0' }, want: ['no_mail_transport'] },
  { name: 'mail into files', env: { MAIL_TRANSPORT: 'file' }, want: ['mail_to_files'] },
  { name: 'mail in the clear', env: { SMTP_SECURITY: 'none' }, want: ['mail_in_the_clear'] },
  { name: 'mail in the clear on this machine', env: { SMTP_HOST: 'localhost' }, want: [] },
  { name: 'a database elsewhere, in the clear', env: { DATABASE_URL: 'mysql://a@db.example.com/c' }, want: ['database_in_the_clear'] },
  { name: 'a database of this machine', env: { DATABASE_URL: 'mysql://a@127.0.0.1/c' }, want: [] },
  { name: 'a database by socket', env: { DATABASE_URL: 'postgres://a@db/c?host=/var/run/postgresql' }, want: [] },
  { name: 'a database elsewhere, encrypted for whomever', env: { DATABASE_URL: 'postgres://a@b/c?sslmode=require' }, want: [] },
  { name: 'plain http on a factory network', env: { PUBLIC_URL: 'http://10.0.0.5', ALLOW_INSECURE_LAN: '1' }, want: ['plain_http'] },
  { name: 'https without a trusted proxy', env: { TRUST_PROXY_HOPS: '0' }, want: ['proxy_not_trusted'] },
  { name: 'links that lead to this machine', env: { PUBLIC_URL: '' }, want: ['public_url_local'] },
  {
    name: 'anybody may come in',
    env: { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '0', REQUIRE_APPROVAL: '0' },
    want: ['open_signup'],
  },
  { name: 'no worker', env: {}, seen: { liveWorkers: 0 }, want: ['no_worker'] },
  { name: 'failures', env: {}, seen: { failedMails: 1, failedJobs: 2 }, want: ['mails_failed', 'jobs_failed'] },
  { name: 'an old schema', env: {}, seen: { pendingMigrations: 3 }, want: ['migrations_pending'] },
]
for (const c of cases) test(`ID-66 environment audit: ${c.name}`, () => assert.deepEqual(codes(c.env, c.seen), c.want))

test('ID-66 an encrypted connection to nobody in particular is told', () => {
  const told = (mode: string) =>
    auditEnvironment(readConfig({ ...production, DATABASE_URL: `postgres://a@b/c?sslmode=${mode}` }), well).information.map(
      ({ code }) => code,
    )
  assert.ok(told('require').includes('database_unverified'))
  assert.ok(!told('verify-full').includes('database_unverified'))
})

test('ID-66 an embedded database is information, never an issue', () => {
  const audit = auditEnvironment(readConfig({ ...production, DATABASE_URL: '' }), well)
  assert.ok(audit.isOk)
  assert.ok(audit.information.some(({ code }) => code === 'embedded_database'))
})

forEachEngine('ID-66 ID-71 who looks after the platform sees its faults and its workers; nobody else does', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { db, clock } = server.ctx
  const rootId = await server.addPerson('root', 'ADMIN')
  await db.kysely.updateTable('users').set({ is_super_admin: 1 }).where('id', '=', rootId).execute()
  const root = server.newClient()
  await root.signInApi('root', password)
  const owner = server.newClient()
  await owner.signInApi('ana', password)
  for (const path of ['/api/v1/system/env-audit', '/agent/env-audit', '/api/v1/system/workers']) {
    assert.equal((await owner.json(path)).status, 403, path)
    assert.equal((await server.newClient().json(path)).status, 401, path)
  }
  const issues = async (path: string) => ((await root.json(path)).body as { issues: { code: string }[] }).issues.map(({ code }) => code)
  assert.deepEqual(await issues('/api/v1/system/env-audit'), ['no_worker'])
  assert.deepEqual(await issues('/agent/env-audit'), ['no_worker'])
  await heartbeat({ db, clock, log: { info: () => {} } }, { name: 'worker', everyMs: 30_000 }).run(new AbortController().signal)
  const workers = async () =>
    (fields((await root.json('/api/v1/system/workers')).body).items as Record<string, unknown>[]).map(({ name, is_stale }) => [
      name,
      is_stale,
    ])
  assert.deepEqual(await workers(), [['worker', false]])
  assert.equal(fields((await root.json('/api/v1/system/env-audit')).body).ok, true)
  server.clock.advance(90_001)
  assert.deepEqual(await workers(), [['worker', true]])
  assert.deepEqual(await issues('/api/v1/system/env-audit'), ['no_worker'])
})

forEachEngine('ID-70 ID-71 at 03:30 UTC one of two workers cleans refresh tokens up, and says how many', async (engine, t) => {
  const server = await startWithPeople({ engine }, t) // noon
  const { ctx, clock } = server
  await server.newClient().signInApi('ana', password)
  const done: unknown[] = []
  const noted = {
    info: (line: object) => ('event' in line && line.event === 'cleanup_refresh_done' ? done.push(line) : 0),
    warn: () => {},
    error: () => {},
    debug: () => {},
  }
  const deps = { ...ctx, log: noted as unknown as typeof ctx.log }
  const jobs = identityJobs(deps).filter(({ name }) => name === 'identity.cleanup_refresh')
  const workers = [createWorker(deps, jobs), createWorker(deps, jobs)]
  const runAll = () => Promise.all(workers.map((worker) => worker.runDue()))
  await runAll()
  clock.advance((15 * 60 + 29) * 60_000) // 03:29
  await runAll()
  assert.equal(done.length, 0)
  clock.advance(60_000)
  await runAll()
  assert.deepEqual(done, [{ event: 'cleanup_refresh_done', removed_expired: 0, removed_revoked: 0 }])
  clock.advance(8 * 86_400_000)
  await runAll()
  assert.deepEqual(done.at(-1), { event: 'cleanup_refresh_done', removed_expired: 1, removed_revoked: 0 })
})
