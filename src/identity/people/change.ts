/** Changes to people: what they may do in the company, their address, their profile. */
import { isUniqueViolation } from '../../platform/db/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { invalidateLinks } from '../links/index.ts'
import { sendMail } from '../mails/index.ts'
import { hasPermission } from '../permissions.ts'
import { problem as identityProblem } from '../problems.ts'
import { storedRole } from '../tenants/index.ts'
import { findUser, maskEmail, type ProfileChange, type ProfileInput, parseProfile, profileColumns, updateProfile } from '../users/index.ts'
import { about, actOn, type Doing, demandAccount, demandOther, demandOwnerRemains, demandTouch, type PeopleDeps } from './act.ts'
import { type Manager, refusalToGive, refusalToGrant, roleOf } from './person.ts'
import { type PersonUpdate, type PersonUpdateInput, parsePersonUpdate } from './person-update.ts'
import { withPlace } from './place.ts'
import { problem } from './problems.ts'
import * as q from './queries.ts'

export type PersonChange = ProfileInput & PersonUpdateInput

/** Role, grants and modules are the company's and need manage_roles; address and profile are the account's and so its home's.
 *  Throws 422 `validation_failed` with every fault at once; 404 `user_not_found`; 403 `permission_denied`, `own_role`, `own_account` (the own address
 *  changes with the password, at /users/me), `role_above_own`, `permission_not_held`, `other_home_tenant`,
 *  `works_elsewhere`; 409 `email_taken`, `last_owner`. */
export async function changePerson(deps: PeopleDeps, actor: Manager, ref: string, input: PersonChange, origin: Origin): Promise<number> {
  const work = async (doing: Doing) => {
    const { person, tenant } = doing
    const touchesAccount = input.email !== undefined || profileColumns.some((column) => input[column] !== undefined)
    // Before any fault is told: whether a document differs from the stored one is the home company's to know.
    if (touchesAccount) demandAccount(actor, doing)
    const today = new Date(deps.clock.nowMs()).toISOString().slice(0, 10)
    const { update, faults } = parsePersonUpdate(input, tenant ? (typed) => storedRole(typed, tenant.config) : undefined)
    const profile = parseProfile(input, { today, storedNationalId: person.nationalId })
    const place = await withPlace(doing.tx, profile.change)
    const fields = [...faults, ...profile.faults, ...place.faults]
    if (fields.length > 0) throw identityProblem('validation_failed', { fields })
    const { email, ...rights } = update
    if (Object.keys(rights).length > 0) await changeRights(deps, actor, doing, rights, origin)
    if (email !== undefined && email !== person.email) await changeEmail(deps, actor, doing, email, origin)
    await changeProfile(deps, actor, doing, place.change, origin)
    return person.userId
  }
  try {
    return await actOn(deps, actor, ref, work)
  } catch (error) {
    if (isUniqueViolation(error)) throw identityProblem('email_taken', { parameters: { email: input.email ?? '' } })
    throw error
  }
}

async function changeRights(
  deps: PeopleDeps,
  actor: Manager,
  doing: Doing,
  { role, permissions, modules }: Omit<PersonUpdate, 'email'>,
  origin: Origin,
): Promise<void> {
  const { tx, person, tenant } = doing
  if (!hasPermission(actor, 'manage_roles')) throw identityProblem('permission_denied')
  if (!tenant) throw identityProblem('company_required')
  if (person.userId === actor.userId) throw problem('own_role')
  demandTouch(actor, doing)
  if (!person.member) throw identityProblem('user_not_found')
  const { member } = person
  const nowMs = deps.clock.nowMs()
  const own = await q.findRow(tx, { tenantId: tenant.tenantId }, { userId: actor.userId })
  const added = (permissions ?? []).filter((code) => !member.grants.includes(code))
  const ownModules = actor.isSuperAdmin || !own ? null : (q.memberOf(own)?.modules ?? null)
  const refusal = (role === undefined ? null : refusalToGive(actor, role, tenant)) ?? refusalToGrant(actor, { added, modules }, ownModules)
  if (refusal) throw problem(refusal)
  const isNewRole = role !== undefined && role !== member.roleName
  if (isNewRole && roleOf(role, tenant) !== 'OWNER') await demandOwnerRemains(tx, [tenant.tenantId], person.userId)
  const change = { ...(isNewRole && { role }), ...(permissions && { grants: permissions }), ...(modules !== undefined && { modules }) }
  await q.updateMembership({ ...tx, tenantId: tenant.tenantId }, person.userId, change, nowMs)
  if (isNewRole) await recordAudit(tx, deps, actor, 'ROLE_CHANGED', { ...about(doing, origin), data: { old: member.roleName, new: role } })
  const before = { grants: [...member.grants].sort(), modules: member.modules }
  const after = { grants: permissions ?? before.grants, modules: modules === undefined ? before.modules : modules }
  if (JSON.stringify(before) !== JSON.stringify(after))
    await recordAudit(tx, deps, actor, 'PERMISSIONS_CHANGED', { ...about(doing, origin), data: { old: before, new: after } })
}

/** By the account's company: good by its word, which proves nothing to others. Links that were mailed to the old address stop working, and it is told. */
async function changeEmail(deps: PeopleDeps, actor: Manager, doing: Doing, email: string, origin: Origin): Promise<void> {
  const { tx, person } = doing
  const nowMs = deps.clock.nowMs()
  if (person.userId === actor.userId) demandOther(actor, doing)
  // Whoever has the mails of the address has the account, and so what it may do in the other companies.
  if (!actor.isSuperAdmin && doing.tenantIds.some((tenantId) => tenantId !== doing.tenant?.tenantId)) throw problem('works_elsewhere')
  if (await findUser(tx, { email })) throw identityProblem('email_taken', { parameters: { email } })
  await q.updateAccount(tx, person.userId, { email, pending_email: null, email_verified_at: nowMs, email_proven_at: null }, nowMs)
  await invalidateLinks(tx, person.userId, ['signup', 'email_change', 'password_reset'], nowMs)
  await recordAudit(tx, deps, actor, 'EMAIL_CHANGED', about(doing, origin))
  await sendMail(tx, deps, person, 'email_changed', { name: person.name, newEmail: maskEmail(email) })
}

export async function changeProfile(
  deps: PeopleDeps,
  actor: Manager,
  doing: Pick<Doing, 'tx' | 'person' | 'tenant'>,
  change: ProfileChange,
  origin: Origin,
): Promise<void> {
  const stored = await q.storedProfile(doing.tx, doing.person.userId)
  const changed = profileColumns.filter((column) => change[column] !== undefined && change[column] !== stored[column])
  if (changed.length === 0) return
  await updateProfile(doing.tx, doing.person.userId, change, deps.clock.nowMs())
  await recordAudit(doing.tx, deps, actor, 'USER_UPDATED', { ...about(doing, origin), data: { fields: changed } })
}
