import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { waitingMails } from '../../../test/harness/mails.ts'
import { seedCatalogs } from '../../platform/geo/index.ts'
import { type People, password, startWithPeople } from '../people.fixture.ts'
import { permissionNames } from '../permission-names.ts'
import { peopleMessages } from './messages.ts'

const html = { accept: 'text/html' }
const get = (client: Client, path: string) => client.fetch(path, { headers: html })
const text = async (client: Client, path: string) => (await get(client, path)).text()
const post = (client: Client, path: string, values: Record<string, string> | [string, string][] = {}) =>
  client.fetch(path, {
    method: 'POST',
    headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(values).toString(),
  })
const signedIn = async (server: People, username: string): Promise<Client> => {
  const client = server.newClient()
  await client.signIn(username, password)
  return client
}
const wait = async (server: People, userId: number) => {
  await server.ctx.db.kysely.updateTable('users').set({ approval_status: 'pending' }).where('id', '=', userId).execute()
  await server.ctx.db.kysely.updateTable('memberships').set({ status: 'pending' }).where('user_id', '=', userId).execute()
}
const list = '/t/acme/admin/users'

forEachEngine('ID-48 ID-29 the page lists people, tells who waits, and approves with role and category', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const pedro = await server.addPerson('pedro', 'VIEWER')
  await wait(server, pedro)
  const ana = await signedIn(server, 'ana')
  const home = await get(ana, '/admin/users')
  assert.deepEqual([home.status, home.headers.get('location')], [303, list])
  const page = await text(ana, list)
  assert.match(page, /Una persona espera aprobación/)
  assert.match(page, /nav__count[^>]*>1</)
  assert.match(page, /pedro@example\.com/)
  const detail = await text(ana, `${list}/${pedro}`)
  assert.match(detail, /Solicitud de acceso/)
  assert.ok(!detail.includes('id="access"'))
  const approved = await post(ana, `${list}/${pedro}/approve`, { role: 'OPERATOR', category: 'operario' })
  assert.deepEqual([approved.status, approved.headers.get('location')], [303, `${list}/${pedro}?done=approve`])
  const after = await text(ana, `${list}/${pedro}?done=approve`)
  assert.match(after, /Aprobado: se le avisó/)
  assert.match(after, /value="OPERATOR" selected/)
  assert.ok(!(await text(ana, list)).includes('nav__count'))
  assert.deepEqual(
    (await waitingMails(server.ctx)).map(({ template }) => template),
    ['approved'],
  )
})

forEachEngine('ID-49 forms create, change, refuse and remove; a refusal keeps what was typed and says why', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const ana = await signedIn(server, 'ana')
  const wrong = await post(ana, `${list}/new`, {
    username: 'nora',
    email: 'ana@example.com',
    full_name: 'Nora <b>',
    password,
    role: 'VIEWER',
  })
  assert.equal(wrong.status, 409)
  const again = await wrong.text()
  assert.match(again, /ya tiene una cuenta/)
  assert.match(again, /value="Nora &lt;b&gt;"/)
  assert.ok(!again.includes(password))
  const weak = await post(ana, `${list}/new`, { username: 'x', email: 'no', password: 'short' })
  assert.equal(weak.status, 422)
  assert.match(await weak.text(), /al menos 8 caracteres/)
  const made = await post(ana, `${list}/new`, {
    username: 'nora',
    email: 'nora@example.com',
    full_name: 'Nora Núñez',
    password,
    role: 'VIEWER',
    category: '',
  })
  const at = made.headers.get('location') ?? ''
  assert.match(at, /^\/t\/acme\/admin\/users\/\d+\?done=created$/)
  const person = at.split('?')[0] ?? ''
  assert.equal(
    (
      await post(ana, `${person}/access`, [
        ['role', 'MANAGER'],
        ['modules', 'factory'],
        ['modules', 'erp'],
        ['permissions', 'view_audit_log'],
      ])
    ).status,
    303,
  )
  const saved = await server.ctx.db.kysely.selectFrom('memberships').selectAll().orderBy('id', 'desc').executeTakeFirstOrThrow()
  assert.deepEqual([saved.role, saved.modules, saved.permissions], ['MANAGER', '["factory","erp"]', '["view_audit_log"]'])
  assert.equal((await post(ana, `${person}/access`, { role: 'MANAGER' })).status, 303)
  const widened = await server.ctx.db.kysely.selectFrom('memberships').selectAll().orderBy('id', 'desc').executeTakeFirstOrThrow()
  assert.deepEqual([widened.modules, widened.permissions], [null, '[]'])
  const profile = await post(ana, `${person}/profile`, {
    email: 'nora@example.com',
    full_name: 'Nora Nadal',
    birth_date: '2999-01-01',
    phone: '+1',
  })
  assert.equal(profile.status, 422)
  const refused = await profile.text()
  assert.match(refused, /fecha entre 1900-01-01 y hoy/)
  assert.match(refused, /value="Nora Nadal"/)
  assert.equal((await post(ana, `${person}/profile`, { email: 'nora@example.com', full_name: 'Nora Nadal', phone: '+1' })).status, 303)
  for (const action of ['require-password-change', 'send-reset', 'disable', 'enable', 'suspend', 'reactivate', 'unlock'])
    assert.equal((await post(ana, `${person}/${action}`)).headers.get('location'), `${person}?done=${action}`)
  assert.equal((await post(ana, `${person}/explode`)).status, 404)
  assert.equal((await post(ana, `${person}/remove`)).headers.get('location'), `${list}?done=remove`)
  assert.equal((await get(ana, person)).status, 404)
  assert.match(await text(ana, `${list}?done=remove`), /ya no está en la empresa/)
  const own = await post(ana, `${list}/${server.acme.userId}/disable`)
  assert.equal(own.status, 403)
  assert.match(await own.text(), /cuenta propia/)
})

