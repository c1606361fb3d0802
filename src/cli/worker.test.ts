import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { migratedDatabase } from '../../test/harness/engines.ts'
import { enqueue, listWorkers } from '../platform/jobs/index.ts'

const root = path.join(import.meta.dirname, '../..')

function dataDirOf(t: TestContext): string {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'andon-test-worker-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  return dataDir
}

const settings = { PATH: process.env.PATH, APP_ENV: 'test', SECRET_KEY: 'test-secret-key-of-at-least-32-bytes' }

/** A real process of `andon …`, with what it logs. */
function start(t: TestContext, command: string, env: Record<string, string>) {
  const child = spawn(process.execPath, ['src/main.ts', ...command.split(' ')], {
    cwd: root,
    env: { ...settings, DATA_DIR: dataDirOf(t), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const events: Record<string, unknown>[] = []
  const waiting = new Map<string, () => void>()
  createInterface(child.stdout).on('line', (line) => {
    const fields = JSON.parse(line) as Record<string, unknown>
    events.push(fields)
    waiting.get(String(fields.event))?.()
  })
  const until = (event: string) =>
    new Promise<void>((resolve) => (events.some((fields) => fields.event === event) ? resolve() : waiting.set(event, resolve)))
  return { child, events, until }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`ID-71 a worker beats, and on ${signal} ends by itself within 10 s, exit code 0`, async (t) => {
    const { db, url } = await migratedDatabase('sqlite', t)
    const { child, events, until } = start(t, 'worker', { DATABASE_URL: url, WORKER_HEARTBEAT_INTERVAL: '1' })
    await until('worker_heartbeat')
    assert.equal((await listWorkers(db, Date.now()))[0]?.pid, child.pid)
    const askedMs = performance.now()
    child.kill(signal)
    const [code] = (await once(child, 'exit')) as [number | null]
    assert.equal(code, 0)
    assert.ok(performance.now() - askedMs < 10_000)
    assert.ok(events.some(({ event }) => event === 'stopped'))
    assert.deepEqual(await listWorkers(db, Date.now()), [], 'it took its row away')
  })

test('ID-71 PL-97 worker --once answers with one document, tells of what failed on stderr and by its exit code', async (t) => {
  const { db, url } = await migratedDatabase('sqlite', t)
  const env = { ...settings, DATA_DIR: dataDirOf(t), DATABASE_URL: url }
  const once = () =>
    new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
      const child = execFile(process.execPath, ['src/main.ts', 'worker', '--once', '--json'], { cwd: root, env }, (_, out, err) =>
        resolve({ code: child.exitCode, out, err }),
      )
    })
  await enqueue(db, { name: 'files.sweep' }, Date.now())
  assert.deepEqual(await once(), { code: 0, out: '{\n  "jobs": 1,\n  "failed": 0\n}\n', err: '' })
  await enqueue(db, { name: 'of another version' }, Date.now())
  const { code, out, err } = await once()
  assert.deepEqual([code, JSON.parse(out)], [1, { jobs: 1, failed: 1 }])
  assert.match(err, /"event":"job_retry","job":"of another version"/)
})

test('PL-97 monitor --every goes on while the database is away', async (t) => {
  const args = ['src/main.ts', 'monitor', '--every', '1', '--json']
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...settings, DATA_DIR: dataDirOf(t), DATABASE_URL: 'postgres://ana:hunter2@127.0.0.1:1/none' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  let lines = 0
  for await (const line of createInterface(child.stdout)) {
    assert.match((JSON.parse(line) as { fault: string }).fault, /ECONNREFUSED/)
    lines += 1
    if (lines === 2) break
  }
  assert.equal(lines, 2)
})

test('ID-71 the Procfile names release, web and worker, by commands that exist', async () => {
  const lines = readFileSync(path.join(root, 'Procfile'), 'utf8').trim().split('\n')
  assert.deepEqual(
    lines.map((line) => line.split(':')[0]),
    ['release', 'web', 'worker'],
  )
  for (const line of lines) assert.match(line, /^\w+: bin\/andon (migrate up|serve --no-with-worker|worker)$/)
})
