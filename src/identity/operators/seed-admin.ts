/** The first operator of the platform, or the administrator of a company, from the machine itself. Done again it repairs, and changes no password. */
import { randomBytes } from 'node:crypto'
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { newUuid } from '../../platform/ids/index.ts'
import type { Clock } from '../../platform/time/clock.ts'
import { recordAudit } from '../audit/index.ts'
import { hashPassword, passwordFaults } from '../passwords/index.ts'
import { problem } from '../problems.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { insertMembership } from '../tenants/index.ts'
import { emailFaults, findUser, insertUser, normaliseEmail, normaliseUsername, updatePassword, usernameFaults } from '../users/index.ts'

export type AdminToBe = {
  readonly email: string
  /** Without it, the part of the address before its `@`. */
  readonly username?: string
  /** Null = made here, for a new account or with `resets`. */
  readonly password: string | null
  /** Null = operator of the platform (SUPER_ADMIN); else ADMIN of that company. */
  readonly tenantId: number | null
  readonly allowsWeak: boolean
  /** Sets the password of an account that is there, and ends its sessions. */
  readonly resets: boolean
}

export type SeededAdmin = {
  readonly userId: number
  readonly username: string
  readonly outcome: 'created' | 'repaired'
  /** Only when it was made here: shown once, kept nowhere. */
  readonly generatedPassword: string | null
}

/** Throws 422 `validation_failed` (field `email`, `username` or `password`), 409 `username_taken`. */
export async function seedAdmin(db: Db, deps: { readonly clock: Clock }, asked: AdminToBe): Promise<SeededAdmin> {
  const email = normaliseEmail(asked.email)
  const faults = emailFaults(email, 'email')
  if (faults.length > 0) throw problem('validation_failed', { fields: faults })
  const known = await findUser(db, { email })
  if (known?.user.isDeleted) throw problem('email_taken', { parameters: { email } })
  const username = known?.user.username ?? normaliseUsername(asked.username ?? email.split('@')[0] ?? '')
  const isSet = !known || asked.resets
  const generatedPassword = isSet && asked.password === null ? generated() : null
  const password = generatedPassword ?? asked.password
  const weak = isSet && password !== null ? passwordFaults(password, { username, email }, 'password') : []
  const refused = [...(known ? [] : usernameFaults(username, 'username')), ...(asked.allowsWeak ? [] : weak)]
  if (refused.length > 0) throw problem('validation_failed', { fields: refused })
  if (!known && (await findUser(db, { username }))) throw problem('username_taken', { parameters: { username } })
  const passwordHash = isSet && password !== null ? await hashPassword(password) : null
  const userId = await transaction(db, async (tx) => {
    const nowMs = deps.clock.nowMs()
    const id =
      known?.user.userId ??
      (await insertUser(tx, { uuid: newUuid(), username, email, passwordHash, fullName: null, homeTenantId: asked.tenantId }, nowMs))
    if (known && passwordHash !== null) {
      await updatePassword(tx, id, passwordHash, { endsTokens: true, nowMs })
      await endSessionsOf(tx, deps, null, id, { reason: 'admin' })
    }
    await openAccount(tx, id, { isSuperAdmin: asked.tenantId === null, mustChange: passwordHash !== null && weak.length > 0, nowMs })
    if (asked.tenantId !== null) await makeAdmin(tx, asked.tenantId, id, nowMs)
    const data = { command: 'seed-admin', username, outcome: known ? 'repaired' : 'created' }
    await recordAudit(tx, deps, null, 'ADMIN_CLI', { tenantId: asked.tenantId, entityType: 'user', entityId: id, data })
    return id
  })
  return { userId, username, outcome: known ? 'repaired' : 'created', generatedPassword }
}

/** Approved, active and proven; a weak password must be changed at the next sign-in. */
const openAccount = (
  tx: Db,
  userId: number,
  { isSuperAdmin, mustChange, nowMs }: { readonly isSuperAdmin: boolean; readonly mustChange: boolean; readonly nowMs: number },
) =>
  tx.kysely
    .updateTable('users')
    .set((eb) => ({
      is_active: 1,
      approval_status: 'approved',
      email_verified_at: eb.fn.coalesce('email_verified_at', eb.val(nowMs)),
      ...(isSuperAdmin && { is_super_admin: 1 }),
      ...(mustChange && { must_change_password: 1 }),
      updated_at: nowMs,
    }))
    .where('id', '=', userId)
    .execute()

async function makeAdmin(tx: Db, tenantId: number, userId: number, nowMs: number): Promise<void> {
  const { numUpdatedRows } = await tx.kysely
    .updateTable('memberships')
    .set((eb) => ({
      // An owner is more than an administrator already.
      role: eb.case().when('role', '=', 'OWNER').then('OWNER').else('ADMIN').end(),
      status: 'active',
      updated_at: nowMs,
    }))
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) await insertMembership({ ...tx, tenantId }, { userId, role: 'ADMIN', grants: [] }, nowMs)
}

/** 144 random bits, with one of each kind that the rule asks for. */
const generated = (): string => `Aa1${randomBytes(18).toString('base64url')}`
