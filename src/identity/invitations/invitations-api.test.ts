import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { waitingMails } from '../../../test/harness/mails.ts'
import { fields, type People, password, startWithPeople } from '../people.fixture.ts'
import { createTenantWithAdmin, updateTenantConfig } from '../tenants/index.ts'

type Answer = { readonly status: number; readonly body: unknown }
const codeOf = ({ status, body }: Answer) => [status, status < 300 ? 'ok' : fields(body).code]
const dayMs = 86_400_000
const html = { accept: 'text/html' }

const signedIn = async (server: People, username: string): Promise<Client> => {
  const client = server.newClient()
  await client.signInApi(username, password)
  return client
}
/** The token of the newest mail to `to`. */
const mailedToken = async (server: People, to: string): Promise<string> => {
  const mail = (await waitingMails(server.ctx)).findLast((candidate) => candidate.to === to)
  assert.equal(mail?.template, 'invitation')
  return mail?.token ?? assert.fail('the mail has no token')
}
const tokenOf = (url: unknown): string => new URL(String(url)).searchParams.get('token') ?? assert.fail('no token')
const members = (server: People, tenantId = server.acme.tenantId) =>
  server.ctx.db.kysely
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.username', 'u.email', 'm.role', 'm.status', 'm.invited_by'])
    .where('m.tenant_id', '=', tenantId)
    .orderBy('u.id')
    .execute()

forEachEngine('ID-45 somebody new is invited by mail, looks, accepts and is in: approved, proven, with the role', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const ana = await signedIn(server, 'ana')
  const made = await ana.json('/auth/invite-user', { email: ' Nuevo@Example.com ', role: 'supervisor', permissions: ['manage_company'] })
  assert.deepEqual([made.status, made.headers.get('deprecation')], [201, 'true'])
  assert.deepEqual(Object.keys(fields(made.body)).sort(), ['expires_at', 'invitation_id'])
  assert.equal(fields(made.body).expires_at, new Date(server.clock.nowMs() + 7 * dayMs).toISOString())
  const token = await mailedToken(server, 'nuevo@example.com')
  const stored = await server.ctx.db.kysely.selectFrom('invitations').selectAll().executeTakeFirstOrThrow()
  assert.ok(!JSON.stringify(stored).includes(token), 'only a hash of the token is stored')

  const guest = server.newClient()
  const seen = await guest.json(`/auth/invitation/${token}`)
  assert.deepEqual(seen.body, {
    company_name: 'Acme',
    email: 'n***@example.com',
    role: 'MANAGER',
    expires_at: fields(made.body).expires_at,
    is_link: false,
    user_exists: false,
  })
  const weak = await guest.json('/api/v1/auth/accept-invitation', { token, password: 'weak', profile: { first_name: 'N' } })
  assert.deepEqual(codeOf(weak), [422, 'validation_failed'])
  const joined = await guest.json('/api/v1/auth/accept-invitation', {
    token,
    password,
    profile: { first_name: 'Nuria', last_name: 'Pérez', phone_number: '3001234567', xp_total: 99 },
    role: 'OWNER',
    tenant_id: 99,
  })
  assert.equal(joined.status, 201, JSON.stringify(joined.body))
  assert.deepEqual(
    [fields(joined.body).tenant_id, fields(joined.body).role, fields(joined.body).status],
    [server.acme.tenantId, 'MANAGER', 'active'],
  )
  const nuevo = await signedIn(server, 'nuevo@example.com')
  const me = fields((await nuevo.json('/api/v1/auth/me')).body)
  assert.deepEqual(
    [me.username, me.email_verified, me.is_approved, me.role, me.first_name, me.phone, me.xp_total, me.tenant_id],
    ['nuevo', true, true, 'MANAGER', 'Nuria', '3001234567', 0, server.acme.tenantId],
  )
  assert.ok((me.permissions as string[]).includes('manage_company'))
  for (const again of [await guest.json(`/auth/invitation/${token}`), await guest.json('/auth/accept-invitation', { token, password })])
    assert.deepEqual(codeOf(again), [400, 'token_invalid_or_expired'])
  const list = await ana.json('/api/v1/invitations?status=accepted')
  assert.deepEqual(
    (fields(list.body).items as Record<string, unknown>[]).map(({ email, role, status, is_accepted, invited_by_name }) => [
      email,
      role,
      status,
      is_accepted,
      invited_by_name,
    ]),
    [['nuevo@example.com', 'MANAGER', 'accepted', true, 'ana']],
  )
  const audit = await server.ctx.db.kysely
    .selectFrom('audit_logs')
    .select(['action', 'user_id'])
    .where('entity_type', '=', 'invitation')
    .orderBy('id')
    .execute()
  assert.deepEqual(
    audit.map(({ action }) => action),
    ['INVITATION_SENT', 'INVITATION_ACCEPTED'],
  )
  const events = server.logLines.map(({ event }) => event)
  assert.ok(events.includes('invitation_sent') && events.includes('invitation_accepted'))
  assert.ok(!JSON.stringify(server.logLines).includes(token), 'no log holds the token')
})

