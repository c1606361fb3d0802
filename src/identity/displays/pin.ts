/** Operators' PINs: who acts on a screen that everybody shares. Four to eight digits, hashed as a password is. */
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { lockRow, transaction, upsert } from '../../platform/db/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type AuditActor, type Origin, recordAudit } from '../audit/index.ts'
import { hashPassword, verifyNobody, verifyPassword } from '../passwords/index.ts'
import { access, toMember, toTenant } from '../tenants/index.ts'
import { problem } from './problems.ts'
import type { Display } from './queries.ts'

/** Wrong PINs of a person on a screen, then a pause of that person on that screen. */
export const pinTries = 5
export const pinLockMs = 15 * 60_000
/** Longer than a PIN takes to be looked at. */
const pinCheckMs = 30_000

/** Easy to type at a machine, and not the first that anybody would try. Null when it may be used. Pure. */
export function pinFault(pin: string): 'length' | 'too_easy' | null {
  if (!/^\d{4,8}$/.test(pin)) return 'length'
  const steps = new Set([...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index])))
  const isRun = steps.size === 1 && [0, 1, -1].some((step) => steps.has(step))
  return isRun ? 'too_easy' : null
}

/** The person themselves (`actor.userId === userId`) or whoever manages people; the route decides that. Throws 422 `pin_unusable`, 404 `member_not_found`. */
export async function setPin(
  db: TenantDb,
  deps: { readonly clock: Clock },
  actor: NonNullable<AuditActor>,
  userId: number,
  pin: string,
  origin?: Origin,
): Promise<void> {
  const fault = pinFault(pin)
  if (fault) throw problem('pin_unusable')
  const pinHash = await hashPassword(pin)
  const nowMs = deps.clock.nowMs()
  await transaction(db, async (tx) => {
    const { tenantId } = db
    if (!(await findMember({ ...tx, tenantId }, userId))) throw problem('member_not_found')
    await upsert(
      tx,
      'operator_pins',
      {
        tenant_id: tenantId,
        user_id: userId,
        pin_hash: pinHash,
        set_by: actor.userId === userId ? null : actor.userId,
        created_at: nowMs,
        updated_at: nowMs,
      },
      ['tenant_id', 'user_id'],
      { pin_hash: pinHash, set_by: actor.userId === userId ? null : actor.userId, updated_at: nowMs },
    )
    await tx.kysely.deleteFrom('operator_pin_tries').where('tenant_id', '=', tenantId).where('user_id', '=', userId).execute()
    await recordAudit(tx, deps, actor, 'UPDATE', {
      tenantId,
      entityType: 'operator_pin',
      entityId: userId,
      ...(origin && { origin }),
      data: { changed: ['pin'] },
    })
  })
}

/** False when there was none. */
export const removePin = (db: TenantDb, deps: { readonly clock: Clock }, actor: NonNullable<AuditActor>, userId: number, origin?: Origin) =>
  transaction(db, async (tx) => {
    const { tenantId } = db
    const { numDeletedRows } = await tx.kysely
      .deleteFrom('operator_pins')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .executeTakeFirst()
    if (numDeletedRows === 0n) return false
    await recordAudit(tx, deps, actor, 'DELETE', {
      tenantId,
      entityType: 'operator_pin',
      entityId: userId,
      ...(origin && { origin }),
    })
    return true
  })

export async function hasPin({ kysely, tenantId }: TenantDb, userId: number): Promise<boolean> {
  const row = await kysely
    .selectFrom('operator_pins')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row !== undefined
}

async function findMember({ kysely, tenantId }: TenantDb, userId: number) {
  return kysely
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.id as user_id'])
    .where('m.tenant_id', '=', tenantId)
    .where('m.user_id', '=', userId)
    .where('m.status', '=', 'active')
    .where('u.is_active', '=', 1)
    .where('u.deleted_at', 'is', null)
    .executeTakeFirst()
}

type Signer = { readonly userId: number; readonly name: string }
/** What they may do besides: of their own membership. */
export type SigningMember = Signer & ReturnType<typeof access> & { readonly roleName: string }

/** Who may sign on a screen of the company: people with a PIN whose role may explain a stop. By name. */
export async function listSigners(db: TenantDb): Promise<Signer[]> {
  return (await listSigningMembers(db)).map(({ userId, name }) => ({ userId, name }))
}

export async function listSigningMembers({ kysely, tenantId }: TenantDb): Promise<SigningMember[]> {
  const rows = await kysely
    .selectFrom('operator_pins as p')
    .innerJoin('memberships as m', (join) => join.onRef('m.user_id', '=', 'p.user_id').onRef('m.tenant_id', '=', 'p.tenant_id'))
    .innerJoin('users as u', 'u.id', 'p.user_id')
    .innerJoin('tenants as t', 't.id', 'p.tenant_id')
    .select(['u.id as user_id', 'u.username', 'u.full_name', 'm.role', 'm.permissions', 'm.modules', 'm.status'])
    .select(['t.id', 't.uuid', 't.name', 't.slug', 't.is_active', 't.config'])
    .where('p.tenant_id', '=', tenantId)
    .where('m.status', '=', 'active')
    .where('u.is_active', '=', 1)
    .where('u.deleted_at', 'is', null)
    .execute()
  return rows
    .map((row) => ({
      userId: row.user_id,
      name: row.full_name || row.username,
      roleName: row.role,
      ...access({ ...toMember(row), tenant: toTenant(row) }),
    }))
    .filter(({ permissions }) => permissions.has('annotate_downtime'))
    .sort((a, b) => a.name.localeCompare(b.name, 'es'))
}

