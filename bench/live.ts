/** How long a row in the customer's table is on its way to every open page: one server process, `--streams` listeners of one plant, over event streams and
 *  over WebSocket. From the insert being committed to each listener having the message; nothing else is asked of the server meanwhile. */
import http from 'node:http'
import os from 'node:os'
import { parseArgs } from 'node:util'
import { insertDetections, lineTableNames } from '../src/plant/source/index.ts'
import { formatLocal } from '../src/platform/time/index.ts'
import { dropPlant, engineOf, generatePlant, namePrefix, plantUrl, progressLine, thisHourS, usualDays, wholeNumber } from './generate.ts'
import { lines, type MeasuredPlant, openMeasured, timesOf } from './measures.ts'
import { benchPlan } from './plan.ts'
import { createInstallation, type RunningServer } from './server.ts'

const transports = ['stream', 'socket'] as const
type Transport = (typeof transports)[number]
type Listener = { readonly close: () => void }
/** Called when a listener hears that a line changed. */
type OnChanged = () => void

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'mysql' },
    streams: { type: 'string', default: '500' },
    changes: { type: 'string', default: '60' },
    rows: { type: 'string', default: '100000' },
  },
})
const options = {
  engine: engineOf(values.engine),
  streams: wholeNumber('streams', values.streams),
  changes: wholeNumber('changes', values.changes),
  rows: wholeNumber('rows', values.rows),
}
/** Of one person; more are refused. */
const streamsPerPerson = 10
const settleMs = 3_000

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function openStream(server: RunningServer, token: string, onChanged: OnChanged): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' }
    const request = http.get(`${server.url}/api/v1/events`, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`stream ${response.statusCode}`))
      response.setEncoding('utf8').on('data', (text: string) => {
        // only now the plant is looked at: what comes from here on is heard
        if (text.includes('"state":"live"')) resolve({ close: () => request.destroy() })
        if (text.includes('event: changed')) onChanged()
      })
      response.on('error', () => {})
    })
    request.on('error', reject)
  })
}

