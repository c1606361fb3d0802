/** Live changes over WebSocket, and over two processes: the same messages as the event stream, for the same people, as long as they may. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { insertDetections } from '../src/plant/source/index.ts'
import { type OpenedPlant, openPlantKysely } from '../src/platform/db/index.ts'
import type { Client } from './harness/client.ts'
import { migratedDatabase } from './harness/engines.ts'
import { patienceMs } from './harness/patience.ts'
import { startTestServer, type TestServer } from './harness/server.ts'
import { type SmallPlant, smallPlant } from './harness/small-plant.ts'

type Heard = {
  readonly event: string
  readonly id?: string
  readonly data?: { readonly line_ids?: number[]; readonly state?: string; readonly code?: string }
}
type Listener = {
  /** The next of that name; fails with the test when none comes. */
  readonly next: (event: string) => Promise<Heard>
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>
  readonly send: (text: string | Uint8Array<ArrayBuffer>) => void
  readonly close: () => void
  readonly protocol: () => string
}

const noon = Math.floor(Date.now() / 86_400_000) * 86_400_000 + 18 * 3_600_000
let servers: readonly [TestServer, TestServer]
let plants: readonly [SmallPlant, SmallPlant]
let plant: OpenedPlant
const open: Listener[] = []

before(async () => {
  const { url: databaseUrl } = await migratedDatabase('sqlite')
  const options = { databaseUrl, nowMs: noon, env: { LIVE_HEARTBEAT_SECONDS: '1' } }
  servers = [await startTestServer(options), await startTestServer(options)]
  plants = [await smallPlant(servers[0], 'sqlite', 'NORTE', 5), await smallPlant(servers[0], 'sqlite', 'SUR', 5)]
  plant = await openPlantKysely(plants[0].plantUrl)
})
after(async () => {
  for (const listener of open) listener.close()
  await plant.close()
  for (const server of servers) await server.close()
})

const addPiece = (lineId: 1 | 2) =>
  insertDetections({ tenantId: 0, ...plant }, `detection_line_l${lineId}`, [
    { detectedAt: new Date(noon).toISOString().slice(0, 19).replace('T', ' '), areaId: lineId, productId: lineId },
  ])

async function signedIn(server: TestServer, { username, password }: SmallPlant): Promise<Client> {
  const client = server.newClient()
  await client.signIn(username, password)
  return client
}

const cookiesOf = ({ cookies }: Client): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

/** As a browser: the cookie goes along, and the page's origin. */
const asBrowser = (client: Client, origin = client.url) => ({ cookie: cookiesOf(client), origin })

function listen(url: string, headers: Readonly<Record<string, string>>, protocols: readonly string[] = ['andon.v1']): Listener {
  // Node's own takes headers beside the standard's protocols
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { protocols, headers } as never)
  const heard: Heard[] = []
  let wake = () => {}
  socket.addEventListener('message', ({ data }) => {
    heard.push(JSON.parse(String(data)) as Heard)
    wake()
  })
  const ended = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason })),
  )
  socket.addEventListener('error', () => {})
  const listener: Listener = {
    ended,
    send: (text) => socket.send(text),
    close: () => socket.close(),
    protocol: () => socket.protocol,
    async next(event) {
      const late = AbortSignal.timeout(patienceMs(20_000))
      const isLate = new Promise<never>((_, reject) =>
        late.addEventListener('abort', () => reject(new Error(`no ${event}; heard ${JSON.stringify(heard)}`)), { once: true }),
      )
      isLate.catch(() => {})
      for (;;) {
        const at = heard.findIndex((entry) => entry.event === event)
        if (at !== -1) return heard.splice(0, at + 1).at(-1) as Heard
        const isOver = await Promise.race([isLate, new Promise<false>((resolve) => (wake = () => resolve(false))), ended.then(() => true)])
        if (isOver && !heard.some((entry) => entry.event === event)) throw new Error(`ended before ${event}`)
      }
    },
  }
  open.push(listener)
  return listener
}

async function live(url: string, headers: Readonly<Record<string, string>>, protocols?: readonly string[]): Promise<Listener> {
  const listener = listen(url, headers, protocols)
  while ((await listener.next('status')).data?.state !== 'live');
  return listener
}

/** What the server answers to an upgrade that it refuses. */
const refusal = (url: string, headers: Readonly<Record<string, string | undefined>>): Promise<{ status: number; code: string }> =>
  new Promise((resolve, reject) => {
    const upgrade = {
      ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    }
    const sent = request(url, { headers: { ...upgrade, accept: 'application/json', ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, code: (JSON.parse(text) as { code: string }).code }))
    })
    sent.on('upgrade', (_, socket) => {
      socket.destroy()
      resolve({ status: 101, code: '' })
    })
    sent.on('error', reject).end()
  })

test('PL-TODO-40 PL-89 a row is told over WebSocket, with the page’s company and with the token’s, by cookie and by token', async () => {
  const client = await signedIn(servers[0], plants[0])
  const program = servers[0].newClient()
  const { accessToken } = await program.signInApi(plants[0].username, plants[0].password)
  const listeners = await Promise.all([
    live(`${servers[0].url}/t/${plants[0].slug}/ws`, asBrowser(client)),
    live(`${servers[0].url}/api/v1/ws`, asBrowser(client)),
    live(`${servers[0].url}/api/v1/ws`, { authorization: `Bearer ${accessToken}` }),
    live(`${servers[0].url}/api/v1/ws`, {}, ['andon.v1', `bearer.${accessToken}`]),
  ])
  await addPiece(2)
  for (const listener of listeners) {
    assert.deepEqual((await listener.next('changed')).data?.line_ids, [2])
    assert.equal(listener.protocol(), 'andon.v1')
  }
  for (const listener of listeners) listener.close()
})

