/** Roles and permission codes: the only vocabulary of access. A route's `access` is one of these codes. Pure. */

/** SUPER_ADMIN is a mark on the user, never a membership. */
export const roles = ['SUPER_ADMIN', 'OWNER', 'ADMIN', 'MANAGER', 'OPERATOR', 'SELLER', 'ACCOUNTANT', 'VIEWER'] as const
export type Role = (typeof roles)[number]
export type MemberRole = Exclude<Role, 'SUPER_ADMIN'>
export const isRole = (word: string): word is Role => (roles as readonly string[]).includes(word)

/** Nobody hands out a role that ranks above their own. */
export const roleRank = {
  SUPER_ADMIN: 100,
  OWNER: 90,
  ADMIN: 80,
  MANAGER: 60,
  OPERATOR: 40,
  SELLER: 40,
  ACCOUNTANT: 40,
  VIEWER: 10,
} as const satisfies Record<Role, number>

const roleByWord: Readonly<Record<string, MemberRole>> = {
  owner: 'OWNER',
  admin: 'ADMIN',
  manager: 'MANAGER',
  supervisor: 'MANAGER',
  operator: 'OPERATOR',
  editor: 'OPERATOR',
  seller: 'SELLER',
  cashier: 'SELLER',
  accountant: 'ACCOUNTANT',
  viewer: 'VIEWER',
  user: 'VIEWER',
  empleado: 'VIEWER',
}

/** The canonical role behind a word in any letter case, or null when there is none. */
export const parseRole = (word: string): MemberRole | null => {
  const key = word.trim().toLowerCase()
  return Object.hasOwn(roleByWord, key) ? (roleByWord[key] ?? null) : null
}

/** What a membership may be narrowed to. Company and file permissions belong to no module and are never narrowed. */
export const permissionModules = ['factory', 'erp', 'shopfloor'] as const
export type PermissionModule = (typeof permissionModules)[number]
type Group = 'platform' | 'company' | PermissionModule | 'files'
type Row = { readonly group: Group; readonly to: readonly MemberRole[]; readonly codes: readonly string[] }

const owner = ['OWNER'] as const
const admins = ['OWNER', 'ADMIN'] as const
const managers = ['OWNER', 'ADMIN', 'MANAGER'] as const
const everyone = ['OWNER', 'ADMIN', 'MANAGER', 'OPERATOR', 'SELLER', 'ACCOUNTANT', 'VIEWER'] as const

/** The permission matrix, one row per set of codes that the same roles hold. */
const matrix = [
  { group: 'platform', to: [], codes: ['manage_tenants', 'view_platform', 'manage_catalogs', 'run_system_tasks', 'view_all_audit'] },
  { group: 'company', to: owner, codes: ['delete_company', 'transfer_ownership'] },
  {
    group: 'company',
    to: admins,
    codes: [
      'manage_company',
      'manage_users',
      'invite_users',
      'manage_roles',
      'manage_api_keys',
      'manage_subscription',
      'view_audit_log',
      'refresh_cache',
      'manage_partitions',
    ],
  },
  { group: 'company', to: managers, codes: ['view_users', 'view_query_log'] },
  { group: 'factory', to: [...managers, 'OPERATOR', 'VIEWER'], codes: ['view_dashboard'] },
  {
    group: 'factory',
    to: managers,
    codes: ['edit_dashboard', 'view_production_data', 'configure_plant', 'recalculate_downtime', 'manage_alerts'],
  },
  { group: 'factory', to: [...managers, 'OPERATOR'], codes: ['annotate_downtime', 'acknowledge_alerts'] },
  { group: 'factory', to: admins, codes: ['ingest_detections'] },
  { group: 'factory', to: [...managers, 'ACCOUNTANT'], codes: ['export_data'] },
  {
    group: 'erp',
    to: [...managers, 'SELLER', 'ACCOUNTANT', 'VIEWER'],
    codes: ['view_contacts', 'view_products', 'view_stock', 'view_taxes', 'view_invoices', 'view_bills'],
  },
  { group: 'erp', to: [...admins, 'SELLER'], codes: ['edit_contacts', 'create_invoices', 'create_bills', 'operate_pos'] },
  {
    group: 'erp',
    to: admins,
    codes: [
      'delete_contacts',
      'cancel_invoices',
      'void_bills',
      'manage_products',
      'manage_taxes',
      'manage_pdvs',
      'manage_sellers',
      'adjust_stock',
    ],
  },
  { group: 'erp', to: [...admins, 'SELLER', 'ACCOUNTANT'], codes: ['register_payments', 'pay_bills', 'send_documents', 'calculate_taxes'] },
  { group: 'erp', to: [...managers, 'SELLER'], codes: ['move_stock'] },
  { group: 'erp', to: [...managers, 'SELLER', 'ACCOUNTANT', 'VIEWER'], codes: ['view_pdvs', 'view_pos'] },
  { group: 'erp', to: managers, codes: ['supervise_pos'] },
  { group: 'erp', to: [...managers, 'ACCOUNTANT'], codes: ['view_pos_reports'] },
  { group: 'erp', to: [...managers, 'ACCOUNTANT', 'VIEWER'], codes: ['view_reports'] },
  { group: 'files', to: everyone, codes: ['view_files'] },
  { group: 'files', to: [...managers, 'OPERATOR', 'SELLER', 'ACCOUNTANT'], codes: ['upload_files'] },
  { group: 'files', to: managers, codes: ['delete_files'] },
  { group: 'shopfloor', to: [...managers, 'OPERATOR', 'VIEWER'], codes: ['view_shopfloor'] },
  {
    group: 'shopfloor',
    to: [...managers, 'OPERATOR'],
    codes: ['write_daily_reports', 'run_checklists', 'write_logbook', 'upload_evidence'],
  },
  {
    group: 'shopfloor',
    to: managers,
    codes: ['manage_equipment', 'manage_field_operators', 'manage_checklist_templates', 'manage_projects', 'delete_shopfloor_records'],
  },
  { group: 'shopfloor', to: admins, codes: ['manage_folders', 'scan_folders'] },
  { group: 'shopfloor', to: everyone, codes: ['use_todos'] },
] as const satisfies readonly Row[]

