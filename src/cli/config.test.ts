/** A company's configuration from the command line. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { makeInstallation } from '../../test/harness/installation.ts'
import { loadPlantA } from '../../test/harness/plant-a.ts'

test('configuration file: exported, compared without writing, applied, and refused in words', async (t) => {
  const { folder, andon } = makeInstallation(t, { LOG_LEVEL: 'silent' })
  const plant = await loadPlantA('sqlite')
  t.after(plant.drop)
  assert.equal((await andon(['migrate', 'up'])).code, 0)
  assert.equal((await andon(['tenant', 'create', 'Planta A', 'jefa', 'jefa@example.com', '--slug', 'a'])).code, 0)
  assert.equal((await andon(['tenant', 'detach', 'a', '--confirm', 'Planta A'])).code, 0)
  const attach = await andon(['tenant', 'attach', 'a', '--time-zone', 'America/Bogota'], { ANDON_PLANT_URL: plant.url })
  assert.equal(attach.code, 0, attach.err)

  const out = path.join(folder, 'a.json')
  const exported = await andon(['config', 'export', 'a', '--out', out])
  assert.equal(exported.code, 0, exported.err)
  const file = JSON.parse(readFileSync(out, 'utf8'))
  assert.equal(file.settings.timezone, 'America/Bogota')
  const same = await andon(['config', 'import', 'a', out, '--as', 'jefa', '--dry-run'])
  assert.deepEqual([same.code, same.out, /^0 differences; nothing was written/.test(same.err)], [0, '', true], same.err)

  file.settings.performance_unit = 'percent'
  file.records.line[0].values.line_name = 'Otra'
  writeFileSync(out, JSON.stringify(file))
  const shown = await andon(['config', 'import', 'a', out, '--as', 'jefa', '--dry-run'])
  assert.match(shown.out, /^changed line .*: line_name\nchanged settings performance_unit: performance_unit\n$/)
  assert.match((await andon(['config', 'import', 'a', out, '--as', 'nobody'])).err, /nobody is not of Planta A/)
  assert.match((await andon(['config', 'import', 'a', out])).err, /--as <username>/)
  assert.match((await andon(['config', 'import', 'a', out, '--as', 'jefa'])).err, /2 differences applied/)
  assert.match((await andon(['config', 'import', 'a', out, '--as', 'jefa'])).err, /^0 differences applied/)

  writeFileSync(out, JSON.stringify({ ...file, version: 9 }))
  const newer = await andon(['config', 'import', 'a', out, '--as', 'jefa'])
  assert.deepEqual([newer.code, /newer version \(9;/.test(newer.err)], [1, true])
  writeFileSync(out, '{"a":')
  assert.match((await andon(['config', 'import', 'a', out, '--as', 'jefa'])).err, /not JSON/)
})
