/** What the operator of the machine may do to people: audited as commands, since nobody is signed in. */
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import type { Clock } from '../../platform/time/clock.ts'
import { recordAudit } from '../audit/index.ts'
import { issueLink, type LinkDeps } from '../links/index.ts'
import { unlockAccount } from '../lockout/index.ts'
import { identityPaths } from '../paths.ts'
import { problem } from '../problems.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { insertMembership, storedRole, type Tenant } from '../tenants/index.ts'
import { findUser, parseIdentifier, type User } from '../users/index.ts'

type Deps = { readonly clock: Clock }

export type ListedUser = {
  readonly userId: number
  readonly username: string
  readonly email: string
  readonly isActive: boolean
  readonly isSuperAdmin: boolean
  readonly status: string
  /** `slug:ROLE` of each company. */
  readonly companies: readonly string[]
}

/** Of one company, or all; by name. Deleted accounts are left out. */
export async function listUsers({ kysely }: Db, tenantId: number | null): Promise<ListedUser[]> {
  let members = kysely
    .selectFrom('memberships as m')
    .innerJoin('tenants as t', 't.id', 'm.tenant_id')
    .select(['m.user_id', 'm.role', 't.slug', 'm.tenant_id'])
  if (tenantId !== null) members = members.where('m.tenant_id', '=', tenantId)
  const memberships = await members.orderBy('t.slug').execute()
  const companies = Map.groupBy(memberships, (row) => row.user_id)
  const users = await kysely
    .selectFrom('users')
    .select(['id', 'username', 'email', 'is_active', 'is_super_admin', 'approval_status'])
    .where('deleted_at', 'is', null)
    .orderBy('username')
    .execute()
  return users
    .filter(({ id }) => tenantId === null || companies.has(id))
    .map((row) => ({
      userId: row.id,
      username: row.username,
      email: row.email,
      isActive: row.is_active === 1,
      isSuperAdmin: row.is_super_admin === 1,
      status: row.approval_status,
      companies: (companies.get(row.id) ?? []).map(({ slug, role }) => `${slug}:${role}`),
    }))
}

/** Throws 404 `user_not_found`. */
async function demandUser(db: Db, identifier: string): Promise<User> {
  const found = await findUser(db, parseIdentifier(identifier))
  if (!found || found.user.isDeleted) throw problem('user_not_found')
  return found.user
}

const note = (tx: Db, deps: Deps, { userId, username }: User, command: string, tenantId: number | null = null) =>
  recordAudit(tx, deps, null, 'ADMIN_CLI', { tenantId, entityType: 'user', entityId: userId, data: { command, username } })

/** Gives somebody a role in a company, as member or not yet. Throws 404 `user_not_found`, 422 `validation_failed`. */
export async function promote(
  db: Db,
  deps: Deps,
  identifier: string,
  { tenantId, config }: Tenant,
  word: string,
): Promise<{ username: string; role: string }> {
  const user = await demandUser(db, identifier)
  const role = storedRole(word, config)
  if (role === null)
    throw problem('validation_failed', {
      fields: [{ path: 'role', rule: 'role', message: { es: 'No es un rol conocido', en: 'Is not a known role' } }],
    })
  await transaction(db, async (tx) => {
    const nowMs = deps.clock.nowMs()
    const { numUpdatedRows } = await tx.kysely
      .updateTable('memberships')
      .set({ role, status: 'active', updated_at: nowMs })
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', user.userId)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) await insertMembership({ ...tx, tenantId }, { userId: user.userId, role, grants: [] }, nowMs)
    await note(tx, deps, user, `user promote ${role}`, tenantId)
  })
  return { username: user.username, role }
}

/** Opens or closes an account; closing ends its sessions. Throws 404 `user_not_found`. */
export async function setActive(
  db: Db,
  deps: Deps,
  identifier: string,
  isActive: boolean,
): Promise<{ username: string; endedSessions: number }> {
  const user = await demandUser(db, identifier)
  return transaction(db, async (tx) => {
    await tx.kysely
      .updateTable('users')
      .set({ is_active: isActive ? 1 : 0, updated_at: deps.clock.nowMs() })
      .where('id', '=', user.userId)
      .execute()
    const endedSessions = isActive ? 0 : await endSessionsOf(tx, deps, null, user.userId, { reason: 'disabled' })
    await note(tx, deps, user, isActive ? 'user enable' : 'user disable')
    return { username: user.username, endedSessions }
  })
}

/** Throws 404 `user_not_found`. */
export async function unlock(db: Db, deps: Deps, identifier: string): Promise<{ username: string }> {
  const user = await demandUser(db, identifier)
  await transaction(db, async (tx) => {
    await unlockAccount(tx, user.userId)
    await note(tx, deps, user, 'user unlock')
  })
  return { username: user.username }
}

/** A one-time link to set a password, for an installation that sends no mail. Throws 404 `user_not_found`. */
export async function resetLink(
  db: Db,
  deps: LinkDeps & { readonly config: { readonly http: { readonly publicUrl: string } } },
  identifier: string,
): Promise<{ username: string; url: string }> {
  const user = await demandUser(db, identifier)
  return transaction(db, async (tx) => {
    const token = await issueLink(tx, deps, { userId: user.userId, purpose: 'password_reset', email: user.email, ip: null })
    await note(tx, deps, user, 'user reset-link')
    return { username: user.username, url: `${deps.config.http.publicUrl}${identityPaths.resetPassword()}?token=${token}` }
  })
}
