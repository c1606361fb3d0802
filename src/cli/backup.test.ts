import assert from 'node:assert/strict'
import { appendFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { makeInstallation } from '../../test/harness/installation.ts'
import { sqliteUrl } from '../platform/db/index.ts'

const settings = { ARGON2_MEMORY_KIB: '64', SECRET_KEY: 'v3J9wq0PzL7xTt2mHs5cQe8uRb1nYkD4gA6fWoXiZjM=' }

function place(t: TestContext) {
  const installation = makeInstallation(t, settings)
  const andon = async (env: Readonly<Record<string, string>>, ...argv: readonly string[]) => {
    const run = await installation.andon(argv, env)
    return { ...run, json: () => JSON.parse(run.out) as Record<string, unknown> }
  }
  return { folder: installation.folder, andon }
}

test('PL-95 PL-97 from the command line: made, listed, checked, restored elsewhere; repeated and refused in words', async (t) => {
  const { folder, andon } = place(t)
  const dry = await andon({}, 'init-db', '--dry-run')
  assert.match(dry.out, /would {2}schema: \d+ migrations/)
  const password = { ANDON_PASSWORD: 'Una-clave-segura-1' }
  assert.equal((await andon({}, 'migrate', 'up')).code, 0)
  assert.equal((await andon({}, 'backup', 'list')).code, 1, 'none yet')
  assert.equal((await andon(password, 'tenant', 'create', 'Cementos del Sur', 'jperez', 'jp@example.com')).code, 0)
  for (const made of [true, false]) {
    const { code, json } = await andon(password, 'create-user', 'ana', 'ana@example.com', '--tenant', 'cementos-del-sur', '--json')
    assert.deepEqual([code, json().made], [0, made])
  }
  assert.match((await andon({}, 'backup', '--dry-run')).out, /Would copy everything into/)
  const made = (await andon({}, 'backup', '--json')).json()
  assert.deepEqual([made.kind, made.plants, made.faults], ['full', ['cementos-del-sur'], []])
  const name = String(made.name)
  const listed = (await andon({}, 'backup', 'list', '--json')).json() as { backups: { name: string }[] }
  assert.deepEqual(
    listed.backups.map((one) => one.name),
    [name],
  )
  assert.deepEqual((await andon({}, 'backup', 'verify')).out, `ok       ${name}\n`)
  assert.match((await andon({}, 'backup', 'prune')).out, /Nothing to remove/)

  const full = await andon({}, 'restore', name)
  assert.deepEqual([full.code, full.err.match(/--force-replace (\w+)/)?.[1]], [1, 'andon'])
  const elsewhere = { DATABASE_URL: sqliteUrl(path.join(folder, 'new.sqlite')), DATA_DIR: path.join(folder, 'new') }
  const backup = path.join(folder, 'backups', name)
  assert.match((await andon(elsewhere, 'restore', backup, '--dry-run')).out, /can be restored here. Nothing was changed/)
  const restored = await andon(elsewhere, 'restore', backup, '--json')
  assert.deepEqual([restored.code, restored.json().faults], [0, []], restored.err)
  assert.match((await andon(elsewhere, 'user', 'list')).out, /ana@example.com/)
  assert.match((await andon(elsewhere, 'audit', 'verify')).out, /ok {6}platform/)
  const replaced = await andon({}, 'restore', name, '--force-replace', 'andon', '--no-backup', 'a test')
  assert.deepEqual([replaced.code, /What was there/.test(replaced.out)], [0, false], replaced.err)
  const alone = await andon({}, 'restore', name, '--tenant', 'cementos-del-sur', '--force-replace', 'Cementos del Sur')
  assert.deepEqual([alone.code, /What was there: .*-cementos-del-sur\n/.test(alone.out)], [0, true], alone.err)

  appendFileSync(path.join(backup, 'platform/users.ndjson.gz'), 'x')
  const broken = await andon({}, 'backup', 'verify', name)
  assert.deepEqual([broken.code, /DAMAGED .*platform\/users\.ndjson\.gz is damaged/.test(broken.out)], [1, true])
  assert.match((await andon({}, 'restore', name, '--force-replace', 'andon')).err, /users\.ndjson\.gz is damaged/)
  assert.match((await andon({}, 'restore', '../nowhere')).err, /is no backup/)
})

test('PL-95 what a backup never had is told whenever it is read: made, verified, rehearsed, restored', async (t) => {
  const { folder, andon } = place(t)
  const password = { ANDON_PASSWORD: 'Una-clave-segura-1' }
  assert.equal((await andon({}, 'migrate', 'up')).code, 0)
  assert.equal((await andon(password, 'tenant', 'create', 'Cementos del Sur', 'jperez', 'jp@example.com')).code, 0)
  rmSync(path.join(folder, 'plants/tenant-1.sqlite'))
  const told = /^not in it: plant of company 1: .* is not there$/m
  const made = await andon({}, 'backup')
  assert.deepEqual([made.code, told.test(made.err)], [1, true], made.err)
  const name = path.basename(made.out.split('\n')[0] ?? '')
  const verified = await andon({}, 'backup', 'verify')
  assert.deepEqual([verified.code, verified.out.startsWith(`ok       ${name}\n`), told.test(verified.out)], [0, true, true], verified.out)
  const { results } = (await andon({}, 'backup', 'verify', '--json')).json() as { results: { not_in_it: string[] }[] }
  assert.equal(results[0]?.not_in_it.length, 1)
  const elsewhere = { DATABASE_URL: sqliteUrl(path.join(folder, 'new.sqlite')), DATA_DIR: path.join(folder, 'new') }
  const backup = path.join(folder, 'backups', name)
  for (const argv of [
    ['restore', backup, '--dry-run'],
    ['restore', backup],
  ]) {
    const restored = await andon(elsewhere, ...argv)
    assert.deepEqual([restored.code, told.test(restored.err)], [1, true], argv.join(' '))
  }
  const alone = ['restore', name, '--tenant', 'cementos-del-sur', '--force-replace', 'Cementos del Sur']
  for (const argv of [
    [...alone, '--dry-run'],
    [...alone, '--no-backup', 'a test'],
  ])
    assert.match((await andon({}, ...argv)).err, told, argv.join(' '))
  assert.deepEqual((await andon({}, ...alone, '--dry-run', '--json')).json().not_in_it, results[0]?.not_in_it)
})

test('PL-79 PL-97 doctor tells each thing with what to do about it; test-db and monitor are short', async (t) => {
  const { andon } = place(t)
  await andon({}, 'migrate', 'up')
  await andon({}, 'seed-widget-catalog')
  await andon({ ANDON_PASSWORD: 'Una-clave-segura-1' }, 'tenant', 'create', 'Cementos del Sur', 'jperez', 'jp@example.com')
  const doctor = async () => {
    const { json } = await andon({}, 'doctor', '--json')
    const { checks } = json() as { checks: { name: string; status: string; text: string }[] }
    return new Map(checks.map((check) => [check.name, check]))
  }
  const before = await doctor()
  for (const name of [
    'database',
    'durability',
    'clock',
    'schema',
    'secret key',
    'workers',
    'jobs',
    'plant of company 1',
    'disk of backups',
    'mail',
  ])
    assert.equal(before.get(name)?.status, 'ok', JSON.stringify(before.get(name) ?? name))
  assert.deepEqual([before.get('backups')?.status, /run `andon backup`/.test(before.get('backups')?.text ?? '')], ['warn', true])
  await andon({}, 'backup')
  assert.equal((await doctor()).get('backups')?.status, 'ok')
  assert.equal((await andon({}, 'verify-dependencies')).code, (await andon({}, 'doctor')).code)
  assert.equal((await andon({}, 'test-db')).code, 0)
  const gone = await andon({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'test-db')
  assert.deepEqual([gone.code, /^error {2}database: postgres 127\.0\.0\.1:1\/none/.test(gone.out)], [2, true], gone.out)
  const monitor = (await andon({}, 'monitor', '--json')).json()
  assert.deepEqual([monitor.companies, monitor.jobs_failed, monitor.backup_age_hours], [1, 0, 0])
  assert.match((await andon({}, 'setup-production')).err, /APP_ENV is not production/)
})
