/** Half an hour of a plant's day on one server process: cameras that send, dashboards of many ranges, pages that open and close their streams, people who
 *  come and go, requests that are refused. Prints how the process's memory grew: least squares over what followed the warm-up. */
import http from 'node:http'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { createContext } from '../src/context.ts'
import { createTenantWithAdmin } from '../src/identity/index.ts'
import { migrations } from '../src/migrations/index.ts'
import { createLineTables, createManagedPlant, saveAttachment } from '../src/plant/source/index.ts'
import { readConfig } from '../src/platform/config/index.ts'
import { migrateUp, openPlantKysely, sqliteUrl } from '../src/platform/db/index.ts'
import { silentLog } from '../src/platform/log/index.ts'
import { wholeNumber } from './generate.ts'
import { createInstallation, type RunningServer } from './server.ts'
import { slopeOf } from './slope.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    /** Until its caches are full. */
    'warm-up': { type: 'string', default: '12' },
    /** Dashboards a second. */
    rate: { type: 'string', default: '5' },
  },
})
const [minutes, warmUp, rate] = [
  wholeNumber('minutes', values.minutes),
  wholeNumber('warm-up', values['warm-up']),
  wholeNumber('rate', values.rate),
]
const mostMbPerMinute = 1
const lineIds = [1, 2, 3, 4]
const person = { username: 'soak', email: 'soak@bench.example', password: 'Bench2026x' }
const dayMs = 86_400_000

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const wall = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
const date = (ms: number): string => wall(ms).slice(0, 10)

async function makePlant(url: string): Promise<void> {
  const plant = await openPlantKysely(url, { create: true, statementTimeoutMs: 60_000 })
  const insert = (into: string, row: Record<string, unknown>) => plant.kysely.insertInto(into).values(row).execute()
  await createManagedPlant(plant.kysely, plant.engine)
  const corners = { coord_x1: 0, coord_y1: 0, coord_x2: 1, coord_y2: 1 }
  for (const id of lineIds) {
    const [name, code] = [`Línea ${id}`, `L${id}`]
    await createLineTables(plant.kysely, plant.engine, { detectionTable: `detection_line_l${id}`, downtimeTable: `downtime_events_l${id}` })
    const rates = { availability: 85, performance: 10, downtime_threshold: 60 }
    await insert('production_line', { line_name: name, line_code: code, is_active: 1, ...rates })
    await insert('area', { line_id: id, area_name: `Salida ${id}`, area_type: 'output', area_order: 1, ...corners })
    const product = { product_name: `Producto ${id}`, product_code: `P${id}`, product_weight: '1.00', product_color: '' }
    await insert('product', { ...product, production_std: 0, product_per_batch: 1 })
  }
  await plant.close()
}

const counts = new Map<string, number>()
const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)

type Traffic = {
  readonly server: RunningServer
  readonly token: () => string
  readonly leftMs: () => number
}

/** Again and again, `everyMs` apart or as fast as it goes; one that breaks is counted, and the rest goes on. */
async function repeat({ leftMs }: Traffic, what: string, everyMs: number, work: (at: number) => Promise<number>): Promise<void> {
  for (let at = 0; leftMs() > 0; at += 1) {
    const startedMs = performance.now()
    count(`${what} ${await work(at).catch((error: Error) => error.message.slice(0, 40))}`)
    await sleep(Math.max(0, Math.min(leftMs(), everyMs - (performance.now() - startedMs))))
  }
}

const rowsOf = (id: number, fromMs: number, many: number) =>
  Array.from({ length: many }, (_, at) => ({ line: `L${id}`, area_id: id, product_id: id, detected_at: wall(fromMs + at * 1_000) }))

function ingest({ server, token }: Traffic, rows: readonly unknown[]): Promise<number> {
  return server.request('/api/v1/ingest/detections', { body: { rows }, token: token() }).then(({ status }) => status)
}

