/** Between password and code: a challenge of five minutes and five tries, used once. */
import { randomBytes } from 'node:crypto'
import type { Origin } from '../audit/index.ts'
import type { SessionKind } from '../sessions/tables.ts'
import * as q from './queries.ts'
import { type MfaDeps, useCode } from './second-factor.ts'

export const challengeLifeS = 300
const mostTries = 5

type ChallengeDeps = Pick<MfaDeps, 'db' | 'clock' | 'secrets'>

const hashOf = ({ secrets }: ChallengeDeps, token: string): string => secrets.hashToken('token-hash', token)

/** Answers the token that stands for the right password. */
export async function openChallenge(deps: ChallengeDeps, of: Pick<q.Challenge, 'userId' | 'kind' | 'companyId'>): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const nowMs = deps.clock.nowMs()
  await q.insertChallenge(deps.db, { ...of, tokenHash: hashOf(deps, token), expiresAtMs: nowMs + challengeLifeS * 1000 }, nowMs)
  return token
}

/** For which kind of session the challenge can still be met; null when it is unknown, over, used or out of tries. */
export const openChallengeKind = (deps: ChallengeDeps, token: string): Promise<q.Challenge['kind'] | null> =>
  q.openChallengeKind(deps.db, hashOf(deps, token), mostTries, deps.clock.nowMs())

export type Met =
  | { readonly kind: 'met'; readonly challenge: q.Challenge; readonly by: 'totp' | 'recovery_code' }
  /** The challenge is known: whose wrong code it was. */
  | { readonly kind: 'wrong'; readonly challenge: q.Challenge }
  | { readonly kind: 'unknown' }

/** Each call takes a try, whatever it brings. `kind`: of the session that is asked for; a challenge of the other kind is not met. */
export async function meetChallenge(
  deps: ChallengeDeps,
  { token, code, kind, origin }: { readonly token: string; readonly code: string; readonly kind: SessionKind; readonly origin: Origin },
): Promise<Met> {
  const challenge = await q.takeTry(deps.db, hashOf(deps, token), mostTries, deps.clock.nowMs())
  if (challenge?.kind !== kind) return { kind: 'unknown' }
  const by = await useCode(deps, challenge.userId, code, origin)
  if (by === 'wrong' || by === 'not_enrolled') return { kind: 'wrong', challenge }
  if (!(await q.consumeChallenge(deps.db, challenge.id, deps.clock.nowMs()))) return { kind: 'unknown' }
  return { kind: 'met', challenge, by }
}
