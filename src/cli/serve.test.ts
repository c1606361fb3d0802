import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { makeInstallation } from '../../test/harness/installation.ts'
import { openDatabase, sqliteUrl } from '../platform/db/index.ts'

test('PL-18 an empty widget catalogue keeps the server from starting, and the command that fills it is named', async (t) => {
  const { folder, andon } = makeInstallation(t, { PORT: '0' })
  await andon(['migrate', 'up'])
  const { db, close } = await openDatabase(sqliteUrl(path.join(folder, 'andon.sqlite')))
  await db.kysely.deleteFrom('widget_catalog').execute()
  await close()
  const { code, err } = await andon(['serve'])
  assert.deepEqual([code, err], [1, 'andon: The widget catalogue is empty; run `andon seed-widget-catalog`\n'])
})

for (const command of [
  ['seed-admin', '--email', 'operator@example.com'],
  ['seed', 'catalogs'],
  ['seed', 'test-data'],
  ['seed-widget-catalog'],
  ['register-tenant', 'Cementos del Sur', 'ana', 'ana@example.com'],
])
  test(`PL-95 people’s data is backed up before it is migrated, also by ${command.slice(0, 2).join(' ')}`, async (t) => {
    const { andon } = makeInstallation(t)
    await andon(['seed', 'test-data'])
    assert.equal((await andon(['migrate', 'down', '--yes'])).code, 0)
    const { code, err } = await andon(command)
    assert.equal(code, 0, err)
    const { backups } = JSON.parse((await andon(['backup', 'list', '--json'])).out) as { readonly backups: readonly { reason: string }[] }
    assert.deepEqual(
      backups.map(({ reason }) => reason),
      ['before-migration'],
    )
  })
