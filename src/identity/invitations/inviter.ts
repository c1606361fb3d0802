/** Whoever invites, as far as invitations must know them. */
import type { FastifyRequest } from 'fastify'
import type { Db } from '../../platform/db/database.ts'
import { requireTenant } from '../access/index.ts'
import { findTenant, listMemberships, type Tenant } from '../tenants/index.ts'
import { findDisplayName } from '../users/index.ts'
import type { InvitingActor } from './invite.ts'
import { problem } from './problems.ts'

/** The person who asks, in the company of the request. */
export async function inviterOf(db: Db, request: FastifyRequest): Promise<{ readonly actor: InvitingActor; readonly tenant: Tenant }> {
  const { tenant: place, ...actor } = requireTenant(request)
  const tenant = await findTenant(db, place.tenantId)
  if (!tenant) throw problem('invitation_not_found')
  const own = (await listMemberships(db, actor.userId)).find((membership) => membership.tenant.tenantId === tenant.tenantId)
  return {
    actor: {
      role: actor.role,
      permissions: actor.permissions,
      modules: actor.isSuperAdmin ? null : (own?.modules ?? null),
      user: { userId: actor.userId, tenant: place },
      name: await findDisplayName(db, actor.userId),
      language: actor.language,
    },
    tenant,
  }
}
