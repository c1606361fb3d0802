/** Equal questions of one second share an answer; nothing else does. Over a real server whose clock stands still, so that every request is of one second. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { createUser } from '../src/identity/index.ts'
import { insertDetections } from '../src/plant/source/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import type { Client } from './harness/client.ts'
import { forEachEngine } from './harness/engines.ts'
import { startTestServer, type TestServer } from './harness/server.ts'
import { type SmallPlant, smallPlant } from './harness/small-plant.ts'

const password = 'Segura2026x'
const body = { line_id: 'all', start_date: '2026-10-20', end_date: '2026-10-20', interval: 'hour' }
const url = '/api/v1/dashboard/data'

async function person(server: TestServer, { slug }: SmallPlant, username: string, role: 'ADMIN' | 'OPERATOR'): Promise<Client> {
  const { id: tenantId } = await server.ctx.db.kysely.selectFrom('tenants').select('id').where('slug', '=', slug).executeTakeFirstOrThrow()
  await createUser(server.ctx.db, server.ctx, null, { username, email: `${username}@example.com`, password, tenantId, role })
  const client = server.newClient()
  await client.signInApi(username, password)
  return client
}

async function askText(client: Client, more: object = {}, language = 'es'): Promise<string> {
  const response = await client.fetch(url, {
    method: 'POST',
    body: JSON.stringify({ ...body, ...more }),
    headers: { 'content-type': 'application/json', 'accept-language': language },
  })
  const text = await response.text()
  assert.equal(response.status, 200, text)
  return text
}

const productionOf = (text: string): unknown => {
  const { widgets } = JSON.parse(text) as {
    widgets: Record<string, { metadata: { class_name: string }; data: { value?: unknown } | null }>
  }
  return Object.values(widgets).find(({ metadata }) => metadata.class_name === 'KpiTotalProduction')?.data?.value
}

const addPiece = async (plant: SmallPlant, detectedAt: string): Promise<void> => {
  const { kysely, engine, close } = await openPlantKysely(plant.plantUrl)
  await insertDetections({ tenantId: 0, kysely, engine }, 'detection_line_l1', [{ detectedAt, areaId: 1, productId: 1 }])
  await close()
}

/** Requests answered, and how many of them with what another had worked out, while `work` runs. */
async function shares(server: TestServer, work: () => Promise<void>): Promise<readonly [asked: number, shared: number]> {
  const before = server.ctx.answers.info()
  await work()
  const after = server.ctx.answers.info()
  return [after.asked - before.asked, after.shared - before.shared]
}

const start = (t: TestContext): Promise<TestServer> => startTestServer({ nowMs: Date.parse('2026-10-20T15:00:00Z') }, t)

forEachEngine(
  'PL-83 PL-85 people of one company and role who ask the same in one second get the same bytes, worked out once; others do not',
  async (engine, t) => {
    const server = await start(t)
    const [uno, dos] = [await smallPlant(server, engine, 'UNO', 40), await smallPlant(server, engine, 'DOS', 25)]
    const [ana, eva, operator] = [
      await person(server, uno, 'ana', 'ADMIN'),
      await person(server, uno, 'eva', 'ADMIN'),
      await person(server, uno, 'ope', 'OPERATOR'),
    ]
    const stranger = await person(server, dos, 'fin', 'ADMIN')

    const first = await askText(ana)
    assert.deepEqual(
      await shares(server, async () => {
        const texts = await Promise.all(Array.from({ length: 12 }, (_, i) => askText(i % 2 ? ana : eva)))
        for (const text of texts) assert.equal(text, first)
      }),
      [12, 12],
    )
    const others: readonly (readonly [name: string, ask: () => Promise<string>])[] = [
      ['another company', () => askText(stranger)],
      ['another role', () => askText(operator)],
      ['another language', () => askText(ana, {}, 'en')],
      ['another tab', () => askText(ana, { tab: 'oee' })],
      ['other widgets', () => askText(ana, { widget_ids: [1, 2] })],
      ['other parameters', () => askText(ana, { interval: 'day' })],
      ['rows behind the figures', () => askText(ana, { include_raw: true })],
    ]
    for (const [name, ask] of others)
      assert.deepEqual(
        await shares(server, async () => assert.notEqual(await ask(), first, name)),
        name.startsWith('rows') ? [0, 0] : [1, 0],
        name,
      )
    assert.ok(!first.includes('DOS') && !(await askText(stranger)).includes('UNO'))
  },
)

forEachEngine('PL-85 a new row, a new second and a role that was taken away are in the very next answer', async (engine, t) => {
  const server = await start(t)
  const plant = await smallPlant(server, engine, 'UNO', 40)
  const ana = await person(server, plant, 'ana', 'ADMIN')
  const before = await askText(ana)
  assert.equal(await askText(ana), before)
  await addPiece(plant, '2026-10-20 14:00:00')
  const after = await askText(ana)
  assert.equal(Number(productionOf(after)), Number(productionOf(before)) + 1)

  server.clock.advance(1_000)
  const later = await askText(ana)
  assert.notEqual(later, after)
  assert.match(later, /"now_local":"2026-10-20T15:00:01"/)

  await server.ctx.db.kysely
    .updateTable('memberships')
    .set({ status: 'suspended' })
    .where('user_id', 'in', (eb) => eb.selectFrom('users').select('id').where('username', '=', 'ana'))
    .execute()
  const refused = await ana.json(url, body)
  assert.ok(refused.status >= 400, String(refused.status))
})

forEachEngine('PL-85 the live refresh of two people shares its markup; each gets the nonce of their own answer', async (engine, t) => {
  const server = await start(t)
  const plant = await smallPlant(server, engine, 'UNO', 40)
  const [ana, eva] = [await person(server, plant, 'ana', 'ADMIN'), await person(server, plant, 'eva', 'ADMIN')]
  const refresh = async (client: Client) => {
    const response = await client.fetch(`/t/${plant.slug}/dashboard/live?preset=today`, {
      headers: { 'hx-request': 'true', accept: 'text/html' },
    })
    const nonce = /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy') ?? '')?.[1] ?? ''
    const text = await response.text()
    assert.equal(response.status, 200, text)
    const given = [...text.matchAll(/hx-nonce="([^"]*)"/g)].map(([, value]) => value)
    assert.ok(given.length > 0 && given.every((value) => value === nonce), `${given} are not ${nonce}`)
    return { nonce, bare: text.replaceAll(nonce, 'N') }
  }
  const one = await refresh(ana)
  const [asked, shared] = await shares(server, async () => {
    const two = await refresh(eva)
    assert.notEqual(two.nonce, one.nonce)
    assert.equal(two.bare, one.bare)
  })
  assert.deepEqual([asked, shared], [1, 1])
})
