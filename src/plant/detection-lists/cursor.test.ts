import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cursorOf, readCursor } from './cursor.ts'

test('PL-72 a cursor comes back as the place it was made of', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: -1e9, max: 9e9 }),
      fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      fc.nat(),
      fc.constantFrom('asc', 'desc'),
      (epochS, id, lineId, order) =>
        assert.deepEqual(readCursor(cursorOf({ epochS, id, lineId }, order)), { order, position: { epochS, id, lineId } }),
    ),
  ))

for (const text of [
  '',
  'x',
  'YXNjLjEuMg',
  '../../etc/passwd',
  "' or 1=1 --",
  '='.repeat(100),
  Buffer.from('asc.1.99999999999999999.1').toString('base64url'),
  Buffer.from('asc.1.1.1; drop').toString('base64url'),
])
  test(`PL-72 PL-82 ${JSON.stringify(text)} is no cursor`, () => assert.equal(readCursor(text), null))
