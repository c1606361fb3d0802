import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeInstallation } from '../../test/harness/installation.ts'

test('ID-69 seed test-data makes the company and its two people once', async (t) => {
  const { andon: run } = makeInstallation(t)
  const first = await run(['seed', 'test-data'])
  assert.deepEqual([first.code, first.err], [0, ''])
  assert.match(first.out, /admin \/ Admin123! \(ADMIN\) of Test Company\.\nviewer \/ Viewer123! \(VIEWER\)/)
  assert.equal((await run(['seed', 'test-data'])).out, 'admin is there.\nviewer is there.\n')
  const { out } = await run(['user', 'list', '--tenant', 'test-company'])
  assert.match(out, /admin@test\.example.*test-company:ADMIN\nviewer.*test-company:VIEWER/)
})

test('ID-69 db reset empties the database when told so', async (t) => {
  const { andon: run } = makeInstallation(t)
  await run(['seed', 'test-data'])
  assert.match((await run(['db', 'reset'])).err, /Say --yes/)
  assert.equal((await run(['db', 'reset', '--yes'])).code, 0)
  assert.equal((await run(['user', 'list'])).out, '')
})

test('ID-69 K-01 neither is done in production', async (t) => {
  const { andon: run } = makeInstallation(t)
  const production = { APP_ENV: 'production', SECRET_KEY: 'q7Rk0c3lXw9ZpT5sVbN2mHyJ8uFdGeA1', PUBLIC_URL: 'https://andon.example.com' }
  for (const args of [
    ['seed', 'test-data'],
    ['db', 'reset', '--yes'],
  ]) {
    const { code, err } = await run(args, production)
    assert.deepEqual([code, /production/.test(err)], [1, true], err)
  }
})
