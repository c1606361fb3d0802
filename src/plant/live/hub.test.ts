import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LiveHub, type Watcher } from './hub.ts'
import type { EndReason, Form } from './message.ts'
import { positionOf } from './position.ts'

type Probe = Watcher & {
  readonly text: () => string
  readonly ends: () => readonly EndReason[]
  pending: number
  isAlive: boolean
  /** Null: the rights cannot be read. */
  isAllowed: boolean | null
}

type Given = Partial<Pick<Watcher, 'userId' | 'seen' | 'owner'>> & { readonly form?: Form; readonly lines?: readonly number[] }

function watcher(tenantId: number, { userId = 1, seen = null, owner = `user ${userId}`, form = 'stream', lines }: Given = {}): Probe {
  const written: string[] = []
  const ends: EndReason[] = []
  const probe: Probe = {
    tenantId,
    userId,
    owner,
    seen,
    pending: 0,
    isAlive: true,
    isAllowed: true,
    lineIds: () => lines ?? null,
    outlet: {
      form,
      write: (bytes) => void written.push(String(bytes)),
      pendingBytes: () => probe.pending,
      beat: () => probe.isAlive,
      end: () => {},
    },
    isStillAllowed: async () => {
      if (probe.isAllowed === null) throw new Error('no database')
      return probe.isAllowed
    },
    onEnd: (reason) => void ends.push(reason),
    text: () => written.join(''),
    ends: () => ends,
  }
  return probe
}

const atMs = Date.UTC(2026, 9, 19, 15, 17)
function hubAt() {
  let monotonicMs = 0
  const hub = new LiveHub({ nowMs: () => atMs, heartbeatMs: 15_000, monotonicMs: () => monotonicMs })
  return { hub, wait: (ms: number) => (monotonicMs += ms) }
}
const marks = new Map([
  [7, '5/1'],
  [8, '9/'],
])
const live = { state: 'live', marks } as const

test('PL-89 a stream starts with the state of the plant and with where it is; a socket with the same in JSON', () => {
  const { hub } = hubAt()
  const [stream, socket, early] = [watcher(1), watcher(1, { form: 'socket' }), watcher(2)]
  hub.add(stream, live)
  hub.add(socket, live)
  hub.add(early, { state: 'connecting', marks: null })
  const data = { state: 'live', at: '2026-10-19T15:17:00.000Z' }
  assert.equal(stream.text(), `id: ${positionOf(marks)}\nevent: status\ndata: ${JSON.stringify(data)}\n\n`)
  assert.deepEqual(JSON.parse(socket.text()), { event: 'status', id: positionOf(marks), data })
  assert.doesNotMatch(early.text(), /id:/)
})

test('PL-83 news of one tenant reach its own watchers only, and those bound to lines hear of these only', () => {
  const { hub } = hubAt()
  const [own, foreign, screen, other] = [watcher(1), watcher(2), watcher(1, { lines: [8] }), watcher(1, { lines: [9] })]
  for (const probe of [own, foreign, screen, other]) hub.add(probe, live)
  hub.publish(1, { kind: 'changed', lineIds: [7, 8], marks })
  assert.match(own.text(), /event: changed\ndata: \{"line_ids":\[7,8\],"at":"2026-10-19T15:17:00.000Z"\}/)
  assert.match(screen.text(), /"line_ids":\[8\]/)
  for (const probe of [foreign, other]) assert.doesNotMatch(probe.text(), /changed/)
})

