import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { runCli } from '../src/cli/index.ts'

type Run = { readonly code: number; readonly out: string; readonly err: string }

async function andon(line: string, env: Record<string, string>): Promise<Run> {
  const written = { out: '', err: '' }
  const stream = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text
    },
  })
  process.exitCode = undefined
  const code = await runCli(line.split(' ').filter(Boolean), env, { out: stream('out'), err: stream('err') })
  process.exitCode = undefined
  return { code, ...written }
}

const emptyInstallation = (t: TestContext): Record<string, string> => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-test-cli-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return { DATA_DIR: folder, APP_ENV: 'test', SECRET_KEY: 'test-secret-key-of-at-least-32-bytes' }
}

const names = [
  'serve',
  'start',
  'worker',
  'migrate',
  'doctor',
  'register-tenant',
  'verify-client',
  'user',
  'init-dynamic-tables',
  'seed-widget-catalog',
  'seed-filters',
  'seed',
  'cleanup-refresh',
  'env-audit',
  'version',
  'load-detections',
  'demo',
]
test('every command explains itself', async () => {
  const help = await andon('--help', {})
  assert.equal(help.code, 0)
  for (const name of names) {
    assert.match(help.out, new RegExp(`^  ${name}\\b`, 'm'))
    const own = await andon(`${name} --help`, {})
    assert.equal(own.code, 0, name)
    assert.match(own.out, new RegExp(`^Usage: andon ${name}`), name)
  }
})

test('an unknown command, option or action fails and says what there is', async () => {
  for (const line of ['fly', 'migrate sideways', 'doctor --yaml']) {
    const { code, err } = await andon(line, {})
    assert.equal(code, 1, line)
    assert.match(err, /error: /, line)
  }
})

test('migrate: looks without touching, goes up, is idempotent, goes back only when told twice', async (t) => {
  const env = emptyInstallation(t)
  const json = async (line: string) => JSON.parse((await andon(`${line} --json`, env)).out) as Record<string, unknown[]>
  const pending = (await json('migrate status')).pending ?? []
  assert.ok(pending.length > 0)
  assert.deepEqual(await json('migrate up --dry-run'), { applied: pending, dryRun: true, backup: null })
  assert.deepEqual((await json('migrate status')).applied, [])
  assert.deepEqual(await json('migrate'), { applied: pending, dryRun: false, backup: null })
  assert.deepEqual(await json('migrate'), { applied: [], dryRun: false, backup: null })
  const refused = await andon('migrate down', env)
  assert.equal(refused.code, 1)
  assert.match(refused.err, /--yes/)
  assert.deepEqual(await json('migrate down --yes'), { undone: pending.slice(-1), dryRun: false })
  assert.deepEqual((await json('migrate status')).pending, pending.slice(-1))
})

test('doctor: 2 for what stops Andon, 0 or 1 when it can run, and no password in its words', async (t) => {
  const env = emptyInstallation(t)
  await andon('migrate', env)
  const fine = await andon('doctor --json', env)
  assert.ok(fine.code <= 1, fine.out)
  const checks = (JSON.parse(fine.out) as { checks: { name: string; status: string }[] }).checks
  assert.equal(checks.find(({ name }) => name === 'schema')?.status, 'ok')
  const broken = await andon('doctor', { ...env, DATABASE_URL: 'postgres://ana:hunter2@127.0.0.1:1/none' })
  assert.equal(broken.code, 2)
  assert.match(broken.out, /^error {2}database: /m)
  assert.doesNotMatch(broken.out, /hunter2/)
})

test('a configuration that is refused is refused whole, before anything is opened', async () => {
  const { code, err } = await andon('migrate', { APP_ENV: 'production', PORT: 'eighty' })
  assert.equal(code, 1)
  assert.match(err, /PORT must be[\s\S]*SECRET_KEY/)
})

test('a failure tells no credentials', async () => {
  const { code, err } = await andon('migrate status', { APP_ENV: 'test', DATABASE_URL: 'mysql://root:hunter2@127.0.0.1:1/x' })
  assert.equal(code, 1)
  assert.doesNotMatch(err, /hunter2/)
  assert.match(err, /The database cannot be used: connect ECONNREFUSED.*andon doctor/)
})

test('worker --once does what is due and ends', async (t) => {
  const { code, out } = await andon('worker --once --json', { ...emptyInstallation(t), LOG_LEVEL: 'silent' })
  assert.deepEqual([code, JSON.parse(out)], [0, { jobs: 0, failed: 0 }])
})

test('a second start at the same address ends before it touches the demo that the first one is making', async (t) => {
  const first = createServer().listen(0, '127.0.0.1')
  await once(first, 'listening')
  t.after(() => first.close())
  const { port } = first.address() as AddressInfo
  const installation: Record<string, string> = { ...emptyInstallation(t), PORT: String(port) }
  const { code, err } = await andon('start', installation)
  assert.equal(code, 1)
  assert.match(err, /is taken by another program; set PORT/)
  assert.equal(existsSync(path.join(installation.DATA_DIR ?? '', 'demo')), false)
})
