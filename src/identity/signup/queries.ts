/** SQL of signing up that is nobody else's. */
import type { Db } from '../../platform/db/database.ts'
import { findTenant, type Tenant } from '../tenants/index.ts'

/** The active company that takes in people of this mail domain; the oldest one when several do. */
export async function findTenantOfDomain(db: Db, domain: string): Promise<Tenant | null> {
  const rows = await db.kysely
    .selectFrom('tenants')
    .select(['id', 'signup_domains'])
    .where('is_active', '=', 1)
    .where('deleted_at', 'is', null)
    .where('signup_domains', 'is not', null)
    .orderBy('id')
    .execute()
  const owner = rows.find((row) => (JSON.parse(row.signup_domains ?? '[]') as string[]).some((known) => known.toLowerCase() === domain))
  return owner ? findTenant(db, owner.id) : null
}
