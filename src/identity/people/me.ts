/** What people change about themselves. */
import { transaction } from '../../platform/db/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { problem as identityProblem } from '../problems.ts'
import { type ProfileInput, parseProfile } from '../users/index.ts'
import type { PeopleDeps } from './act.ts'
import { changeProfile } from './change.ts'
import type { Manager } from './person.ts'
import { withPlace } from './place.ts'
import * as q from './queries.ts'

/** Role, approval, points and the like are not fields of a profile, so nobody writes their own. Throws 422 `validation_failed`. */
export const changeOwnProfile = (deps: PeopleDeps, actor: Manager, input: ProfileInput, origin: Origin): Promise<void> =>
  transaction(deps.db, async (tx) => {
    const row = await q.findRow(tx, { tenantId: null }, { userId: actor.userId })
    if (!row) throw identityProblem('not_authenticated')
    const today = new Date(deps.clock.nowMs()).toISOString().slice(0, 10)
    const { change, faults } = parseProfile(input, { today, storedNationalId: row.national_id })
    const place = await withPlace(tx, change)
    const fields = [...faults, ...place.faults]
    if (fields.length > 0) throw identityProblem('validation_failed', { fields })
    await changeProfile(deps, actor, { tx, person: q.toPerson(row), tenant: null }, place.change, origin)
  })

/** The tour of the first sign-in was seen (`false`), or is to be shown again. */
export const setFirstLogin = (deps: PeopleDeps, actor: Manager, isFirst: boolean, origin: Origin): Promise<void> =>
  transaction(deps.db, async (tx) => {
    await q.updateAccount(tx, actor.userId, { first_login: isFirst ? 1 : 0 }, deps.clock.nowMs())
    const about = { entityType: 'user', entityId: actor.userId, origin }
    await recordAudit(tx, deps, actor, 'USER_UPDATED', { ...about, data: { fields: ['first_login'] } })
  })
