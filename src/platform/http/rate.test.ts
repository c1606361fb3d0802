import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hourMs, minuteMs, type RateWindow, type Taken } from '../limits/index.ts'
import { clientGroup, localSharedLimit, SlidingWindow } from './rate.ts'

for (const c of [
  { ip: '10.0.0.7', want: '10.0.0.7' },
  { ip: '::ffff:10.0.0.7', want: '10.0.0.7' },
  { ip: '2001:db8:0:1:aaaa::1', want: '2001:db8:0:1::/64' },
  { ip: '2001:db8::1', want: '2001:db8:0:0::/64' },
  { ip: '::1', want: '0:0:0:0::/64' },
  { ip: '2001:0DB8:0000:0001::5', want: '2001:db8:0:1::/64' },
  { ip: 'fe80::1%eth0', want: 'fe80:0:0:0::/64' },
  { ip: '10.0.0.7:51234', want: '10.0.0.7' },
  { ip: '[2001:db8::1]:51234', want: '2001:db8:0:0::/64' },
  { ip: '[2001:db8::1]', want: '2001:db8:0:0::/64' },
  { ip: 'guess-1', want: 'unknown' },
  { ip: '1:2', want: 'unknown' },
])
  test(`ID-21 ${c.ip} counts as ${c.want}`, () => assert.equal(clientGroup(c.ip), c.want))

const windows: readonly RateWindow[] = [
  { limit: 3, windowMs: minuteMs },
  { limit: 5, windowMs: hourMs },
]
type Take = (atMs: number) => Promise<Taken>
const inProcess = (limit: number): { take: Take; windows: readonly RateWindow[] } => {
  const window = new SlidingWindow()
  return { take: async (atMs) => window.take('k', limit, atMs), windows: [{ limit, windowMs: minuteMs }] }
}
const shared = (chosen: readonly RateWindow[]): { take: Take; windows: readonly RateWindow[] } => {
  let nowMs = 0
  const limit = localSharedLimit({ nowMs: () => nowMs })
  return {
    take: (atMs) => {
      nowMs = atMs
      return limit('k', chosen)
    },
    windows: chosen,
  }
}

test('ID-22 in no window more calls pass than its limit, and a refused one passes exactly when it was told to', async () => {
  const kinds = [() => inProcess(1), () => inProcess(4), () => shared([{ limit: 2, windowMs: minuteMs }]), () => shared(windows)]
  const property = fc.asyncProperty(
    fc.constantFrom(...kinds),
    fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 80 }),
    async (make, pauses) => {
      const { take, windows: held } = make()
      const passed: number[] = []
      const fits = (atMs: number) =>
        held.every(({ limit, windowMs }) => passed.filter((at) => at > atMs - windowMs && at <= atMs).length < limit)
      let nowMs = 0
      for (const pause of pauses) {
        nowMs += pause
        const couldPass = fits(nowMs)
        const { isAllowed, freesAtMs } = await take(nowMs)
        assert.equal(isAllowed, couldPass)
        if (isAllowed) passed.push(nowMs)
        else assert.deepEqual([fits(freesAtMs - 1), fits(freesAtMs)], [false, true])
      }
    },
  )
  await fc.assert(property)
})

test('keys do not share their slots', () => {
  const window = new SlidingWindow()
  assert.equal(window.take('a', 1, 0).isAllowed, true)
  assert.equal(window.take('a', 1, 1).isAllowed, false)
  assert.equal(window.take('b', 1, 1).isAllowed, true)
})

test('the headers tell of the window that fills first', async () => {
  const { take } = shared(windows)
  assert.deepEqual(await take(0), { isAllowed: true, limit: 3, remaining: 2, freesAtMs: minuteMs })
  for (const atMs of [minuteMs, 2 * minuteMs, 3 * minuteMs, 4 * minuteMs]) await take(atMs)
  assert.deepEqual(await take(5 * minuteMs), { isAllowed: false, limit: 5, remaining: 0, freesAtMs: hourMs })
})
