import assert from 'node:assert/strict'
import { test } from 'node:test'
import { companyIn } from '../../../test/harness/company.ts'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { lineDatabase, type TestRow } from '../../../test/harness/line-database.ts'
import { area, line, plantModel, settings, shift } from '../../../test/harness/plant-model.ts'
import { formatLocal, hourS, parseLocal, zoneOf } from '../../platform/time/index.ts'
import { readContext } from '../detections/index.ts'
import { gatherFacts } from '../facts/index.ts'
import { createHistories } from '../history/index.ts'
import { parseScope } from '../scope/index.ts'
import { clockHealthBody, isNoData, type LineClock, readClocks } from './index.ts'

const zone = zoneOf('America/Bogota')
const epoch = (text: string): number => zone.toEpochS(parseLocal(text) ?? Number.NaN)
const nowS = epoch('2026-10-19 10:00:00')
const areas = [area(1, 'input', { areaName: 'Entrada' }), area(2, 'output', { areaName: 'Salida' })]
const model = plantModel({ shifts: [shift(1, 6, 14)], lines: [line({ areas })] })

/** A piece each `stepS` seconds of [from, to). */
const every = (stepS: number, from: string, to: string, areaId = 2): TestRow[] => {
  const rows: TestRow[] = []
  for (let atS = epoch(from); atS < epoch(to); atS += stepS) rows.push([formatLocal(zone.toLocalS(atS)), areaId])
  return rows
}
const byTime = (rows: readonly TestRow[]): TestRow[] => [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
const kinds = (clock: LineClock | undefined): string[] => (clock?.findings ?? []).map(({ kind }) => kind)

forEachEngine('PL-48 clocks: ahead, whole hours off, late, silent, told from the newest rows', async (engine, t) => {
  const { db, insert, clear } = await lineDatabase(engine, t)
  const look = async (atS = nowS): Promise<LineClock | undefined> => {
    const context = readContext(db, zone, atS, {})
    return (await readClocks({ context, model, memory: null, viewOf: () => null }, model.lines))[0]
  }
  assert.deepEqual([kinds(await look()), (await look())?.isNoData], [['no_data'], true])

  const healthy = byTime([
    ...every(30, '2026-10-19 08:00:00', '2026-10-19 10:00:00', 1),
    ...every(30, '2026-10-19 08:00:05', '2026-10-19 10:00:00', 2),
  ])
  await insert(healthy)
  const well = await look()
  assert.deepEqual([kinds(well), well?.late.count, well?.silentS], [[], 0, 25])

  // a camera that was offline sends what it had: older times under newer ids
  await insert(every(30, '2026-10-19 08:30:10', '2026-10-19 08:31:10'))
  const late = await look()
  assert.deepEqual(
    [kinds(late), late?.late.count, late?.late.worstS],
    [['late'], 2, epoch('2026-10-19 09:59:35') - epoch('2026-10-19 08:30:10')],
  )

  await insert([['2026-10-19 10:07:00']])
  const ahead = await look()
  assert.deepEqual([kinds(ahead)[0], ahead?.futureRows, ahead?.aheadS], ['ahead', 1, 420])
  await clear()

  await insert(every(30, '2026-10-19 12:00:00', '2026-10-19 13:00:01'))
  assert.deepEqual([(await look())?.wholeHours, kinds(await look())], [-3, ['no_data', 'whole_hours', 'ahead']])
  await clear()

  await insert(every(30, '2026-10-19 06:00:00', '2026-10-19 07:00:01'))
  const behind = await look()
  assert.deepEqual([behind?.wholeHours, behind?.findings[0]?.isSerious], [3, false], 'suspected: the line may just be quiet')
  await clear()

  await insert(
    byTime([...every(30, '2026-10-19 06:00:00', '2026-10-19 10:00:00', 1), ...every(30, '2026-10-19 06:00:05', '2026-10-19 09:00:00', 2)]),
  )
  const silent = await look()
  assert.deepEqual(kinds(silent), ['silent_camera'])
  assert.deepEqual(
    silent?.silentCameras.map(({ areaName, lastLocalS }) => [areaName, formatLocal(lastLocalS)]),
    [['Salida', '2026-10-19 08:59:35']],
  )
  await clear()

  await insert(
    byTime([...every(30, '2026-10-19 06:00:00', '2026-10-19 08:40:00', 1), ...every(30, '2026-10-19 06:00:05', '2026-10-19 08:40:00', 2)]),
  )
  assert.deepEqual(kinds(await look()), [], 'a stopped line has no silent camera')
})

test('PL-48 clocks: rows that come while somebody looks prove a clock that is behind; a quiet line proves nothing', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const platform = await migratedDatabase('sqlite', t)
  const histories = createHistories({ db: platform.db, clock: { nowMs: () => nowS * 1000 }, log: console })
  t.after(histories.close)
  const { memory } = histories.of({ db, model })
  const look = async (atS: number) =>
    (await readClocks({ context: readContext(db, zone, atS, {}), model, memory, viewOf: () => null }, model.lines))[0]
  await insert([['2026-10-19 09:50:00']])
  assert.equal((await look(nowS))?.arrival, null)
  await insert([['2026-10-19 09:50:30']])
  const seen = await look(nowS + 60)
  assert.deepEqual([seen?.arrival, kinds(seen)], [{ behindAtLeastS: 570, behindAtMostS: 630 }, ['behind']])
  await insert([['2026-10-19 07:02:00'], ['2026-10-19 10:01:50']])
  assert.deepEqual(kinds(await look(nowS + 120)), ['late'], 'a clock that was set right is right')
})

