/** Live over a real server: a row in the customer's table reaches the open pages of its own company, and nobody else's. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { createTenantWithAdmin } from '../src/identity/index.ts'
import {
  insertDetections,
  insertDowntimes,
  lineTableNames,
  lineTableStatements,
  managedPlantStatements,
  saveAttachment,
} from '../src/plant/source/index.ts'
import { type OpenedPlant, openPlantKysely } from '../src/platform/db/index.ts'
import type { Client } from './harness/client.ts'
import { availableEngines, temporaryDatabase } from './harness/engines.ts'
import { patienceMs } from './harness/patience.ts'
import { startTestServer, type TestServer } from './harness/server.ts'

type ServerEvent = { readonly event: string; readonly data: { readonly line_ids?: number[]; readonly state?: string } }
type Stream = {
  readonly response: Response
  /** The next event of that name; everything before it is passed over. Fails when it takes longer than `withinMs`. */
  readonly next: (event: string, withinMs?: number) => Promise<ServerEvent['data']>
  readonly heard: readonly ServerEvent[]
  readonly ended: Promise<void>
  readonly leave: () => void
}

/** A company whose lines have the given ids, its plant on `engine`. */
type Company = {
  readonly slug: string
  readonly tenantId: number
  readonly plant: OpenedPlant
  readonly addPiece: (lineId: number) => Promise<void>
}
const password = 'Segura2026x'
let server: TestServer
const companies: Company[] = []
const open: Stream[] = []

async function addCompany(slug: string, lineIds: readonly number[], url: string): Promise<Company> {
  const plant = await openPlantKysely(url, { create: true })
  const run = (statement: string) => sql.raw(statement).execute(plant.kysely)
  for (const statement of managedPlantStatements(plant.engine)) await run(statement)
  for (const lineId of lineIds) {
    await plant.kysely
      .insertInto('production_line')
      .values({
        line_id: lineId,
        line_name: `Línea ${lineId}`,
        line_code: `L${lineId}`,
        is_active: 1,
        performance: 2,
        downtime_threshold: 60,
      })
      .execute()
    for (const statement of lineTableStatements(plant.engine, lineTableNames(`L${lineId}`))) await run(statement)
  }
  const { tenantId } = await createTenantWithAdmin(server.ctx.db, server.ctx, {
    companyName: slug,
    slug,
    username: `${slug}-boss`,
    email: `boss@${slug}.example`,
    password,
    config: { timezone: 'America/Bogota' },
  })
  await saveAttachment({ ...server.ctx.db, tenantId }, server.ctx.secrets, { url, canManage: true, nowMs: server.ctx.clock.nowMs() })
  const addPiece = (lineId: number) =>
    insertDetections({ tenantId, ...plant }, lineTableNames(`L${lineId}`).detectionTable, [
      { detectedAt: '2026-10-19 10:00:00', areaId: 1, productId: 1 },
    ])
  return { slug, tenantId, plant, addPiece }
}

async function openStream(client: Client, slug: string): Promise<Stream> {
  const stop = new AbortController()
  const response = await client.fetch(`/t/${slug}/events`, { headers: { accept: 'text/event-stream' }, signal: stop.signal })
  const heard: ServerEvent[] = []
  let wake = () => {}
  const read = async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const event = /^event: (.+)$/m.exec(block)?.[1]
        const data = /^data: (.+)$/m.exec(block)?.[1]
        if (event && data) heard.push({ event, data: JSON.parse(data) as ServerEvent['data'] })
      }
      wake()
    }
  }
  const ended = read().catch(() => {})
  let passed = 0
  const stream: Stream = {
    response,
    heard,
    ended,
    leave: () => stop.abort(),
    next: async (event, withinMs = patienceMs(3_000)) => {
      const late = AbortSignal.timeout(withinMs)
      for (;;) {
        const found = heard.findIndex((entry, at) => at >= passed && entry.event === event)
        if (found !== -1) {
          passed = found + 1
          return heard[found]?.data ?? {}
        }
        await new Promise<void>((resolve, reject) => {
          wake = resolve
          late.addEventListener('abort', () => reject(new Error(`no ${event} within ${withinMs} ms; heard ${JSON.stringify(heard)}`)), {
            once: true,
          })
        })
      }
    },
  }
  open.push(stream)
  return stream
}

/** Connected and followed: what comes now is news. */
async function liveStream(client: Client, slug: string): Promise<Stream> {
  const stream = await openStream(client, slug)
  assert.equal(stream.response.status, 200)
  while ((await stream.next('status')).state !== 'live');
  return stream
}

async function signedIn(slug: string): Promise<Client> {
  const client = server.newClient()
  await client.signIn(`${slug}-boss`, password)
  return client
}

before(async () => {
  server = await startTestServer()
  companies.push(await addCompany('norte', [11, 12], await temporaryDatabase('sqlite')))
  companies.push(await addCompany('sur', [21], await temporaryDatabase(availableEngines.includes('mysql') ? 'mysql' : 'sqlite')))
})
after(async () => {
  for (const stream of open) stream.leave()
  await server.close()
  for (const { plant } of companies) await plant.close()
})
const company = (at: number): Company => {
  const found = companies[at]
  assert.ok(found)
  return found
}

