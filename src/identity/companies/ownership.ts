/** Handing a company over: the new owner has everything, the former one administers. */
import type { Db } from '../../platform/db/database.ts'
import { lockRow, transaction } from '../../platform/db/index.ts'
import type { TenantActor } from '../actor.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { type MailDeps, sendMail } from '../mails/index.ts'
import { verifyPassword } from '../passwords/index.ts'
import { identityPaths } from '../paths.ts'
import type { SessionDeps } from '../sessions/index.ts'
import { findUser, isSamePassword, languageOf } from '../users/index.ts'
import { problem } from './problems.ts'
import { findWorkingMember, type Member, updateRole } from './queries.ts'

export type Transfer = { readonly userId: number; readonly password: string }

/** A SUPER_ADMIN who is no member adds an owner; nobody steps down then.
 *  Throws 400 `current_password_incorrect`, 404 `user_not_found` (nobody who can work in the company), 409 `own_role`. */
export async function transferOwnership(
  deps: SessionDeps & MailDeps & { readonly db: Db },
  actor: TenantActor,
  { userId, password }: Transfer,
  origin: Origin,
): Promise<Member> {
  const { tenantId, slug, name } = actor.tenant
  const asker = await findUser(deps.db, { userId: actor.userId })
  if (!(await verifyPassword(asker?.passwordHash ?? '', password))) throw problem('current_password_incorrect')
  if (userId === actor.userId) throw problem('own_role')
  return transaction(deps.db, async (tx) => {
    // changed while it was checked: the company does not go by a password that is no more
    if (!(await isSamePassword(tx, actor.userId, asker?.passwordChangedAtMs ?? null))) throw problem('current_password_incorrect')
    await lockRow(tx, 'tenants', { id: tenantId })
    const db = { ...tx, tenantId }
    const next = await findWorkingMember(db, userId)
    if (!next) throw problem('user_not_found')
    const nowMs = deps.clock.nowMs()
    const former = await findWorkingMember(db, actor.userId)
    await updateRole(db, userId, 'OWNER', nowMs)
    if (former?.role === 'OWNER') await updateRole(db, former.userId, 'ADMIN', nowMs)
    await recordAudit(tx, deps, actor, 'OWNERSHIP_TRANSFERRED', {
      entityType: 'user',
      entityId: userId,
      origin,
      data: { from: actor.userId, to: userId, old: next.role },
    })
    for (const person of former ? [next, former] : [next])
      await sendMail(tx, deps, { email: person.email, language: languageOf(person.language) }, 'ownership_transferred', {
        name: person.fullName ?? person.username,
        company: name,
        owner: next.fullName ?? next.username,
        path: identityPaths.company({ company: slug }),
      })
    return next
  })
}