test('PL-48 clocks: a line that is off shift is not said to be in another time zone; one whose clock is hours behind is', async (t) => {
  const { db, insert, clear } = await lineDatabase('sqlite', t)
  const look = async (at: string) =>
    (await readClocks({ context: readContext(db, zone, epoch(at), {}), model, memory: null, viewOf: () => null }, model.lines))[0]
  await insert(every(30, '2026-10-19 13:00:00', '2026-10-19 14:00:00'))
  for (const at of ['2026-10-19 16:00:00', '2026-10-19 22:01:00', '2026-10-20 04:00:00']) assert.deepEqual(kinds(await look(at)), [], at)
  assert.deepEqual(kinds(await look('2026-10-20 06:00:00')), [])
  await clear()
  await insert(every(30, '2026-10-19 06:00:00', '2026-10-19 08:00:00'))
  assert.deepEqual([kinds(await look('2026-10-19 13:00:00')), (await look('2026-10-19 13:00:00'))?.wholeHours], [['whole_hours'], 5])
})

test('PL-48 clocks: what a camera kept and sends when its line is off shift proves nothing, and what was proved holds for a day', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const platform = await migratedDatabase('sqlite', t)
  const histories = createHistories({ db: platform.db, clock: { nowMs: () => nowS * 1000 }, log: console })
  t.after(histories.close)
  const { memory } = histories.of({ db, model })
  const look = async (at: string) =>
    kinds((await readClocks({ context: readContext(db, zone, epoch(at), {}), model, memory, viewOf: () => null }, model.lines))[0])
  await insert([['2026-10-16 13:00:00']])
  assert.deepEqual(await look('2026-10-16 18:00:00'), [])
  await insert([['2026-10-16 14:00:00']])
  assert.deepEqual(await look('2026-10-16 18:01:00'), [], 'held back, not behind')

  await insert([['2026-10-19 06:30:00']])
  assert.deepEqual(await look('2026-10-19 10:10:00'), [], 'one look proves nothing yet: it came at any time since Friday')
  await insert([['2026-10-19 06:31:00']])
  assert.deepEqual(await look('2026-10-19 10:11:00'), ['behind'])
  for (const at of ['2026-10-19 20:00:00', '2026-10-20 08:00:00']) assert.deepEqual(await look(at), ['behind'], at)
  assert.deepEqual(await look('2026-10-20 10:12:00'), [], 'looking does not renew it')
})

