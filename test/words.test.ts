/** Every log event of identity 4.9 and every audit action of 4.10 is written by what it is named after: one story, step by step. Each step
 *  lists the words that it must bring; at the end none of the vocabulary may be left over. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { genericActions, securityActions } from '../src/identity/audit/index.ts'
import { identityJobs } from '../src/identity/index.ts'
import { setActive } from '../src/identity/operators/index.ts'
import { fields, type People, password, startWithPeople } from '../src/identity/people.fixture.ts'
import { createWorker, heartbeat } from '../src/platform/jobs/index.ts'
import type { Client, JsonAnswer } from './harness/client.ts'
import { waitingMails } from './harness/mails.ts'

/** Of 4.9, in its order. */
const eventWords = [
  'login_ok login_failed login_not_approved refresh_ok refresh_revoked_or_expired logout_ok logout_all_ok logout_missing_token',
  'logout_invalid_refresh refresh_missing_token refresh_invalid login_locked login_rate_limited mfa_ok mfa_failed refresh_reuse_detected',
  'register_ok email_verified password_changed password_reset_requested password_reset_ok invitation_sent invitation_accepted',
  'user_approved user_rejected company_selected csrf_failed worker_heartbeat cleanup_refresh_done',
].flatMap((line) => line.split(' '))
/** Renewals are not audited one by one: a session renews itself all day, and its log line is there. */
const neverWritten = new Set(['TOKEN_REFRESH'])

const other = 'NewPass456!'
const send = (method: string, body?: object): RequestInit => ({
  method,
  ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
})

/** Does things and collects what each of them wrote. */
class Story {
  readonly server: People
  readonly seen = new Set<string>()
  readonly #lines: { count: number; lastId: number } = { count: 0, lastId: 0 }
  constructor(server: People) {
    this.server = server
  }

  async #news(): Promise<string[]> {
    const { logLines, ctx } = this.server
    const lines = logLines.slice(this.#lines.count)
    this.#lines.count = logLines.length
    const rows = await ctx.db.kysely
      .selectFrom('audit_logs')
      .select(['id', 'action'])
      .where('id', '>', this.#lines.lastId)
      .orderBy('id')
      .execute()
    this.#lines.lastId = rows.at(-1)?.id ?? this.#lines.lastId
    return [...lines.map(({ event }) => String(event)), ...rows.map(({ action }) => action)]
  }

  /** `words`: what `work` must have written, apart by blanks. */
  async step<T>(words: string, work: () => Promise<T>): Promise<T> {
    await this.server.ctx.db.kysely.deleteFrom('rate_windows').execute()
    await this.#news()
    const result = await work()
    const news = await this.#news()
    const missing = words.split(' ').filter((word) => !news.includes(word))
    assert.deepEqual(missing, [], `written: ${news.join(' ')}; answered: ${JSON.stringify(result)?.slice(0, 300)}`)
    for (const word of words.split(' ')) this.seen.add(word)
    return result
  }
}

const codeAt = (secret: string, atMs: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: atMs })

