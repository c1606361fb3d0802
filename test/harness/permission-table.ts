/** The permission matrix of identity 2.4 written out by hand, for whatever is held to it. VIEWER also has view_pdvs and view_pos. */
import type { MemberRole } from '../../src/identity/permissions.ts'

/** Order of the columns. */
export const memberRoles: readonly MemberRole[] = ['OWNER', 'ADMIN', 'MANAGER', 'OPERATOR', 'SELLER', 'ACCOUNTANT', 'VIEWER']

const rows: Readonly<Record<string, string>> = {
  'manage_tenants view_platform manage_catalogs run_system_tasks view_all_audit': '-------',
  'delete_company transfer_ownership': 'X------',
  'manage_company manage_users invite_users manage_roles manage_api_keys manage_subscription view_audit_log refresh_cache manage_partitions':
    'XX-----',
  'view_users view_query_log': 'XXX----',
  view_dashboard: 'XXXX--X',
  'edit_dashboard view_production_data configure_plant recalculate_downtime manage_alerts': 'XXX----',
  'annotate_downtime acknowledge_alerts': 'XXXX---',
  ingest_detections: 'XX-----',
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

/** Code to the roles that hold it; a SUPER_ADMIN holds them all. */
export const permissionTable: ReadonlyMap<string, ReadonlySet<MemberRole>> = new Map(
  Object.entries(rows).flatMap(([codes, cells]) =>
    codes.split(' ').map((code) => [code, new Set(memberRoles.filter((_, index) => cells[index] === 'X'))] as const),
  ),
)
