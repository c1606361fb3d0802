import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoffMs, changedLines, createFollower, gapMs, type LineMarks, type PlantNews } from './follower.ts'

/** A plant that answers what it is told, and a timer that only moves when the test says so. */
function bench() {
  const marks = new Map<number, LineMarks | Error>()
  const heard: [number, PlantNews][] = []
  const errors: number[] = []
  let reads = 0
  let due: { work: () => void; delayMs: number }[] = []
  const follower = createFollower({
    readMarks: async (tenantId) => {
      reads += 1
      const answer = marks.get(tenantId) ?? new Map()
      if (answer instanceof Error) throw answer
      return answer
    },
    publish: (tenantId, news) => heard.push([tenantId, news]),
    schedule: (work, delayMs) => {
      const entry = { work, delayMs }
      due.push(entry)
      return () => {
        due = due.filter((other) => other !== entry)
      }
    },
    onError: (tenantId) => errors.push(tenantId),
  })
  const settle = () => new Promise((done) => setImmediate(done))
  const tick = async () => {
    const now = due
    due = []
    for (const { work } of now) work()
    await settle()
  }
  return { follower, marks, heard, errors, settle, tick, reads: () => reads, delays: () => due.map(({ delayMs }) => delayMs) }
}

for (const c of [
  { name: 'nothing new', before: { 1: 'a', 2: 'b' }, after: { 1: 'a', 2: 'b' }, want: [] },
  { name: 'a new row', before: { 1: 'a', 2: 'b' }, after: { 1: 'a', 2: 'c' }, want: [2] },
  { name: 'a line that came and one that went', before: { 1: 'a' }, after: { 3: 'a' }, want: [1, 3] },
])
  test(`PL-89 changed lines: ${c.name}`, () => {
    const marksOf = (of: object) => new Map(Object.entries(of).map(([lineId, mark]) => [Number(lineId), String(mark)]))
    assert.deepEqual(changedLines(marksOf(c.before), marksOf(c.after)), c.want)
  })

test('PL-89 watchers of one plant share one poll, and the last one to leave ends it', async () => {
  const { follower, settle, tick, reads, delays } = bench()
  const first = follower.watch(7)
  const second = follower.watch(7)
  await settle()
  await tick()
  assert.equal(reads(), 2)
  first()
  first()
  assert.deepEqual(follower.followed(), [7])
  second()
  assert.deepEqual(follower.followed(), [])
  assert.deepEqual(delays(), [])
  await tick()
  assert.equal(reads(), 2)
})

test('PL-89 only what changed after the first look is news, and only for its own tenant', async () => {
  const { follower, marks, heard, settle, tick } = bench()
  marks.set(1, new Map([[10, '5/1']]))
  marks.set(2, new Map([[10, '5/1']]))
  follower.watch(1)
  follower.watch(2)
  await settle()
  assert.deepEqual(heard, [
    [1, { kind: 'status', state: 'live', marks: new Map([[10, '5/1']]) }],
    [2, { kind: 'status', state: 'live', marks: new Map([[10, '5/1']]) }],
  ])
  marks.set(2, new Map([[10, '6/1']]))
  await tick()
  assert.deepEqual(heard.slice(2), [[2, { kind: 'changed', lineIds: [10], marks: new Map([[10, '6/1']]) }]])
})

test('PL-89 a plant that is down is reported once, asked less and less, and welcomed back', async () => {
  const { follower, marks, heard, errors, settle, tick, delays } = bench()
  marks.set(1, new Map([[10, '5/1']]))
  follower.watch(1)
  await settle()
  marks.set(1, new Error('gone'))
  await tick()
  assert.deepEqual(delays(), [2_000])
  await tick()
  assert.deepEqual(delays(), [4_000])
  assert.deepEqual(errors, [1])
  assert.equal(follower.viewOf(1).state, 'offline')
  marks.set(1, new Map([[10, '9/1']]))
  await tick()
  assert.ok((delays()[0] ?? 0) <= 1_000)
  assert.deepEqual(
    heard.map(([, news]) => (news.kind === 'status' ? news.state : news.lineIds)),
    ['live', 'offline', 'live', [10]],
  )
  assert.equal(backoffMs(40), 30_000)
})

test('PL-89 nothing is published for a plant that nobody watches any more', async () => {
  const { follower, heard, settle } = bench()
  follower.watch(1)()
  await settle()
  assert.deepEqual(heard, [])
})

for (const [readMs, plants, want] of [
  [0, 1, 300],
  [60, 1, 480],
  [400, 1, 1_000],
  [0, 10, 400],
  [0, 500, 1_000],
] as const)
  test(`PL-89 after a look of ${readMs} ms at one of ${plants} plants the next is ${want} ms later: within half a second, sparing the slow and the many`, () =>
    assert.equal(gapMs(readMs, plants), want))

test('PL-89 who knows of a change makes the follower look at once, and once more when it was looking already', async () => {
  const { follower, marks, heard, settle, tick, reads, delays } = bench()
  marks.set(1, new Map([[10, '5/1']]))
  follower.nudge(1)
  assert.equal(reads(), 0, 'nobody watches')
  follower.watch(1)
  follower.nudge(1)
  await settle()
  assert.deepEqual([reads(), delays()], [1, [0]], 'it was looking')
  await tick()
  marks.set(1, new Map([[10, '6/1']]))
  follower.nudge(1)
  await settle()
  assert.deepEqual(heard.at(-1), [1, { kind: 'changed', lineIds: [10], marks: new Map([[10, '6/1']]) }])
  assert.equal(delays().length, 1, 'one look is planned, not two')
})