test('PL-89 a row inserted into the customer’s table is announced within 3 s, a stop too, each for its line', async () => {
  const stream = await liveStream(await signedIn('norte'), 'norte')
  const { plant, tenantId, addPiece } = company(0)
  await addPiece(12)
  assert.deepEqual((await stream.next('changed')).line_ids, [12])
  await insertDowntimes({ tenantId, ...plant }, lineTableNames('L11').downtimeTable, [
    {
      lastDetectionId: 1,
      startTime: '2026-10-19 09:00:00',
      endTime: '2026-10-19 09:10:00',
      durationS: 600,
      reasonCode: null,
      reason: null,
      isManual: true,
      createdAt: '2026-10-19 09:10:00',
    },
  ])
  assert.deepEqual((await stream.next('changed')).line_ids, [11])
  stream.leave()
  await stream.ended
})

test('PL-89 the stream is no cacheable, compressed or collected answer', async () => {
  const stream = await liveStream(await signedIn('norte'), 'norte')
  const { headers } = stream.response
  assert.match(headers.get('content-type') ?? '', /^text\/event-stream/)
  assert.match(headers.get('cache-control') ?? '', /no-store/)
  assert.equal(headers.get('content-encoding'), null)
  assert.equal(headers.get('x-accel-buffering'), 'no')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  stream.leave()
  await stream.ended
})

test('PL-83 two companies that are watched at once hear of their own lines only', async () => {
  const [norte, sur] = [await liveStream(await signedIn('norte'), 'norte'), await liveStream(await signedIn('sur'), 'sur')]
  await company(0).addPiece(11)
  await norte.next('changed')
  await company(1).addPiece(21)
  await sur.next('changed')
  const linesOf = ({ heard }: Stream) => new Set(heard.flatMap(({ data }) => data.line_ids ?? []))
  assert.deepEqual(linesOf(norte), new Set([11]))
  assert.deepEqual(linesOf(sur), new Set([21]))
  for (const stream of [norte, sur]) stream.leave()
})

test('PL-83 nobody opens the stream of a company that is not theirs, or without signing in', async () => {
  const foreign = await openStream(await signedIn('norte'), 'sur')
  const unknown = await openStream(await signedIn('norte'), 'no-such')
  assert.deepEqual([foreign.response.status, unknown.response.status], [404, 404])
  const stranger = await openStream(server.newClient(), 'norte')
  assert.equal(stranger.response.status, 401)
})

test('PL-89 signing out ends the stream at once, and only one’s own', async () => {
  const leaving = await signedIn('norte')
  const [ending, staying] = [await liveStream(leaving, 'norte'), await liveStream(await signedIn('norte'), 'norte')]
  const { status } = await leaving.json('/api/v1/auth/session', undefined, { method: 'DELETE' })
  assert.equal(status, 204)
  await ending.ended
  await company(0).addPiece(11)
  assert.deepEqual((await staying.next('changed')).line_ids, [11])
  assert.ok(!ending.heard.some(({ data }) => data.line_ids?.includes(11)))
  staying.leave()
})

test('PL-89 a person has a limited number of streams', async () => {
  const client = await signedIn('sur')
  const streams = []
  for (let at = 0; at < 12; at += 1) streams.push(await openStream(client, 'sur'))
  assert.ok(streams.every(({ response }) => response.status === 200))
  const refused = await client.json('/t/sur/events')
  assert.equal(refused.status, 429)
  assert.equal((refused.body as { code: string }).code, 'too_many_streams')
  for (const stream of streams) stream.leave()
})

test('PL-89 a reader that goes away is no fault: no warning, no error', async () => {
  const stream = await liveStream(await signedIn('norte'), 'norte')
  const before = server.logLines.length
  stream.leave()
  await stream.ended
  // Round trips in which a handler that went wrong would have spoken.
  for (let trip = 0; trip < 5; trip += 1) await server.fetch('/health')
  assert.deepEqual(
    server.logLines.slice(before).filter(({ level }) => level !== 'info'),
    [],
  )
})

test('PL-89 a plant that does not answer is said to be offline', async () => {
  const broken = await addCompany('rota', [31], await temporaryDatabase('sqlite'))
  companies.push(broken)
  await sql`DROP TABLE ${sql.table(lineTableNames('L31').detectionTable)}`.execute(broken.plant.kysely)
  await saveAttachment({ ...server.ctx.db, tenantId: broken.tenantId }, server.ctx.secrets, {
    url: 'mysql://nobody@127.0.0.1:1/none',
    canManage: false,
    nowMs: 0,
  })
  const stream = await openStream(await signedIn('rota'), 'rota')
  while ((await stream.next('status')).state !== 'offline');
  stream.leave()
})

test('PL-89 closing the server ends every stream', async (t) => {
  const own = await startTestServer({}, t)
  await createTenantWithAdmin(own.ctx.db, own.ctx, {
    companyName: 'Solo',
    slug: 'solo',
    username: 'solo',
    email: 'solo@solo.example',
    password,
  })
  const client = own.newClient()
  await client.signIn('solo', password)
  const stream = await openStream(client, 'solo')
  assert.equal(stream.response.status, 200)
  await own.close()
  await stream.ended
})