forEachEngine(
  'ID-45 K-35 somebody with an account must sign in to it; another account and a second time are refused',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const other = await createTenantWithAdmin(server.ctx.db, server.ctx, {
      companyName: 'Otra',
      username: 'otto',
      email: 'otto@example.com',
      password,
    })
    const ana = await signedIn(server, 'ana')
    assert.deepEqual(codeOf(await ana.json('/api/v1/invitations', { email: 'otto@example.com', role: 'VIEWER' })), [201, 'ok'])
    const token = await mailedToken(server, 'otto@example.com')
    const guest = server.newClient()
    assert.equal(fields((await guest.json(`/api/v1/invitations/lookup/${token}`)).body).user_exists, true)
    assert.deepEqual(codeOf(await guest.json('/api/v1/auth/accept-invitation', { token, password })), [409, 'login_required'])
    assert.deepEqual(codeOf(await guest.json('/api/v1/auth/accept-invitation/existing', { token })), [401, 'not_authenticated'])
    await server.addPerson('vera', 'VIEWER')
    assert.deepEqual(codeOf(await (await signedIn(server, 'vera')).json('/api/v1/auth/accept-invitation/existing', { token })), [
      403,
      'invitation_for_other_account',
    ])
    const otto = await signedIn(server, 'otto')
    const answers = await Promise.all([1, 2, 3].map(() => otto.json('/auth/accept-invitation/existing', { token })))
    // Who comes second finds the link used up, or oneself a member.
    assert.deepEqual(answers.map(({ status }) => (status === 409 ? 400 : status)).sort(), [200, 400, 400])
    assert.deepEqual(
      (await members(server)).map(({ username, role, status }) => [username, role, status]),
      [
        ['ana', 'OWNER', 'active'],
        ['otto', 'VIEWER', 'active'],
        ['vera', 'VIEWER', 'active'],
      ],
    )
    assert.equal((fields((await otto.json('/api/v1/auth/companies')).body).companies as unknown[]).length, 2)
    assert.deepEqual(codeOf(await ana.json('/api/v1/invitations', { email: 'OTTO@example.com', role: 'VIEWER' })), [409, 'already_member'])
    const home = await server.ctx.db.kysely
      .selectFrom('users')
      .select('home_tenant_id')
      .where('username', '=', 'otto')
      .executeTakeFirstOrThrow()
    assert.equal(home.home_tenant_id, other.tenantId)
  },
)

