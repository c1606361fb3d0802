/** Sessions: how long they live. Pure. */
import type { SessionKind } from './tables.ts'

export type SessionLimits = {
  readonly accessTokenS: number
  readonly refreshTokenS: number
  readonly idleS: number
  readonly refreshThresholdS: number
  readonly maxConcurrent: number
  readonly limitPolicy: 'evict_oldest' | 'reject'
}

/** A browser is signed out after a day, a program after a month, however active they are. */
const absoluteS = { browser: 86_400, api: 30 * 86_400 } as const satisfies Record<SessionKind, number>

export const absoluteEndMs = (kind: SessionKind, startedAtMs: number): number => startedAtMs + absoluteS[kind] * 1000

/** When the session ends if nothing more happens. Never after its absolute end. */
export const idleEndMs = (kind: SessionKind, limits: SessionLimits, nowMs: number, absoluteMs: number): number =>
  Math.min(nowMs + (kind === 'browser' ? limits.idleS : limits.refreshTokenS) * 1000, absoluteMs)

export type SessionEnds = { readonly idleExpiresAtMs: number; readonly absoluteExpiresAtMs: number; readonly endedAtMs: number | null }

/** Half-open, like every span: at the very instant of its end a session is over. */
export const isLive = (session: SessionEnds, nowMs: number): boolean =>
  session.endedAtMs === null && nowMs < session.idleExpiresAtMs && nowMs < session.absoluteExpiresAtMs

/** Activity is written at most once per threshold: so the real idle time is up to that much shorter, and a busy page does not write on every request. */
export const isActivityDue = (lastSeenAtMs: number, limits: SessionLimits, nowMs: number): boolean =>
  nowMs - lastSeenAtMs >= limits.refreshThresholdS * 1000
