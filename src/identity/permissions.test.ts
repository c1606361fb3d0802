import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  baseRole,
  effectivePermissions,
  hasPermission,
  isPermission,
  type MemberRole,
  parseRole,
  permissions,
  type Role,
  rolePermissions,
  roleRank,
} from './permissions.ts'

/** The matrix of identity 2.4 written out by hand, columns in this order. VIEWER also has view_pdvs and view_pos. */
const columns: readonly MemberRole[] = ['OWNER', 'ADMIN', 'MANAGER', 'OPERATOR', 'SELLER', 'ACCOUNTANT', 'VIEWER']
const matrix: Readonly<Record<string, string>> = {
  'manage_tenants view_platform manage_catalogs run_system_tasks view_all_audit': '-------',
  'delete_company transfer_ownership': 'X------',
  'manage_company manage_users invite_users manage_roles manage_api_keys manage_subscription view_audit_log refresh_cache manage_partitions':
    'XX-----',
  'view_users view_query_log': 'XXX----',
  view_dashboard: 'XXXX--X',
  'edit_dashboard view_production_data configure_plant recalculate_downtime manage_alerts': 'XXX----',
  'annotate_downtime acknowledge_alerts': 'XXXX---',
  export_data: 'XXX--X-',
  'view_contacts view_products view_stock view_taxes view_invoices view_bills': 'XXX-XXX',
  'edit_contacts create_invoices create_bills operate_pos': 'XX--X--',
  'delete_contacts cancel_invoices void_bills manage_products manage_taxes manage_pdvs manage_sellers adjust_stock': 'XX-----',
  'register_payments pay_bills send_documents calculate_taxes': 'XX--XX-',
  move_stock: 'XXX-X--',
  'view_pdvs view_pos': 'XXX-XXX',
  supervise_pos: 'XXX----',
  view_pos_reports: 'XXX--X-',
  view_reports: 'XXX--XX',
  view_files: 'XXXXXXX',
  upload_files: 'XXXXXX-',
  delete_files: 'XXX----',
  view_shopfloor: 'XXXX--X',
  'write_daily_reports run_checklists write_logbook upload_evidence': 'XXXX---',
  'manage_equipment manage_field_operators manage_checklist_templates manage_projects delete_shopfloor_records': 'XXX----',
  'manage_folders scan_folders': 'XX-----',
  use_todos: 'XXXXXXX',
}

for (const [codes, cells] of Object.entries(matrix))
  for (const code of codes.split(' '))
    test(`ID-41 ${code} is held by ${columns.filter((_, index) => cells[index] === 'X').join(', ') || 'SUPER_ADMIN only'}`, () => {
      assert.ok(isPermission(code))
      for (const [index, role] of columns.entries()) assert.equal(rolePermissions(role).has(code), cells[index] === 'X', role)
      assert.ok(rolePermissions('SUPER_ADMIN').has(code))
    })

test('ID-41 the matrix holds every code there is', () => {
  assert.deepEqual(
    [...permissions].sort(),
    Object.keys(matrix)
      .flatMap((codes) => codes.split(' '))
      .sort(),
  )
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
