import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newUuid } from './uuid.ts'

test('the example of RFC 9562 appendix A.6 comes out bit by bit', () => {
  const random = Buffer.from('0000000000000cc398c4dc0c0c07398f', 'hex')
  assert.equal(newUuid({ nowMs: 0x017f22e279b0, randomBytes: (bytes) => bytes.set(random) }), '017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
})

test('later ids sort after earlier ones, and ids of one millisecond differ', () => {
  const ids = [1, 2, 1_700_000_000_000, 2 ** 47].map((nowMs) => newUuid({ nowMs }))
  assert.deepEqual([...ids].sort(), ids)
  assert.equal(new Set(Array.from({ length: 1000 }, () => newUuid({ nowMs: 5 }))).size, 1000)
})
