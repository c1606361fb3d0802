import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partOf } from './part.ts'

test('a part is found by its dots; what is inherited is none', () => {
  const value = { data: { items: [{ price: 7 }], none: null } }
  assert.equal(partOf(value, 'data.items.0.price'), 7)
  assert.equal(partOf(value, ''), value)
  assert.equal(partOf(value, 'data.none'), null)
  for (const path of ['data.other', 'constructor', '__proto__', 'data.items.length.x', 'data.none.x', '.'])
    assert.equal(partOf(value, path), undefined, path)
  assert.equal(partOf('text', '0'), undefined)
})
