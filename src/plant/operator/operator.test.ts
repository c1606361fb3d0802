import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { type Hall, hall, hallNowMs, pin } from '../../../test/harness/hall.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { setPin } from '../../identity/displays/index.ts'
import { createUser } from '../../identity/index.ts'
import type { Engine } from '../../platform/db/index.ts'
import type { Problem } from '../../platform/http/problem.ts'
import { parseLocal, zoneOf } from '../../platform/time/index.ts'
import { wallSpan } from './actions.ts'

const html = { accept: 'text/html' }
const start = async (engine: Engine, t: TestContext) => {
  const server = await startTestServer({ engine, nowMs: hallNowMs }, t)
  return { server, place: await hall(server, engine) }
}
const pageOf = async (client: Client, { plant }: Hall, query = '?line=1') =>
  (await client.fetch(`/t/${plant.slug}/operator${query}`, { headers: html })).text()
const kit = async (client: Client, { plant }: Hall) =>
  (await client.json(`/t/${plant.slug}/operator/signing`)).body as { csrf_token: string; pads: { id: string; key: string }[] }
let made = 0
function newKey(): string {
  made += 1
  return `prueba-${String(made).padStart(12, '0')}`
}

/** As the page's script sends it. */
async function act(client: Client, place: Hall, what: string, body: Readonly<Record<string, unknown>>, csrf?: string) {
  const token = csrf ?? (await kit(client, place)).csrf_token
  const path = `/t/${place.plant.slug}/operator/${what}`
  const send = { line_id: 1, idempotency_key: newKey(), ...body }
  return client.json(path, send, { headers: { 'content-type': 'application/json', accept: 'application/json', 'x-csrf-token': token } })
}
const code = ({ body }: { body: unknown }): unknown => (body as { code?: unknown }).code
const signed = ({ operatorId }: Hall) => ({ signer: operatorId, pin })
const at = (time: string): number => Date.parse(`2026-10-20T${time}Z`) / 1_000

forEachEngine(
  'PL-63 PL-58 an operator explains on a shared screen what stood, and what still stands, and signs each with a PIN',
  async (engine, t) => {
    const { server, place } = await start(engine, t)
    const { screen } = await place.pairScreen()
    const before = await pageOf(screen, place)
    assert.match(before, /Parada en curso desde las 12:30/)
    const liveKey = (page: string) => page.match(/id="op-stop-(t\d+)"/)?.[1]
    assert.equal(liveKey(before), `t${at('12:30:00')}`)
    assert.match(before, /02:30:00/)
    assert.match(before, /Atasco en la salida/)
    assert.match(before, /Olga Ruiz/)
    const explain = { at_s: at('11:30:00'), reason_code: place.jam }
    assert.equal(code(await act(screen, place, 'explanations', explain)), 'signature_required')
    assert.equal(code(await act(screen, place, 'explanations', { ...explain, ...signed(place), pin: '9999' })), 'pin_wrong')
    const stored = await act(screen, place, 'explanations', { ...explain, ...signed(place) })
    assert.deepEqual([stored.status, stored.body], [200, { outcome: 'stored' }])
    const pending = await act(screen, place, 'explanations', { at_s: at('12:45:00'), reason_code: place.empty, ...signed(place) })
    assert.deepEqual(pending.body, { outcome: 'pending' })
    server.clock.advance(1_000)
    const after = await pageOf(screen, place)
    assert.equal(liveKey(after), liveKey(before), 'a stop of more than an hour keeps its name from refresh to refresh')
    assert.match(after, /op-state__reason">Falta de producto/)
    assert.match(after, /data-op-title[^>]*>Parada de las 00:00/)
    const row = await server.ctx.db.kysely
      .selectFrom('audit_logs')
      .select(['user_id', 'details'])
      .where('entity_type', 'like', '%stop%')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
    assert.equal(row.user_id, place.operatorId, 'whoever signed is who is named')
  },
)

forEachEngine('an action that is sent again is done once, also when it comes twice at once or from a second process', async (engine, t) => {
  const { server, place } = await start(engine, t)
  const { screen } = await place.pairScreen()
  const { csrf_token: csrf } = await kit(screen, place)
  const scrap = { quantity: 7, product_id: 1, reason: 'rotas', idempotency_key: newKey(), ...signed(place) }
  const answers = await Promise.all([1, 2, 3, 4].map(() => act(screen, place, 'scrap', scrap, csrf)))
  assert.ok(
    answers.every(({ status }) => [200, 409, 503].includes(status)),
    JSON.stringify(answers.map(({ body }) => body)),
  )
  const second = await startTestServer(
    { databaseUrl: (server.ctx.config as { database: { url: string } }).database.url, nowMs: hallNowMs },
    t,
  )
  const twin = second.newClient()
  twin.headers.cookie = `andon_display=${screen.cookies.get('andon_display')}`
  assert.equal((await act(twin, place, 'scrap', scrap, csrf)).status, 200)
  const stop = { start_time: '13:00', end_time: '13:10', reason_code: place.jam, idempotency_key: newKey(), ...signed(place) }
  for (const client of [screen, twin, screen]) assert.equal((await act(client, place, 'stops', stop, csrf)).status, 200)
  const notes = await server.ctx.db.kysely.selectFrom('scrap_notes').select(['quantity', 'noted_by', 'reason']).execute()
  assert.deepEqual(notes, [{ quantity: 7, noted_by: place.operatorId, reason: 'rotas' }])
  const other = await act(screen, place, 'scrap', { ...scrap, quantity: 8 }, csrf)
  assert.deepEqual([other.status, code(other)], [422, 'idempotency_key_reused'])
  server.clock.advance(1_000)
  const page = await pageOf(screen, place)
  assert.match(page, /Descarte anotado<\/dt><dd><strong>7</)
  assert.match(page, /No entra en la calidad/)
  assert.equal(page.match(/id="op-stop-[^"]+"/g)?.length, new Set(page.match(/id="op-stop-[^"]+"/g)).size)
})

