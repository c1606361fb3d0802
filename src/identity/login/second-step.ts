/** The second step of signing in: the code, after the password. */
import { isLockedOut } from '../lockout/index.ts'
import { meetChallenge } from '../mfa/index.ts'
import { problem } from '../problems.ts'
import { listMemberships } from '../tenants/index.ts'
import { findUser } from '../users/index.ts'
import { type Attempt, begin, chooseCompany, gate, type LoggedIn, type LoginDeps, noteFailure, noteRightCode, wrongCode } from './login.ts'

/** Ends what `logIn` left owing. `code`: of the app, or a recovery code.
 *  Throws 401 `mfa_invalid`, the same for a wrong code and for a token that is unknown, used, over or out of tries; and what `logIn` throws
 *  after a right password: the person is read anew. */
export async function completeLogIn(
  deps: LoginDeps,
  { mfaToken, code }: { readonly mfaToken: string; readonly code: string },
  attempt: Attempt,
): Promise<LoggedIn> {
  const met = await meetChallenge(deps, { token: mfaToken, code, kind: attempt.kind, origin: attempt.origin })
  if (met.kind === 'unknown') throw wrongCode(deps, null, attempt.origin)
  const { userId, companyId, createdAtMs } = met.challenge
  const found = await findUser(deps.db, { userId })
  if (!found || found.user.isDeleted) throw wrongCode(deps, null, attempt.origin)
  const { user, passwordChangedAtMs } = found
  if (met.kind === 'wrong') {
    await noteFailure(deps, user, user.username, 'wrong_code', attempt.origin)
    throw wrongCode(deps, user, attempt.origin)
  }
  if (await isLockedOut(deps, user, attempt.origin)) throw wrongCode(deps, user, attempt.origin)
  // The password that opened the challenge has been changed since: whoever holds the token may be the one it was changed against.
  if (passwordChangedAtMs !== null && passwordChangedAtMs > createdAtMs) throw wrongCode(deps, user, attempt.origin)
  const memberships = await listMemberships(deps.db, userId)
  const refusal = gate(user, memberships, deps.config.signup)
  if (refusal) {
    await noteFailure(deps, user, user.username, refusal, attempt.origin)
    throw problem(refusal)
  }
  noteRightCode(deps, user, met.by, attempt.origin)
  return begin(deps, { user, memberships, chosen: chooseCompany(user, memberships, companyId), passwordChangedAtMs }, attempt, true)
}
