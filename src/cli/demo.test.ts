import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeInstallation } from '../../test/harness/installation.ts'

test('PL-97 removing a demo that is not there changes nothing and says so, as JSON too', async (t) => {
  const { andon } = makeInstallation(t, { LOG_LEVEL: 'error' })
  assert.deepEqual(await andon(['demo', 'remove']), { code: 0, out: 'There was no demo.\n', err: '' })
  const { code, out } = await andon(['demo', 'remove', '--json'])
  assert.equal(code, 0)
  assert.deepEqual(JSON.parse(out), { companies: [], users: [], rows: 0 })
})

test('PL-97 no demo beside a database that somebody named: it is not even connected to', async (t) => {
  const { andon } = makeInstallation(t, { LOG_LEVEL: 'error' })
  const { code, err } = await andon(['demo'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
  assert.equal(code, 1)
  assert.match(err, /No demo here/)
})
