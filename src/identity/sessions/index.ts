/** Sessions of browsers and programs, their tokens, cookies and ends. May use: tokens, users, audit. */
export { endSessionsIn, issueContextToken, selectCompany } from './company.ts'
export {
  clearCodeCookie,
  clearPreSessionCookie,
  clearSessionCookie,
  readCodeCookie,
  readPreSessionCookie,
  readSessionCookie,
  setCodeCookie,
  setPreSessionCookie,
  setSessionCookie,
} from './cookies.ts'
export { isOwnForm, isSameOrigin } from './csrf.ts'
export { type Swept, sweepSessions } from './jobs.ts'
export { csrfToken, hashOf, randomSecret, sessionKeys } from './keys.ts'
export {
  deleteStaleRefreshTokens,
  findOpenSession,
  type LiveSession,
  listLiveSessions,
  markSecondFactor,
  type ShownSession,
  updateActivity,
  updateCookie,
} from './queries.ts'
export { recordSuperAdminAccess, refreshSession } from './refresh.ts'
export { idleEndMs, isActivityDue, isLive } from './session.ts'
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
export type { SessionKind } from './tables.ts'
