import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { runCli } from './index.ts'

async function run(argv: readonly string[], env: Record<string, string>) {
  const said = { out: '', err: '' }
  const exitCode = await runCli(argv, env, {
    out: {
      write: (text) => {
        said.out += text
      },
    },
    err: {
      write: (text) => {
        said.err += text
      },
    },
  })
  return { exitCode, ...said }
}

test('PL-97 removing a demo that is not there changes nothing and says so, as JSON too', async (t) => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'andon-demo-'))
  t.after(() => rm(dataDir, { recursive: true, force: true }))
  const env = { DATA_DIR: dataDir, LOG_LEVEL: 'error' }
  assert.deepEqual(await run(['demo', 'remove'], env), { exitCode: 0, out: 'There was no demo.\n', err: '' })
  const { exitCode, out } = await run(['demo', 'remove', '--json'], env)
  assert.equal(exitCode, 0)
  assert.deepEqual(JSON.parse(out), { companies: [], users: [], rows: 0 })
})

test('PL-97 no demo beside a database that somebody named: it is not even connected to', async () => {
  const { exitCode, err } = await run(['demo'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', LOG_LEVEL: 'error' })
  assert.equal(exitCode, 1)
  assert.match(err, /No demo here/)
})
