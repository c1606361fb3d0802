import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missedSince, positionOf } from './position.ts'

const marksOf = (of: object) => new Map(Object.entries(of).map(([lineId, mark]) => [Number(lineId), String(mark)]))

for (const c of [
  { name: 'nothing', before: { 1: '5/1', 2: '9/' }, after: { 2: '9/', 1: '5/1' }, want: [] },
  { name: 'one line', before: { 1: '5/1', 2: '9/' }, after: { 1: '5/1', 2: '10/' }, want: [2] },
  { name: 'a line that came and one that went', before: { 1: '5/1' }, after: { 3: '1/' }, want: [1, 3] },
  { name: 'a plant that had no lines', before: {}, after: { 3: '1/' }, want: [3] },
])
  test(`PL-TODO-41 what was missed: ${c.name}`, () =>
    assert.deepEqual(missedSince(positionOf(marksOf(c.before)), marksOf(c.after)), c.want))

test('PL-TODO-41 of a plant of very many lines it is only known that something changed, and the text stays short', () => {
  const many = new Map(Array.from({ length: 500 }, (_, at) => [at, `${at}/1`] as const))
  const later = new Map([...many, [7, 'x']])
  assert.deepEqual([missedSince(positionOf(many), many), missedSince(positionOf(many), later)], [[], 'all'])
  const most = new Map(Array.from({ length: 60 }, (_, at) => [99_999 + at, `${at}/1`] as const))
  assert.ok(positionOf(most).length < 1_000)
})

for (const seen of ['', '17', 'lines.x', 'lines.1-_', `lines.${'1-a.'.repeat(500)}`, 'lines.1-a\nevent: changed'])
  test(`PL-TODO-41 a position that is not ours (${JSON.stringify(seen.slice(0, 30))}) means: everything`, () =>
    assert.equal(missedSince(seen, marksOf({ 1: '5/1' })), 'all'))