function openSocket(server: RunningServer, token: string, onChanged: OnChanged): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/ws`, ['andon.v1', `bearer.${token}`])
    socket.addEventListener('error', () => reject(new Error('a socket did not open')))
    socket.addEventListener('message', ({ data }) => {
      const { event, data: said } = JSON.parse(String(data)) as { event: string; data?: { state?: string } }
      if (said?.state === 'live') resolve({ close: () => socket.close() })
      if (event === 'changed') onChanged()
    })
  })
}
const openers = { stream: openStream, socket: openSocket } as const satisfies Record<Transport, typeof openStream>

type Measured = {
  readonly delaysMs: readonly number[]
  readonly cpuMsPerChange: number
  readonly idleCpuShare: number
  readonly bytesPerStream: number
}

async function measure(server: RunningServer, transport: Transport, count: number, measured: MeasuredPlant): Promise<Measured> {
  const { tokens, plant, tenantId, engine } = measured
  const before = server.memory().rssBytes
  let [insertedMs, awaited] = [0, 0]
  const delaysMs: number[] = []
  let allHeard = () => {}
  const onChanged = () => {
    if (awaited === 0) return
    delaysMs.push(performance.now() - insertedMs)
    awaited -= 1
    if (awaited === 0) allHeard()
  }
  const listeners: Listener[] = []
  for (let at = 0; at < count; at += 1)
    listeners.push(await openers[transport](server, tokens[Math.floor(at / streamsPerPerson)] ?? '', onChanged))
  await sleep(settleMs)
  const bytesPerStream = (server.memory().rssBytes - before) / count
  const [idleFromMs, idleCpuMs] = [performance.now(), server.cpuMs()]
  await sleep(settleMs)
  const idleCpuShare = (server.cpuMs() - idleCpuMs) / (performance.now() - idleFromMs)
  const db = { tenantId, engine, kysely: plant.kysely }
  const [line] = lines
  const table = lineTableNames(line?.code ?? '').detectionTable
  const row = {
    detectedAt: formatLocal(thisHourS(Date.now())),
    areaId: line?.areas[0]?.areaId ?? 0,
    productId: line?.products[0]?.productId ?? 0,
  }
  const [fromMs, fromCpuMs] = [performance.now(), server.cpuMs()]
  for (let change = 0; change < options.changes; change += 1) {
    // not in step with the server's looks
    await sleep(200 + Math.random() * 700)
    const heard = new Promise<void>((resolve, reject) => {
      allHeard = resolve
      setTimeout(() => reject(new Error(`${awaited} of ${count} did not hear of a change within 10 s`)), 10_000).unref()
    })
    awaited = count
    await insertDetections(db, table, [row])
    insertedMs = performance.now()
    await heard
  }
  const cpuMs = server.cpuMs() - fromCpuMs - idleCpuShare * (performance.now() - fromMs)
  for (const listener of listeners) listener.close()
  await sleep(500)
  return { delaysMs, cpuMsPerChange: Math.max(0, cpuMs) / options.changes, idleCpuShare, bytesPerStream }
}

const rows: string[] = []
async function run(name: string): Promise<void> {
  const installation = createInstallation(null)
  const plant = await openMeasured(options.engine, name)
  try {
    const attached = await installation.attach(
      name,
      benchPlan(plant.rows / (lines.length * usualDays(plant.rows))),
      plantUrl(options.engine, name),
    )
    const people = await installation.addPeople(attached.tenantId, Math.ceil(options.streams / streamsPerPerson))
    // a process each: what one transport left in memory is no gain of the other
    for (const transport of transports) {
      const server = await installation.start()
      try {
        const tokens: string[] = []
        for (const person of people) tokens.push(await server.signIn(person))
        const measured = { ...plant, ...attached, tokens, person: people[0] ?? { username: '', password: '' } }
        for (const count of [Math.ceil(options.streams / 10), options.streams]) {
          const { delaysMs, cpuMsPerChange, idleCpuShare, bytesPerStream } = await measure(server, transport, count, measured)
          const { p50Ms, p95Ms, p99Ms } = timesOf(delaysMs)
          const what = transport === 'stream' ? 'event streams' : 'WebSockets'
          const isTarget = count === options.streams
          rows.push(
            `| ${count} ${what}, a row in the table → every listener has it | p50 ${Math.round(p50Ms)} ms, p95 ${Math.round(p95Ms)} ms, p99 ${Math.round(p99Ms)} ms (${options.changes} changes; processor ${cpuMsPerChange.toFixed(1)} ms a change, ${(100 * idleCpuShare).toFixed(1)} % of a core at rest; ${Math.round(bytesPerStream / 1024)} KB a listener) | ${isTarget ? 'p95 ≤ 500 ms' : ''} | ${isTarget ? (p95Ms <= 500 ? 'yes' : '**no**') : ''} |`,
          )
          process.stderr.write(`${rows.at(-1)}\n`)
        }
      } finally {
        await server.stop()
      }
    }
  } finally {
    await plant.plant.close()
    installation.remove()
  }
}

const name = `${namePrefix}live_${process.pid}`
try {
  const untilS = thisHourS(Date.now())
  const order = { engine: options.engine, name, rows: options.rows, days: usualDays(options.rows), untilS, parallel: 2 }
  await generatePlant(order, progressLine(name))
  await run(name)
} finally {
  console.log(
    `\n${options.engine}, ${new Date().toISOString().slice(0, 16)}Z, Node ${process.version}, load ${(os.loadavg()[0] ?? 0).toFixed(1)} on ${os.availableParallelism()} cores\n\n| measure | measured | to reach | |\n|---|---|---|---|\n${rows.join('\n')}`,
  )
  await dropPlant(options.engine, name)
}