test('PL-83 where a screen is says nothing of lines that it is not bound to, in any message, and brings back what it missed of its own', () => {
  const { hub } = hubAt()
  const screen = watcher(1, { lines: [8], seen: positionOf(new Map([[8, '8/']])) })
  hub.add(screen, live)
  hub.publish(1, { kind: 'status', state: 'live', marks })
  hub.publish(1, { kind: 'changed', lineIds: [7, 8], marks })
  const own = positionOf(new Map([[8, '9/']]))
  const ids = [...screen.text().matchAll(/^id: (.*)$/gm)].map(([, id]) => id)
  assert.deepEqual(ids, [own, own, own, own])
  assert.equal(screen.text().match(/event: changed\ndata: \{"line_ids":\[8\]/g)?.length, 2)
})

test('PL-TODO-41 who comes back is told what it missed, once, also when the plant is only looked at now', () => {
  const { hub } = hubAt()
  const seen = positionOf(new Map([...marks, [8, '8/']]))
  const [back, current, strange, screen] = [
    watcher(1, { seen }),
    watcher(1, { seen: positionOf(marks) }),
    watcher(1, { seen: '42' }),
    watcher(1, { seen, lines: [7] }),
  ]
  for (const probe of [back, current, strange, screen]) hub.add(probe, live)
  assert.match(back.text(), /event: changed\ndata: \{"line_ids":\[8\]/)
  assert.match(strange.text(), /event: changed\ndata: \{"line_ids":\[\]/, 'whatever it shows is to be asked for again')
  for (const probe of [current, screen]) assert.doesNotMatch(probe.text(), /changed/)

  const later = watcher(3, { seen })
  hub.add(later, { state: 'connecting', marks: null })
  assert.doesNotMatch(later.text(), /changed/)
  hub.publish(3, { kind: 'status', state: 'live', marks })
  hub.publish(3, { kind: 'status', state: 'live', marks })
  assert.equal(later.text().match(/event: changed\ndata: \{"line_ids":\[8\]/g)?.length, 1)
})

test('PL-89 a stream whose right has gone ends with the next heartbeat, or at once when its user changed something', async () => {
  const { hub } = hubAt()
  const [one, other] = [watcher(1, { userId: 1 }), watcher(1, { userId: 2 })]
  hub.add(one, live)
  hub.add(other, live)
  one.isAllowed = false
  other.isAllowed = false
  await hub.recheckUser(2)
  assert.deepEqual([one.ends(), other.ends(), hub.size], [[], ['refused'], 1])
  assert.match(other.text(), /event: bye\ndata: \{"reason":"refused"\}/)
  await hub.beat()
  assert.deepEqual([one.ends(), hub.size], [['refused'], 0])
})

test('PL-89 while rights cannot be read streams go on for less than a minute, and no longer', async () => {
  const { hub, wait } = hubAt()
  const probe = watcher(1)
  hub.add(probe, live)
  wait(15_000)
  await hub.beat()
  probe.isAllowed = null
  for (const _ of [1, 2]) {
    wait(15_000)
    await hub.beat()
    assert.deepEqual(probe.ends(), [])
  }
  wait(15_000)
  await hub.beat()
  assert.deepEqual(probe.ends(), ['unproven'])
})

test('PL-89 a recheck that hangs is not started twice, and does not keep a heartbeat from anybody', async () => {
  const { hub, wait } = hubAt()
  let asked = 0
  const isStillAllowed = () => {
    asked += 1
    return new Promise<never>(() => {})
  }
  const hung: Watcher = { ...watcher(1), isStillAllowed }
  const probe = watcher(1)
  hub.add(hung, live)
  hub.add(probe, live)
  for (const _ of [1, 2]) {
    wait(15_000)
    void hub.beat()
  }
  assert.equal(asked, 1)
  assert.equal(probe.text().match(/event: beat/g)?.length, 2)
})

test('PL-89 a reader that takes nothing between two heartbeats is cut, one that lets much pile up at once, a socket that is silent too', async () => {
  const { hub } = hubAt()
  const [stuck, flooded, quick, silent] = [watcher(1), watcher(1), watcher(1), watcher(1, { form: 'socket' })]
  for (const probe of [stuck, flooded, quick, silent]) hub.add(probe, live)
  stuck.pending = 10
  await hub.beat()
  assert.deepEqual(stuck.ends(), [])
  silent.isAlive = false
  await hub.beat()
  assert.deepEqual([stuck.ends(), silent.ends()], [['slow'], ['slow']])
  flooded.pending = 1_000_000
  hub.publish(1, { kind: 'changed', lineIds: [1], marks })
  assert.deepEqual([flooded.ends(), quick.ends()], [['slow'], []])
})

test('PL-89 a stream that left is told nothing more, and ends once; of the others each is told to come back when the server ends', () => {
  const { hub } = hubAt()
  const [probe, staying] = [watcher(1), watcher(1)]
  const leave = hub.add(probe, live)
  hub.add(staying, live)
  assert.equal(hub.countOf('user 1'), 2)
  leave()
  const before = probe.text()
  hub.publish(1, { kind: 'changed', lineIds: [1], marks })
  hub.close()
  assert.deepEqual([probe.text(), probe.ends(), hub.countOf('user 1'), hub.watchersOf(1)], [before, ['left'], 0, 0])
  assert.match(staying.text(), /event: bye\ndata: \{"reason":"restart"\}/)
})

test('PL-89 a message is written once, however many hear it', () => {
  const { hub } = hubAt()
  const heard: Buffer[] = []
  for (let at = 0; at < 100; at += 1) {
    const probe = watcher(1, { userId: at })
    hub.add({ ...probe, outlet: { ...probe.outlet, write: (bytes) => void heard.push(bytes) } }, live)
  }
  heard.length = 0
  hub.publish(1, { kind: 'changed', lineIds: [7], marks })
  assert.deepEqual([heard.length, new Set(heard).size], [100, 1])
})

test('rights are asked for one at a time for each listener, and once more when somebody wanted it meanwhile', async () => {
  const { hub } = hubAt()
  let [running, asked, most] = [0, 0, 0]
  const isStillAllowed = async () => {
    running += 1
    asked += 1
    most = Math.max(most, running)
    await new Promise((done) => setImmediate(done))
    running -= 1
    return true
  }
  const probe = watcher(1)
  hub.add({ ...probe, isStillAllowed }, live)
  await Promise.all(Array.from({ length: 24 }, () => hub.recheckUser(1)))
  assert.deepEqual([most, asked, probe.ends()], [1, 2, []])
})
