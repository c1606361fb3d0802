import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { clientGroup, SlidingWindow } from './rate.ts'

for (const c of [
  { ip: '10.0.0.7', want: '10.0.0.7' },
  { ip: '::ffff:10.0.0.7', want: '10.0.0.7' },
  { ip: '2001:db8:0:1:aaaa::1', want: '2001:db8:0:1::/64' },
  { ip: '2001:db8::1', want: '2001:db8:0:0::/64' },
  { ip: '::1', want: '0:0:0:0::/64' },
  { ip: '2001:0DB8:0000:0001::5', want: '2001:db8:0:1::/64' },
  { ip: 'fe80::1%eth0', want: 'fe80:0:0:0::/64' },
])
  test(`ID-21 ${c.ip} counts as ${c.want}`, () => assert.equal(clientGroup(c.ip), c.want))

test('in no minute more calls pass than the limit, and a refused one passes when it was told to', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 60 }), (limit, pauses) => {
      const window = new SlidingWindow()
      const passed: number[] = []
      let nowMs = 0
      for (const pause of pauses) {
        nowMs += pause
        const { isAllowed, resetS } = window.take('k', limit, nowMs)
        if (isAllowed) passed.push(nowMs)
        else {
          assert.equal(passed.filter((at) => at > nowMs + resetS * 1000 - 60_000).length < limit, true)
          assert.equal(passed.filter((at) => at > nowMs - 60_000).length, limit)
        }
      }
      for (const at of passed) assert.ok(passed.filter((other) => other > at - 60_000 && other <= at).length <= limit)
    }),
  )
})

test('keys do not share their slots', () => {
  const window = new SlidingWindow()
  assert.equal(window.take('a', 1, 0).isAllowed, true)
  assert.equal(window.take('a', 1, 1).isAllowed, false)
  assert.equal(window.take('b', 1, 1).isAllowed, true)
})
