import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { availableEngines, temporaryDatabase } from '../../../test/harness/engines.ts'
import { isDatabaseUnavailable, openPlantKysely } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/problem.ts'
import { formatLocal, parseLocal, zoneOf } from '../../platform/time/index.ts'
import type { DetectionTable } from '../model/index.ts'
import { createLineTables } from '../source/index.ts'
import { type Detections, detectionColumns, indexAt, sortByInstant } from './detections.ts'
import { withInstants } from './instants.ts'
import { partitionsFor } from './partitions.ts'
import { localReader, readContext, readDetections } from './read.ts'

const local = (text: string): number => parseLocal(text) ?? Number.NaN

const monthly: DetectionTable = {
  name: 'detection_line_l1',
  partitions: [
    { name: 'p202511', belowYearMonth: 202_512 },
    { name: 'p202512', belowYearMonth: 202_601 },
    { name: 'p202601', belowYearMonth: 202_602 },
    { name: 'p202602', belowYearMonth: 202_603 },
    { name: 'pmax', belowYearMonth: null },
  ],
}

for (const [name, from, to, open, want] of [
  ['the month it touches', '2026-01-05', '2026-01-06', false, ['p202601']],
  ['both months around midnight of a year', '2025-12-31 23:59', '2026-01-01 00:01', false, ['p202512', 'p202601']],
  ['not the month that begins at its end', '2025-12-05', '2026-01-01', false, ['p202512']],
  ['pmax beyond the newest named one', '2026-02-20', '2026-03-02', false, ['p202602', 'pmax']],
  ['pmax alone far beyond', '2026-08-01', '2026-08-02', false, ['pmax']],
  ['the oldest for what is older than all', '2024-05-01', '2024-05-02', false, ['p202511']],
  ['all newer ones when the end is open', '2026-01-05', '2026-01-06', true, ['p202601', 'p202602', 'pmax']],
  ['12 months', '2025-03-01', '2026-03-01', false, ['p202511', 'p202512', 'p202601', 'p202602']],
  ['none above 12 months', '2025-03-01', '2026-03-02', false, null],
  ['none without a beginning', null, '2026-03-02', false, null],
] as const)
  test(`PL-12 a query names ${name}`, () =>
    assert.deepEqual(partitionsFor(monthly, from === null ? Number.NEGATIVE_INFINITY : local(from), local(to), open), want))

test('PL-12 a table without monthly partitions is read without a clause', () =>
  assert.equal(partitionsFor({ name: 'x', partitions: null }, 0, 1), null))

const rowsOf = (list: readonly (readonly [id: number, at: string])[]): Omit<Detections, 'epochS'> => {
  const builder = detectionColumns()
  for (const [id, at] of list) builder.push(id, local(at), 1, 1)
  return builder.columns()
}
const madrid = zoneOf('Europe/Madrid')
const autumn = madrid.repeatedHours(Date.UTC(2025, 9, 25) / 1000, Date.UTC(2025, 9, 27) / 1000)
/** Elapsed minutes since 02:00 of the first pass. */
const minutes = (rows: Detections): number[] => [...rows.epochS].map((epochS) => (epochS - Date.UTC(2025, 9, 26) / 1000) / 60)

test('PL-84 a step back of more than half the repeated hour begins its second pass', () => {
  const rows = withInstants(
    rowsOf([
      [1, '2025-10-26 01:59:00'],
      [2, '2025-10-26 02:10:00'],
      [3, '2025-10-26 02:50:00'],
      [4, '2025-10-26 02:05:00'],
      [5, '2025-10-26 02:40:00'],
      [6, '2025-10-26 03:00:00'],
    ]),
    madrid,
    autumn,
  )
  assert.deepEqual(minutes(rows), [-1, 10, 50, 65, 100, 120])
})

test('PL-84 a late row steps back by less and stays in the first pass; the order of arrival does not matter, ids do', () => {
  const rows = withInstants(
    rowsOf([
      [4, '2025-10-26 02:05:00'],
      [1, '2025-10-26 02:40:00'],
      [3, '2025-10-26 02:45:00'],
      [2, '2025-10-26 02:20:00'],
    ]),
    madrid,
    autumn,
  )
  assert.deepEqual(minutes(rows), [65, 40, 45, 20])
})

test('rows come by instant, those of one second by id', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (seconds) => {
      const builder = detectionColumns()
      for (const [i, localS] of seconds.entries()) builder.push(seconds.length - i, localS, i, -i)
      const sorted = sortByInstant(withInstants(builder.columns(), zoneOf('UTC'), []))
      const expected = seconds
        .map((localS, i) => ({ localS, id: seconds.length - i, area: i }))
        .sort((a, b) => a.localS - b.localS || a.id - b.id)
      assert.deepEqual(
        expected.map((_, i) => ({ localS: sorted.localS[i], id: sorted.id[i], area: sorted.areaId[i] })),
        expected,
      )
      for (const atS of [-1, 0, 10, 21]) assert.equal(indexAt(sorted.epochS, atS), expected.filter(({ localS }) => localS < atS).length)
    }),
  ))

test('columns keep growing', () => {
  const builder = detectionColumns()
  for (let i = 0; i < 5_000; i++) builder.push(i, i * 2, i % 7, i % 11)
  const { length, id, localS, areaId, productId } = builder.columns()
  assert.deepEqual([length, id[4_999], localS[4_999], areaId[4_999], productId[4_999]], [5_000, 4_999, 9_998, 4_999 % 7, 4_999 % 11])
})

test('reading a wall time from the database’s text equals parsing it', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_000_000_000 })), (list) => {
      const read = localReader()
      for (const localS of list) {
        assert.equal(read(formatLocal(localS)), localS)
        assert.equal(read(`${formatLocal(localS)}.250000`), localS)
      }
    }),
  ))

test('a server that hangs before a read begins is an unavailable plant, not a range too large', async (t) => {
  if (!availableEngines.includes('mysql')) return t.skip('no MariaDB server')
  const url = new URL(await temporaryDatabase('mysql', t))
  const [serverPort, hostname] = [Number(url.port || 3306), url.hostname]
  let isFrozen = false
  const proxy = createServer((client) => {
    const server = connect(serverPort, hostname)
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', (bytes) => isFrozen || to.write(bytes))
      from.on('error', () => {})
      from.on('close', () => to.destroy())
    }
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.after(() => proxy.close())
  const direct = await openPlantKysely(url.href, { create: true })
  t.after(direct.close)
  await createLineTables(direct.kysely, 'mysql', { detectionTable: 'detection_line_l1', downtimeTable: 'downtime_events_l1' })
  url.port = String((proxy.address() as AddressInfo).port)
  const opened = await openPlantKysely(url.href, { statementTimeoutMs: 200 })
  t.after(opened.close)
  const context = readContext({ tenantId: 1, engine: 'mysql', kysely: opened.kysely }, zoneOf('UTC'), 2_000_000_000)
  const read = () => readDetections(context, { name: 'detection_line_l1', partitions: null }, { fromS: 0, toS: 1_000 })
  assert.equal((await read()).rows.length, 0)
  isFrozen = true
  await assert.rejects(read(), (error) => isDatabaseUnavailable(error) && !(error instanceof Problem))
})
