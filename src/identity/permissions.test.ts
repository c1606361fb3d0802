import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memberRoles, permissionTable } from '../../test/harness/permission-table.ts'
import {
  baseRole,
  effectivePermissions,
  hasPermission,
  isPermission,
  parseRole,
  permissions,
  type Role,
  rolePermissions,
  roleRank,
} from './permissions.ts'

for (const [code, holders] of permissionTable)
  test(`ID-41 ${code} is held by ${[...holders].join(', ') || 'SUPER_ADMIN only'}`, () => {
    assert.ok(isPermission(code))
    for (const role of memberRoles) assert.equal(rolePermissions(role).has(code), holders.has(role), role)
    assert.ok(rolePermissions('SUPER_ADMIN').has(code))
  })

test('ID-41 the matrix holds every code there is', () => {
  assert.deepEqual([...permissions].sort(), [...permissionTable.keys()].sort())
})

const holder = (role: Role, grants: string[] = []) => ({ role, permissions: effectivePermissions(role, grants) })
test('AC-15 an ADMIN manages users', () => assert.equal(hasPermission(holder('ADMIN'), 'manage_users'), true))
test('AC-16 a VIEWER exports only with an explicit grant', () => {
  assert.equal(hasPermission(holder('VIEWER', ['export_data']), 'export_data'), true)
  assert.equal(hasPermission(holder('VIEWER'), 'export_data'), false)
})
test('AC-17 a VIEWER does not manage users', () => assert.equal(hasPermission(holder('VIEWER'), 'manage_users'), false))
test('AC-18 a SUPER_ADMIN may even what has no name yet, nobody else may', () => {
  assert.equal(hasPermission(holder('SUPER_ADMIN'), 'any_permission_here'), true)
  assert.equal(hasPermission(holder('OWNER', ['any_permission_here']), 'any_permission_here'), false)
})

for (const [word, role] of [
  ['owner', 'OWNER'],
  ['Admin', 'ADMIN'],
  ['MANAGER', 'MANAGER'],
  ['supervisor', 'MANAGER'],
  ['operator', 'OPERATOR'],
  ['editor', 'OPERATOR'],
  ['seller', 'SELLER'],
  ['Cashier', 'SELLER'],
  ['accountant', 'ACCOUNTANT'],
  ['viewer', 'VIEWER'],
  ['user', 'VIEWER'],
  ['EMPLEADO', 'VIEWER'],
] as const)
  test(`ID-40 "${word}" is ${role}`, () => assert.equal(parseRole(word), role))

for (const word of ['INVALID_ROLE', 'SUPER_ADMIN', '', 'constructor', '__proto__', 'admin '.repeat(2)])
  test(`AC-30 "${word}" is no role to give`, () => assert.equal(parseRole(word), null))

test("a company's own role name has the capabilities of what it is mapped to, else of a VIEWER", () => {
  assert.equal(baseRole('jefe de turno', { 'JEFE DE TURNO': 'MANAGER' }), 'MANAGER')
  assert.equal(baseRole('PORTERO', {}), 'VIEWER')
  assert.equal(baseRole('admin', { ADMIN: 'VIEWER' }), 'ADMIN')
})

test('ID-42 modules narrow what a role brings, not what was granted', () => {
  const erpOnly = effectivePermissions('MANAGER', ['view_dashboard'], ['erp'])
  assert.equal(erpOnly.has('view_dashboard'), true)
  assert.equal(erpOnly.has('edit_dashboard'), false)
  assert.equal(erpOnly.has('view_stock'), true)
  assert.equal(erpOnly.has('view_users'), true)
  assert.equal(erpOnly.has('view_files'), true)
})

test('ranks order the roles', () => {
  assert.deepEqual(
    Object.entries(roleRank).map(([role, rank]) => `${role} ${rank}`),
    ['SUPER_ADMIN 100', 'OWNER 90', 'ADMIN 80', 'MANAGER 60', 'OPERATOR 40', 'SELLER 40', 'ACCOUNTANT 40', 'VIEWER 10'],
  )
})