type PinVerdict =
  | { readonly kind: 'right'; readonly userId: number }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  | { readonly kind: 'locked'; readonly untilMs: number }

/** Whether the person at the screen is who they say. While locked the PIN is not even looked at. Parallel guesses take their tries first,
 *  so that no more of them are looked at than there are. Somebody who may not sign here is as wrong as a wrong PIN, and as slow. */
export async function verifyOperatorPin(
  db: Db,
  deps: { readonly clock: Clock },
  display: Pick<Display, 'displayId' | 'tenantId'>,
  membership: { readonly userId: number },
  pin: string,
): Promise<PinVerdict> {
  const { tenantId, displayId } = display
  const { userId } = membership
  const isSigner = (await listSigners({ ...db, tenantId })).some((signer) => signer.userId === userId)
  if (!isSigner) {
    await verifyNobody(pin)
    return { kind: 'wrong', triesLeft: 0 }
  }
  const taken = await takeTry(db, deps, { tenantId, displayId, userId })
  if (taken.kind === 'locked') return taken
  const row = await db.kysely
    .selectFrom('operator_pins')
    .select('pin_hash')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  const isRight = row !== undefined && (await isPin(db, deps, { tenantId, displayId, userId }, row.pin_hash, pin))
  if (isRight) {
    // somebody who signs twice at once meets themselves: a lock that was lost is tried again
    await transaction(db, (tx) =>
      tx.kysely
        .deleteFrom('operator_pin_tries')
        .where('tenant_id', '=', tenantId)
        .where('display_id', '=', displayId)
        .where('user_id', '=', userId)
        .execute(),
    )
    return { kind: 'right', userId }
  }
  if (taken.triesLeft === 0) await pause(db, deps, { tenantId, displayId, userId })
  return { kind: 'wrong', triesLeft: taken.triesLeft }
}

type Whose = { readonly tenantId: number; readonly displayId: number; readonly userId: number }

/** A PIN that nobody had the time to look at (503 `too_busy`) was not wrong: its try is given back, and the wait for its outcome ends. */
async function isPin(db: Db, { clock }: { readonly clock: Clock }, whose: Whose, pinHash: string, pin: string): Promise<boolean> {
  try {
    return await verifyPassword(pinHash, pin)
  } catch (error) {
    const tries = (tx: Db) =>
      tx.kysely
        .updateTable('operator_pin_tries')
        .where('tenant_id', '=', whose.tenantId)
        .where('display_id', '=', whose.displayId)
        .where('user_id', '=', whose.userId)
    await transaction(db, async (tx) => {
      await tries(tx)
        .set((eb) => ({ failures: eb('failures', '-', 1) }))
        .where('failures', '>', 0)
        .execute()
      await tries(tx)
        .set({ locked_until: null })
        .where('locked_until', '<=', clock.nowMs() + pinCheckMs)
        .execute()
    })
    throw error
  }
}

const takeTry = (db: Db, deps: { readonly clock: Clock }, { tenantId, displayId, userId }: Whose) =>
  transaction(db, async (tx): Promise<{ kind: 'taken'; triesLeft: number } | { kind: 'locked'; untilMs: number }> => {
    const nowMs = deps.clock.nowMs()
    const whose = { tenant_id: tenantId, display_id: displayId, user_id: userId }
    await upsert(
      tx,
      'operator_pin_tries',
      { ...whose, failures: 0, locked_until: null, created_at: nowMs, updated_at: nowMs },
      ['display_id', 'user_id'],
      { updated_at: nowMs },
    )
    await lockRow(tx, 'operator_pin_tries', whose)
    const row = await tx.kysely
      .selectFrom('operator_pin_tries')
      .select(['id', 'failures', 'locked_until'])
      .where('tenant_id', '=', tenantId)
      .where('display_id', '=', displayId)
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow()
    if (row.locked_until !== null && row.locked_until > nowMs) return { kind: 'locked', untilMs: row.locked_until }
    // A pause that is over starts a new count.
    const failures = (row.locked_until === null ? row.failures : 0) + 1
    // Not yet a pause: it may be right, and so may those that are looked at now.
    const isLast = failures >= pinTries
    await tx.kysely
      .updateTable('operator_pin_tries')
      .set({ failures, locked_until: isLast ? nowMs + pinCheckMs : null, updated_at: nowMs })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', row.id)
      .execute()
    return { kind: 'taken', triesLeft: pinTries - failures }
  })

/** A right PIN meanwhile has taken the count away: then nothing is paused. */
const pause = (db: Db, { clock }: { readonly clock: Clock }, { tenantId, displayId, userId }: Whose) =>
  transaction(db, ({ kysely }) =>
    kysely
      .updateTable('operator_pin_tries')
      .set({ locked_until: clock.nowMs() + pinLockMs })
      .where('tenant_id', '=', tenantId)
      .where('display_id', '=', displayId)
      .where('user_id', '=', userId)
      .execute(),
  )
