import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { newUuid } from '../../platform/ids/index.ts'
import { listSigners, openPairing, pairDisplay, pinFault, recogniseDisplay, setPin, verifyOperatorPin } from '../displays/index.ts'
import { insertDisplay, listDisplays } from '../displays/queries.ts'
import { fields, type People, password, startWithPeople } from '../people.fixture.ts'
import { createTenantWithAdmin } from '../tenants/index.ts'

const html = { accept: 'text/html' }
const origin = { ip: '10.0.0.1', userAgent: null, requestId: null }
const minuteMs = 60_000
const dayMs = 86_400_000
const hidden = (page: string, name: string) => page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? ''
const get = (client: Client, path: string) => client.fetch(path, { headers: html })
const post = (client: Client, path: string, values: Record<string, string>) =>
  client.fetch(path, {
    method: 'POST',
    headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(values).toString(),
  })
const here = '/t/acme/admin/displays'

async function administrator(server: People) {
  const client = server.newClient()
  await client.signIn('ana', password)
  const csrf = hidden(await (await get(client, here)).text(), 'csrf_token')
  const make = async (values: Record<string, string> = {}) => {
    const page = await (await post(client, here, { name: 'TV Línea 1', csrf_token: csrf, ...values })).text()
    const link = page.match(/value="([^"]+\/display\/pair\?token=[\w-]{43})"/)?.[1] ?? ''
    const code = page.match(/class="pair-code">([^<]+)</)?.[1] ?? ''
    return { page, code, path: new URL(link).pathname + new URL(link).search }
  }
  return { client, csrf, make }
}
async function pairByCode(screen: Client, code: string) {
  const page = await (await get(screen, '/display')).text()
  return post(screen, '/display', { code, csrf_token: hidden(page, 'csrf_token') })
}

forEachEngine(
  'a screen is paired by a link whose token leaves the address at once, by one button, and stays for years',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const { client, make } = await administrator(server)
    assert.match(await (await get(client, here)).text(), /Todavía no hay pantallas/)
    const { path, page } = await make()
    assert.match(page, /<img class="qr" src="data:image/)
    const screen = server.newClient()
    const opened = await get(screen, path)
    assert.deepEqual([opened.status, opened.headers.get('location')], [303, '/display'])
    const offer = await (await get(screen, '/display')).text()
    assert.match(offer, /Esta pantalla será «TV Línea 1» de Acme/)
    // a preview of the link in a chat used nothing up
    assert.equal((await get(server.newClient(), path)).status, 303)
    const paired = await post(screen, '/display', { csrf_token: hidden(offer, 'csrf_token') })
    assert.deepEqual([paired.status, paired.headers.get('location')], [303, '/t/acme/dashboard'])
    const cookie = paired.headers.getSetCookie().find((line) => line.startsWith('andon_display=')) ?? ''
    assert.match(cookie, /^andon_display=[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/)
    assert.ok(!screen.cookies.has('andon_pairing') && !screen.cookies.has('andon_sid'))
    // Acme has no plant: it is told so, which only those are who may look
    const board = await get(screen, '/t/acme/dashboard?line_id=3')
    assert.equal(board.status, 200)
    assert.ok(!(await board.text()).includes('/logout'))
    const again = await post(server.newClient(), '/display', {})
    assert.equal(again.status, 403)
    const list = await (await get(client, here)).text()
    assert.match(list, /Conectada/)
    assert.match(list, /\/t\/acme\/dashboard\?line_id=3/)
    server.clock.advance(900 * dayMs)
    assert.equal((await get(screen, '/t/acme/dashboard')).status, 200)
    assert.equal((await get(screen, '/display')).headers.get('location'), '/t/acme/dashboard')
    const stored = await server.ctx.db.kysely.selectFrom('displays').selectAll().executeTakeFirstOrThrow()
    assert.ok(!JSON.stringify(stored).includes(screen.cookies.get('andon_display') ?? '?'))
    const said = JSON.stringify(server.logLines)
    for (const token of [screen.cookies.get('andon_display') ?? '?', path.slice(-43)]) assert.ok(!said.includes(token), 'not logged')
  },
)

forEachEngine('a screen looks at its company’s dashboard and at nothing else', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { RATE_LIMIT_PER_MINUTE: '100000' } }, t)
  await createTenantWithAdmin(server.ctx.db, server.ctx, { companyName: 'Other', username: 'otto', email: 'otto@example.com', password })
  const { make } = await administrator(server)
  const screen = server.newClient()
  await pairByCode(screen, (await make()).code)
  assert.equal((await get(screen, '/t/other/dashboard')).status, 404)
  const mismatch = await screen.json('/api/v1/layout/config', undefined, { headers: { 'x-company-id': '999' } })
  assert.deepEqual([mismatch.status, fields(mismatch.body).code], [403, 'tenant_mismatch'])
  let refusals = 0
  for (const { method, url, access } of server.app.shell.routes) {
    if (access === 'public' || access === 'view_dashboard') continue
    const path = url.replace('/t/:company', '/t/acme').replace(/:\w+/g, '1').replace('*', 'x')
    server.clock.advance(minuteMs)
    const answer = await screen.json(path, undefined, {
      method,
      ...(method !== 'GET' && { headers: { 'content-type': 'application/json' }, body: '{}' }),
    })
    assert.equal(answer.status, 403, `${method} ${url} (${access})`)
    refusals += 1
  }
  assert.ok(refusals > 40)
  const write = await screen.json('/api/v1/dashboard/data', {})
  assert.deepEqual([write.status, fields(write.body).code], [403, 'csrf_failed'], 'another site cannot ask through the screen either')
})

