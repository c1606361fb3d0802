/** People whom somebody with the right to do so lets in at once. */
import type { Origin } from '../audit/index.ts'
import { problem as identityProblem } from '../problems.ts'
import { createUser, findTenant, storedRole } from '../tenants/index.ts'
import { parseProfile } from '../users/index.ts'
import type { PeopleDeps } from './act.ts'
import type { PersonChange } from './change.ts'
import { type Manager, refusalToGive, refusalToGrant } from './person.ts'
import { parsePersonUpdate } from './person-update.ts'
import { withPlace } from './place.ts'
import { problem } from './problems.ts'
import * as q from './queries.ts'

export type NewPersonInput = Omit<PersonChange, 'email'> & {
  readonly username: string
  readonly email: string
  readonly password: string
  /** The actor's company; another one only for the platform's operators. */
  readonly tenantId?: number | undefined
}

/** Approved and proven, with a password to be changed at the first sign-in; VIEWER without a role. Throws 422 `validation_failed` with every fault;
 *  400 `company_required`; 403 `no_company_access`, `role_above_own`, `permission_not_held`; 409 `username_taken`, `email_taken`, `tenant_user_limit`. */
export async function createPerson(deps: PeopleDeps, actor: Manager, input: NewPersonInput, origin: Origin): Promise<number> {
  const tenantId = input.tenantId ?? actor.tenant?.tenantId
  if (tenantId === undefined) throw identityProblem('company_required')
  if (!actor.isSuperAdmin && tenantId !== actor.tenant?.tenantId) throw identityProblem('no_company_access')
  const tenant = await findTenant(deps.db, tenantId)
  if (!tenant) throw identityProblem('no_company_access')
  const role = input.role ?? 'VIEWER'
  const { permissions, modules } = input
  const { update, faults } = parsePersonUpdate({ role, permissions, modules }, (typed) => storedRole(typed, tenant.config))
  const today = new Date(deps.clock.nowMs()).toISOString().slice(0, 10)
  const profile = parseProfile(input, { today })
  const place = await withPlace(deps.db, profile.change)
  if (update.role !== undefined) {
    const own = await q.findRow(deps.db, { tenantId }, { userId: actor.userId })
    const ownModules = actor.isSuperAdmin || !own ? null : (q.memberOf(own)?.modules ?? null)
    // Without modules a member has all of them: somebody who has fewer gives their own.
    const given = { added: update.permissions ?? [], modules: update.modules ?? null }
    const refusal = refusalToGive(actor, update.role, tenant) ?? refusalToGrant(actor, given, ownModules)
    if (refusal) throw problem(refusal)
  }
  const { userId } = await createUser(deps.db, deps, actor, {
    tenantId,
    username: input.username,
    email: input.email,
    password: input.password,
    role,
    permissions: update.permissions ?? [],
    modules: update.modules ?? null,
    faults: [...faults.filter(({ path }) => path !== 'role'), ...profile.faults, ...place.faults], // createUser tells of the role
    profile: place.change,
    ...(typeof profile.change.full_name === 'string' && { fullName: profile.change.full_name }),
    mustChangePassword: true,
    origin,
  })
  return userId
}
