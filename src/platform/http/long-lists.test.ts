import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { longList } from './long-lists.ts'
import type { JsonSchema } from './projection.ts'

const few = Type.Array(Type.Integer(), { maxItems: 2 })
const schema = Type.Object({
  ids: few,
  either: Type.Union([few, Type.String()]),
  rows: Type.Array(Type.Object({ 'a/b': few }), { maxItems: 3 }),
  endless: Type.Array(Type.Integer()),
}) as JsonSchema

for (const [value, want] of [
  [{ ids: [1, 2], either: [1], rows: [{ 'a/b': [] }], endless: [1, 2, 3, 4] }, null],
  [{ ids: [1, 2, 3] }, { at: '/ids', limit: 2 }],
  [{ either: [1, 2, 3] }, { at: '/either', limit: 2 }],
  [{ either: 'text' }, null],
  [{ rows: [{}, { 'a/b': [1, 2, 3] }] }, { at: '/rows/1/a~1b', limit: 2 }],
  [{ rows: [null, 1, []] }, null],
  [{ rows: {}, ids: 'x', other: [1, 2, 3] }, null],
  [[1, 2, 3, 4], null],
  [null, null],
] as const)
  test(`a list beyond its limit is found by its path: ${JSON.stringify(value)}`, () => assert.deepEqual(longList(schema, value), want))

test('a list of half a million is refused without a look at its items', () => {
  const looked: unknown[] = []
  const items = new Proxy(Array(500_000).fill(0), {
    get: (list, name) => {
      looked.push(name)
      return Reflect.get(list, name)
    },
  })
  assert.deepEqual(longList(schema, { ids: items }), { at: '/ids', limit: 2 })
  assert.deepEqual(new Set(looked), new Set(['length']))
})