forEachEngine('PL-63 two tablets on one stop: the second is told who was first, and nothing is lost', async (engine, t) => {
  const { server, place } = await start(engine, t)
  const [{ screen: one }, { screen: two }] = [await place.pairScreen(), await place.pairScreen({ name: 'Tableta 2' })]
  const explain = { at_s: at('11:30:00'), ...signed(place) }
  const [first, second] = await Promise.all([
    act(one, place, 'explanations', { ...explain, reason_code: place.jam }),
    act(two, place, 'explanations', { ...explain, reason_code: place.empty }),
  ])
  assert.deepEqual([first.status, second.status].sort(), [200, 409])
  const refused = first.status === 409 ? first : second
  assert.equal(code(refused), 'edited_meanwhile')
  assert.match(JSON.stringify(refused.body), /Olga Ruiz/)
  server.clock.advance(1_000)
  assert.match(await pageOf(one, place), first.status === 200 ? /op-stop__why">Atasco en la salida/ : /op-stop__why">Falta de producto/)
})

test('a PIN that waited under a pad signs; five wrong ones pause that person on that screen, and no other site acts through it', async (t) => {
  const { server, place } = await start('sqlite', t)
  const { screen } = await place.pairScreen()
  const { pads, csrf_token: csrf } = await kit(screen, place)
  assert.equal(pads.length, 24)
  const covered = (n: number, text: string) => {
    const pad = pads[n]
    assert.ok(pad)
    const block = Buffer.alloc(16)
    block[0] = text.length
    block.write(text, 1, 'latin1')
    const key = Buffer.from(pad.key, 'base64url')
    return {
      signer: place.operatorId,
      pad_id: pad.id,
      covered_pin: Buffer.from(block.map((byte, i) => byte ^ (key[i] ?? 0))).toString('base64url'),
    }
  }
  server.clock.advance(14 * 3_600_000) // a night
  const scrap = { quantity: 3, acted_at_ms: hallNowMs }
  const first = { ...scrap, ...covered(0, pin), idempotency_key: newKey() }
  for (let sent = 1; sent <= 2; sent += 1) assert.equal((await act(screen, place, 'scrap', first, csrf)).status, 200)
  const overheard = await act(screen, place, 'scrap', { ...first, quantity: 900, idempotency_key: newKey() }, csrf)
  assert.deepEqual([overheard.status, code(overheard)], [422, 'signature_used'])
  const note = await server.ctx.db.kysely.selectFrom('scrap_notes').select('noted_at').executeTakeFirstOrThrow()
  assert.equal(note.noted_at, hallNowMs, 'noted when it was written')
  for (let n = 1; n <= 5; n += 1)
    assert.equal(code(await act(screen, place, 'scrap', { ...scrap, ...covered(n, '1111') }, csrf)), 'pin_wrong')
  const paused = await act(screen, place, 'scrap', { ...scrap, ...covered(6, pin) }, csrf)
  assert.deepEqual([paused.status, code(paused), paused.headers.get('retry-after')], [429, 'pin_locked', '900'])
  const locks = await server.ctx.db.kysely.selectFrom('audit_logs').select('id').where('action', '=', 'LOGIN_LOCKED').execute()
  assert.equal(locks.length, 1)
  server.clock.advance(15 * 60_000)
  assert.equal((await act(screen, place, 'scrap', { ...scrap, ...covered(7, pin) }, csrf)).status, 200)
  assert.equal(
    (await act(screen, place, 'scrap', { ...scrap, ...covered(8, pin) }, 'x'.repeat(86))).status,
    403,
    'another site cannot act through the screen',
  )
})