forEachEngine('a code pairs one screen, once, within fifteen minutes; pairing anew puts the screen before out', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { client, csrf, make } = await administrator(server)
  const { code } = await make()
  assert.match(code, /^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/)
  const wrong = await pairByCode(server.newClient(), 'AAAA-AAAA')
  assert.equal(wrong.status, 400)
  assert.match(await wrong.text(), /ya fue usado o venció/)
  const db = { ...server.ctx.db, tenantId: server.acme.tenantId }
  const [display] = await listDisplays(db)
  assert.ok(display)
  const races = await Promise.all(Array.from({ length: 8 }, () => pairDisplay(server.ctx, { code: ` ${code.toLowerCase()} ` }, origin)))
  const [winner] = races.filter((each) => each !== null)
  assert.equal(races.filter((each) => each !== null).length, 1)
  assert.ok(winner && (await recogniseDisplay(server.ctx, winner.cookie)))
  const late = await openPairing(server.ctx.db, server.ctx, display)
  server.clock.advance(15 * minuteMs)
  assert.equal(await pairDisplay(server.ctx, late, origin), null)
  const again = await (await post(client, `${here}/${display.uuid}/pairing`, { csrf_token: csrf })).text()
  const screen = server.newClient()
  assert.equal((await pairByCode(screen, again.match(/class="pair-code">([^<]+)</)?.[1] ?? '')).status, 303)
  assert.equal(await recogniseDisplay(server.ctx, winner.cookie), null)
})

forEachEngine(
  'renaming, binding to lines, forgetting a screen that is off, revoking: at its next request it is dark',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const { client, csrf, make } = await administrator(server)
    const screen = server.newClient()
    await pairByCode(screen, (await make({ lines: '3, 1', idle_days: '7' })).code)
    const db = { ...server.ctx.db, tenantId: server.acme.tenantId }
    const [display] = await listDisplays(db)
    assert.deepEqual([display?.lineIds, display?.idleDays], [[3, 1], 7])
    const one = `${here}/${display?.uuid}`
    const faulty = await post(client, one, { csrf_token: csrf, name: ' ', lines: 'a', idle_days: '0' })
    assert.equal(faulty.status, 422)
    assert.match(await faulty.text(), /Use números de línea/)
    const changed = await post(client, one, { csrf_token: csrf, name: 'TV Empaque', lines: '', idle_days: '7' })
    assert.equal(changed.headers.get('location'), `${here}?done=changed`)
    assert.deepEqual(
      (await listDisplays(db)).map(({ name, lineIds }) => [name, lineIds]),
      [['TV Empaque', null]],
    )
    server.clock.advance(7 * dayMs - 1)
    assert.equal((await get(screen, '/t/acme/dashboard')).status, 200)
    server.clock.advance(7 * dayMs)
    const dark = await get(screen, '/t/acme/dashboard')
    assert.deepEqual([dark.status, dark.headers.get('location')], [303, '/display'])
    await client.signIn('ana', password)
    const fresh = hidden(await (await get(client, here)).text(), 'csrf_token')
    const code = (await (await post(client, `${one}/pairing`, { csrf_token: fresh })).text()).match(/class="pair-code">([^<]+)</)?.[1] ?? ''
    await pairByCode(screen, code)
    assert.match(await (await get(client, `${one}/revoke`)).text(), /¿Revocar la pantalla «TV Empaque»\?/)
    assert.equal((await post(client, `${one}/revoke`, { csrf_token: fresh })).headers.get('location'), `${here}?done=revoked`)
    assert.equal((await get(screen, '/t/acme/dashboard')).headers.get('location'), '/display')
    const asJson = await screen.json('/api/v1/layout/config')
    assert.equal(asJson.status, 401)
    assert.equal((await get(client, one)).status, 404)
    const actions = await server.ctx.db.kysely
      .selectFrom('audit_logs')
      .select('action')
      .where('entity_type', '=', 'display')
      .orderBy('id')
      .execute()
    assert.deepEqual(
      actions.map(({ action }) => action),
      ['DISPLAY_CREATED', 'UPDATE', 'UPDATE', 'UPDATE', 'UPDATE', 'DISPLAY_REVOKED'],
    )
  },
)

