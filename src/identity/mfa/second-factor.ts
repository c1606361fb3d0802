/** The second factor of a person: enrolling, using, replacing, removing. */
import type { Db } from '../../platform/db/database.ts'
import { lockRow, transaction } from '../../platform/db/index.ts'
import type { Log } from '../../platform/log/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type AuditActor, type Origin, recordAudit } from '../audit/index.ts'
import { type MailDeps, sendMail } from '../mails/index.ts'
import { findUser } from '../users/index.ts'
import { codeInvalid, problem } from './problems.ts'
import * as q from './queries.ts'
import { newRecoveryCodes, newSecret, otpauthUri, recoveryCode, stepOf } from './totp.ts'

/** How long a secret may wait for its first code. */
export const setupLifeMs = 10 * 60_000

export type MfaDeps = MailDeps & {
  readonly db: Db
  readonly clock: Clock
  readonly secrets: Secrets
  readonly log: Log
  readonly app: { readonly name: string }
  readonly config: { readonly mfa: MfaSettings }
}

export type MfaSettings = {
  /** False: nobody can enrol, and nobody is made to. Whoever is enrolled still owes the code. */
  readonly isOffered: boolean
  /** Roles of ours whose holders must have a second factor. */
  readonly requiredRoles: ReadonlySet<string>
}

export type SecondFactor = { readonly isOn: boolean; readonly sinceMs: number | null; readonly recoveryCodesLeft: number }

export async function findSecondFactor(db: Db, userId: number): Promise<SecondFactor> {
  const credential = await q.findCredential(db, userId)
  const sinceMs = credential?.confirmedAtMs ?? null
  return { isOn: sinceMs !== null, sinceMs, recoveryCodesLeft: sinceMs === null ? 0 : await q.countUnusedRecoveryCodes(db, userId) }
}

export const isEnrolled = async (db: Db, userId: number): Promise<boolean> => (await q.findCredential(db, userId))?.confirmedAtMs != null

export type Setup = { readonly secret: string; readonly uri: string }

/** A new secret, pending until its first code. The caller has checked the password. Throws 403 `mfa_unavailable`, 409 `mfa_already_enabled`. */
export async function setUp(deps: MfaDeps, person: { readonly userId: number; readonly email: string }): Promise<Setup> {
  if (!deps.config.mfa.isOffered) throw problem('mfa_unavailable')
  const secret = newSecret()
  await transaction(deps.db, async (tx) => {
    await lockRow(tx, 'users', { id: person.userId })
    if (await isEnrolled(tx, person.userId)) throw problem('mfa_already_enabled')
    await q.savePendingCredential(tx, person.userId, deps.secrets.sealSecret('totp', secret), deps.clock.nowMs())
  })
  return setupOf(deps, secret, person.email)
}

const setupOf = (deps: MfaDeps, secret: string, email: string): Setup => ({ secret, uri: otpauthUri(secret, deps.app.name, email) })

/** The pending secret once more, for the form that a wrong code brings back; null when none waits. */
export async function findPendingSetup(deps: MfaDeps, person: { readonly userId: number; readonly email: string }): Promise<Setup | null> {
  const pending = await pendingSecret(deps, deps.db, person.userId)
  return pending && setupOf(deps, pending.secret, person.email)
}

async function pendingSecret(deps: MfaDeps, db: Db, userId: number) {
  const credential = await q.findCredential(db, userId)
  if (!credential || credential.confirmedAtMs !== null || deps.clock.nowMs() - credential.createdAtMs >= setupLifeMs) return null
  return { secret: deps.secrets.openSecret('totp', credential.sealedSecret), sealed: credential.sealedSecret }
}

/** Turns the second factor on and answers the recovery codes, which nobody sees again.
 *  Throws 400 `mfa_invalid`, `mfa_setup_expired`; 409 `mfa_already_enabled`. */
export async function confirm(deps: MfaDeps, actor: NonNullable<AuditActor>, code: string, origin: Origin): Promise<readonly string[]> {
  const codes = await transaction(deps.db, async (tx) => {
    await lockRow(tx, 'users', { id: actor.userId })
    const nowMs = deps.clock.nowMs()
    if (await isEnrolled(tx, actor.userId)) throw problem('mfa_already_enabled')
    const pending = await pendingSecret(deps, tx, actor.userId)
    if (!pending) throw problem('mfa_setup_expired')
    const step = stepOf(pending.secret, code, nowMs)
    if (step === null || !(await q.confirmCredential(tx, actor.userId, pending.sealed, step, nowMs))) throw codeInvalid()
    const fresh = await replaceRecoveryCodes(tx, deps, actor.userId)
    await recordAudit(tx, deps, actor, 'MFA_ENABLED', { entityType: 'user', entityId: actor.userId, origin })
    await tellChange(tx, deps, actor.userId, 'on')
    return fresh
  })
  deps.log.info({ event: 'mfa_enabled', user_id: actor.userId, request_id: origin.requestId, ip: origin.ip }, 'second factor on')
  return codes
}

