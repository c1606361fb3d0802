/** Keeps a broken plant database from costing every request its full timeout: after failures, one request tries and the others are told at once. */
import { QueryTimeoutError } from '../../platform/db/index.ts'
import type { Clock } from '../../platform/time/index.ts'

const firstPauseMs = 2_000
const longestPauseMs = 30_000
/** Too slow, or no connection free in time. */
const isSlow = (error: unknown): boolean => error instanceof QueryTimeoutError || (error as { reason?: unknown } | null)?.reason === 'busy'

/** A single slow statement says little about the database; several in a row do. */
const toleratedTimeouts = 2

export type Circuit = {
  /** Milliseconds to wait, or null to go on. After a pause exactly one caller goes on until it reports. */
  readonly enter: () => number | null
  /** What `enter` would say, without going on. */
  readonly waitMs: () => number | null
  readonly succeeded: () => void
  readonly failed: (error: unknown) => void
  /** The caller never learnt how the database is, or did not ask: another one may try. */
  readonly abandoned: () => void
  /** What failed last; null when all is well. */
  readonly lastError: () => unknown
}

export function createCircuit(clock: Clock): Circuit {
  let openUntilMs = 0
  let pauseMs = 0
  let timeouts = 0
  let isTrying = false
  let error: unknown = null
  const waitMs = (): number | null => {
    const leftMs = openUntilMs - clock.nowMs()
    return pauseMs === 0 || leftMs <= 0 ? null : leftMs
  }
  return {
    waitMs,
    enter() {
      const leftMs = waitMs()
      if (pauseMs === 0 || leftMs !== null) return leftMs
      openUntilMs = clock.nowMs() + pauseMs
      isTrying = true
      return null
    },
    succeeded() {
      pauseMs = 0
      timeouts = 0
      isTrying = false
      error = null
    },
    failed(cause) {
      error = cause
      // Requests that were under way when it opened say nothing new.
      if (pauseMs > 0 && !isTrying) return
      isTrying = false
      if (isSlow(cause) && pauseMs === 0 && ++timeouts <= toleratedTimeouts) return
      pauseMs = Math.min(longestPauseMs, pauseMs === 0 ? firstPauseMs : pauseMs * 2)
      openUntilMs = clock.nowMs() + pauseMs
    },
    abandoned() {
      if (!isTrying) return
      isTrying = false
      openUntilMs = 0
    },
    lastError: () => error,
  }
}