test('a person who signs in on a screen is that person, and the screen again when the session is over', async (t) => {
  const server = await startWithPeople({}, t)
  const { make } = await administrator(server)
  const screen = server.newClient()
  await pairByCode(screen, (await make()).code)
  await screen.signIn('ana', password)
  assert.equal((await screen.json('/api/v1/auth/me')).status, 200)
  server.clock.advance(31 * minuteMs)
  assert.equal((await get(screen, '/t/acme/dashboard')).status, 200)
  const me = await screen.json('/api/v1/auth/me')
  assert.deepEqual([me.status, fields(me.body).code], [403, 'person_required'])
})

test('the code of a screen cannot be guessed: five tries a minute and address', async (t) => {
  const server = await startWithPeople({}, t)
  const screen = server.newClient()
  const statuses = []
  for (let n = 0; n < 6; n += 1) statuses.push((await pairByCode(screen, `AAAA-AAA${n + 2}`)).status)
  assert.deepEqual(statuses, [400, 400, 400, 400, 400, 429])
})

async function withOperator(server: People) {
  const { db } = server.ctx
  const tenantDb = { ...db, tenantId: server.acme.tenantId }
  const userId = await server.addPerson('olga', 'OPERATOR')
  const { make } = await administrator(server)
  await make()
  await make({ name: 'TV 2' })
  const [first, second] = await listDisplays(tenantDb)
  assert.ok(first && second)
  const verify = (pin: string, display = first, who = userId) => verifyOperatorPin(db, server.ctx, display, { userId: who }, pin)
  return { tenantDb, userId, first, second, verify }
}

forEachEngine('an operator’s PIN: five wrong ones pause that person on that screen for a quarter of an hour', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { tenantDb, userId, second, verify } = await withOperator(server)
  assert.equal((await verify('2580')).kind, 'wrong', 'no PIN yet')
  await setPin(tenantDb, server.ctx, { userId }, userId, '2580', origin)
  assert.deepEqual(await verify('2580'), { kind: 'right', userId })
  for (let n = 0; n < 5; n += 1) assert.deepEqual(await verify('1111'), { kind: 'wrong', triesLeft: 4 - n })
  const untilMs = server.clock.nowMs() + 15 * minuteMs
  assert.deepEqual(await verify('2580'), { kind: 'locked', untilMs })
  assert.deepEqual(await verify('2580', second), { kind: 'right', userId }, 'another screen')
  server.clock.advance(15 * minuteMs)
  assert.deepEqual(await verify('2580'), { kind: 'right', userId })
  const verdicts = await Promise.all(Array.from({ length: 9 }, () => verify('0000')))
  assert.equal(verdicts.filter(({ kind }) => kind === 'wrong').length, 5, 'at once: no more are looked at than there are tries')
  await setPin(tenantDb, server.ctx, { userId: server.acme.userId }, userId, '13579', origin)
  assert.deepEqual(await verify('13579'), { kind: 'right', userId }, 'a new PIN lifts the pause')
  const stored = await server.ctx.db.kysely.selectFrom('operator_pins').select(['pin_hash', 'set_by']).executeTakeFirstOrThrow()
  assert.match(stored.pin_hash, /^\$argon2id\$/)
  assert.equal(stored.set_by, server.acme.userId)
})

forEachEngine('a right PIN that is sent many times at once pauses nobody for longer than it takes to look at it', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { tenantDb, userId, verify } = await withOperator(server)
  await setPin(tenantDb, server.ctx, { userId }, userId, '2580', origin)
  const verdicts = await Promise.all(Array.from({ length: 12 }, () => verify('2580')))
  assert.ok(verdicts.some(({ kind }) => kind === 'right'))
  const soonMs = server.clock.nowMs() + minuteMs / 2
  for (const verdict of verdicts)
    assert.ok(verdict.kind === 'right' || (verdict.kind === 'locked' && verdict.untilMs <= soonMs), JSON.stringify(verdict))
  assert.deepEqual(await verify('2580'), { kind: 'right', userId })
})

