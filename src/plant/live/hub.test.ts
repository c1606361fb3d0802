import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LiveHub, type Watcher } from './hub.ts'

type Probe = Watcher & { readonly text: () => string; readonly ends: () => number; pending: number; isAllowed: boolean }

function watcher(tenantId: number, userId = 1): Probe {
  const written: string[] = []
  let ends = 0
  const probe: Probe = {
    tenantId,
    userId,
    pending: 0,
    isAllowed: true,
    outlet: { write: (text) => void written.push(text), pendingBytes: () => probe.pending, end: () => {} },
    isStillAllowed: async () => probe.isAllowed,
    onEnd: () => {
      ends += 1
    },
    text: () => written.join(''),
    ends: () => ends,
  }
  return probe
}
const hubAt = () => new LiveHub(() => Date.UTC(2026, 9, 19, 15, 17))

test('PL-89 a stream starts with how long to wait before coming back and with the state of the plant', () => {
  const probe = watcher(1)
  hubAt().add(probe, 'live')
  assert.equal(probe.text(), 'retry: 3000\n\nevent: status\ndata: {"state":"live","at":"2026-10-19T15:17:00.000Z"}\n\n')
})

test('PL-83 news of one tenant reach its own watchers only', () => {
  const hub = hubAt()
  const [own, foreign] = [watcher(1), watcher(2)]
  hub.add(own, 'live')
  hub.add(foreign, 'live')
  hub.publish(1, { kind: 'changed', lineIds: [7] })
  assert.match(own.text(), /event: changed\ndata: \{"line_ids":\[7\],"at":"2026-10-19T15:17:00.000Z"\}/)
  assert.doesNotMatch(foreign.text(), /changed/)
})

test('PL-89 a stream whose right has gone ends with the next heartbeat, or at once when its user changed something', async () => {
  const hub = hubAt()
  const [one, other] = [watcher(1, 1), watcher(1, 2)]
  hub.add(one, 'live')
  hub.add(other, 'live')
  one.isAllowed = false
  other.isAllowed = false
  await hub.recheckUser(2)
  assert.deepEqual([one.ends(), other.ends(), hub.size], [0, 1, 1])
  await hub.beat()
  assert.deepEqual([one.ends(), other.ends(), hub.size], [1, 1, 0])
})

test('PL-89 a reader that takes nothing between two heartbeats is cut, one that lets much pile up at once', async () => {
  const hub = hubAt()
  const [stuck, flooded, quick] = [watcher(1), watcher(1), watcher(1)]
  for (const probe of [stuck, flooded, quick]) hub.add(probe, 'live')
  stuck.pending = 10
  await hub.beat()
  assert.equal(stuck.ends(), 0)
  await hub.beat()
  assert.equal(stuck.ends(), 1)
  flooded.pending = 1_000_000
  hub.publish(1, { kind: 'changed', lineIds: [1] })
  assert.deepEqual([flooded.ends(), quick.ends()], [1, 0])
})

test('PL-89 a stream that left is told nothing more, and ends once', () => {
  const hub = hubAt()
  const probe = watcher(1)
  const leave = hub.add(probe, 'live')
  leave()
  const before = probe.text()
  hub.publish(1, { kind: 'changed', lineIds: [1] })
  hub.close()
  assert.deepEqual([probe.text(), probe.ends(), hub.countOf(1)], [before, 1, 0])
})
