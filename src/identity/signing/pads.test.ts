import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSecrets } from '../../platform/secrets/index.ts'
import { newPads, padLifeMs, uncover } from './pads.ts'

const secrets = createSecrets('a key of this test only, long enough')
const nowMs = Date.UTC(2026, 9, 20, 15)

/** What the page does with a pad (`src/browser/operator/kit.ts`). */
const covered = (key: string, pin: string): string => {
  const block = Buffer.alloc(16)
  block[0] = pin.length
  block.write(pin, 1, 'latin1')
  const bytes = Buffer.from(key, 'base64url')
  return Buffer.from(block.map((byte, at) => byte ^ (bytes[at] ?? 0))).toString('base64url')
}
const pads = newPads(secrets, 7, nowMs, 3)
const [pad, other] = pads
assert.ok(pad && other)

test('a PIN under a pad is read by the server, and by nobody who has not got the pad', () => {
  for (const pin of ['2580', '13579246']) assert.equal(uncover(secrets, 7, { padId: pad.id, pin: covered(pad.key, pin) }, nowMs), pin)
  assert.equal(new Set(pads.map(({ id }) => id)).size, 3)
  assert.notEqual(covered(pad.key, '2580'), covered(other.key, '2580'))
})

for (const [name, open] of [
  ['another pad', () => uncover(secrets, 7, { padId: other.id, pin: covered(pad.key, '2580') }, nowMs)],
  ['another screen', () => uncover(secrets, 8, { padId: pad.id, pin: covered(pad.key, '2580') }, nowMs)],
  [
    'another secret',
    () => uncover(createSecrets('another key of this test only!!!'), 7, { padId: pad.id, pin: covered(pad.key, '2580') }, nowMs),
  ],
  ['a week later', () => uncover(secrets, 7, { padId: pad.id, pin: covered(pad.key, '2580') }, nowMs + padLifeMs)],
  ['a pad of tomorrow', () => uncover(secrets, 7, { padId: pad.id, pin: covered(pad.key, '2580') }, nowMs - 86_400_000)],
  ['an id of its own making', () => uncover(secrets, 7, { padId: 'x', pin: covered(pad.key, '2580') }, nowMs)],
  ['letters for digits', () => uncover(secrets, 7, { padId: pad.id, pin: covered(pad.key, 'abcd') }, nowMs)],
  ['nothing', () => uncover(secrets, 7, { padId: pad.id, pin: '' }, nowMs)],
] as const)
  test(`a covered PIN is none with ${name}`, () => assert.equal(open(), null))

test('a pad holds for a weekend without network', () => {
  assert.equal(uncover(secrets, 7, { padId: pad.id, pin: covered(pad.key, '2580') }, nowMs + 3 * 86_400_000), '2580')
})
