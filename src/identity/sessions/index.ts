/** Sessions of browsers and programs, their tokens, cookies and ends. May use: tokens, users, audit. */
export {
  type CookieSettings,
  clearPreSessionCookie,
  clearSessionCookie,
  readPreSessionCookie,
  readSessionCookie,
  setPreSessionCookie,
  setSessionCookie,
} from './cookies.ts'
export { isOwnForm, isSameOrigin } from './csrf.ts'
export { type Swept, sweepSessions } from './jobs.ts'
export { csrfToken, hashOf, randomSecret, sessionKeys } from './keys.ts'
export { findOpenSession, type LiveSession, updateActivity, updateCookie } from './queries.ts'
export { type Refreshed, recordSuperAdminAccess, refreshSession } from './refresh.ts'
export { absoluteEndMs, idleEndMs, isActivityDue, isLive, type SessionLimits } from './session.ts'
export {
  type Chosen,
  endSession,
  endSessionOfCookie,
  endSessionsOf,
  issueAccessToken,
  type SessionDeps,
  type StartedSession,
  startSession,
  type TokenPair,
  tokenSubject,
} from './start.ts'
export type { SessionEndReason, SessionKind } from './tables.ts'