forEachEngine(
  'ID-45 K-34 an invitation ends after seven days, can be sent again with another link, revoked, and made anew',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const ana = await signedIn(server, 'ana')
    const ask = () => ana.json('/api/v1/invitations', { email: 'eva@example.com', role: 'OPERATOR' })
    const look = async (token: string) => codeOf(await server.newClient().json(`/api/v1/invitations/lookup/${token}`))
    const first = Number(fields((await ask()).body).invitation_id)
    const firstToken = await mailedToken(server, 'eva@example.com')
    assert.deepEqual(codeOf(await ask()), [409, 'invitation_pending'])
    assert.deepEqual(codeOf(await ana.json(`/api/v1/invitations/${first}/resend`, {})), [200, 'ok'])
    const secondToken = await mailedToken(server, 'eva@example.com')
    assert.deepEqual(await look(firstToken), [400, 'token_invalid_or_expired'])
    assert.deepEqual(await look(secondToken), [200, 'ok'])
    server.clock.advance(7 * dayMs - 1)
    assert.deepEqual(await look(secondToken), [200, 'ok'])
    server.clock.advance(1)
    assert.deepEqual(await look(secondToken), [400, 'token_invalid_or_expired'])
    const later = await signedIn(server, 'ana')
    const again = await later.json('/api/v1/invitations', { email: 'eva@example.com', role: 'OPERATOR' })
    assert.deepEqual(codeOf(again), [201, 'ok'])
    const expired = await later.json('/api/v1/invitations?status=expired')
    assert.deepEqual(
      (fields(expired.body).items as { id: number; status: string }[]).map(({ id, status }) => [id, status]),
      [[first, 'expired']],
    )
    // The expired one cannot come back while the new one waits.
    assert.deepEqual(codeOf(await later.json(`/api/v1/invitations/${first}/resend`, {})), [409, 'invitation_pending'])
    const thirdToken = await mailedToken(server, 'eva@example.com')
    const id = Number(fields(again.body).invitation_id)
    assert.equal((await later.fetch(`/api/v1/invitations/${id}`, { method: 'DELETE' })).status, 204)
    assert.deepEqual(await look(thirdToken), [400, 'token_invalid_or_expired'])
    assert.deepEqual(codeOf(await later.json(`/api/v1/invitations/${id}`, undefined, { method: 'DELETE' })), [409, 'invitation_over'])
    assert.deepEqual(codeOf(await later.json(`/api/v1/invitations/${id}/resend`, {})), [409, 'invitation_over'])
    assert.deepEqual(codeOf(await later.json('/api/v1/invitations', { email: 'eva@example.com', role: 'OPERATOR' })), [201, 'ok'])
  },
)

test('ID-45 K-33 nobody gives more than they have, and every fault of an invitation is told at once', async (t) => {
  const server = await startWithPeople({}, t)
  await server.addPerson('adan', 'ADMIN')
  await server.addPerson('mara', 'MANAGER')
  const adan = await signedIn(server, 'adan')
  const ask = (body: object) => adan.json('/api/v1/invitations', { email: 'x@example.com', role: 'VIEWER', ...body })
  assert.deepEqual(codeOf(await ask({ role: 'OWNER' })), [403, 'role_above_own'])
  assert.deepEqual(codeOf(await ask({ permissions: ['delete_company'] })), [403, 'permission_not_held'])
  assert.deepEqual(codeOf(await ask({ permissions: ['manage_tenants'] })), [403, 'permission_not_held'])
  assert.deepEqual(codeOf(await (await signedIn(server, 'mara')).json('/api/v1/invitations', { email: 'x@example.com', role: 'VIEWER' })), [
    403,
    'permission_denied',
  ])
  const bad = await ask({ email: 'no', role: 'boss', permissions: ['fly'], modules: ['space'] })
  assert.deepEqual(
    (fields(bad.body).fields as { path: string }[]).map(({ path }) => path),
    ['email', 'role', 'permissions', 'modules'],
  )
  // Narrowed to one module, one cannot let somebody into all.
  await server.ctx.db.kysely.updateTable('memberships').set({ modules: '["factory"]' }).where('role', '=', 'ADMIN').execute()
  assert.deepEqual(codeOf(await ask({})), [403, 'permission_not_held'])
  assert.deepEqual(codeOf(await ask({ modules: ['factory'] })), [201, 'ok'])
})

forEachEngine('ID-45 ID-38 another company neither sees, resends nor revokes an invitation', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  await createTenantWithAdmin(server.ctx.db, server.ctx, { companyName: 'Otra', username: 'otto', email: 'otto@example.com', password })
  const ana = await signedIn(server, 'ana')
  const id = fields((await ana.json('/api/v1/invitations', { email: 'eva@example.com', role: 'VIEWER' })).body).invitation_id
  const otto = await signedIn(server, 'otto')
  assert.deepEqual(fields((await otto.json('/api/v1/invitations')).body).items, [])
  assert.deepEqual(codeOf(await otto.json(`/api/v1/invitations/${id}/resend`, {})), [404, 'invitation_not_found'])
  assert.deepEqual(codeOf(await otto.json(`/api/v1/invitations/${id}`, undefined, { method: 'DELETE' })), [404, 'invitation_not_found'])
  assert.equal((await server.ctx.db.kysely.selectFrom('invitations').select('status').executeTakeFirstOrThrow()).status, 'pending')
})

