/** Who waits for a decision of the company: the number beside "Users" on each of its administration pages. */
import type { TenantDb } from '../../platform/db/database.ts'
import type { Permission } from '../permissions.ts'

/** 0 for whoever may not decide. */
export const countWaiting = async (db: TenantDb, { permissions }: { readonly permissions: ReadonlySet<Permission> }): Promise<number> =>
  permissions.has('manage_users') ? countPending(db) : 0

async function countPending({ kysely, tenantId }: TenantDb): Promise<number> {
  const row = await kysely
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select((eb) => eb.fn.countAll().as('pending'))
    .where('m.tenant_id', '=', tenantId)
    .where('u.deleted_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('m.status', '=', 'pending'),
        eb.and([
          eb('m.status', 'in', ['active', 'suspended']),
          eb('u.approval_status', '=', 'pending'),
          eb('u.home_tenant_id', '=', tenantId),
        ]),
      ]),
    )
    .executeTakeFirst()
  return Number(row?.pending ?? 0)
}