forEachEngine('ID-48 the page offers what one may do, in the language chosen, and nothing to others', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  await server.addPerson('marta', 'MANAGER')
  await server.addPerson('vera', 'VIEWER')
  const marta = await signedIn(server, 'marta')
  const page = await text(marta, `${list}?lang=en`)
  assert.match(page, /Who works at Acme/)
  assert.ok(!page.includes('New user') && !page.includes('export.csv') && !page.includes('value="pending"'))
  const person = await text(marta, `${list}/${server.acme.userId}`)
  assert.ok(!person.includes('/disable') && !person.includes('/access'))
  assert.equal((await post(marta, `${list}/${server.acme.userId}/disable`)).status, 403)
  assert.equal((await get(marta, `${list}/new`)).status, 403)
  assert.equal((await get(await signedIn(server, 'vera'), list)).status, 403)
  assert.match(await text(marta, `${list}?q=nobody-like-this`), /Nobody matches/)
  assert.equal((await get(marta, `${list}?status=nonsense&page=7`)).status, 200)
})

test('ID-52 the button takes the list that is shown', async (t) => {
  const server = await startWithPeople({}, t)
  await server.addPerson('vera', 'VIEWER')
  const ana = await signedIn(server, 'ana')
  const page = await text(ana, `${list}?role=VIEWER`)
  const href = /href="([^"]*export\.csv[^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const file = await (await get(ana, href)).text()
  assert.match(file, /vera@example\.com/)
  assert.ok(!file.includes('ana@example.com'))
})

