import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tile } from './tiling.ts'

for (const c of [
  { name: 'widgets that fill their bands keep their width', columns: [4, 3, 1, 1, 1, 1, 1], width: 4, want: [4, 3, 1, 1, 1, 1, 1] },
  { name: 'the widest of an open band takes what is left', columns: [2, 1, 4], width: 4, want: [3, 1, 4] },
  { name: 'a last widget fills its band', columns: [2, 2, 2], width: 4, want: [2, 2, 4] },
  { name: 'on a tablet nothing is wider than two', columns: [4, 3, 1, 1, 1], width: 2, want: [2, 2, 1, 1, 2] },
  { name: 'nothing to place', columns: [], width: 4, want: [] },
])
  test(`PL-87 ${c.name}`, () =>
    assert.deepEqual(
      tile(
        c.columns.map((columns) => ({ columns })),
        c.width,
      ),
      c.want,
    ))

test('PL-87 bands have no holes and no widget is narrower than asked', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 30 }), fc.constantFrom(2, 4), (columns, width) => {
      const spans = tile(
        columns.map((c) => ({ columns: c })),
        width,
      )
      assert.equal(spans.length, columns.length)
      assert.ok(spans.every((span, i) => span >= Math.min(columns[i] ?? 0, width)))
      let filled = 0
      for (const span of spans) {
        filled += span
        assert.ok(filled <= width)
        if (filled === width) filled = 0
      }
      assert.equal(filled, 0)
    }),
  ))
