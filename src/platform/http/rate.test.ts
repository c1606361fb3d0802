import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hourMs, minuteMs, type RateWindow } from '../limits/index.ts'
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

const windows: readonly RateWindow[] = [
  { limit: 3, windowMs: minuteMs },
  { limit: 5, windowMs: hourMs },
]

test('ID-22 in no window more calls pass than its limit, and a refused one passes exactly when it was told to', () => {
  const someWindows = fc.constantFrom([{ limit: 1, windowMs: minuteMs }], [{ limit: 4, windowMs: minuteMs }], windows)
  fc.assert(
    fc.property(someWindows, fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 80 }), (chosen, pauses) => {
      const window = new SlidingWindow()
      const passed: number[] = []
      const fits = (atMs: number) =>
        chosen.every(({ limit, windowMs }) => passed.filter((at) => at > atMs - windowMs && at <= atMs).length < limit)
      let nowMs = 0
      for (const pause of pauses) {
        nowMs += pause
        const couldPass = fits(nowMs)
        const { isAllowed, freesAtMs } = window.take('k', chosen, nowMs)
        assert.equal(isAllowed, couldPass)
        if (isAllowed) passed.push(nowMs)
        else assert.deepEqual([fits(freesAtMs - 1), fits(freesAtMs)], [false, true])
      }
    }),
  )
})

test('keys do not share their slots', () => {
  const window = new SlidingWindow()
  const one = [{ limit: 1, windowMs: minuteMs }]
  assert.equal(window.take('a', one, 0).isAllowed, true)
  assert.equal(window.take('a', one, 1).isAllowed, false)
  assert.equal(window.take('b', one, 1).isAllowed, true)
})

test('the headers tell of the window that fills first', () => {
  const window = new SlidingWindow()
  const { limit, remaining, freesAtMs } = window.take('k', windows, 0)
  assert.deepEqual({ limit, remaining, freesAtMs }, { limit: 3, remaining: 2, freesAtMs: minuteMs })
  for (const atMs of [minuteMs, 2 * minuteMs, 3 * minuteMs, 4 * minuteMs]) window.take('k', windows, atMs)
  assert.deepEqual(window.take('k', windows, 5 * minuteMs), { isAllowed: false, limit: 5, remaining: 0, freesAtMs: hourMs })
})