test('ID-48 a form without its token changes nothing', async (t) => {
  const server = await startWithPeople({}, t)
  const vera = await server.addPerson('vera', 'VIEWER')
  const ana = await signedIn(server, 'ana')
  const cookie = [...ana.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const forged = await fetch(`${server.url}${list}/${vera}/disable`, {
    method: 'POST',
    headers: { cookie, origin: server.url },
    redirect: 'manual',
  })
  assert.equal(forged.status, 403)
})

test('every text of the pages is there in both languages', () => {
  for (const catalogue of [peopleMessages, permissionNames])
    for (const [key, { es, en }] of Object.entries(catalogue)) assert.ok(es.trim() && en.trim(), key)
})

forEachEngine('ID-50 the account page keeps profile and place step by step, and changes the address', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  await seedCatalogs(server.ctx.db, { nowMs: server.clock.nowMs() })
  const ana = await signedIn(server, 'ana')
  const first = await text(ana, '/account')
  assert.match(first, /name="country_code"/)
  assert.ok(!first.includes('name="province_id"'))
  const saved = await post(ana, '/account/profile', { full_name: 'Ana Álvarez', birth_date: '1985-01-02', country_code: 'EC' })
  assert.deepEqual([saved.status, saved.headers.get('location')], [303, '/account?done=profile'])
  const second = await text(ana, '/account?done=profile')
  assert.match(second, /Perfil guardado/)
  assert.match(second, /value="1985-01-02"/)
  const province = /<option value="(\d+)">Azuay</.exec(second)?.[1] ?? ''
  assert.notEqual(province, '')
  await post(ana, '/account/profile', { country_code: 'EC', province_id: province })
  const third = await text(ana, '/account')
  const city = /<option value="(\d+)">Cuenca</.exec(third)?.[1] ?? ''
  assert.notEqual(city, '')
  await post(ana, '/account/profile', { country_code: 'EC', province_id: province, city_id: city })
  const me = (await ana.json('/api/v1/users/me')).body as Record<string, unknown>
  assert.deepEqual([me.full_name, me.country_code, me.province_id, me.city_id], ['Ana Álvarez', 'EC', Number(province), Number(city)])
  await post(ana, '/account/profile', { country_code: 'CO', province_id: province, city_id: city })
  const moved = (await ana.json('/api/v1/users/me')).body as Record<string, unknown>
  assert.deepEqual([moved.country_code, moved.province_id, moved.city_id], ['CO', null, null])
  const wrong = await post(ana, '/account/profile', { full_name: 'Ana', birth_date: '3000-01-01' })
  assert.equal(wrong.status, 422)
  assert.match(await wrong.text(), /fecha entre 1900-01-01 y hoy/)
  assert.equal((await post(ana, '/account/email', { email: 'not an address' })).status, 422)
  const change = { email: 'ana.new@example.com', current_password: 'WrongPass1!' }
  assert.match(await (await post(ana, '/account/email', change)).text(), /contraseña actual no es correcta/)
  const asked = await post(ana, '/account/email', { ...change, current_password: password })
  assert.equal(asked.headers.get('location'), '/account?done=email_pending')
  assert.match(await text(ana, '/account?done=email_pending'), /Pendiente de confirmar: ana\.new@example\.com/)
})

test('ID-50 where addresses need no proof, another one counts at once', async (t) => {
  const server = await startWithPeople({ env: { REQUIRE_EMAIL_VERIFICATION: '0' } }, t)
  const ana = await signedIn(server, 'ana')
  assert.ok(!(await text(ana, '/account')).includes('f-email-password'))
  assert.equal((await post(ana, '/account/email', { email: 'ana.new@example.com' })).headers.get('location'), '/account?done=email')
  assert.match(await text(ana, '/account?done=email'), /value="ana\.new@example\.com"/)
})

test('ID-50 the form keeps a region that it does not show', async (t) => {
  const server = await startWithPeople({}, t)
  const { db } = server.ctx
  await seedCatalogs(db, { nowMs: server.clock.nowMs() })
  const { id: region_id } = await db.kysely.selectFrom('geo_regions').select('id').where('code', '=', 'SIE').executeTakeFirstOrThrow()
  await db.kysely.updateTable('users').set({ country_code: 'EC', region_id }).where('id', '=', server.acme.userId).execute()
  const client = server.newClient()
  await client.signIn('ana', password)
  const page = await (await client.fetch('/account', { headers: { accept: 'text/html' } })).text()
  const csrf_token = page.match(/name="csrf_token" value="([^"]*)"/)?.[1] ?? ''
  const body = new URLSearchParams({ csrf_token, full_name: 'Ana', country_code: 'EC', province_id: '' })
  assert.equal((await client.fetch('/account/profile', { method: 'POST', body })).status, 303)
  const kept = await db.kysely
    .selectFrom('users')
    .select(['full_name', 'region_id'])
    .where('id', '=', server.acme.userId)
    .executeTakeFirst()
  assert.deepEqual(kept, { full_name: 'Ana', region_id })
})

test('ID-42 a role that the company no longer knows is not exchanged for another by saving the form', async (t) => {
  const server = await startWithPeople({}, t)
  const { db } = server.ctx
  const vera = await server.addPerson('vera', 'VIEWER')
  await db.kysely.updateTable('memberships').set({ role: 'INSPECTOR' }).where('user_id', '=', vera).execute()
  const client = server.newClient()
  await client.signIn('ana', password)
  const page = await (await client.fetch(`/t/acme/admin/users/${vera}`, { headers: { accept: 'text/html' } })).text()
  const choice = page.match(/<select[^>]* name="role"[\s\S]*?<\/select>/)?.[0] ?? ''
  assert.match(choice, /<option value="INSPECTOR" selected>/)
})
