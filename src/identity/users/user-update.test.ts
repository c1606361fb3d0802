import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseUserUpdate } from './user-update.ts'

test('AC-31 an update that names only the e-mail leaves role and permissions alone', () => {
  const { update, faults } = parseUserUpdate({ email: ' New@Example.com ' })
  assert.deepEqual(faults, [])
  assert.equal(update.role, undefined)
  assert.equal(update.permissions, undefined)
  assert.deepEqual(update, { email: 'new@example.com' })
})

test('AC-30 AC-29 an update with an unknown role, address and permission names each', () => {
  const { faults } = parseUserUpdate({ email: 'not-an-email', role: 'INVALID_ROLE', permissions: ['view_dashboard', 'fly'] })
  assert.deepEqual(
    faults.map(({ path }) => path),
    ['email', 'role', 'permissions'],
  )
})

test('an empty list of permissions is a change, an absent one is none', () => {
  assert.deepEqual(parseUserUpdate({ permissions: [] }).update, { permissions: [] })
  assert.deepEqual(parseUserUpdate({ role: 'editor' }).update, { role: 'OPERATOR' })
})
