/** Who may register, and which company they come to. Pure. */
import type { Config } from '../../platform/config/index.ts'
import type { Tenant } from '../tenants/index.ts'

export type SignupSettings = Config['signup']

export type Admission = 'admitted' | 'signup_closed' | 'domain_not_allowed'

export const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1)

/** `companyOfDomain`: the company that takes in people of the address's domain. An invitation opens every door. */
export function admission(
  { mode, domains }: SignupSettings,
  { email, isInvited, companyOfDomain }: { readonly email: string; readonly isInvited: boolean; readonly companyOfDomain: Tenant | null },
): Admission {
  if (isInvited) return 'admitted'
  switch (mode) {
    case 'open':
      return 'admitted'
    case 'domain':
      return domains.has(domainOf(email)) || companyOfDomain !== null ? 'admitted' : 'domain_not_allowed'
    case 'invite':
    case 'closed':
      return 'signup_closed'
  }
}

export type Joining = { readonly tenant: Tenant; readonly status: 'active' | 'pending' }

/** The company somebody comes to: the one they named, else that of their domain, else the operator's default one. They come in at once only
 *  where no approval is asked for and somebody with the right to do so chose them: the operator, or the company for its domain, once the
 *  address is proven. Naming a company proves nothing: its administrator decides. */
export function joining(
  { requiresApproval, requiresVerification }: SignupSettings,
  found: { readonly named: Tenant | null; readonly ofDomain: Tenant | null; readonly byDefault: Tenant | null },
): Joining | null {
  const tenant = found.named ?? found.ofDomain ?? found.byDefault
  if (!tenant) return null
  const isChosen = tenant.tenantId === found.byDefault?.tenantId || (requiresVerification && tenant.tenantId === found.ofDomain?.tenantId)
  return { tenant, status: isChosen && !requiresApproval ? 'active' : 'pending' }
}
