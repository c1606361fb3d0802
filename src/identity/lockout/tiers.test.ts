import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { begun, type Counter, emptyCounter, failed, isBlocked, tiers, withdrawn } from './tiers.ts'

const minuteMs = 60_000

/** What a try leaves; null when it was not admitted. */
const attempt = (counter: Counter, nowMs: number, isRight: boolean): Counter | null => {
  if (isBlocked(counter, tiers.pair, nowMs)) return null
  const after = begun(counter, tiers.pair, nowMs)
  return isRight ? withdrawn(after, nowMs) : failed(after, tiers.pair, nowMs)
}

test('ID-24 the fifth failure in 15 minutes blocks for 15 minutes from then on', () => {
  let counter = emptyCounter
  for (const minute of [0, 3, 6, 9]) counter = attempt(counter, minute * minuteMs, false) ?? assert.fail()
  assert.equal(isBlocked(counter, tiers.pair, 14 * minuteMs), false)
  counter = attempt(counter, 14 * minuteMs, false) ?? assert.fail()
  assert.equal(isBlocked(counter, tiers.pair, 15 * minuteMs), true, 'though the first failure has left the window')
  assert.equal(isBlocked(counter, tiers.pair, 29 * minuteMs - 1), true)
  assert.equal(isBlocked(counter, tiers.pair, 29 * minuteMs), false)
  const after = attempt(counter, 29 * minuteMs, false) ?? assert.fail()
  assert.equal(isBlocked(after, tiers.pair, 29 * minuteMs), false, 'a block that is over leaves no failures behind')
})

test('ID-24 of tries at the same time no more are admitted than may fail', () => {
  let counter = emptyCounter
  let admitted = 0
  for (let n = 0; n < 50; n += 1)
    if (!isBlocked(counter, tiers.pair, 0)) {
      counter = begun(counter, tiers.pair, 0)
      admitted += 1
    }
  assert.equal(admitted, 5)
})

test('ID-24 a clock that was a day ahead and is set back locks nobody out for that day', () => {
  const dayMs = 24 * 60 * minuteMs
  let counter = emptyCounter
  for (let n = 0; n < 5; n += 1) counter = attempt(counter, dayMs + n, false) ?? assert.fail()
  assert.equal(isBlocked(counter, tiers.pair, dayMs + 10), true)
  assert.equal(isBlocked(counter, tiers.pair, dayMs - minuteMs), true, 'another process, a minute behind')
  assert.equal(isBlocked(counter, tiers.pair, 0), false)
  let after = counter
  for (let n = 0; n < 5; n += 1) after = attempt(after, n, false) ?? assert.fail()
  assert.equal(isBlocked(after, tiers.pair, 10), true, 'and it counts as ever from then on')
})

test('ID-24 right tries never block, and in no 15 minutes more than five wrong ones are evaluated', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ pauseMs: fc.integer({ min: 1, max: 4 * minuteMs }), isRight: fc.boolean() }), { maxLength: 80 }),
      (steps) => {
        let counter = emptyCounter
        let nowMs = 0
        const wrong: number[] = []
        for (const { pauseMs, isRight } of steps) {
          nowMs += pauseMs
          const after = attempt(counter, nowMs, isRight)
          const recent = wrong.filter((at) => at > nowMs - 15 * minuteMs).length
          if (after === null) {
            assert.ok(wrong.filter((at) => at > nowMs - 30 * minuteMs).length >= 5)
            continue
          }
          counter = after
          if (!isRight) wrong.push(nowMs)
          assert.ok(recent + (isRight ? 0 : 1) <= 5)
        }
      },
    ),
  )
})
