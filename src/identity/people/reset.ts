/** A link for a new password, asked for by whoever administers the account. It goes by mail only. */
import { type Origin, recordAudit } from '../audit/index.ts'
import { sendReset as mailReset } from '../recovery/index.ts'
import { about, actOn, demandAccount, type PeopleDeps } from './act.ts'
import type { Manager } from './person.ts'

/** Throws 403 `role_above_own`, `other_home_tenant`; 404 `user_not_found`. */
export const sendReset = (deps: PeopleDeps, actor: Manager, ref: string, origin: Origin) =>
  actOn(deps, actor, ref, async (doing) => {
    demandAccount(actor, doing)
    const { tx, person } = doing
    await mailReset(tx, deps, { ...person, preferredLanguage: person.language }, origin)
    await recordAudit(tx, deps, actor, 'PASSWORD_RESET_REQUESTED', { ...about(doing, origin), data: { by: 'administrator' } })
    deps.log.info(
      { event: 'password_reset_requested', user_id: person.userId, by: actor.userId, request_id: origin.requestId, ip: origin.ip },
      'password reset requested',
    )
    return person.userId
  })
