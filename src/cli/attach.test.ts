/** Attaching a plant from the command line, as an operator does. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { makeInstallation } from '../../test/harness/installation.ts'
import { loadPlantA } from '../../test/harness/plant-a.ts'

const config = path.join(import.meta.dirname, '../../test/fixtures/plant-a/config_tenant.json')

test('PL-14 PL-15 register-tenant attaches a plant and verify-client tells how it is, by line, JSON and exit code', async (t) => {
  const plant = await loadPlantA('sqlite')
  t.after(plant.drop)
  const { andon } = makeInstallation(t)
  const registered = await andon(['register-tenant', 'Planta A', 'jefa', 'jefa@example.com', '--config', config, '--json'], {
    ANDON_PLANT_URL: plant.url,
  })
  assert.equal(registered.code, 0, registered.err)
  assert.equal(registered.err, '', 'secrets from the environment need no warning')
  assert.deepEqual(
    { ...JSON.parse(registered.out), plant_address: '' },
    { dry_run: false, tenant_id: 1, slug: 'planta-a', created: true, plant: 'attached', plant_address: '' },
  )

  const told = await andon(['verify-client', 'planta-a'])
  assert.equal(told.code, 1, 'the fixture has warnings')
  const lines = told.out.trim().split('\n')
  assert.ok(lines.length >= 15 && lines.every((line) => /^(OK {3}|WARN |ERROR) [a-z_]+: /.test(line)), told.out)
  const json = await andon(['verify-client', '1', '--json', '--language', 'es'])
  assert.equal(json.code, 1)
  const { status, checks } = JSON.parse(json.out)
  assert.equal(status, 'warn')
  assert.equal(checks.find((check: { id: string }) => check.id === 'read').counts.detection_line_bolsa25kg, 39_302)

  const again = await andon(
    ['register-tenant', '--company', 'Planta A', '--user', 'jefa', '--email', 'jefa@example.com', '--time-zone', 'America/Lima', '--json'],
    { ANDON_PASSWORD: '' },
  )
  assert.deepEqual([again.code, JSON.parse(again.out || '{}').created], [0, false], again.err)
})

test('PL-15 a plant that cannot be opened is an error that says why, without a password', async (t) => {
  const { andon } = makeInstallation(t)
  await andon(['register-tenant', 'Rota', 'jefa', 'jefa@example.com'], { ANDON_PLANT_URL: 'mysql://reader:s3cret@127.0.0.1:1/plant' })
  const { code, out, err } = await andon(['verify-client', '1', '--json'])
  assert.equal(code, 2)
  assert.equal(JSON.parse(out).checks[0].id, 'connection')
  assert.doesNotMatch(out + err, /s3cret/)
  assert.equal((await andon(['verify-client', '99'])).code, 2)
})

test('PL-14 what is wrong is told at once, exit 1, and a password on the command line is warned of', async (t) => {
  const { andon } = makeInstallation(t)
  const refused = await andon(['register-tenant', 'X', 'jefa', 'jefa@', 'weak', '--plant-url', 'ftp://u:pw@h/x', '--time-zone', 'Mars/X'])
  assert.equal(refused.code, 1)
  assert.match(refused.err, /plant_url.*time_zone/)
  assert.match(refused.err, /Warning: a password on the command line/)
  assert.match(refused.err, /Warning: the password in --plant-url/)
  assert.equal((await andon(['register-tenant', 'X'])).code, 1)
  const dry = await andon(['register-tenant', 'X', 'jefa', 'jefa@example.com', '--dry-run'])
  assert.equal(dry.code, 0)
  assert.equal((await andon(['verify-client', '1'])).code, 2, 'a dry run writes nothing')
})

test('init-dynamic-tables, seed-filters and load-detections only say what they would do with --dry-run, and refuse a customer plant', async (t) => {
  const plant = await loadPlantA('sqlite')
  t.after(plant.drop)
  const { andon } = makeInstallation(t)
  await andon(['register-tenant', 'Planta A', 'jefa', 'jefa@example.com'], { ANDON_PLANT_URL: plant.url })
  assert.match((await andon(['init-dynamic-tables', '1'])).out, /Nothing to create/)
  const planned = JSON.parse((await andon(['seed-filters', '1', '--dry-run', '--json'])).out)
  assert.ok(planned.dry_run && planned.filters.includes('SearchFilter'))
  const refused = await andon(['seed-filters', '1'])
  assert.equal(refused.code, 1)
  assert.match(refused.err, /--manage-plant/)
  assert.equal((await andon(['load-detections', '1', '--line', '1'])).code, 1)
  await andon(['register-tenant', 'Planta A', 'jefa', 'jefa@example.com', '--manage-plant'])
  assert.equal((await andon(['seed-filters', '1'])).code, 0)
  assert.match((await andon(['seed-filters', '1'])).out, /Nothing to add/)
  const loaded = JSON.parse(
    (await andon(['load-detections', '--db', '1', '--line', 'bolsa-25', '--n-det', '50', '--n-dt', '2', '--json'])).out,
  )
  assert.deepEqual([loaded.detections, loaded.downtimes], [50, 2])
})