/** Heard for a while, then left: what a person who walks through pages does. */
const listenFor = ({ server, token }: Traffic, ms: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token()}`, accept: 'text/event-stream' }
    const request = http.get(`${server.url}/api/v1/events`, { headers, agent: false }, (response) => {
      response.resume()
      response.on('error', () => {})
      setTimeout(() => {
        request.destroy()
        resolve(response.statusCode ?? 0)
      }, ms)
    })
    request.on('error', reject)
  })

const dashboard = ({ server, token }: Traffic, at: number): Promise<number> => {
  const days = [1, 3, 7, 10][at % 4] ?? 1
  const line = [...lineIds, 'all'][at % 5]
  const range = { start_date: date(Date.now() - days * dayMs), end_date: date(Date.now()) }
  const body = { line_id: line, ...range, interval: days > 3 ? 'day' : 'hour', downtime_threshold: 60 + (at % 50) }
  return server.request('/api/v1/dashboard/data', { body, token: token() }).then(({ status }) => status)
}

async function signInAndOut({ server }: Traffic): Promise<number> {
  const token = await server.signIn(person)
  return (await server.request('/api/v1/auth/logout', { body: {}, token })).status
}

const installation = createInstallation(null)
const { settings } = installation
const url = sqliteUrl(path.join(settings.DATA_DIR ?? '', 'plant.sqlite'))
const ctx = await createContext(readConfig(settings), { log: silentLog() })
await migrateUp(ctx.db, migrations, ctx.clock.nowMs)
await makePlant(url)
const { tenantId } = await createTenantWithAdmin(ctx.db, ctx, { companyName: 'Soak', ...person, config: { timezone: 'UTC' } })
await saveAttachment({ ...ctx.db, tenantId }, ctx.secrets, { url, canManage: true, nowMs: ctx.clock.nowMs() })
await ctx.close()
const server = await installation.start()
try {
  const startedMs = performance.now()
  // each has a limit of their own
  const people = await installation.addPeople(tenantId, rate * 2)
  const signInAll = () => Promise.all(people.map((one) => server.signIn(one)))
  let [tokens, turns] = [await signInAll(), 0]
  const token = (): string => {
    turns += 1
    return tokens[turns % tokens.length] ?? ''
  }
  const traffic: Traffic = { server, token, leftMs: () => minutes * 60_000 - (performance.now() - startedMs) }
  for (const id of lineIds)
    for (let day = 10; day >= 1; day -= 1)
      if ((await ingest(traffic, rowsOf(id, Date.now() - day * dayMs, 4_000))) !== 200) throw new Error('the first rows were refused')
  const points: [number, number][] = []
  const measure = async () => {
    while (traffic.leftMs() > 0) {
      const atMin = (performance.now() - startedMs) / 60_000
      const mb = server.memory().rssBytes / 2 ** 20
      if (atMin >= warmUp) points.push([atMin, mb])
      if (Math.round(atMin * 60) % 60 < 2) process.stderr.write(`  ${atMin.toFixed(1)} min: ${mb.toFixed(0)} MB\n`)
      await sleep(2_000)
    }
  }
  await Promise.all([
    measure(),
    repeat(traffic, 'sign-in for all', 600_000, async () => {
      tokens = await signInAll()
      return 200
    }),
    ...lineIds.map((id) => repeat(traffic, 'ingest', 2_000, () => ingest(traffic, rowsOf(id, Date.now() - 2_000, 2)))),
    repeat(traffic, 'dashboard', 1_000 / rate, (at) => dashboard(traffic, at)),
    ...Array.from({ length: 8 }, (_, at) => repeat(traffic, 'stream', 0, () => listenFor(traffic, 5_000 + at * 1_000))),
    repeat(traffic, 'sign-in and out', 15_000, () => signInAndOut(traffic)),
    repeat(traffic, 'nowhere', 1_000, async (at) => (await server.request(`/nowhere/${at}`)).status),
    repeat(
      traffic,
      'refused',
      1_000,
      async () => (await server.request('/api/v1/dashboard/data', { body: { line_id: -1 }, token: token() })).status,
    ),
    repeat(traffic, 'a page', 1_000, async () => (await server.request('/login')).status),
  ])
  const slope = slopeOf(points)
  const { rssBytes, peakBytes } = server.memory()
  const isFlat = slope !== null && slope < mostMbPerMinute
  process.stdout.write(`
| measure | measured | to reach | |
|---|---|---|---|
| ${minutes} min, the first ${warmUp} of them to warm up: growth of memory | ${slope === null ? '—' : `${slope.toFixed(2)} MB/min`} | < ${mostMbPerMinute} MB/min | ${isFlat ? 'yes' : '**no**'} |
| at the end | ${Math.round(rssBytes / 2 ** 20)} MB, at most ${Math.round(peakBytes / 2 ** 20)} MB |  |  |
| processor | ${((server.cpuMs() / (performance.now() - startedMs)) * 100).toFixed(0)} % of a core |  |  |
| requests and their answers | ${[...counts]
    .sort()
    .map(([what, many]) => `${what}: ${many}`)
    .join(', ')} |  |  |
`)
  if (!isFlat) process.exitCode = 1
} finally {
  await server.stop()
  installation.remove()
}