forEachEngine(
  'ID-46 an open link lets in as many as it says, however many come at once, and each waits for approval',
  async (engine, t) => {
    const server = await startWithPeople({ engine, env: { RATE_LIMIT_PER_MINUTE: '10000' } }, t)
    const ana = await signedIn(server, 'ana')
    const made = await ana.json('/api/v1/invitations/links', { role: 'operator', max_uses: 3 })
    assert.equal(made.status, 201, JSON.stringify(made.body))
    const token = tokenOf(fields(made.body).url)
    assert.ok(String(fields(made.body).url).startsWith(`${server.ctx.config.http.publicUrl}/accept-invitation?token=`))
    const home = await createTenantWithAdmin(server.ctx.db, server.ctx, {
      companyName: 'Casa',
      username: 'casa',
      email: 'casa@example.com',
      password,
    })
    const names = Array.from({ length: 6 }, (_, index) => `turno${index}`)
    for (const name of names) await server.addPerson(name, 'VIEWER', home.tenantId)
    const people = await Promise.all(names.map((name) => signedIn(server, name)))
    const answers = await Promise.all(people.map((client) => client.json('/api/v1/auth/accept-invitation/existing', { token })))
    assert.deepEqual(answers.map(codeOf).map(String).sort(), [
      '200,ok',
      '200,ok',
      '200,ok',
      ...Array(3).fill('400,token_invalid_or_expired'),
    ])
    const waiting = (await members(server)).filter(({ status }) => status === 'pending')
    assert.deepEqual(
      waiting.map(({ role, invited_by }) => [role, invited_by]),
      Array(3).fill(['OPERATOR', server.acme.userId]),
    )
    const [row] = await server.ctx.db.kysely.selectFrom('invitations').select(['used_count', 'status']).execute()
    assert.deepEqual(row, { used_count: 3, status: 'accepted' })
    assert.equal(
      (await waitingMails(server.ctx)).filter(({ template, to }) => template === 'approval_pending' && to === 'ana@example.com').length,
      3,
    )
    // A stranger without an account registers with it: the link tells nobody who has one.
    const fresh = tokenOf(fields((await ana.json('/api/v1/invitations/links', { role: 'VIEWER' })).body).url)
    assert.deepEqual(codeOf(await server.newClient().json('/api/v1/auth/accept-invitation', { token: fresh, password })), [
      409,
      'register_required',
    ])
  },
)

test('ID-46 K-14 an open link gives little, to few, for a while', async (t) => {
  const server = await startWithPeople({}, t)
  const ana = await signedIn(server, 'ana')
  const link = (body: object) => ana.json('/api/v1/invitations/links', { role: 'VIEWER', ...body })
  const inDays = (days: number) => new Date(server.clock.nowMs() + days * dayMs).toISOString()
  for (const [body, path] of [
    [{ role: 'ADMIN' }, 'role'],
    [{ role: 'manager' }, 'role'],
    [{ max_uses: 0 }, 'max_uses'],
    [{ max_uses: 1001 }, 'max_uses'],
    [{ expires_at: inDays(-1) }, 'expires_at'],
    [{ expires_at: inDays(91) }, 'expires_at'],
    [{ expires_at: 'mañana' }, 'expires_at'],
  ] as const) {
    const answer = await link(body)
    assert.deepEqual([answer.status, (fields(answer.body).fields as { path: string }[])[0]?.path], [422, path], JSON.stringify(body))
  }
  assert.equal(fields((await link({ expires_at: '2026-03-05' })).body).expires_at, '2026-03-06T00:00:00.000Z')
})

