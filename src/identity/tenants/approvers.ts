/** Who is told that somebody waits to be let in. */
import type { Db } from '../../platform/db/database.ts'
import { type MailDeps, sendMail } from '../mails/index.ts'
import { identityPaths } from '../paths.ts'
import { languageOf } from '../users/index.ts'
import { findTenant, toMember } from './queries.ts'
import { access } from './tenant.ts'

export type Applicant = { readonly name: string; readonly email: string }

/** Writes to everybody in the company who holds manage_users; without a company, to the platform's operators. Runs in the transaction
 *  that makes the account or the membership. Answers how many were written to. */
export async function mailApprovers(tx: Db, deps: MailDeps, tenantId: number | null, { name, email }: Applicant): Promise<number> {
  const company = tenantId === null ? null : await findTenant(tx, tenantId)
  const people = company ? await listApprovers({ ...tx, tenantId: company.tenantId }, company) : await listOperators(tx)
  const path = company ? `${identityPaths.users({ company: company.slug })}?status=pending` : identityPaths.home()
  for (const person of people) await sendMail(tx, deps, person, 'approval_pending', { name, email, company: company?.name ?? '', path })
  return people.length
}

const reachable = (db: Db) =>
  db.kysely
    .selectFrom('users as u')
    .select(['u.email', 'u.preferred_lang'])
    .where('u.is_active', '=', 1)
    .where('u.approval_status', '=', 'approved')
    .where('u.deleted_at', 'is', null)
    .orderBy('u.id')

async function listApprovers(db: Db & { readonly tenantId: number }, tenant: Parameters<typeof access>[0]['tenant']) {
  const rows = await reachable(db)
    .innerJoin('memberships as m', (join) => join.onRef('m.user_id', '=', 'u.id').on('m.tenant_id', '=', db.tenantId))
    .select(['m.role', 'm.permissions', 'm.modules', 'm.status'])
    .where('m.status', '=', 'active')
    .execute()
  return rows.filter((row) => access({ ...toMember(row), tenant }).permissions.has('manage_users')).map(toRecipient)
}

async function listOperators(db: Db) {
  const rows = await reachable(db).where('u.is_super_admin', '=', 1).execute()
  return rows.map(toRecipient)
}

const toRecipient = ({ email, preferred_lang }: { readonly email: string; readonly preferred_lang: string | null }) => ({
  email,
  language: languageOf(preferred_lang),
})
