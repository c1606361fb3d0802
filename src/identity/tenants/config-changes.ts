/** Who changed a company's settings last, as the audit log tells it. */
import type { TenantDb } from '../../platform/db/database.ts'
import { decodeJson } from '../../platform/db/index.ts'
import { isRecord } from './tenant.ts'

/** `by` null: the system, or somebody who is gone. */
export type ConfigChange = { readonly by: string | null; readonly atMs: number }

/** Changes looked through: the one that is asked for is among the last ones. */
const lookBack = 200

/** The last change of one of these keys; null when it is not among the company's last changes. Index (tenant_id, created_at). */
export async function lastConfigChange({ kysely, tenantId }: TenantDb, keys: readonly string[]): Promise<ConfigChange | null> {
  const rows = await kysely
    .selectFrom('audit_logs as a')
    .leftJoin('users as u', 'u.id', 'a.user_id')
    .select(['a.details', 'a.created_at', 'u.username'])
    .where('a.tenant_id', '=', tenantId)
    .where('a.action', '=', 'COMPANY_UPDATED')
    .orderBy('a.created_at', 'desc')
    .orderBy('a.id', 'desc')
    .limit(lookBack)
    .execute()
  const found = rows.find(({ details }) => changedKeys(details).some((key) => keys.includes(key)))
  return found ? { by: found.username, atMs: found.created_at } : null
}

/** `config: [keys]`, or `fields` with `config.key` among columns. */
function changedKeys(details: unknown): string[] {
  const decoded = decodeJson(details)
  if (!decoded.ok || !isRecord(decoded.value)) return []
  const { config, fields } = decoded.value
  const listed = [config, fields].flatMap((list) => (Array.isArray(list) ? list : []))
  return listed.map((key) => String(key).replace(/^config\./, ''))
}