forEachEngine('ID-47 limits.max_users holds when people accept at once, and counts who was invited', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { RATE_LIMIT_PER_MINUTE: '10000' } }, t)
  const { kysely } = server.ctx.db
  const limit = (users: number) =>
    kysely
      .updateTable('tenants')
      .set({ config: JSON.stringify({ limits: { max_users: users } }) })
      .where('id', '=', server.acme.tenantId)
      .execute()
  const ana = await signedIn(server, 'ana')
  await limit(3)
  const ask = (n: number) => ana.json('/api/v1/invitations', { email: `p${n}@example.com`, role: 'VIEWER' })
  assert.deepEqual(
    [codeOf(await ask(1)), codeOf(await ask(2)), codeOf(await ask(3))],
    [
      [201, 'ok'],
      [201, 'ok'],
      [409, 'tenant_user_limit'],
    ],
  )
  await limit(6)
  for (const n of [3, 4, 5]) assert.deepEqual(codeOf(await ask(n)), [201, 'ok'])
  await limit(4)
  const tokens = await Promise.all([1, 2, 3, 4, 5].map((n) => mailedToken(server, `p${n}@example.com`)))
  const answers = await Promise.all(tokens.map((token) => server.newClient().json('/api/v1/auth/accept-invitation', { token, password })))
  assert.deepEqual(answers.map(codeOf).map(String).sort(), ['201,ok', '201,ok', '201,ok', '409,tenant_user_limit', '409,tenant_user_limit'])
  assert.equal((await members(server)).length, 4)
  assert.equal((await kysely.selectFrom('users').select('id').execute()).length, 4, 'who was refused left no account')
})

test('ID-45 a hundred invitations do not wait behind one person, and a token is not guessed', async (t) => {
  const server = await startWithPeople({ env: { RATE_LIMIT_PER_MINUTE: '10000' } }, t)
  const ana = await signedIn(server, 'ana')
  const statuses = []
  for (let n = 0; n < 21; n += 1)
    statuses.push((await ana.json('/api/v1/invitations', { email: `p${n}@example.com`, role: 'VIEWER' })).status)
  assert.deepEqual(statuses, [...Array(20).fill(201), 429])
  const guest = server.newClient()
  const looks = []
  for (let n = 0; n < 11; n += 1) looks.push((await guest.json(`/auth/invitation/${'x'.repeat(43)}`)).status)
  assert.deepEqual(looks, [...Array(10).fill(400), 429])
})

const hidden = (page: string, name: string) => page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? ''
const form = (values: Record<string, string>) => ({
  method: 'POST',
  headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(values).toString(),
})

forEachEngine('ID-45 ID-75 by pages: invited, the token leaves the address, a new person joins and is in', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const ana = server.newClient()
  await ana.signIn('ana', password)
  const page = await (await ana.fetch('/t/acme/admin/invitations', { headers: html })).text()
  assert.match(page, /No hay invitaciones/)
  const csrf = hidden(page, 'csrf_token')
  const refused = await ana.fetch('/t/acme/admin/invitations', form({ email: 'no', role: 'VIEWER', csrf_token: csrf }))
  assert.deepEqual([refused.status, /No es un correo válido/.test(await refused.text())], [422, true])
  const sent = await (
    await ana.fetch('/t/acme/admin/invitations', form({ email: 'eva@example.com', role: 'MANAGER', csrf_token: csrf }))
  ).text()
  const token = await mailedToken(server, 'eva@example.com')
  assert.ok(sent.includes(`/accept-invitation?token=${token}`), 'the link is shown once')
  assert.ok(!(await (await ana.fetch('/t/acme/admin/invitations', { headers: html })).text()).includes(token))

  const guest = server.newClient()
  const landed = await guest.fetch(`/accept-invitation?token=${token}`, { headers: html })
  assert.deepEqual([landed.status, landed.headers.get('location')], [303, '/accept-invitation'])
  const offer = await (await guest.fetch('/accept-invitation', { headers: html })).text()
  assert.match(offer, /Invitación a Acme/)
  assert.match(offer, /Gerencia/)
  assert.ok(!offer.includes(token) && !offer.includes('eva@example.com'), 'neither token nor address is in the page')
  const values = { full_name: 'Eva Ruiz', username: '', password, csrf_token: hidden(offer, 'csrf_token') }
  const mismatch = await guest.fetch('/accept-invitation', form({ ...values, confirm_password: 'Other123!' }))
  assert.deepEqual([mismatch.status, /No coincide/.test(await mismatch.text())], [422, true])
  const forged = await guest.fetch('/accept-invitation', form({ ...values, confirm_password: password, csrf_token: 'x' }))
  assert.equal(forged.status, 403)
  const joined = await guest.fetch('/accept-invitation', form({ ...values, confirm_password: password }))
  assert.deepEqual([joined.status, joined.headers.get('location')], [303, '/t/acme/dashboard'])
  assert.equal(fields((await guest.json('/api/v1/auth/me')).body).full_name, 'Eva Ruiz')
  assert.match(await (await guest.fetch('/accept-invitation', { headers: html })).text(), /El enlace no es válido/)
})