test('AC-46 ID-58 ID-63 every event and every audit action there is are written by what they are named after', async (t) => {
  const env = { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '1', REQUIRE_APPROVAL: '1', ALLOW_COMPANY_CREATE: '1' }
  const server = await startWithPeople({ env: { ...env, RATE_LIMIT_PER_MINUTE: '10000' } }, t)
  const { ctx, clock } = server
  const story = new Story(server)
  const login = (client: Client, username: string, typed = password) => client.json('/api/v1/auth/login', { username, password: typed })
  const mailTo = async (to: string, template: string) =>
    (await waitingMails(ctx)).filter((mail) => mail.to === to && mail.template === template).at(-1)?.token ?? ''
  const lookAhead = () => clock.advance(61_000)
  const userOf = async (username: string) =>
    (await ctx.db.kysely.selectFrom('users').select('id').where('username', '=', username).executeTakeFirstOrThrow()).id
  const register = (name: string) =>
    server
      .newClient()
      .json('/api/v1/auth/register', { username: name, email: `${name}@example.com`, password, full_name: name, company_slug: 'acme' })
  const prove = async (name: string) =>
    server.newClient().json('/api/v1/auth/verify-email', { token: await mailTo(`${name}@example.com`, 'verify_email') })

  // Signing in and out
  const ana = server.newClient()
  await story.step('login_ok LOGIN', () => ana.signInApi('ana', password))
  await story.step('login_failed LOGIN_FAILED', () => login(server.newClient(), 'ana', 'WrongPass123!'))
  const pair = await server.newClient().signInApi('ana', password)
  const refresh = (token: string | undefined): Promise<JsonAnswer> =>
    server.newClient().json('/api/v1/auth/refresh', token === undefined ? {} : { refresh_token: token })
  await story.step('refresh_ok', () => refresh(pair.refreshToken))
  clock.advance(11_000)
  await story.step('refresh_reuse_detected refresh_revoked_or_expired REFRESH_REUSE', () => refresh(pair.refreshToken))
  await story.step('refresh_missing_token', () => refresh(undefined))
  await story.step('refresh_invalid', () => refresh('not.a.token'))
  await story.step('logout_missing_token', () => server.newClient().json('/api/v1/auth/logout', {}))
  await story.step('logout_invalid_refresh', () => server.newClient().json('/api/v1/auth/logout', { refresh_token: 'not.a.token' }))
  const leaving = server.newClient()
  await leaving.signInApi('ana', password)
  await story.step('logout_ok LOGOUT', () => leaving.json('/api/v1/auth/logout', {}))
  await server.newClient().signInApi('ana', password)
  await story.step('logout_all_ok LOGOUT_ALL', () => ana.json('/api/v1/auth/logout_all', { keep_current: true }))
  const stranger = server.newClient()
  await story.step('login_rate_limited', async () => {
    for (let n = 0; n < 6; n += 1) await login(stranger, 'nobody')
  })
  const browser = server.newClient()
  await browser.signIn('ana', password)
  await story.step('csrf_failed', () => browser.json('/api/v1/auth/logout_all', {}, { headers: { 'x-csrf-token': 'forged' } }))
  await story.step('SESSION_EVICTED', async () => {
    for (let n = 0; n < 3; n += 1) await server.newClient().signInApi('ana', password)
  })
  await ana.signInApi('ana', password)

  // Lock, and what administrators do to accounts
  const veraId = await server.addPerson('vera', 'VIEWER')
  const thief = server.newClient()
  await story.step('login_locked LOGIN_LOCKED', async () => {
    for (let n = 0; n < 6; n += 1) {
      await login(thief, 'vera', 'WrongPass123!')
      if (n === 4) lookAhead()
    }
  })
  const act = (ref: string, action: string, body: object = {}) => ana.json(`/api/v1/users/${ref}/${action}`, body)
  await story.step('USER_UNLOCKED', () => act('vera', 'unlock'))
  await story.step('USER_DISABLED', () => act('vera', 'disable'))
  await story.step('USER_ENABLED', () => act('vera', 'enable'))
  await story.step('ROLE_CHANGED', () => ana.json('/api/v1/users/vera', undefined, send('PATCH', { role: 'OPERATOR' })))
  await story.step('PERMISSIONS_CHANGED', () => ana.json('/api/v1/users/vera', undefined, send('PATCH', { permissions: ['export_data'] })))
  await story.step('USER_UPDATED', () => ana.json('/api/v1/users/me', undefined, send('PATCH', { title: 'Jefa' })))
  await story.step('UPDATE', () => act('vera', 'suspend'))
  await act('vera', 'reactivate')
  const made = { username: 'mila', email: 'mila@example.com', password, role: 'VIEWER' }
  await story.step('USER_CREATED', () => ana.json('/api/v1/users', made))
  await story.step('USER_DELETED', () => ana.json('/api/v1/users/mila', undefined, send('DELETE')))
  await story.step('EXPORT', () => ana.fetch('/api/v1/users/export.csv').then((answer) => answer.text()))
  await story.step('SESSION_REVOKED', async () => {
    const vera = server.newClient()
    await vera.signInApi('vera', password)
    await act('vera', 'disable')
  })
  await act('vera', 'enable')

  // Signing up
  await story.step('register_ok REGISTER', () => register('bea'))
  await story.step('email_verified EMAIL_VERIFIED', () => prove('bea'))
  await story.step('login_not_approved', () => login(server.newClient(), 'bea'))
  await story.step('user_approved USER_APPROVED', () => act('bea', 'approve', { role: 'VIEWER' }))
  await register('caro')
  await prove('caro')
  await story.step('user_rejected USER_REJECTED', () => act('caro', 'reject', { reason: 'no' }))

  // Passwords and addresses
  const bea = server.newClient()
  await bea.signInApi('bea', password)
  const change = { current_password: password, new_password: other }
  await story.step('password_changed PASSWORD_CHANGED', () => bea.json('/api/v1/auth/change-password', change))
  await story.step('password_reset_requested PASSWORD_RESET_REQUESTED', () =>
    server.newClient().json('/api/v1/auth/forgot-password', { email: 'bea@example.com' }),
  )
  const token = await mailTo('bea@example.com', 'password_reset')
  await story.step('password_reset_ok PASSWORD_RESET', () =>
    server.newClient().json('/api/v1/auth/reset-password', { token, new_password: password }),
  )
  await bea.signInApi('bea', password)
  await story.step('USER_UPDATED', () =>
    bea.json('/api/v1/users/me', undefined, send('PATCH', { email: 'beatriz@example.com', current_password: password })),
  )
  const proof = await mailTo('beatriz@example.com', 'email_change_confirm')
  await story.step('EMAIL_CHANGED', () => server.newClient().json('/api/v1/auth/verify-email', { token: proof }))

  // Second factor
  const secret = String(fields((await bea.json('/api/v1/auth/mfa/totp/setup', { password })).body).secret)
  const now = () => {
    clock.advance(30_000)
    return codeAt(secret, clock.nowMs())
  }
  const confirmed = await story.step('MFA_ENABLED', () => bea.json('/api/v1/auth/mfa/totp/confirm', { code: now() }))
  const [recovery] = fields(confirmed.body).recovery_codes as string[]
  const challenge = async () => String(fields((await login(server.newClient(), 'bea')).body).mfa_token)
  const verify = async (given: object) => server.newClient().json('/api/v1/auth/mfa/verify', { mfa_token: await challenge(), ...given })
  await story.step('mfa_failed LOGIN_FAILED', () => verify({ code: '12345' }).then(() => verify({ code: '000000' })))
  await story.step('mfa_ok LOGIN', () => verify({ code: now() }))
  await story.step('RECOVERY_CODE_USED', () => verify({ recovery_code: recovery }))
  await story.step('MFA_DISABLED', () => bea.json('/api/v1/auth/mfa/totp', undefined, send('DELETE', { password, code: now() })))
  const again = String(fields((await bea.json('/api/v1/auth/mfa/totp/setup', { password })).body).secret)
  await bea.json('/api/v1/auth/mfa/totp/confirm', { code: codeAt(again, clock.nowMs()) })
  await story.step('MFA_RESET', () => act('bea', 'mfa-reset'))

  // Companies, invitations, programs, screens
  const founded = await story.step('COMPANY_CREATED', () => ana.json('/api/v1/companies', { company_name: 'Taller' }))
  const taller = String(fields(founded.body).uuid)
  await story.step('company_selected COMPANY_SELECTED', () => ana.json('/api/v1/auth/select-company', { company_id: taller }))
  await story.step('COMPANY_UPDATED', () => ana.json(`/api/v1/companies/${taller}`, undefined, send('PATCH', { description: 'Uno' })))
  await story.step('COMPANY_DEACTIVATED', () => ana.json(`/api/v1/companies/${taller}`, undefined, send('DELETE')))
  await ana.signInApi('ana', password)
  const invited = await story.step('invitation_sent INVITATION_SENT', () =>
    ana.json('/api/v1/invitations', { email: 'dora@example.com', role: 'VIEWER' }),
  )
  const invitation = await mailTo('dora@example.com', 'invitation')
  await story.step('invitation_accepted INVITATION_ACCEPTED', () =>
    server
      .newClient()
      .json('/api/v1/auth/accept-invitation', { token: invitation, password, profile: { first_name: 'Dora', last_name: 'Sol' } }),
  )
  assert.equal(invited.status, 201)
  const second = await ana.json('/api/v1/invitations', { email: 'eva@example.com', role: 'VIEWER' })
  await story.step('INVITATION_REVOKED', () =>
    ana.json(`/api/v1/invitations/${String(fields(second.body).invitation_id)}`, undefined, send('DELETE')),
  )
  const key = await story.step('API_KEY_CREATED', () => ana.json('/api/v1/api-keys', { name: 'Lector', scopes: ['view_dashboard'] }))
  await story.step('API_KEY_REVOKED', () => ana.json(`/api/v1/api-keys/${String(fields(key.body).id)}`, undefined, send('DELETE')))
  await story.step('DISPLAY_CREATED', () => ana.json('/t/acme/admin/displays', { name: 'Sala' }))
  const display = await ctx.db.kysely.selectFrom('displays').select('uuid').executeTakeFirstOrThrow()
  await story.step('DISPLAY_REVOKED', () => ana.json(`/t/acme/admin/displays/${display.uuid}/revoke`, {}))

  // The platform
  await server.addPerson('root', 'VIEWER')
  await ctx.db.kysely
    .deleteFrom('memberships')
    .where('user_id', '=', await userOf('root'))
    .execute()
  await ctx.db.kysely.updateTable('users').set({ is_super_admin: 1 }).where('username', '=', 'root').execute()
  const root = server.newClient()
  await root.signInApi('root', password)
  await story.step('SUPER_ADMIN_ACCESS', () =>
    root.json('/api/v1/auth/context', undefined, { headers: { 'x-company-id': server.acme.tenantUuid } }),
  )
  const country = await story.step('CREATE', () => root.json('/api/v1/catalogs/countries', { iso2: 'ZZ', name: 'Zeta', name_en: 'Zeta' }))
  await story.step('DELETE', () => root.json(`/api/v1/catalogs/countries/${String(fields(country.body).id)}`, undefined, send('DELETE')))
  await story.step('OWNERSHIP_TRANSFERRED', () => ana.json('/api/v1/companies/me/transfer-ownership', { user_id: veraId, password }))
  await story.step('ADMIN_CLI', () => setActive(ctx.db, ctx, 'vera', false))

  // The worker
  await story.step('worker_heartbeat', () => heartbeat(ctx, { name: 'worker', everyMs: 30_000 }).run(new AbortController().signal))
  await story.step('SESSION_TIMEOUT cleanup_refresh_done', async () => {
    const worker = createWorker(ctx, identityJobs(ctx))
    await worker.runDue()
    clock.advance(40 * 86_400_000)
    await worker.runDue()
  })

  const vocabulary = [...eventWords, ...securityActions, ...genericActions].filter((word) => !neverWritten.has(word))
  assert.deepEqual(
    vocabulary.filter((word) => !story.seen.has(word)),
    [],
  )
  for (const line of server.logLines.filter(({ event }) => eventWords.includes(String(event))))
    assert.match(String(line.ts), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/, JSON.stringify(line))
})