test('a screen of some lines neither shows nor changes others; who may only look is told so; strangers get nothing', async (t) => {
  const { server, place } = await start('sqlite', t)
  const { screen } = await place.pairScreen({ lines: '2' })
  assert.match(await pageOf(screen, place, ''), /Empresa|PLANTA/)
  const refused = await act(screen, place, 'scrap', { line_id: 1, quantity: 1, ...signed(place) })
  assert.deepEqual([refused.status, code(refused)], [403, 'line_not_shown'])
  const { db, clock } = server.ctx
  await createUser(db, { clock }, null, {
    tenantId: place.tenantId,
    username: 'vera',
    email: 'vera@example.com',
    password: place.plant.password,
    role: 'VIEWER',
  })
  const viewer = server.newClient()
  await viewer.signIn('vera', place.plant.password)
  assert.match(await pageOf(viewer, place), /Puede mirar/)
  const denied = await act(viewer, place, 'scrap', { quantity: 1 })
  assert.deepEqual([denied.status, code(denied)], [403, 'permission_denied'])
  const other = await hall(server, 'sqlite', 'OTRA')
  const stranger = await other.pairScreen()
  assert.equal((await stranger.screen.fetch(`/t/${place.plant.slug}/operator`, { headers: html })).status, 404)
  await act(viewer, place, 'scrap', { quantity: 1 })
})

test('an action whose answer was lost and that somebody else signs anew is done once', async (t) => {
  const { server, place } = await start('sqlite', t)
  const { screen } = await place.pairScreen()
  const { db, clock } = server.ctx
  const { plant, tenantId } = place
  const person = { username: 'raul', email: 'raul@example.com', password: plant.password, tenantId, role: 'OPERATOR' as const }
  const { userId } = await createUser(db, { clock }, null, person)
  await setPin({ ...db, tenantId }, { clock }, { userId }, userId, '9753')
  const scrap = { quantity: 7, idempotency_key: newKey() }
  const stop = { start_time: '13:00', end_time: '13:10', reason_code: place.jam, idempotency_key: newKey() }
  for (const signature of [signed(place), { signer: userId, pin: '9753' }]) {
    assert.deepEqual((await act(screen, place, 'scrap', { ...scrap, ...signature })).body, { outcome: 'stored' })
    assert.deepEqual((await act(screen, place, 'stops', { ...stop, ...signature })).body, { outcome: 'stored' })
  }
  const notes = await db.kysely.selectFrom('scrap_notes').select(['quantity', 'noted_by']).execute()
  assert.deepEqual(notes, [{ quantity: 7, noted_by: place.operatorId }], 'whoever signed first is who did it')
})

