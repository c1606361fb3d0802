import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefused, roomOf } from './overload.ts'

const limits = { requestsAtOnce: 200, delayMs: 3_000 }
const idle = { ordinary: 0, last: 0, delayMs: 0 }

for (const c of [
  { name: 'an idle process', load: idle, ordinary: false, last: false },
  { name: 'all places taken', load: { ...idle, ordinary: 200 }, ordinary: true, last: false },
  { name: 'turns half a second late, a hundred at work', load: { ...idle, ordinary: 100, delayMs: 500 }, ordinary: true, last: false },
  { name: 'turns half a second late, few at work', load: { ...idle, ordinary: 15, delayMs: 2_900 }, ordinary: false, last: false },
  { name: 'turns later than the limit', load: { ...idle, delayMs: 3_001 }, ordinary: true, last: false },
  { name: 'turns beyond everything', load: { ...idle, delayMs: 12_001 }, ordinary: true, last: true },
  { name: 'very many of the last kind', load: { ...idle, last: 800 }, ordinary: false, last: true },
])
  test(`overload: ${c.name}`, () => {
    assert.deepEqual([isRefused(undefined, c.load, limits), isRefused('last', c.load, limits)], [c.ordinary, c.last])
    assert.equal(isRefused('never', c.load, limits), false)
  })

test('overload: the later the turns, the fewer requests are begun, and a few always', () => {
  const rooms = [0, 250, 500, 900, 1_000, 2_900].map((delayMs) => roomOf(limits, delayMs))
  assert.deepEqual(rooms, [200, 150, 100, 20, 16, 16])
  assert.equal(roomOf({ ...limits, requestsAtOnce: 4 }, 2_900), 4)
})
