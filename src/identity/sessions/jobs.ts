/** Housekeeping, every few minutes: sessions that timed out get their end, what nobody needs any more goes. */
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import * as q from './queries.ts'
import { endSession } from './start.ts'

/** An ended session's row is kept this long, so that a late token gets a clear answer; sign-in records stay. */
const keepEndedSessionMs = 35 * 86_400_000
const batch = 200

export type Swept = { readonly timedOut: number; readonly sessions: number }

export async function sweepSessions(db: Db, deps: { readonly clock: Clock }): Promise<Swept> {
  let timedOut = 0
  for (let found = batch; found === batch; ) {
    const overdue = await q.listOverdueSessions(db, deps.clock.nowMs(), batch)
    found = overdue.length
    for (const session of overdue) {
      if (await transaction(db, (tx) => endSession(tx, deps, { userId: session.userId }, session, 'timeout'))) timedOut += 1
    }
  }
  const nowMs = deps.clock.nowMs()
  return { timedOut, sessions: await q.deleteEndedSessions(db, nowMs - keepEndedSessionMs) }
}