test('without JavaScript: a form explains, adds and notes, leads back with what was done, or shows what was wrong', async (t) => {
  const { server, place } = await start('sqlite', t)
  const { screen } = await place.pairScreen()
  const { csrf_token } = await kit(screen, place)
  const post = (what: string, values: Readonly<Record<string, string>>) =>
    screen.fetch(`/t/${place.plant.slug}/operator/${what}`, {
      method: 'POST',
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        csrf_token,
        line_id: '1',
        idempotency_key: newKey(),
        signer: String(place.operatorId),
        pin,
        ...values,
      }).toString(),
    })
  const explained = await post('explanations', { at_s: String(at('11:30:00')), reason_text: 'Cambio de bobina' })
  assert.equal(explained.headers.get('location'), `/t/${place.plant.slug}/operator?line=1&done=stored`)
  server.clock.advance(1_000)
  assert.match(await pageOf(screen, place, '?line=1&done=stored'), /Guardado\.[\s\S]*Cambio de bobina/)
  assert.equal((await post('scrap', { quantity: '5', product_id: '' })).status, 303)
  const wrong = await post('scrap', { quantity: '0', product_id: '99' })
  assert.equal(wrong.status, 422)
  assert.match(await wrong.text(), /No hay tal producto · Debe ser un número entero/)
  assert.match(await (await post('stops', { start_time: '25:00', end_time: '13:10' })).text(), /Use la forma 14:05/)
  const overlap = await post('stops', { start_time: '11:30', end_time: '11:40', reason_code: String(place.jam) })
  assert.equal(overlap.status, 409)
  const [, note] = (await pageOf(screen, place)).match(/name="note_id" value="(\d+)"/) ?? []
  server.clock.advance(1_000)
  const [, fresh] = (await pageOf(screen, place)).match(/name="note_id" value="(\d+)"/) ?? []
  assert.equal((await post('scrap/withdrawals', { note_id: note ?? fresh ?? '' })).status, 303)
  assert.equal((await post('scrap/withdrawals', { note_id: note ?? fresh ?? '' })).status, 404)
  server.clock.advance(1_000)
  assert.match(await pageOf(screen, place), /Descarte anotado<\/dt><dd><strong>0</)
})

test('what a screen opens is what was chosen for it, and its lines are chosen by name', async (t) => {
  const { server, place } = await start('sqlite', t)
  const owner = server.newClient()
  await owner.signIn(place.plant.username, place.plant.password)
  const form = await (await owner.fetch(`/t/${place.plant.slug}/admin/displays`, { headers: html })).text()
  assert.match(form, /type="checkbox" name="lines" value="1"/)
  for (const page of ['dashboard', 'operator', 'tv']) {
    const { screen } = await place.pairScreen({ page })
    assert.equal((await screen.fetch('/display', { headers: html })).headers.get('location'), `/t/${place.plant.slug}/${page}`)
    for (const path of ['/operator', '/tv'])
      assert.equal((await screen.fetch(path, { headers: html })).headers.get('location'), `/t/${place.plant.slug}${path}`)
  }
})

const zone = zoneOf('UTC')
const localAt = (text: string): number => zone.toEpochS(parseLocal(text) ?? Number.NaN)
for (const [now, start_time, end_time, from, to] of [
  ['2026-10-20 15:00:00', '13:00', '13:10', '2026-10-20 13:00:00', '2026-10-20 13:10:00'],
  ['2026-10-20 00:20:00', '23:50', '00:10', '2026-10-19 23:50:00', '2026-10-20 00:10:00'],
  ['2026-10-20 00:20:00', '22:00', '23:00', '2026-10-19 22:00:00', '2026-10-19 23:00:00'],
  ['2026-10-20 15:00:00', '14:00', '15:00', '2026-10-20 14:00:00', '2026-10-20 15:00:00'],
] as const)
  test(`at ${now}, ${start_time} to ${end_time} is the latest such stretch`, () =>
    assert.deepEqual(wallSpan(zone, { start_time, end_time }, localAt(now) * 1_000), { fromS: localAt(from), toS: localAt(to) }))

test('a stop from a minute to the same minute is refused, and not taken for a whole day', () =>
  assert.throws(
    () => wallSpan(zone, { start_time: '13:00', end_time: '13:00' }, localAt('2026-10-20 15:00:00') * 1_000),
    (error: Problem) => {
      assert.deepEqual(
        [error.status, error.code, error.options.fields],
        [
          422,
          'invalid_action',
          [
            {
              path: 'end_time',
              rule: 'order',
              message: { es: 'El fin debe ser posterior al inicio', en: 'The end must be after the start' },
            },
          ],
        ],
      )
      return true
    },
  ))
