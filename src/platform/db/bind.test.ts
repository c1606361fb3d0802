import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asInteger, bindable } from './bind.ts'

for (const { name, given, want } of [
  { name: 'a whole number as bigint', given: 5, want: 5n },
  { name: 'the largest exact number', given: Number.MAX_SAFE_INTEGER, want: 9_007_199_254_740_991n },
  { name: 'a fraction as it is', given: 0.5, want: 0.5 },
  { name: 'true as 1', given: true, want: 1n },
  { name: 'null', given: null, want: null },
  { name: 'text', given: 'Ñandú', want: 'Ñandú' },
]) {
  test(`binds ${name}`, () => assert.equal(bindable(given), want))
}

for (const given of [
  2 ** 53,
  -(2 ** 60),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2n ** 63n,
  undefined,
  new Date(0),
  { a: 1 },
  [1],
  Symbol('x'),
]) {
  test(`refuses to bind ${typeof given} ${String(given)}`, () => assert.throws(() => bindable(given), /cannot be bound/))
}

test('the sum of any engine becomes an exact integer, or is refused', () => {
  assert.deepEqual([asInteger('12'), asInteger(12), asInteger(12n), asInteger(null)], [12, 12, 12, null])
  for (const value of ['9007199254740993', '1.5', '', 'x', {}]) assert.throws(() => asInteger(value), RangeError)
})
