import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSecrets, SealBrokenError } from './secrets.ts'

const secrets = createSecrets('a key of this test only, long enough')

test('what is sealed opens again, whatever the text', () => {
  for (const text of ['', 'mysql://root:pass@host/db', 'señal ñandú €', 'x'.repeat(10_000)]) {
    assert.equal(secrets.openSecret('plant-url', secrets.sealSecret('plant-url', text)), text)
  }
})

test('two seals of one text differ, and none shows it', () => {
  const [first, second] = [secrets.sealSecret('plant-url', 'hunter2'), secrets.sealSecret('plant-url', 'hunter2')]
  assert.notEqual(first, second)
  assert.match(first, /^v1\.[\w-]+$/)
  assert.ok(!Buffer.from(first.slice(3), 'base64url').includes('hunter2'))
})

test('another key, another purpose or one changed byte does not open it', () => {
  const sealed = secrets.sealSecret('plant-url', 'hunter2')
  assert.throws(() => createSecrets('another key of this test only').openSecret('plant-url', sealed), SealBrokenError)
  assert.throws(() => secrets.openSecret('csrf', sealed), SealBrokenError)
  const bytes = Buffer.from(sealed.slice(3), 'base64url')
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.throws(() => secrets.openSecret('plant-url', `v1.${changed.toString('base64url')}`), SealBrokenError)
  }
  for (const text of ['', 'v1.', 'v1.AAAA', 'v2.'.concat(sealed.slice(3)), 'plain'])
    assert.throws(() => secrets.openSecret('plant-url', text), SealBrokenError)
})

test('each purpose has its own key of 32 bytes, stable for one SECRET_KEY', () => {
  const again = createSecrets('a key of this test only, long enough')
  assert.equal(secrets.deriveKey('jwt').length, 32)
  assert.deepEqual(again.deriveKey('jwt'), secrets.deriveKey('jwt'))
  assert.notDeepEqual(secrets.deriveKey('jwt'), secrets.deriveKey('csrf'))
  assert.notEqual(secrets.hashToken('jwt', 't'), secrets.hashToken('csrf', 't'))
  assert.match(secrets.hashToken('jwt', 't'), /^[0-9a-f]{64}$/)
})
