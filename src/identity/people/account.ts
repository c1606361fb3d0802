/** What is done to somebody's account as a whole, or to their membership as a whole. */
import { type Origin, recordAudit } from '../audit/index.ts'
import { unlockAccount } from '../lockout/index.ts'
import { resetMfa } from '../mfa/index.ts'
import { problem as identityProblem } from '../problems.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { maxUsers } from '../tenants/index.ts'
import { about, actOn, type Doing, demandAccount, demandOther, demandOwnerRemains, demandTouch, type PeopleDeps } from './act.ts'
import type { Manager } from './person.ts'
import * as q from './queries.ts'

/** The account is of no use anywhere from here on; all its sessions end. Twice is once.
 *  Throws 403 `own_account`, `role_above_own`, `other_home_tenant`; 404 `user_not_found`; 409 `last_owner` (of any company). */
export const disablePerson = (deps: PeopleDeps, actor: Manager, ref: string, origin: Origin) =>
  actOn(deps, actor, ref, async (doing) => {
    const { tx, person, tenantIds } = doing
    demandOther(actor, doing)
    demandAccount(actor, doing)
    if (!person.isActive) return person.userId
    await demandOwnerRemains(tx, tenantIds, person.userId)
    await q.updateAccount(tx, person.userId, { is_active: 0 }, deps.clock.nowMs())
    await endSessionsOf(tx, deps, actor, person.userId, { reason: 'disabled', origin })
    await recordAudit(tx, deps, actor, 'USER_DISABLED', about(doing, origin))
    return person.userId
  })

/** Throws 403 `role_above_own`, `other_home_tenant`; 404 `user_not_found`. */
export const enablePerson = (deps: PeopleDeps, actor: Manager, ref: string, origin: Origin) =>
  actOn(deps, actor, ref, async (doing) => {
    demandAccount(actor, doing)
    if (doing.person.isActive) return doing.person.userId
    await q.updateAccount(doing.tx, doing.person.userId, { is_active: 1 }, deps.clock.nowMs())
    await recordAudit(doing.tx, deps, actor, 'USER_ENABLED', about(doing, origin))
    return doing.person.userId
  })

/** At the next request the person must choose a new password. Throws 403 `own_account` and the same. */
export const requirePasswordChange = (deps: PeopleDeps, actor: Manager, ref: string, origin: Origin) =>
  actOn(deps, actor, ref, async (doing) => {
    demandOther(actor, doing)
    demandAccount(actor, doing)
    await q.updateAccount(doing.tx, doing.person.userId, { must_change_password: 1 }, deps.clock.nowMs())
    await recordAudit(doing.tx, deps, actor, 'USER_UPDATED', { ...about(doing, origin), data: { fields: ['must_change_password'] } })
    return doing.person.userId
  })

/** Failed sign-ins are forgotten. Same refusals. */
export const unlockPerson = (deps: PeopleDeps, actor: Manager, ref: string, origin: Origin) =>
  actOn(deps, actor, ref, async (doing) => {
    demandAccount(actor, doing)
    await unlockAccount(doing.tx, doing.person.userId)
    await recordAudit(doing.tx, deps, actor, 'USER_UNLOCKED', about(doing, origin))
    return doing.person.userId
  })

/** The second factor goes, and every session with it: whoever asked for this may not be the person. Same refusals. */
export const resetSecondFactor = (deps: PeopleDeps, actor: Manager, ref: string, origin: Origin) =>
  actOn(deps, actor, ref, async (doing) => {
    demandOther(actor, doing)
    demandAccount(actor, doing)
    const { tx, person } = doing
    if (await resetMfa(tx, deps, actor, person.userId, origin))
      await endSessionsOf(tx, deps, actor, person.userId, { reason: 'admin', origin })
    return person.userId
  })

/** Keeps somebody out of this company alone; their account is not touched. Throws 403 `own_account`, `role_above_own`; 404; 409 `last_owner`. */
export const suspendMember = (deps: PeopleDeps, actor: Manager, ref: string, origin: Origin) =>
  actOn(deps, actor, ref, async (doing) => {
    demandOther(actor, doing)
    demandTouch(actor, doing)
    const { tenant, member } = demandMember(doing)
    if (member.status === 'suspended') return doing.person.userId
    if (member.status !== 'active') throw identityProblem('user_not_found')
    await demandOwnerRemains(doing.tx, [tenant.tenantId], doing.person.userId)
    return setStatus(deps, actor, doing, { status: 'suspended', tenantId: tenant.tenantId }, origin)
  })

/** Throws 403 `role_above_own`; 404 `user_not_found`; 409 `tenant_user_limit`. */
export const reactivateMember = (deps: PeopleDeps, actor: Manager, ref: string, origin: Origin) =>
  actOn(deps, actor, ref, async (doing) => {
    demandTouch(actor, doing)
    const { tenant, member } = demandMember(doing)
    if (member.status === 'active') return doing.person.userId
    if (member.status !== 'suspended') throw identityProblem('user_not_found')
    const limit = maxUsers(tenant.config)
    if (limit !== null && (await q.countActive({ ...doing.tx, tenantId: tenant.tenantId })) >= limit)
      throw identityProblem('tenant_user_limit', { parameters: { limit } })
    return setStatus(deps, actor, doing, { status: 'active', tenantId: tenant.tenantId }, origin)
  })

function demandMember({ person, tenant }: Doing) {
  if (!tenant) throw identityProblem('company_required')
  if (!person.member) throw identityProblem('user_not_found')
  return { tenant, member: person.member }
}

async function setStatus(
  deps: PeopleDeps,
  actor: Manager,
  doing: Doing,
  { status, tenantId }: { readonly status: 'active' | 'suspended'; readonly tenantId: number },
  origin: Origin,
): Promise<number> {
  await q.updateMembership({ ...doing.tx, tenantId }, doing.person.userId, { status }, deps.clock.nowMs())
  const data = { fields: ['status'], old: doing.person.member?.status, new: status }
  await recordAudit(doing.tx, deps, actor, 'UPDATE', { ...about(doing, origin), entityType: 'membership', data })
  return doing.person.userId
}
