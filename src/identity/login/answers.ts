/** What a sign-in answers with. */
import { Type } from 'typebox'
import type { Db } from '../../platform/db/database.ts'
import { challengeLifeS } from '../mfa/index.ts'
import { rolePermissions } from '../permissions.ts'
import type { TokenPair } from '../sessions/index.ts'
import { access, isUsable, type Membership } from '../tenants/index.ts'
import { loadUserObject, type Standing, type User, UserObject } from '../users/index.ts'

export const Company = Type.Object({
  id: Type.Integer(),
  company_id: Type.String(),
  tenant_id: Type.Integer(),
  company_name: Type.String(),
  slug: Type.String(),
  role: Type.String(),
  is_active: Type.Boolean(),
  joined_at: Type.String(),
})

export const TokenAnswer = Type.Object({
  access_token: Type.String(),
  refresh_token: Type.String(),
  token_type: Type.Literal('bearer'),
  expires_in: Type.Integer({ description: 'Seconds' }),
  tenant_id: Type.Union([Type.Integer(), Type.Null()]),
  user: UserObject,
  companies: Type.Array(Company),
})

/** The password was right and a code is owed: no tokens yet. */
export const CodeOwedAnswer = Type.Object({
  mfa_required: Type.Literal(true),
  mfa_token: Type.String(),
  expires_in: Type.Integer({ description: 'Seconds' }),
  methods: Type.Array(Type.String()),
})
export const codeOwedAnswer = (owed: { readonly mfaToken: string }) => ({
  mfa_required: true as const,
  mfa_token: owed.mfaToken,
  expires_in: challengeLifeS,
  methods: ['totp', 'recovery_code'],
})

export const SessionAnswer = Type.Object({ user: UserObject, companies: Type.Array(Company), csrf_token: Type.String() })

/** Companies the person can work in now. */
export const companiesAnswer = (memberships: readonly Membership[]) =>
  memberships.filter(isUsable).map(({ tenant, roleName, joinedAtMs }) => ({
    id: tenant.tenantId,
    company_id: tenant.uuid,
    tenant_id: tenant.tenantId,
    company_name: tenant.name,
    slug: tenant.slug,
    role: roleName,
    is_active: tenant.isActive,
    joined_at: new Date(joinedAtMs).toISOString(),
  }))

export const standingOf = (user: User, chosen: Membership | null): Standing => {
  const tenantId = chosen?.tenant.tenantId ?? null
  if (user.isSuperAdmin) return { tenantId, role: 'SUPER_ADMIN', permissions: rolePermissions('SUPER_ADMIN') }
  if (!chosen) return { tenantId, role: null, permissions: new Set() }
  return { tenantId, role: chosen.roleName, permissions: access(chosen).permissions }
}

export const pairAnswer = ({ accessToken, refreshToken, expiresInS }: TokenPair) => ({
  access_token: accessToken,
  refresh_token: refreshToken,
  token_type: 'bearer' as const,
  expires_in: expiresInS,
})

type Whose = { readonly user: User; readonly memberships: readonly Membership[]; readonly chosen: Membership | null }

export async function tokenAnswer(db: Db, tokens: TokenPair, { user, memberships, chosen }: Whose) {
  const standing = standingOf(user, chosen)
  return {
    ...pairAnswer(tokens),
    tenant_id: standing.tenantId,
    user: await loadUserObject(db, user.userId, standing),
    companies: companiesAnswer(memberships),
  }
}
