/** Companies as the operator of the platform makes them: with their owner, or with an invitation to become it. */
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import type { Actor } from '../actor.ts'
import type { Origin } from '../audit/index.ts'
import { type InviteDeps, type Invited, invite } from '../invitations/index.ts'
import { permissions } from '../permissions.ts'
import { createUser, findTenant, type TenantConfig } from '../tenants/index.ts'
import { findDisplayName } from '../users/index.ts'
import { createCompany, firstConfig, onceMore } from './manage.ts'
import { problem } from './problems.ts'
import type { CompanyInput } from './profile.ts'

/** With a password the account is made now and must change it; without one the owner is invited by mail. */
type OwnerInput = { readonly email: string; readonly username?: string | undefined; readonly password?: string | undefined }

type MadeTenant = {
  readonly tenantId: number
  readonly slug: string
  /** Null when the owner was made at once, or nobody was named. */
  readonly invitation: Invited | null
}

type Operator = Pick<Actor, 'userId' | 'language'>

/** Throws what founding a company, making a person and inviting one throw; then nothing is written. */
export function createTenant(
  deps: InviteDeps,
  operator: Operator,
  input: CompanyInput & { readonly config?: TenantConfig; readonly owner?: OwnerInput | undefined },
  origin: Origin,
): Promise<MadeTenant> {
  const { config = {}, owner, ...profile } = input
  return onceMore(deps.db, () =>
    transaction(deps.db, async (tx) => {
      const company = await createCompany(tx, deps, operator, profile, { ...firstConfig, ...config })
      return { ...company, invitation: owner ? await placeOwner(tx, deps, operator, company.tenantId, owner, origin) : null }
    }),
  )
}

async function placeOwner(
  tx: Db,
  deps: InviteDeps,
  operator: Operator,
  tenantId: number,
  { email, username = '', password = '' }: OwnerInput,
  origin: Origin,
): Promise<Invited | null> {
  const tenant = await findTenant(tx, tenantId)
  if (!tenant) throw problem('company_not_found')
  if (password !== '') {
    await createUser(tx, deps, operator, {
      tenantId,
      username: username || (email.split('@')[0] ?? ''),
      email,
      password,
      role: 'OWNER',
      mustChangePassword: true,
      origin,
    })
    return null
  }
  const inviter = {
    role: 'SUPER_ADMIN' as const,
    permissions: new Set(permissions),
    modules: null,
    user: operator,
    name: await findDisplayName(tx, operator.userId),
    language: operator.language,
  }
  return invite({ ...deps, db: tx }, inviter, tenant, { email, role: 'OWNER' }, origin)
}
