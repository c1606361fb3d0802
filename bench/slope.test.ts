import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slopeOf } from './slope.ts'

for (const [name, points, want] of [
  [
    'a line',
    [
      [0, 1],
      [1, 3],
      [2, 5],
    ],
    2,
  ],
  [
    'noise around a level',
    [
      [0, 5],
      [1, 7],
      [2, 7],
      [3, 5],
    ],
    0,
  ],
  [
    'a fall',
    [
      [10, 4],
      [20, 3],
    ],
    -0.1,
  ],
  [
    'one instant',
    [
      [1, 2],
      [1, 8],
    ],
    null,
  ],
  ['nothing', [], null],
] as const satisfies readonly (readonly [string, readonly (readonly [number, number])[], number | null])[])
  test(`slope of ${name}`, () => assert.equal(slopeOf(points), want))
