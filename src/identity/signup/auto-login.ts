/** Signing in somebody who has just proven their address: the link was the last thing asked of them. */
import type { Origin } from '../audit/index.ts'
import { begin, chooseCompany, type LoggedIn } from '../login/index.ts'
import { isEnrolled } from '../mfa/index.ts'
import type { SessionKind } from '../sessions/index.ts'
import type { SignupDeps } from './register.ts'
import type { Verified } from './verify.ts'

/** Null when there is anything else between the person and a session: approval, a second factor; or when only an address was changed. */
export async function signInVerified(
  deps: SignupDeps,
  { purpose, user, memberships, gate, passwordChangedAtMs }: Verified,
  attempt: { readonly kind: SessionKind; readonly origin: Origin; readonly replacedCookie?: string | null },
): Promise<LoggedIn | null> {
  if (purpose !== 'signup' || gate !== null || (await isEnrolled(deps.db, user.userId))) return null
  return begin(deps, { user, memberships, chosen: chooseCompany(user, memberships, null), passwordChangedAtMs }, attempt, false)
}