test('ID-45 by pages: the account one has, the wrong account, an open link, and a link that is over', async (t) => {
  const server = await startWithPeople({}, t)
  await createTenantWithAdmin(server.ctx.db, server.ctx, { companyName: 'Otra', username: 'otto', email: 'otto@example.com', password })
  const ana = server.newClient()
  await ana.signIn('ana', password)
  const csrf = hidden(await (await ana.fetch('/t/acme/admin/invitations', { headers: html })).text(), 'csrf_token')
  await ana.fetch('/t/acme/admin/invitations', form({ email: 'otto@example.com', role: 'VIEWER', csrf_token: csrf }))
  const token = await mailedToken(server, 'otto@example.com')
  const pageFor = async (client: Client, asked = token) => {
    await client.fetch(`/accept-invitation?token=${asked}`, { headers: html })
    return (await client.fetch('/accept-invitation', { headers: html })).text()
  }
  assert.match(await pageFor(server.newClient()), /Esa dirección ya tiene una cuenta/)
  assert.match(await pageFor(ana), /Usted ya pertenece a Acme/)
  const vera = server.newClient()
  await server.addPerson(
    'tercera',
    'VIEWER',
    (
      await createTenantWithAdmin(server.ctx.db, server.ctx, {
        companyName: 'Tercera',
        username: 'tere',
        email: 'tere@example.com',
        password,
      })
    ).tenantId,
  )
  await vera.signIn('tercera', password)
  assert.match(await pageFor(vera), /La invitación es para o\*\*\*@example\.com/)
  const otto = server.newClient()
  await otto.signIn('otto', password)
  const offer = await pageFor(otto)
  assert.match(offer, /Usted ingresó como otto/)
  const joined = await otto.fetch('/accept-invitation/existing', form({ csrf_token: hidden(offer, 'csrf_token') }))
  assert.deepEqual([joined.status, joined.headers.get('location')], [303, '/t/acme/dashboard'])

  const made = await (
    await ana.fetch('/t/acme/admin/invitations/links', form({ role: 'OPERATOR', max_uses: '2', expires_at: '', csrf_token: csrf }))
  ).text()
  const linkToken = made.match(/accept-invitation\?token=([\w-]{43})/)?.[1] ?? assert.fail('no link')
  assert.match(await pageFor(server.newClient(), linkToken), /href="\/register"/)
  const asked = await pageFor(vera, linkToken)
  const waits = await vera.fetch('/accept-invitation/existing', form({ csrf_token: hidden(asked, 'csrf_token') }))
  assert.deepEqual([waits.status, /apruebe su acceso/.test(await waits.text())], [200, true])

  const list = await (await ana.fetch('/t/acme/admin/invitations?status=pending', { headers: html })).text()
  const id = list.match(/admin\/invitations\/(\d+)\/revoke/)?.[1]
  const revoked = await ana.fetch(`/t/acme/admin/invitations/${id}/revoke`, form({ csrf_token: csrf }))
  assert.equal(revoked.headers.get('location'), '/t/acme/admin/invitations?done=revoked')
  assert.match(await pageFor(server.newClient(), linkToken), /El enlace no es válido/)
  assert.equal((await vera.fetch('/t/acme/admin/invitations', { headers: html })).status, 404)
})

forEachEngine('ID-46 a link that is valid until a day is valid on all of it, where the company is', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  await updateTenantConfig(server.ctx.db, server.ctx, null, server.acme.tenantId, () => ({ timezone: 'America/Bogota' }))
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  const link = (expires_at: string) => ana.json('/api/v1/invitations/links', { role: 'VIEWER', expires_at })
  assert.equal(fields((await link('2026-03-02')).body).expires_at, '2026-03-03T05:00:00.000Z')
  for (const typed of ['2026-03-05T10:00', '5 March 2026', '2026-02-30']) assert.equal((await link(typed)).status, 422, typed)
})
