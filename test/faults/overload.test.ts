/** A real server process is asked ten times what it may do at once: dashboards are refused with 503 and when to come back, while sign-in and ingest go
 *  on being answered. */
import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createUser } from '../../src/identity/index.ts'
import { saveAttachment } from '../../src/plant/source/index.ts'
import { migratedDatabase } from '../harness/engines.ts'
import { patienceMs } from '../harness/patience.ts'
import { served } from '../harness/served.ts'
import { startTestServer } from '../harness/server.ts'
import { smallPlant } from '../harness/small-plant.ts'

const nowMs = Math.floor(Date.now() / 86_400_000) * 86_400_000 + 18 * 3_600_000
const atOnce = 8
const askers = 10 * atOnce
/** Of each of the two that go on. */
const rounds = 25

type Answer = { readonly status: number; readonly retryAfter: string | undefined; readonly ms: number; readonly text: string }

test('at ten times the load dashboards get 503 with Retry-After, sign-in and ingest are answered, and then all is as before', async (t) => {
  const { url: databaseUrl } = await migratedDatabase('sqlite', t)
  const made = await startTestServer({ databaseUrl, nowMs }, t)
  const [plant, other] = [await smallPlant(made, 'sqlite', 'CARGA', 400), await smallPlant(made, 'sqlite', 'OTRA', 5)]
  const { id: tenantId } = await made.ctx.db.kysely
    .selectFrom('tenants')
    .select('id')
    .where('slug', '=', plant.slug)
    .executeTakeFirstOrThrow()
  const attachment = { url: plant.plantUrl, canManage: true, nowMs }
  await saveAttachment({ ...made.ctx.db, tenantId }, made.ctx.secrets, attachment)
  const limits = { RATE_LIMIT_PER_MINUTE: '100000', TENANT_RATE_LIMIT_PER_MINUTE: '1000000' }
  const server = await served(databaseUrl, { ...limits, OVERLOAD_REQUESTS: String(atOnce) }, t)

  const agent = new http.Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  let addresses = 0
  const ask = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const startMs = performance.now()
      const text = body === undefined ? '' : JSON.stringify(body)
      addresses += 1
      const all = {
        ...(body === undefined ? { accept: 'text/html' } : { 'content-type': 'application/json' }),
        'content-length': String(Buffer.byteLength(text)),
        ...{ 'x-forwarded-for': `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`, ...headers },
      }
      const request = http.request(server.url + path, { method: body === undefined ? 'GET' : 'POST', agent, headers: all }, (response) => {
        let heard = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          heard += chunk
        })
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'],
            ms: performance.now() - startMs,
            text: heard,
          }),
        )
      })
      request.on('error', reject).end(text)
    })
  const signIn = ({ username, password }: Pick<typeof plant, 'username' | 'password'>) => ask('/api/v1/auth/login', { username, password })
  const bearerOf = async (person: Parameters<typeof signIn>[0]) => {
    const { access_token: token } = JSON.parse((await signIn(person)).text) as { access_token: string }
    return { authorization: `Bearer ${token}` }
  }
  const bearer = await bearerOf(plant)
  // each within their own limits: it is the process that has too much to do
  const bearers: (typeof bearer)[] = []
  for (let at = 0; at < askers; at += 1) {
    const person = { username: `mira-${at}`, password: 'Segura123!' }
    await createUser(made.ctx.db, made.ctx, null, { ...person, tenantId, email: `${person.username}@example.com`, role: 'MANAGER' })
    bearers.push(await bearerOf(person))
  }
  const day = new Date(nowMs).toISOString().slice(0, 10)
  // the page, with a question never asked before each time: nothing to share, nothing remembered
  const dashboard = (at: number, by = bearer) =>
    ask(`/t/${plant.slug}/dashboard?line_id=all&start_date=${day}&end_date=${day}&downtime_threshold=${60 + (at % 3_000)}`, undefined, by)
  const ingest = (at: number) =>
    ask(
      '/api/v1/ingest/detections',
      { rows: [{ line_id: 1, area_id: 1, product_id: 1, detected_at: `${day}T07:${String(at % 60).padStart(2, '0')}:00` }] },
      { ...bearer, 'idempotency-key': `overload-${at}` },
    )
  assert.equal((await dashboard(0)).status, 200)
  const first = await ingest(1_000)
  assert.equal(first.status, 200, first.text)

  let isOver = false
  const dashboards: Answer[] = []
  const load = Array.from({ length: askers }, async (_, asker) => {
    for (let at = 0; !isOver; at += 1) {
      const answer = await dashboard(1 + asker + at * askers, bearers[asker])
      dashboards.push(answer)
      if (answer.status === 503) await sleep(30)
    }
  })
  const [signedIn, ingested]: [Answer[], Answer[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    const [one, two] = await Promise.all([signIn(other), ingest(round)])
    signedIn.push(one)
    ingested.push(two)
  }
  isOver = true
  await Promise.all(load)

  const refused = dashboards.filter(({ status }) => status === 503)
  assert.deepEqual(new Set(dashboards.map(({ status }) => status)), new Set([200, 503]))
  assert.ok(refused.every(({ retryAfter, text }) => retryAfter === '5' && text.includes('Servidor ocupado')))
  for (const [name, answers] of [
    ['sign-in', signedIn],
    ['ingest', ingested],
  ] as const) {
    assert.deepEqual(
      new Set(answers.map(({ status }) => status)),
      new Set([200]),
      `${name}: ${answers.find(({ status }) => status !== 200)?.text}`,
    )
    const p95Ms = answers.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(0.95 * rounds)] ?? Number.NaN
    t.diagnostic(`${name}: p95 ${Math.round(p95Ms)} ms`)
    assert.ok(p95Ms < patienceMs(3_000), `${name}: p95 ${p95Ms} ms`)
  }
  t.diagnostic(`dashboards: ${dashboards.length - refused.length} answered, ${refused.length} refused`)
  assert.ok(server.logLines.some(({ event }) => event === 'overloaded'))
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  assert.match(metrics, new RegExp(`^andon_requests_shed_total\\{kind="ordinary"\\} ${refused.length}$`, 'm'))
  assert.match(metrics, /^andon_requests_shed_total\{kind="last"\} 0$/m)
  assert.match(metrics, /^andon_requests_in_flight\{kind="ordinary"\} 0$/m)
  assert.equal((await dashboard(5)).status, 200)
})