async function replaceRecoveryCodes(tx: Db, deps: MfaDeps, userId: number): Promise<string[]> {
  const codes = newRecoveryCodes()
  await q.deleteRecoveryCodes(tx, userId)
  await q.insertRecoveryCodes(
    tx,
    userId,
    codes.map((code) => recoveryHash(deps, userId, recoveryCode(code) ?? '')),
    deps.clock.nowMs(),
  )
  return codes
}

const recoveryHash = ({ secrets }: Pick<MfaDeps, 'secrets'>, userId: number, code: string): string =>
  secrets.hashToken('recovery-code', `${userId}:${code}`)

/** The password was right (the caller looked), and so must the code be. Throws 400 `mfa_invalid`, 409 `mfa_not_enabled`. */
export async function renewRecoveryCodes(
  deps: MfaDeps,
  actor: NonNullable<AuditActor>,
  code: string,
  origin: Origin,
): Promise<readonly string[]> {
  await demandCode(deps, actor.userId, code, origin)
  return transaction(deps.db, async (tx) => {
    const codes = await replaceRecoveryCodes(tx, deps, actor.userId)
    await recordAudit(tx, deps, actor, 'MFA_ENABLED', {
      entityType: 'user',
      entityId: actor.userId,
      origin,
      data: { changed: 'recovery_codes' },
    })
    await tellChange(tx, deps, actor.userId, 'codes')
    return codes
  })
}

/** Turns the second factor off. The caller checked the password, and that no role of the person asks for it. Throws as `renewRecoveryCodes`. */
export async function remove(deps: MfaDeps, actor: NonNullable<AuditActor>, code: string, origin: Origin): Promise<void> {
  await demandCode(deps, actor.userId, code, origin)
  await transaction(deps.db, async (tx) => {
    if (!(await forget(tx, actor.userId))) return
    await recordAudit(tx, deps, actor, 'MFA_DISABLED', { entityType: 'user', entityId: actor.userId, origin })
    await tellChange(tx, deps, actor.userId, 'off')
  })
}

async function demandCode(deps: MfaDeps, userId: number, code: string, origin: Origin): Promise<void> {
  const used = await useCode(deps, userId, code, origin)
  if (used === 'not_enrolled') throw problem('mfa_not_enabled')
  if (used === 'wrong') throw codeInvalid()
}

async function forget(tx: Db, userId: number): Promise<boolean> {
  await q.deleteRecoveryCodes(tx, userId)
  await q.deleteChallengesOf(tx, userId)
  return q.deleteCredential(tx, userId)
}

/** For whoever administers the person's account: their telephone is lost. Runs in the caller's transaction; the caller decides
 *  whether the actor may. False when there was no second factor. */
export async function resetMfa(tx: Db, deps: MailDeps & { readonly clock: Clock }, actor: AuditActor, userId: number, origin?: Origin) {
  const wasOn = await isEnrolled(tx, userId)
  await forget(tx, userId)
  if (!wasOn) return false
  await recordAudit(tx, deps, actor, 'MFA_RESET', { entityType: 'user', entityId: userId, ...(origin && { origin }) })
  await tellChange(tx, deps, userId, 'reset')
  return true
}

/** A code of the app or, when it looks like one, a recovery code: used up by this call.
 *  A code that was accepted once, and any older one, is wrong from then on. */
export async function useCode(
  deps: Pick<MfaDeps, 'db' | 'clock' | 'secrets'>,
  userId: number,
  typed: string,
  origin: Origin,
): Promise<'totp' | 'recovery_code' | 'wrong' | 'not_enrolled'> {
  const credential = await q.findCredential(deps.db, userId)
  if (credential?.confirmedAtMs == null) return 'not_enrolled'
  const nowMs = deps.clock.nowMs()
  const step = stepOf(deps.secrets.openSecret('totp', credential.sealedSecret), typed, nowMs)
  if (step !== null) return (await q.useStep(deps.db, userId, step, nowMs)) ? 'totp' : 'wrong'
  const code = recoveryCode(typed)
  if (code === null) return 'wrong'
  return transaction(deps.db, async (tx) => {
    if (!(await q.useRecoveryCode(tx, userId, recoveryHash(deps, userId, code), nowMs))) return 'wrong'
    await recordAudit(tx, deps, { userId }, 'RECOVERY_CODE_USED', {
      tenantId: null,
      entityType: 'user',
      entityId: userId,
      origin,
      data: { left: await q.countUnusedRecoveryCodes(tx, userId) },
    })
    return 'recovery_code'
  })
}

async function tellChange(tx: Db, deps: MailDeps & { readonly clock: Clock }, userId: number, isOn: 'on' | 'off' | 'reset' | 'codes') {
  const found = await findUser(tx, { userId })
  if (!found) return
  const { email, username, preferredLanguage } = found.user
  const at = new Date(deps.clock.nowMs()).toISOString()
  await sendMail(tx, deps, { email, language: preferredLanguage }, 'mfa_changed', { name: username, at, isOn })
}
