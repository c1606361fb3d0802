import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QueryTimeoutError } from '../../platform/db/index.ts'
import { createCircuit } from './circuit.ts'

function setUp() {
  let nowMs = 0
  const circuit = createCircuit({ nowMs: () => nowMs })
  return {
    circuit,
    advance: (ms: number) => {
      nowMs += ms
    },
  }
}
const gone = () => new Error('no route')

test('PL-18 one failed connection is enough: the others are told how long to wait', () => {
  const { circuit, advance } = setUp()
  assert.equal(circuit.enter(), null)
  circuit.failed(gone())
  assert.equal(circuit.enter(), 2_000)
  advance(1_500)
  assert.equal(circuit.enter(), 500)
})

test('PL-18 after the pause one caller tries while the others still wait; success opens the way for all', () => {
  const { circuit, advance } = setUp()
  circuit.failed(gone())
  advance(2_000)
  assert.equal(circuit.enter(), null, 'the one that tries')
  assert.equal(circuit.enter(), 2_000)
  circuit.succeeded()
  assert.deepEqual([circuit.enter(), circuit.enter(), circuit.lastError()], [null, null, null])
})

test('PL-18 each failure in a row doubles the pause, up to half a minute', () => {
  const { circuit, advance } = setUp()
  const pauses: (number | null)[] = []
  for (let attempt = 0; attempt < 6; attempt++) {
    circuit.failed(gone())
    const waitMs = circuit.enter()
    pauses.push(waitMs)
    advance(waitMs ?? 0)
    assert.equal(circuit.enter(), null)
  }
  assert.deepEqual(pauses, [2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})

test('PL-18 slow statements are tolerated, several in a row are not', () => {
  const { circuit } = setUp()
  circuit.failed(new QueryTimeoutError(5_000))
  circuit.failed(new QueryTimeoutError(5_000))
  assert.equal(circuit.enter(), null)
  circuit.succeeded()
  circuit.failed(new QueryTimeoutError(5_000))
  circuit.failed(new QueryTimeoutError(5_000))
  assert.equal(circuit.enter(), null, 'a success in between starts the count anew')
  circuit.failed(new QueryTimeoutError(5_000))
  assert.equal(circuit.enter(), 2_000)
})

test('PL-18 a caller that was refused for its own reasons lets the next one try', () => {
  const { circuit, advance } = setUp()
  circuit.failed(gone())
  advance(2_000)
  assert.equal(circuit.enter(), null)
  circuit.abandoned()
  assert.equal(circuit.enter(), null)
})

test('PL-18 requests that were under way when it opened do not lengthen the pause', () => {
  const { circuit } = setUp()
  for (let request = 0; request < 5; request++) circuit.failed(gone())
  assert.equal(circuit.enter(), 2_000)
  circuit.abandoned()
  assert.equal(circuit.enter(), 2_000, 'nor shorten it')
})

test("PL-18 asking how long to wait takes nobody's turn to try", () => {
  const { circuit, advance } = setUp()
  circuit.failed(gone())
  assert.equal(circuit.waitMs(), 2_000)
  advance(2_000)
  assert.equal(circuit.waitMs(), null)
  assert.deepEqual([circuit.enter(), circuit.enter()], [null, 2_000], 'the turn is still there')
})