/** What no program may hold, whoever makes its key: the platform's, and all that decides who is who and may what. */
const groupsOfPeople: ReadonlySet<string> = new Set(['platform', 'company'])
/** Codes of the company's group that are about its data, not about its people. */
const dataOfCompany: ReadonlySet<string> = new Set(['view_audit_log', 'view_query_log', 'refresh_cache', 'manage_partitions'])

export type Permission = (typeof matrix)[number]['codes'][number]
export const permissions: readonly Permission[] = matrix.flatMap((row): readonly Permission[] => row.codes)
/** Held by SUPER_ADMIN alone: no company has them to give. */
export const platformPermissions: ReadonlySet<Permission> = new Set(permissions.slice(0, permissions.indexOf('delete_company')))
const known: ReadonlySet<string> = new Set(permissions)
export const isPermission = (word: string): word is Permission => known.has(word)

/** Codes that an API key may carry. */
export const keyPermissions: readonly Permission[] = matrix
  .filter(({ group, codes }) => !groupsOfPeople.has(group) || codes.some((code) => dataOfCompany.has(code)))
  .flatMap(({ group, codes }): readonly Permission[] =>
    groupsOfPeople.has(group) ? codes.filter((code): code is Permission => dataOfCompany.has(code)) : codes,
  )

const narrowable = new Set<string>(permissionModules)

/** Codes that `role` holds by itself; `modules` (null = all) narrows the factory, ERP and shop-floor ones. */
export const rolePermissions = (role: Role, modules: readonly string[] | null = null): ReadonlySet<Permission> => {
  if (role === 'SUPER_ADMIN') return new Set(permissions)
  const held = (matrix as readonly Row[]).filter(
    (row) => row.to.includes(role) && (modules === null || !narrowable.has(row.group) || modules.includes(row.group)),
  )
  return new Set(held.flatMap((row) => row.codes).filter(isPermission))
}

/** What a member may do: the role's set narrowed by `modules`, plus explicit grants; unknown grants are dropped. */
export const effectivePermissions = (
  role: Role,
  grants: readonly string[] = [],
  modules: readonly string[] | null = null,
): ReadonlySet<Permission> => new Set([...rolePermissions(role, modules), ...grants.filter(isPermission)])

/** `code` may be any word: SUPER_ADMIN holds even codes this list does not know; nobody else does. */
export const hasPermission = (who: { readonly role: Role | null; readonly permissions: ReadonlySet<string> }, code: string): boolean =>
  who.role === 'SUPER_ADMIN' || who.permissions.has(code)

/** The role whose capabilities a stored role name has: itself, what the company maps its own name to, or VIEWER. */
export const baseRole = (roleName: string, companyRoles: Readonly<Record<string, MemberRole>>): MemberRole =>
  parseRole(roleName) ?? companyRoles[roleName.trim().toUpperCase()] ?? 'VIEWER'