test('PL-48 clocks: rows that came some time between two looks an hour apart do not prove whole hours', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const platform = await migratedDatabase('sqlite', t)
  const histories = createHistories({ db: platform.db, clock: { nowMs: () => nowS * 1000 }, log: console })
  t.after(histories.close)
  const { memory } = histories.of({ db, model })
  const look = async (at: string) =>
    kinds((await readClocks({ context: readContext(db, zone, epoch(at), {}), model, memory, viewOf: () => null }, model.lines))[0])
  await insert([['2026-10-19 08:50:00']])
  await look('2026-10-19 09:00:00')
  await insert([['2026-10-19 08:55:00']])
  assert.deepEqual(await look('2026-10-19 10:10:00'), ['behind'])
})

test('PL-48 clocks: day summaries tell of a camera that has been silent for longer than the newest rows reach', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const platform = await migratedDatabase('sqlite', t)
  const tenantId = await companyIn(platform.db)
  const own = { ...model, tenantId }
  const plant = { db: { ...db, tenantId }, model: own }
  await insert(
    byTime([...every(5, '2026-10-18 20:00:00', '2026-10-19 10:00:00', 1), ...every(60, '2026-10-18 20:00:05', '2026-10-18 22:00:00', 2)]),
  )
  const histories = createHistories({ db: platform.db, clock: { nowMs: () => nowS * 1000 }, log: console })
  t.after(histories.close)
  const scope = parseScope(own, { start_date: '2026-10-19', end_date: '2026-10-19' }, nowS * 1000)
  const facts = await gatherFacts(plant.db, own, scope, { history: histories.of(plant), needs: { clocks: true } })
  assert.deepEqual(kinds(facts.clocks[0]), ['silent_camera'])
  assert.equal((await gatherFacts(plant.db, own, scope, { history: histories.of(plant) })).clocks.length, 0)
  const told = clockHealthBody(facts.clocks, 'es').lines[0]
  assert.deepEqual([told?.status, told?.silent_cameras[0]?.last_detection], ['error', '2026-10-18T21:59:05'])
  assert.match(told?.findings[0]?.text ?? '', /La cámara de Salida no ve piezas desde 18\/10\/2026 21:59/)
})

forEachEngine('PL-48 no rows for longer than the limit is no data, inside and outside planned time, never stopped', async (engine, t) => {
  const { db, insert } = await lineDatabase(engine, t)
  await insert(every(60, '2026-10-19 06:00:00', '2026-10-19 07:00:00'))
  const statusAt = async (now: string, limitS: number | null) => {
    const noDataAfterS = new Map(limitS === null ? [] : [[1, limitS]])
    const own = plantModel({ ...model, settings: settings({ ...({ noDataAfterS } as object) }) })
    const scope = parseScope(own, { start_date: '2026-10-19', end_date: '2026-10-19' }, epoch(now) * 1000)
    const facts = await gatherFacts(db, own, scope)
    const { status, lastDetectionLocalS } = facts.lines[0] ?? {}
    return [status, formatLocal(lastDetectionLocalS ?? 0)]
  }
  const last = '2026-10-19 06:59:00'
  for (const [now, limitS, want] of [
    ['2026-10-19 08:58:59', 2 * hourS, 'stopped'],
    ['2026-10-19 08:59:01', 2 * hourS, 'no_data'],
    ['2026-10-19 08:59:01', null, 'stopped'],
    ['2026-10-19 20:00:00', 24 * hourS, 'idle'],
    ['2026-10-19 20:00:00', 2 * hourS, 'no_data'],
  ] as const)
    assert.deepEqual(await statusAt(now, limitS), [want, last], `${now} ${limitS}`)
})

for (const c of [
  { name: 'never a row', lastS: null, limitS: null, want: true },
  { name: 'no limit', lastS: 0, limitS: null, want: false },
  { name: 'exactly the limit', lastS: 0, limitS: 100, want: false },
  { name: 'a second more', lastS: 0, limitS: 99, want: true },
])
  test(`PL-48 no data: ${c.name}`, () => assert.equal(isNoData(c.lastS, c.limitS, 100), c.want))
