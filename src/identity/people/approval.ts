/** Letting people in, or not. */
import type { Db } from '../../platform/db/database.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { sendMail } from '../mails/index.ts'
import { identityPaths } from '../paths.ts'
import { problem as identityProblem } from '../problems.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { findTenant, maxUsers, storedRole, type Tenant } from '../tenants/index.ts'
import { parseProfile } from '../users/index.ts'
import { about, actOn, type Doing, demandTouch, type PeopleDeps } from './act.ts'
import { isForeign, type Manager, refusalToGive } from './person.ts'
import { problem } from './problems.ts'
import * as q from './queries.ts'

export type Approval = { readonly role?: string | undefined; readonly category?: string | null | undefined }

/** In a company this decides on the membership, and on the account when it is the company's own; for the platform's operators, on the account and
 *  on the membership in its home. Somebody who is in already stays as they are. Without `role` the one they asked for or were invited with.
 *  Throws 404 `user_not_found`; 403 `role_above_own`, `other_home_tenant` (a category is of the account); 409 `tenant_user_limit`, `not_pending`;
 *  422 `validation_failed`. */
export const approvePerson = (deps: PeopleDeps, actor: Manager, ref: string, { role, category }: Approval, origin: Origin) =>
  actOn(deps, actor, ref, async (doing) => {
    const { tx, person } = doing
    const nowMs = deps.clock.nowMs()
    const foreign = isForeign(actor, person.homeTenantId)
    demandTouch(actor, doing)
    const membership = await membershipToDecide(doing)
    const isAccountWaiting = !foreign && person.approvalStatus !== 'approved'
    if (membership?.status === 'suspended') throw problem('not_pending')
    if (membership?.status !== 'pending' && membership?.status !== 'rejected' && !isAccountWaiting) return person.userId
    if (foreign && category) throw problem('other_home_tenant')
    const { change, faults } = parseProfile(category === undefined ? {} : { category }, { today: '' })
    const asked = role ?? membership?.roleName ?? 'VIEWER'
    const stored = membership ? storedRole(asked, membership.tenant.config) : asked
    const unknownRole = { path: 'role', rule: 'role', message: { es: 'No es un rol conocido', en: 'Is not a known role' } }
    if (faults.length > 0 || stored === null)
      throw identityProblem('validation_failed', { fields: [...faults, ...(stored === null ? [unknownRole] : [])] })
    if (membership && membership.status !== 'active') {
      const refusal = refusalToGive(actor, stored, membership.tenant)
      if (refusal) throw problem(refusal)
      await letIn(tx, membership.tenant, person.userId, { role: stored, approvedBy: actor.userId, nowMs })
    }
    const account = isAccountWaiting ? ({ approval_status: 'approved', approved_at: nowMs, approved_by: actor.userId } as const) : {}
    if (isAccountWaiting || change.category !== undefined) await q.updateAccount(tx, person.userId, { ...account, ...change }, nowMs)
    const data = { role: stored, ...(change.category && { category: change.category }) }
    await recordAudit(tx, deps, actor, 'USER_APPROVED', { ...about(doing, origin), data })
    const path = membership ? identityPaths.dashboard({ company: membership.tenant.slug }) : identityPaths.home()
    await sendMail(tx, deps, person, 'approved', { name: person.name, company: membership?.tenant.name ?? '', path })
    log(deps, 'user_approved', actor, person.userId, origin)
    return person.userId
  })

/** Nobody who is a member already: they are disabled or removed. Throws 404 `user_not_found`, 403 `role_above_own`, 409 `not_pending`. */
export const rejectPerson = (deps: PeopleDeps, actor: Manager, ref: string, reason: string | null, origin: Origin) =>
  actOn(deps, actor, ref, async (doing) => {
    const { tx, person } = doing
    const nowMs = deps.clock.nowMs()
    const foreign = isForeign(actor, person.homeTenantId)
    demandTouch(actor, doing)
    const membership = await membershipToDecide(doing)
    const isAccountDecided = foreign || person.approvalStatus === 'rejected'
    if (membership ? membership.status === 'rejected' && isAccountDecided : isAccountDecided) return person.userId
    const isIn = membership !== null && membership.status !== 'pending' && membership.status !== 'rejected'
    if (isIn && (foreign || person.approvalStatus === 'approved')) throw problem('not_pending')
    if (!membership && person.approvalStatus === 'approved') throw problem('not_pending')
    if (membership && membership.status !== 'rejected')
      await q.updateMembership({ ...tx, tenantId: membership.tenant.tenantId }, person.userId, { status: 'rejected' }, nowMs)
    if (!isAccountDecided) {
      await q.updateAccount(tx, person.userId, { approval_status: 'rejected' }, nowMs)
      await endSessionsOf(tx, deps, actor, person.userId, { reason: 'admin', origin })
    }
    await recordAudit(tx, deps, actor, 'USER_REJECTED', { ...about(doing, origin), data: reason ? { reason } : {} })
    await sendMail(tx, deps, person, 'rejected', { name: person.name, company: membership?.tenant.name ?? '', reason: reason ?? '' })
    log(deps, 'user_rejected', actor, person.userId, origin)
    return person.userId
  })

type Undecided = { readonly tenant: Tenant; readonly roleName: string; readonly status: string }

/** The one in the actor's company; for an operator of the platform the one in the account's home. */
async function membershipToDecide({ tx, person, tenant }: Doing): Promise<Undecided | null> {
  if (tenant) return person.member && { tenant, roleName: person.member.roleName, status: person.member.status }
  const home = person.homeTenantId === null ? null : await findTenant(tx, person.homeTenantId)
  const row = home && (await q.findRow(tx, { tenantId: home.tenantId }, { userId: person.userId }))
  const member = row ? q.memberOf(row) : null
  return home && member ? { tenant: home, roleName: member.roleName, status: member.status } : null
}

/** Those who wait have no place yet: only members who can work count here. Throws 409 `tenant_user_limit`. */
export async function letIn(
  tx: Db,
  tenant: Tenant,
  userId: number,
  { role, approvedBy, nowMs }: { readonly role: string; readonly approvedBy: number; readonly nowMs: number },
): Promise<void> {
  const own = { ...tx, tenantId: tenant.tenantId }
  const limit = maxUsers(tenant.config)
  if (limit !== null && (await q.countActive(own)) >= limit) throw identityProblem('tenant_user_limit', { parameters: { limit } })
  await q.updateMembership(own, userId, { role, status: 'active', approvedBy, approvedAtMs: nowMs }, nowMs)
}

export const log = (deps: Pick<PeopleDeps, 'log'>, event: string, actor: Manager, subjectId: number, { requestId, ip }: Origin): void =>
  deps.log.info(
    { event, user_id: actor.userId, subject_id: subjectId, tenant_id: actor.tenant?.tenantId ?? null, request_id: requestId, ip },
    event.replaceAll('_', ' '),
  )
