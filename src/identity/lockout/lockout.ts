/** Lockout: failed sign-ins close an account for a while. Whoever meets that is told nothing else than for a wrong password. */
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { clientGroup } from '../../platform/http/index.ts'
import type { Log } from '../../platform/log/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { type MailDeps, sendMail } from '../mails/index.ts'
import { identityPaths } from '../paths.ts'
import type { User } from '../users/index.ts'
import * as q from './queries.ts'
import { begun, failed, isBlocked, latestBlockMs, type TierName, tiers, withdrawn } from './tiers.ts'

export type LockoutDeps = MailDeps & { readonly db: Db; readonly log: Log }

/** Who tries to come in; without a `user`, a name that nobody has. Those are counted too: it must take as long. */
export type Account = { readonly user: User | null; readonly identifier: string }

/** A try that may be evaluated. It counts as a failure until it is known to be none. */
export type Try = { readonly account: Account; readonly accountKey: string; readonly ipGroup: string; readonly beganAtMs: number }

const keyOfUser = (userId: number): string => `user:${userId}`
const groupOf = (ip: string | null): string => (ip === null ? 'unknown' : clientGroup(ip))

/** Null when the account is closed for this address: then answer like for a wrong password, after the same work, and evaluate nothing. */
export async function beginTry(deps: LockoutDeps, account: Account, origin: Origin): Promise<Try | null> {
  const { user, identifier } = account
  const accountKey = user ? keyOfUser(user.userId) : `name:${deps.secrets.hashToken('token-hash', identifier)}`
  const ipGroup = groupOf(origin.ip)
  const nowMs = deps.clock.nowMs()
  const isAdmitted = await transaction(deps.db, async (tx) => {
    const { account: all, pair } = await q.lockCounters(tx, accountKey, ipGroup, nowMs)
    if (isBlocked(pair, tiers.pair, nowMs)) return false
    if (isBlocked(all, tiers.account, nowMs) && !(user && (await isKnownAddress(tx, user.userId, ipGroup)))) return false
    await q.saveCounter(tx, accountKey, q.anywhere, begun(all, tiers.account, nowMs), nowMs)
    await q.saveCounter(tx, accountKey, ipGroup, begun(pair, tiers.pair, nowMs), nowMs)
    return true
  })
  if (isAdmitted) return { account, accountKey, ipGroup, beganAtMs: nowMs }
  logLock(deps, account, 'met', origin)
  return null
}

const isKnownAddress = async (db: Db, userId: number, ipGroup: string): Promise<boolean> =>
  (await q.listKnownAddresses(db, userId)).some((ip) => clientGroup(ip) === ipGroup)

/** What was tried was wrong. The one that makes it too many closes the account, tells its owner when that is for all, and is audited. */
export async function failTry(deps: LockoutDeps, { account, accountKey, ipGroup }: Try, origin: Origin): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const closed = await transaction(deps.db, async (tx) => {
    const { account: all, pair } = await q.lockCounters(tx, accountKey, ipGroup, nowMs)
    const after = { account: failed(all, tiers.account, nowMs), pair: failed(pair, tiers.pair, nowMs) }
    const closing: TierName[] = []
    if (after.pair !== pair) closing.push('pair')
    if (after.account !== all) closing.push('account')
    if (after.pair !== pair) await q.saveCounter(tx, accountKey, ipGroup, after.pair, nowMs)
    if (after.account !== all) await q.saveCounter(tx, accountKey, q.anywhere, after.account, nowMs)
    for (const tier of closing)
      await recordAudit(tx, deps, account.user, 'LOGIN_LOCKED', { attemptedUsername: account.identifier, origin, data: { tier } })
    if (closing.includes('account') && account.user?.isDeleted === false) await mailLocked(tx, deps, account.user)
    return closing
  })
  for (const tier of closed) logLock(deps, account, tier, origin)
}

const mailLocked = (tx: Db, deps: LockoutDeps, { email, username, preferredLanguage }: User): Promise<void> =>
  sendMail(tx, deps, { email, language: preferredLanguage }, 'account_locked', {
    name: username,
    minutes: String(tiers.account.blockMs / 60_000),
    path: identityPaths.forgotPassword(),
  })

/** What was tried was right, though it may not be all that is asked for: nothing failed, and nothing is forgiven yet. */
export const withdrawTry = ({ db, clock }: LockoutDeps, { accountKey, ipGroup, beganAtMs }: Try): Promise<void> =>
  transaction(db, async (tx) => {
    const nowMs = clock.nowMs()
    const { account, pair } = await q.lockCounters(tx, accountKey, ipGroup, nowMs)
    await q.saveCounter(tx, accountKey, q.anywhere, withdrawn(account, beganAtMs), nowMs)
    await q.saveCounter(tx, accountKey, ipGroup, withdrawn(pair, beganAtMs), nowMs)
  })

/** A wrong code of a second factor: a failure like any other. */
export async function noteFailedFactor(deps: LockoutDeps, user: User, origin: Origin): Promise<void> {
  const begins = await beginTry(deps, { user, identifier: user.username }, origin)
  if (begins) await failTry(deps, begins, origin)
}

/** Whether somebody may not come in from there now, without counting a try. */
export async function isLockedOut({ db, clock }: LockoutDeps, user: User, origin: Origin): Promise<boolean> {
  const nowMs = clock.nowMs()
  return transaction(db, async (tx) => {
    const ipGroup = groupOf(origin.ip)
    const { account, pair } = await q.lockCounters(tx, keyOfUser(user.userId), ipGroup, nowMs)
    if (isBlocked(pair, tiers.pair, nowMs)) return true
    return isBlocked(account, tiers.account, nowMs) && !(await isKnownAddress(tx, user.userId, ipGroup))
  })
}

/** After a whole sign-in, in its transaction: the account and this address begin anew; other addresses do not. */
export const forgiveFailures = (tx: Db, userId: number, ip: string | null): Promise<void> =>
  q.deleteCounters(tx, keyOfUser(userId), groupOf(ip))

/** After a reset of the password, or by an administrator: all of it is forgotten. */
export const unlockAccount = (tx: Db, userId: number): Promise<void> => q.deleteCounters(tx, keyOfUser(userId), null)

/** Until when (epoch ms) accounts are closed, for at least one address; those that are open are not in it. */
export async function lockStateOf(db: Db, userIds: readonly number[], nowMs: number): Promise<ReadonlyMap<number, number>> {
  const blocks = await q.listBlocks(db, userIds.map(keyOfUser), nowMs, latestBlockMs(tiers.account, nowMs))
  return new Map(userIds.flatMap((userId) => (blocks.has(keyOfUser(userId)) ? [[userId, blocks.get(keyOfUser(userId)) ?? 0]] : [])))
}

/** What blocks nobody any more. */
export const sweepLoginFailures = (db: Db, nowMs: number): Promise<number> =>
  q.deleteStaleCounters(db, nowMs - tiers.account.windowMs - tiers.account.blockMs)

function logLock({ log }: LockoutDeps, { user }: Account, tier: TierName | 'met', { requestId, ip }: Origin): void {
  log.warn({ event: 'login_locked', user_id: user?.userId ?? null, tier, request_id: requestId, ip }, 'login locked')
}
