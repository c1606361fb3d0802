import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJson, encodeJson } from './json.ts'

for (const { name, stored, value } of [
  { name: 'text', stored: '{"a":[1]}', value: { a: [1] } },
  { name: 'an object that a driver parsed already', stored: { a: 1 }, value: { a: 1 } },
  { name: 'bytes', stored: new TextEncoder().encode('{"ñ":1}'), value: { ñ: 1 } },
  { name: 'NULL', stored: null, value: null },
  { name: 'blank text', stored: '  ', value: null },
  { name: 'JSON null', stored: 'null', value: null },
  { name: 'an object encoded twice', stored: '"{\\"a\\":1}"', value: { a: 1 } },
  { name: 'a list encoded three times', stored: JSON.stringify(JSON.stringify('[1,2]')), value: [1, 2] },
  { name: 'a text that only looks like a number', stored: '"12"', value: '12' },
  { name: 'a text that starts like an object', stored: '"{not json"', value: '{not json' },
]) {
  test(`reads ${name}`, () => assert.deepEqual(decodeJson(stored), { ok: true, value }))
}

test('text that is not JSON is reported with itself', () => assert.deepEqual(decodeJson('{"a":'), { ok: false, text: '{"a":' }))

test('what is written is read back', () => {
  for (const value of [null, 0, '', 'x', [1, null], { a: { b: 'ñ"\\' } }])
    assert.deepEqual(decodeJson(encodeJson(value)), { ok: true, value })
  assert.equal(encodeJson(undefined), 'null')
})
