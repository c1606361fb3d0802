/** Storing and recalculating stops from the command line, as cron and an operator do. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { makeInstallation } from '../../test/harness/installation.ts'
import { loadPlantA } from '../../test/harness/plant-a.ts'

const config = path.join(import.meta.dirname, '../../test/fixtures/plant-a/config_tenant.json')

test('PL-TODO-25 PL-TODO-27 downtime-job stores what is over and says so by line; recalculate-downtime rehearses and does it', async (t) => {
  const plant = await loadPlantA('sqlite')
  t.after(plant.drop)
  const { andon } = makeInstallation(t)
  const registered = await andon(['register-tenant', 'Planta A', 'jefa', 'jefa@example.com', '--config', config], {
    ANDON_PLANT_URL: plant.url,
  })
  assert.equal(registered.code, 0, registered.err)
  const first = await andon(['downtime-job', 'planta-a'])
  assert.equal(first.code, 0, first.err)
  assert.match(first.out, /Bolsa25kg: \d+ stored, 0 extended\n/)
  assert.match(first.out, /Volpak: no automatic detection\n/)
  const [again] = JSON.parse((await andon(['downtime-job', '--json'])).out)
  assert.deepEqual(
    again.lines.map((line: { stored: number; extended: number; late_days: number }) => line.stored + line.extended + line.late_days),
    [0, 0, 0, 0],
  )

  const range = ['recalculate-downtime', 'planta-a', '--line', '1', '--from', '2026-10-06', '--to', '2026-10-12']
  const same = JSON.parse((await andon([...range, '--json'])).out)
  assert.deepEqual([same.inserted, same.updated, same.deleted], [0, 0, 0])
  const told = JSON.parse((await andon([...range, '--threshold', '3600', '--dry-run', '--json'])).out)
  const done = JSON.parse((await andon([...range, '--threshold', '3600', '--json'])).out)
  assert.ok(told.deleted > 0)
  assert.deepEqual({ ...done, dry_run: true }, told)
  assert.equal((await andon([...range, '--threshold', 'x'])).code, 1)
  assert.equal((await andon(['downtime-job', 'nadie'])).code, 1)
})