test('PL-TODO-40 an upgrade is refused without session, to strangers of the company, from other sites, and by a plain request', async () => {
  const url = servers[0].url
  const client = await signedIn(servers[0], plants[0])
  const { accessToken } = await servers[0].newClient().signInApi(plants[0].username, plants[0].password)
  const path = `/t/${plants[0].slug}/ws`
  for (const c of [
    { name: 'nobody', path, headers: {}, want: { status: 401, code: 'not_authenticated' } },
    {
      name: 'another company',
      path: `/t/${plants[1].slug}/ws`,
      headers: asBrowser(client),
      want: { status: 404, code: 'company_not_found' },
    },
    { name: 'another site', path, headers: asBrowser(client, 'https://evil.example'), want: { status: 403, code: 'csrf_failed' } },
    { name: 'a cookie without origin', path, headers: { cookie: cookiesOf(client) }, want: { status: 403, code: 'csrf_failed' } },
    {
      name: 'another site with a token',
      path: '/api/v1/ws',
      headers: { authorization: `Bearer ${accessToken}`, origin: 'https://evil.example' },
      want: { status: 403, code: 'origin_refused' },
    },
    {
      name: 'a token in the address',
      path: `/api/v1/ws?access_token=${accessToken}`,
      headers: {},
      want: { status: 401, code: 'not_authenticated' },
    },
    {
      name: 'a broken token',
      path: '/api/v1/ws',
      headers: { 'sec-websocket-protocol': 'andon.v1, bearer.aaaa.bbbb.cccc' },
      want: { status: 401, code: 'token_invalid' },
    },
    {
      name: 'a position that is too long',
      path: `/api/v1/ws?last_event_id=${'x'.repeat(2_000)}`,
      headers: asBrowser(client),
      want: { status: 422, code: 'validation_failed' },
    },
  ] as const)
    assert.deepEqual(await refusal(url + c.path, c.headers), c.want, c.name)
  const plain = await client.json(path)
  assert.deepEqual([plain.status, (plain.body as { code: string }).code], [426, 'upgrade_required'])
})

test('PL-TODO-40 a listener may say ping; anything else ends its connection, and says why', async () => {
  const client = await signedIn(servers[0], plants[0])
  const url = `${servers[0].url}/t/${plants[0].slug}/ws`
  const polite = await live(url, asBrowser(client))
  polite.send('{"type":"ping"}')
  await polite.next('pong')
  polite.close()
  for (const said of ['{"type":"subscribe","company":"sur"}', 'hello', '[]', 'null', new Uint8Array([1, 2, 3])]) {
    const listener = await live(url, asBrowser(client))
    listener.send(said)
    assert.equal((await listener.next('error')).data?.code, 'unknown_message')
    assert.equal((await listener.ended).code, 1008)
  }
  const long = await live(url, asBrowser(client))
  long.send('x'.repeat(5_000))
  assert.equal((await long.ended).code, 1009)
  const talkative = await live(url, asBrowser(client))
  for (let at = 0; at < 31; at += 1) talkative.send('{"type":"ping"}')
  assert.equal((await talkative.ended).reason, 'too_many_messages')
})

test('PL-TODO-41 who comes back to another process learns what it missed, over stream and socket alike', async () => {
  const client = await signedIn(servers[0], plants[0])
  const first = await live(`${servers[0].url}/t/${plants[0].slug}/ws`, asBrowser(client))
  await addPiece(1)
  const { id } = await first.next('changed')
  assert.ok(id)
  first.close()
  await first.ended
  await addPiece(2)

  const other = servers[1].url
  const back = await live(`${other}/t/${plants[0].slug}/ws?last_event_id=${id}`, asBrowser(client, other))
  assert.deepEqual((await back.next('changed')).data?.line_ids, [2])
  const stop = new AbortController()
  const stream = await fetch(`${other}/t/${plants[0].slug}/events`, {
    headers: { cookie: cookiesOf(client), accept: 'text/event-stream', 'last-event-id': id },
    signal: stop.signal,
  })
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream.body ?? []) {
    text += decoder.decode(chunk)
    if (/event: changed\ndata: .*\n\n/.test(text)) break
  }
  assert.match(text, /event: changed\ndata: \{"line_ids":\[2\]/)
  stop.abort()
  back.close()
})

test('PL-89 who signs out on one process stops hearing on the other, and so does who is put out of the company', async () => {
  const [leaving, staying] = [await signedIn(servers[0], plants[0]), await signedIn(servers[0], plants[1])]
  const other = servers[1].url
  const ending = await live(`${other}/t/${plants[0].slug}/ws`, asBrowser(leaving, other))
  const dismissed = await live(`${other}/t/${plants[1].slug}/ws`, asBrowser(staying, other))
  assert.equal((await leaving.json('/api/v1/auth/session', undefined, { method: 'DELETE' })).status, 204)
  assert.deepEqual(await ending.ended, { code: 4401, reason: 'refused' })
  await dismissed.next('beat')
  await servers[0].ctx.db.kysely.updateTable('tenants').set({ is_active: 0 }).where('slug', '=', plants[1].slug).execute()
  assert.deepEqual(await dismissed.ended, { code: 4401, reason: 'refused' })
})

test('PL-89 a closing server tells everybody to come back, and does not wait for them', async (t) => {
  const own = await startTestServer({ databaseUrl: servers[0].ctx.config.database.url, nowMs: noon }, t)
  const client = await signedIn(own, plants[0])
  const listener = await live(`${own.url}/t/${plants[0].slug}/ws`, asBrowser(client))
  await own.close()
  assert.deepEqual(await listener.ended, { code: 1012, reason: 'restart' })
})
