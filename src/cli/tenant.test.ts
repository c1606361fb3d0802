/** Companies and their plants from the command line, as an operator does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeInstallation } from '../../test/harness/installation.ts'
import { loadPlantA } from '../../test/harness/plant-a.ts'

test('ID-54 ID-69 a company is made, listed, its plant attached, verified and detached, and it is closed and opened', async (t) => {
  const { andon } = makeInstallation(t)
  const plant = await loadPlantA('sqlite')
  t.after(plant.drop)
  assert.equal((await andon(['migrate', 'up'])).code, 0)

  const made = await andon(['tenant', 'create', 'Planta A', 'jefa', 'jefa@example.com', '--slug', 'a', '--json'])
  assert.equal(made.code, 0, made.err)
  const { tenant_id: id, plant: own } = JSON.parse(made.out)
  assert.deepEqual([id, own.is_own, own.can_manage], [1, true, true])
  const twice = await andon(['tenant', 'create', 'planta a', 'otra', 'otra@example.com'])
  assert.deepEqual([twice.code, /There is a company called/.test(twice.err)], [1, true])

  assert.match((await andon(['tenant', 'attach', 'a'], { ANDON_PLANT_URL: plant.url })).err, /Detach the present plant first/)
  assert.match((await andon(['tenant', 'detach', 'a', '--confirm', 'a'])).err, /Type the exact name/)
  assert.equal((await andon(['tenant', 'detach', 'a', '--confirm', 'Planta A'])).code, 0)
  const unreachable = await andon(['tenant', 'attach', 'a'], { ANDON_PLANT_URL: 'mysql://reader:s3cretpw@127.0.0.1:1/plant' })
  assert.deepEqual([unreachable.code, /could not be reached, and nothing changed/.test(unreachable.err)], [1, true])
  const attached = await andon(['tenant', 'attach', 'a', '--time-zone', 'America/Bogota', '--json'], { ANDON_PLANT_URL: plant.url })
  assert.equal(attached.code, 0, attached.err)
  assert.deepEqual(JSON.parse(attached.out).plant.can_manage, false)
  const verified = await andon(['tenant', 'verify', '1'])
  assert.ok([0, 1].includes(verified.code), verified.out)
  assert.match(verified.out, /^OK {3} connection:/m)
  assert.match((await andon(['tenant', 'rotate', 'a', '--user', 'x'], { ANDON_PLANT_PASSWORD: 'y' })).err, /file of this machine/)

  assert.match((await andon(['tenant', 'disable', 'a'])).out, /Planta A is disabled/)
  assert.match((await andon(['tenant', 'list'])).out, /^1\ta\tdisabled\tPlanta A\tPlant: sqlite .*, read only$/m)
  assert.match((await andon(['tenant', 'enable', '1'])).out, /Planta A is active/)
  assert.equal((await andon(['tenant', 'disable', 'nobody'])).code, 1)
  const everything = [made, unreachable, attached, verified].map(({ out, err }) => out + err).join('')
  assert.ok(!everything.includes('s3cretpw') && !everything.includes('Admin123!'))
})
