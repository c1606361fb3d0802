import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { migratedDatabase } from '../../test/harness/engines.ts'
import { listWorkers } from '../platform/jobs/index.ts'

const root = path.join(import.meta.dirname, '../..')

/** A real process of `andon …`, with what it logs. */
function start(t: TestContext, command: string, env: Record<string, string>) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'andon-test-worker-'))
  const child = spawn(process.execPath, ['src/main.ts', ...command.split(' ')], {
    cwd: root,
    env: { PATH: process.env.PATH, APP_ENV: 'test', SECRET_KEY: 'test-secret-key-of-at-least-32-bytes', DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => {
    child.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  })
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

test('ID-71 the Procfile names release, web and worker, by commands that exist', async () => {
  const lines = readFileSync(path.join(root, 'Procfile'), 'utf8').trim().split('\n')
  assert.deepEqual(
    lines.map((line) => line.split(':')[0]),
    ['release', 'web', 'worker'],
  )
  for (const line of lines) assert.match(line, /^\w+: bin\/andon (migrate up|serve --no-with-worker|worker)$/)
})
