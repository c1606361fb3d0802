/** Taking somebody out of a company, or out of the system. */
import { type Origin, recordAudit } from '../audit/index.ts'
import { removePin } from '../displays/index.ts'
import { invalidateLinks } from '../links/index.ts'
import { hasPermission } from '../permissions.ts'
import { problem as identityProblem } from '../problems.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { about, actOn, type Doing, demandOwnerRemains, demandTouch, type PeopleDeps } from './act.ts'
import { type Manager, parsePersonRef } from './person.ts'
import { problem } from './problems.ts'
import * as q from './queries.ts'

const freshSignInMs = 5 * 60_000

/** In a company the membership goes; the account with it (nameless from then on) when it was the company's own and this its last part anywhere.
 *  An account that is still used elsewhere is its person's own from then on. Out of any company, for oneself or by the platform's operators: all.
 *  Throws 403 `permission_denied`, `reauthentication_required` (oneself, when the sign-in is older than five minutes), `role_above_own`;
 *  404 `user_not_found`; 409 `last_owner`. */
export async function removePerson(
  deps: PeopleDeps,
  actor: Manager & { readonly sessionUuid: string | null },
  ref: string,
  origin: Origin,
): Promise<void> {
  const key = parsePersonRef(ref, actor.userId)
  const isSelf =
    ('userId' in key && key.userId === actor.userId) ||
    ('username' in key && key.username === actor.username) ||
    ('uuid' in key && (await q.findRow(deps.db, { tenantId: null }, key))?.id === actor.userId)
  if (!isSelf && !hasPermission(actor, 'manage_users')) throw identityProblem('permission_denied')
  if (isSelf) {
    const startedAtMs = actor.sessionUuid === null ? null : await q.sessionStartMs(deps.db, actor.sessionUuid)
    if (startedAtMs === null || deps.clock.nowMs() - startedAtMs > freshSignInMs) throw problem('reauthentication_required')
  }
  await actOn(deps, actor, isSelf ? String(actor.userId) : ref, (doing) => remove(deps, actor, doing, isSelf, origin))
}

async function remove(deps: PeopleDeps, actor: Manager, doing: Doing, isSelf: boolean, origin: Origin): Promise<void> {
  const { tx, person, tenant, tenantIds } = doing
  const nowMs = deps.clock.nowMs()
  demandTouch(actor, doing)
  const leaves = tenant ? [tenant.tenantId] : tenantIds
  await demandOwnerRemains(tx, leaves, person.userId)
  for (const tenantId of leaves) {
    await q.deleteMembership({ ...tx, tenantId }, person.userId)
    await removePin({ ...tx, tenantId }, deps, actor, person.userId, origin)
  }
  const isOwn =
    isSelf || actor.isSuperAdmin
      ? person.homeTenantId === null || leaves.includes(person.homeTenantId)
      : person.homeTenantId === tenant?.tenantId
  const isLast = tenantIds.every((tenantId) => leaves.includes(tenantId))
  const isGone = isLast && isOwn && !person.isSuperAdmin
  if (isGone) {
    await endSessionsOf(tx, deps, actor, person.userId, { reason: 'admin', origin })
    await invalidateLinks(tx, person.userId, ['signup', 'email_change', 'password_reset'], nowMs)
    await q.deleteSecondFactor(tx, person.userId)
    await q.anonymise(tx, person.userId, nowMs)
  } else if (tenant && person.homeTenantId === tenant.tenantId) {
    await q.updateAccount(tx, person.userId, { home_tenant_id: null, default_tenant_id: null }, nowMs)
  }
  const data = isGone ? { account: 'deleted' } : { account: 'kept', membership: 'removed' }
  await recordAudit(tx, deps, actor, 'USER_DELETED', { ...about(doing, origin), data })
}
