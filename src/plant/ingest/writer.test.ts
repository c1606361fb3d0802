import assert from 'node:assert/strict'
import { test } from 'node:test'
import { line } from '../../../test/harness/plant-model.ts'
import type { Part, PartOutcome } from './part.ts'
import { createWriter } from './writer.ts'

const plant = { db: { kysely: {} } }
const part = (count: number, { lineId = 1, key = null as string | null } = {}): Part => ({
  line: line({ lineId }),
  table: `t${lineId}`,
  rows: Array.from({ length: count }, (_, index) => ({ index, detectedAt: '2026-10-19 15:00:00', areaId: 1, productId: 1 })),
  refused: [],
  key: key === null ? null : { hash: key, fingerprint: '' },
})
const done = (parts: readonly Part[]): PartOutcome[] => parts.map(({ rows }) => ({ kind: 'written', accepted: rows.length, refused: [] }))
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A writer whose groups are let go one by one. */
function held() {
  const groups: { readonly parts: readonly Part[]; readonly go: (outcome?: Error) => void }[] = []
  const writer = createWriter({
    write: (_plant: typeof plant, parts) =>
      new Promise<PartOutcome[]>((resolve, reject) => {
        groups.push({ parts, go: (error) => (error ? reject(error) : resolve(done(parts))) })
      }),
  })
  return { writer, groups, sizes: () => groups.map(({ parts }) => parts.length) }
}

test('ingest: what comes while a line is written is written together next, each batch once in a group', async () => {
  const { writer, groups, sizes } = held()
  const first = writer.add(1, plant, [part(1)])
  await turn()
  const rest = Array.from({ length: 5 }, (_, at) => writer.add(1, plant, [part(1, { key: at === 3 ? 'k0' : `k${at}` })]))
  await turn()
  assert.deepEqual(sizes(), [1])
  groups[0]?.go()
  await first?.[0]
  await turn()
  assert.deepEqual(sizes(), [1, 3], 'the second k0 waits for the first')
  const lost = Promise.allSettled(rest.slice(0, 3).map((outcomes) => outcomes?.[0]))
  groups[1]?.go(new Error('lost'))
  assert.deepEqual(
    (await lost).map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  )
  await turn()
  assert.deepEqual(sizes(), [1, 3, 2])
  groups[2]?.go()
  assert.deepEqual(await Promise.all(rest[4] ?? []), [{ kind: 'written', accepted: 1, refused: [] }])
  await writer.drain()
  assert.equal(writer.waitingRows(), 0)
})

test('ingest: two lines of a company are written at once, a third waits its turn, another company does not wait', async () => {
  const { writer, groups } = held()
  for (const lineId of [1, 2, 3]) writer.add(1, plant, [part(1, { lineId })])
  writer.add(2, plant, [part(1)])
  await turn()
  assert.deepEqual(
    groups.map(({ parts }) => parts[0]?.line.lineId),
    [1, 2, 1],
  )
  groups[0]?.go()
  await turn()
  assert.equal(groups[3]?.parts[0]?.line.lineId, 3)
  for (const { go } of groups) go()
  await writer.drain()
})

test('ingest: no more waits than there is room for; a group is no longer than a transaction should be', async () => {
  const { writer, groups } = held()
  for (let at = 0; at < 3; at++) assert.ok(writer.add(1, plant, [part(10_000)]))
  assert.equal(writer.add(1, plant, [part(1)]), null, 'of the line')
  assert.ok(writer.add(1, plant, [part(10_000, { lineId: 2 })]))
  await turn()
  assert.deepEqual(
    groups.map(({ parts }) => parts.length),
    [1, 1],
  )
  assert.equal(writer.waitingRows(), 40_000)
  groups[0]?.go()
  await turn()
  assert.ok(writer.add(1, plant, [part(1)]))
  for (let at = 0; at < groups.length; at++) {
    groups[at]?.go()
    await turn()
  }
  await writer.drain()
})

test('ingest: a company whose database stands still leaves room to the others', async () => {
  const { writer, groups } = held()
  for (const lineId of [1, 2, 3, 4]) assert.ok(writer.add(1, plant, [part(10_000, { lineId })]))
  assert.equal(writer.add(1, plant, [part(1, { lineId: 5 })]), null, 'of the company')
  assert.ok(writer.add(2, plant, [part(10_000)]))
  for (let at = 0; at < 5; at++) {
    await turn()
    groups[at]?.go()
  }
  await writer.drain()
})

test('ingest: no company holds all requests open with small batches', async () => {
  const { writer, groups } = held()
  for (let at = 0; at < 400; at++) assert.ok(writer.add(1, plant, [part(1)]))
  assert.equal(writer.add(1, plant, [part(1)]), null)
  assert.ok(writer.add(2, plant, [part(1)]))
  await turn()
  for (const { go } of groups) go()
  await writer.drain()
  assert.ok(writer.add(1, plant, [part(1)]))
  await turn()
  groups.at(-1)?.go()
  await writer.drain()
})
