/** Partitions, retention and archive from the command line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { availableEngines, temporaryDatabase } from '../../test/harness/engines.ts'
import { makeInstallation } from '../../test/harness/installation.ts'
import { partitionsOf } from '../plant/partitions/index.ts'
import { createLineTables, createManagedPlant, insertDetections } from '../plant/source/index.ts'
import { type Engine, openPlantKysely } from '../platform/db/index.ts'

const engine: Engine = availableEngines.find((name) => name === 'mysql') ?? 'sqlite'
const table = 'detection_line_l1'

test('PL-13 PL-94 PL-TODO-44 commands ensure, drop, archive and restore; a customer’s plant only with the operator’s word', async (t) => {
  const url = await temporaryDatabase(engine, t)
  const { kysely, close } = await openPlantKysely(url, { create: true })
  t.after(close)
  await createManagedPlant(kysely, engine)
  const line = { line_name: 'Línea 1', line_code: 'L1', is_active: 1, availability: 0, performance: 2, downtime_threshold: 300 }
  await kysely
    .insertInto('production_line')
    .values({ ...line, auto_detect_downtime: 1 })
    .execute()
  await createLineTables(kysely, engine, { detectionTable: table, downtimeTable: 'downtime_events_l1' })
  const db = { tenantId: 1, engine, kysely } as const
  const rows = ['2024-11-05', '2024-12-05', '2025-01-05'].map((day) => ({ detectedAt: `${day} 12:00:00`, areaId: 1, productId: 1 }))
  await insertDetections(db, table, rows)
  const count = async () => (await kysely.selectFrom(table).select('detection_id').execute()).length
  const { andon } = makeInstallation(t)
  const registered = await andon(['register-tenant', 'Envases', 'jefa', 'jefa@example.com'], { ANDON_PLANT_URL: url })
  assert.equal(registered.code, 0, registered.err)

  for (const argv of [
    ['partitions', 'ensure', 'envases'],
    ['partitions', 'drop', 'envases', '--before', '2025-01'],
    ['optimize-indexes', 'envases'],
    ['partitions', 'convert', 'envases', '--line', 'L1'],
  ]) {
    const refused = await andon(argv)
    assert.equal(refused.code, 1, argv.join(' '))
    assert.match(refused.err, /attached to be read only|has no partitions|SQLite/)
  }
  assert.equal(await count(), 3)
  const own = ['--customer-tables']
  if (engine === 'mysql') {
    const converted = await andon(['partitions', 'convert', 'envases', '--line', 'L1', ...own])
    assert.equal(converted.code, 0, converted.err)
    assert.equal((await partitionsOf(db, table)).kind, 'monthly')
  }
  assert.match(
    (await andon(['ensure-partitions', 'envases', '--dry-run'])).out,
    engine === 'mysql' ? /nothing is missing/ : /nothing to do/,
  )
  assert.equal((await andon(['partitions', 'ensure', 'envases', '--months-ahead', '25'])).code, 1)

  const drop = ['drop-old-partitions', 'envases', '--before', '2025-01', '--archive', ...own]
  const told = JSON.parse((await andon([...drop, '--dry-run', '--json'])).out)
  assert.deepEqual([told.archive, told.lines[0].rows], [true, 2])
  assert.equal(await count(), 3, 'a rehearsal writes nothing')
  assert.equal((await andon(['partitions', 'drop', 'envases'])).code, 1, 'no retention was chosen')
  const dropped = await andon(drop)
  assert.equal(dropped.code, 0, dropped.err)
  assert.match(dropped.out, /Rows archived and taken out of the tables: 2/)
  assert.equal(await count(), 1)
  assert.match((await andon(['archive', 'list', 'envases'])).out, /line 1 {2}2024-12 {2}part 1 {2}archived {2}1 rows/)
  const foreseen = await andon(['archive', 'restore', 'envases', '--line', 'L1', '--month', '2024-12', '--dry-run'])
  assert.match(foreseen.out, /would put back part \d+ .*: \d+ rows/)
  assert.equal((await andon(['archive', 'restore', 'envases', '--line', 'L1', '--month', '1999-12', '--dry-run'])).code, 1)
  const restored = await andon(['archive', 'restore', 'envases', '--line', 'L1', '--month', '2024-12', ...own])
  assert.equal(restored.code, 0, restored.err)
  assert.equal(await count(), 2)
  const anew = await andon(['archive', 'restore', 'envases', '--line', 'L1', '--month', '2024-12', '--dry-run', ...own])
  assert.deepEqual([anew.code, anew.out], [1, ''], 'its rows are in the table: nothing would be put back')
  assert.match(anew.err, /no archived rows of 2024-12/)
  for (const argv of [
    ['archive', 'restore', 'envases', '--line', 'L1', '--month', '2999-12', '--dry-run'],
    ['archive', 'restore', 'envases', '--line', 'L1', '--month', '2999-12', ...own],
    ['partitions', 'drop', 'envases', '--before', '2999-12', ...own],
  ])
    assert.match((await andon(argv)).err, /month: Cannot be later than 20\d\d-\d\d/, argv.join(' '))
  const again = JSON.parse((await andon([...drop, '--dry-run', '--json'])).out)
  assert.equal(again.lines[0].rows, 0, 'what was brought back lately stays')
  assert.match((await andon(drop)).out, /Rows archived and taken out of the tables: 0/)
  assert.equal(await count(), 2)
  assert.equal((await andon(['archive', 'restore', 'envases', '--line', 'L9', '--month', '2024-12'])).code, 1)
  const [report] = JSON.parse((await andon(['partitions', 'report', 'envases', '--json'])).out)
  assert.deepEqual([report.table, report.archived], [table, ['2024-11']])
  const [maintained] = JSON.parse((await andon(['partitions', 'maintain', '--json'])).out)
  assert.deepEqual([maintained.tasks, maintained.error], [null, null], 'the monthly run leaves the customer’s tables alone')
})
