import assert from 'node:assert/strict'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { waitingMails } from '../../../test/harness/mails.ts'
import { transactionsAfter } from '../../../test/harness/meanwhile.ts'
import { changePassword } from '../account/index.ts'
import { transferOwnership } from '../companies/ownership.ts'
import { begin } from '../login/index.ts'
import { password, startWithPeople } from '../people.fixture.ts'
import { listMemberships } from '../tenants/index.ts'
import { findUser } from '../users/index.ts'
import { requestEmailChange } from './index.ts'
import { resetPassword } from './reset.ts'

const renewed = 'NewPass456!'
const origin = { ip: '10.0.0.1', userAgent: null, requestId: 'r' }

forEachEngine('ID-31 ID-32 ID-34 what was begun with a password ends with it, however far it came', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { REQUIRE_EMAIL_VERIFICATION: '1' } }, t)
  const { db } = server.ctx
  const { userId } = server.acme
  await server.newClient().json('/api/v1/auth/forgot-password', { email: 'ana@example.com' })
  const link = (await waitingMails(server.ctx)).at(-1)?.token ?? ''
  const owner = server.newClient()
  await owner.signInApi('ana', password)
  let open = () => {}
  const gate = new Promise<void>((resolve) => (open = resolve))
  const late = { ...server.ctx, db: transactionsAfter(() => gate, db) }
  const found = await findUser(db, { userId })
  assert.ok(found)
  const actor = { userId, sessionKind: 'api', sessionUuid: 'x' } as never
  const wanted = { currentPassword: password, newPassword: 'ThiefPass456!', confirmPassword: null }
  const memberships = await listMemberships(db, userId)
  const underWay = Promise.allSettled([
    begin(late, { ...found, memberships, chosen: null }, { kind: 'browser', origin }, false),
    changePassword(late, actor, 0, wanted, origin),
    requestEmailChange(late, { userId }, { email: 'thief@example.com', currentPassword: password }, origin),
    resetPassword(late, { token: link, newPassword: 'ThiefPass456!', confirmPassword: null }, origin),
    transferOwnership(late, { ...(actor as object), tenant: server.acme } as never, { userId: userId + 1, password }, origin),
  ])
  server.clock.advance(1)
  const changed = await owner.json('/api/v1/auth/change-password', { current_password: password, new_password: renewed })
  assert.equal(changed.status, 200)
  open()
  assert.deepEqual(
    (await underWay).map((each) => (each.status === 'rejected' ? each.reason.code : each.status)),
    [
      'invalid_credentials',
      'current_password_incorrect',
      'current_password_incorrect',
      'token_invalid_or_expired',
      'current_password_incorrect',
    ],
  )
  const sessions = await db.kysely.selectFrom('sessions').select('kind').where('ended_at', 'is', null).execute()
  assert.deepEqual(sessions, [{ kind: 'api' }], 'only the one that the password was changed in')
  assert.equal((await server.newClient().json('/api/v1/auth/login', { username: 'ana', password: renewed })).status, 200)
  const { pending_email } = await db.kysely.selectFrom('users').select('pending_email').where('id', '=', userId).executeTakeFirstOrThrow()
  assert.equal(pending_email, null)
})