forEachEngine('who may sign on a screen: members with a PIN whose role may explain stops', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { tenantDb, userId, verify } = await withOperator(server)
  const viewer = await server.addPerson('vera', 'VIEWER')
  const other = await createTenantWithAdmin(server.ctx.db, server.ctx, {
    companyName: 'Other',
    username: 'otto',
    email: 'otto@example.com',
    password,
  })
  for (const who of [userId, viewer]) await setPin(tenantDb, server.ctx, { userId: who }, who, '2580', origin)
  await assert.rejects(setPin(tenantDb, server.ctx, { userId }, other.userId, '2580', origin), { code: 'member_not_found' })
  assert.deepEqual(await listSigners(tenantDb), [{ userId, name: 'olga' }])
  assert.equal((await verify('2580', undefined, viewer)).kind, 'wrong')
  assert.equal((await verify('2580', undefined, other.userId)).kind, 'wrong')
  await server.ctx.db.kysely.updateTable('memberships').set({ status: 'suspended' }).where('user_id', '=', userId).execute()
  assert.deepEqual(await listSigners(tenantDb), [])
  assert.equal((await verify('2580')).kind, 'wrong')
})

forEachEngine(
  'a PIN is set by its owner with the password, or by whoever leads, never for somebody above them nor by a key',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const { userId, verify } = await withOperator(server)
    await server.addPerson('mara', 'MANAGER')
    const olga = server.newClient()
    await olga.signIn('olga', password)
    const csrf = hidden(await (await get(olga, '/account')).text(), 'csrf_token')
    const set = (values: Record<string, string>) => post(olga, '/account/pin', { csrf_token: csrf, ...values })
    assert.match(await (await set({ pin: '1234', password })).text(), /Use de 4 a 8 dígitos/)
    assert.match(await (await set({ pin: '2580', password: 'WrongPassword456!' })).text(), /La contraseña actual no es correcta/)
    assert.equal((await set({ pin: '2580', password })).headers.get('location'), '/account?done=pin#pin')
    assert.equal((await verify('2580')).kind, 'right')
    const mara = server.newClient()
    await mara.signInApi('mara', password)
    const put = (client: Client, who: number, headers: Record<string, string> = {}) =>
      client.json(`/api/v1/operator-pins/${who}`, undefined, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"pin":"97531"}',
      })
    assert.equal((await put(mara, userId)).status, 204)
    assert.equal((await verify('97531')).kind, 'right')
    assert.equal(fields((await put(mara, server.acme.userId)).body).code, 'role_above_own')
    assert.equal((await put(mara, 999_999)).status, 404)
    const ana = server.newClient()
    await ana.signInApi('ana', password)
    const key = String(fields((await ana.json('/api/v1/api-keys', { name: 'x', scopes: ['manage_field_operators'] })).body).key)
    assert.equal(fields((await put(server.newClient(), userId, { 'x-api-key': key })).body).code, 'person_required')
    assert.deepEqual(fields((await mara.json('/api/v1/operator-pins')).body).items, [{ user_id: userId, name: 'olga' }])
    assert.equal((await mara.json(`/api/v1/operator-pins/${userId}`, undefined, { method: 'DELETE' })).status, 204)
    assert.equal((await verify('97531')).kind, 'wrong')
  },
)

for (const [pin, want] of [
  ['2580', null],
  ['13579246', null],
  ['123', 'length'],
  ['123456789', 'length'],
  ['12a4', 'length'],
  ['１２３４', 'length'],
  ['1111', 'too_easy'],
  ['1234', 'too_easy'],
  ['87654321', 'too_easy'],
  ['1357', null],
] as const)
  test(`PIN ${pin}: ${want ?? 'may be used'}`, () => assert.equal(pinFault(pin), want))

forEachEngine('a company has as many screens as its list can show, and no more at once', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { tenantId, userId } = server.acme
  const db = { ...server.ctx.db, tenantId }
  for (let n = 1; n < 200; n += 1)
    await insertDisplay(db, { uuid: newUuid(), name: `TV ${n}`, lineIds: null, page: 'tv', idleDays: null, createdBy: userId }, n)
  const { client, csrf } = await administrator(server)
  const make = () => post(client, here, { name: 'TV', csrf_token: csrf })
  const statuses = (await Promise.all([make(), make(), make()])).map(({ status }) => status)
  assert.deepEqual(statuses.sort(), [200, 409, 409])
  assert.match(await (await make()).text(), /La empresa ya tiene 200 pantallas/)
  assert.equal((await listDisplays(db)).length, 200)
})
