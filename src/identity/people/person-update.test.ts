import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePersonUpdate } from './person-update.ts'

test('AC-31 an update that names only the e-mail leaves role and permissions alone', () => {
  const { update, faults } = parsePersonUpdate({ email: ' New@Example.com ' })
  assert.deepEqual(faults, [])
  assert.equal(update.role, undefined)
  assert.equal(update.permissions, undefined)
  assert.deepEqual(update, { email: 'new@example.com' })
})

test('AC-30 AC-29 an update with an unknown role, address and permission names each', () => {
  const { faults } = parsePersonUpdate({ email: 'not-an-email', role: 'INVALID_ROLE', permissions: ['view_dashboard', 'fly'] })
  assert.deepEqual(
    faults.map(({ path }) => path),
    ['email', 'role', 'permissions'],
  )
})

test('an empty list of permissions is a change, an absent one is none', () => {
  assert.deepEqual(parsePersonUpdate({ permissions: [] }).update, { permissions: [] })
  assert.deepEqual(parsePersonUpdate({ role: 'editor' }).update, { role: 'OPERATOR' })
})

test('ID-42 modules are words of ours in their order, null widens, an unknown one is a fault', () => {
  assert.deepEqual(parsePersonUpdate({ modules: ['erp', 'factory', 'erp'] }).update, { modules: ['factory', 'erp'] })
  assert.deepEqual(parsePersonUpdate({ modules: null }).update, { modules: null })
  assert.deepEqual(
    parsePersonUpdate({ modules: ['payroll'] }).faults.map(({ path, rule }) => `${path} ${rule}`),
    ['modules module'],
  )
})
