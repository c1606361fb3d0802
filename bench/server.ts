/** A real server process over a platform database of its own, and what a client of it needs. Loopback only. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { loadingSettings } from '../scripts/small-host.mjs'
import { createContext } from '../src/context.ts'
import { createUser } from '../src/identity/index.ts'
import { migrations } from '../src/migrations/index.ts'
import { settingsOf } from '../src/plant/demo/plant-content.ts'
import type { PlantPlan } from '../src/plant/demo/plant-plan.ts'
import { registerTenant } from '../src/plant/system/index.ts'
import { readConfig } from '../src/platform/config/index.ts'
import { migrateUp } from '../src/platform/db/index.ts'
import { silentLog } from '../src/platform/log/index.ts'

export type Person = { readonly username: string; readonly password: string }
export type Answer = { readonly status: number; readonly body: Buffer; readonly ms: number }

/** With a body it is a POST. `from` is the client's address, default a new one. */
export type Asked = { readonly body?: unknown; readonly token?: string; readonly from?: string }

export type RunningServer = {
  readonly pid: number
  readonly url: string
  /** Of the spawn, by `performance.now()`. */
  readonly startedMs: number
  /** Processor time of all its threads so far. */
  readonly cpuMs: () => number
  /** Physical memory now, and the most it ever was. */
  readonly memory: () => { readonly rssBytes: number; readonly peakBytes: number }
  /** Never throws for a status. */
  readonly request: (url: string, options?: Asked) => Promise<Answer>
  readonly signIn: (person: Person) => Promise<string>
  readonly stop: () => Promise<void>
}

export type Installation = {
  /** For a context of one's own over the same data. */
  readonly settings: Readonly<Record<string, string>>
  readonly attach: (name: string, plan: PlantPlan, plantUrl: string) => Promise<{ readonly tenantId: number; readonly slug: string }>
  /** `andon load-history`: the first attach of a company's plant, in a process of its own. */
  readonly loadHistory: (tenantId: number, env?: Readonly<Record<string, string>>) => Promise<Loaded>
  readonly addPeople: (tenantId: number, count: number) => Promise<Person[]>
  readonly start: (env?: Readonly<Record<string, string>>) => Promise<RunningServer>
  readonly remove: () => void
}

/** `ms` is what the command itself says, without the start of the process. */
export type Loaded = { readonly ms: number; readonly rows: number; readonly peakBytes: number }

const password = 'Bench2026x'
const startLimitMs = 60_000

/** The platform database is the embedded one, in a folder that `remove` deletes, or in one that is given and stays. */
export function createInstallation(folder: string | null): Installation {
  const dataDir = folder ?? mkdtempSync(path.join(os.tmpdir(), 'andon-bench-'))
  const settings = { DATA_DIR: dataDir, SECRET_KEY: 'bench-secret-key-of-at-least-32-bytes', LOG_LEVEL: 'error' }
  const withContext = async <T>(work: (ctx: Awaited<ReturnType<typeof createContext>>) => Promise<T>): Promise<T> => {
    const ctx = await createContext(readConfig(settings), { log: silentLog() })
    try {
      await migrateUp(ctx.db, migrations, ctx.clock.nowMs)
      return await work(ctx)
    } finally {
      await ctx.close()
    }
  }
  return {
    settings,
    attach: (name, plan, plantUrl) =>
      withContext(async (ctx) => {
        const admin = { username: `admin_${name}`, password }
        const registered = await registerTenant(ctx, {
          companyName: name,
          ...admin,
          email: `${admin.username}@bench.example`,
          plantUrl,
          timeZone: plan.timeZone,
          performanceUnit: 'units_per_minute',
          canManage: false,
          config: settingsOf(plan),
          tables: [],
        })
        if (!registered) throw new Error('nothing was registered')
        return { tenantId: registered.tenantId, slug: registered.slug }
      }),
    addPeople: (tenantId, count) =>
      withContext(async (ctx) => {
        const people = Array.from({ length: count }, (_, at) => ({ username: `person_${tenantId}_${at}`, password }))
        for (const person of people)
          await createUser(ctx.db, ctx, null, { ...person, tenantId, email: `${person.username}@bench.example`, role: 'ADMIN' })
        return people
      }),
    loadHistory: (tenantId, env = {}) => loadHistory(tenantId, { ...settings, ...env }),
    start: (env = {}) => startServer({ ...settings, ...env }),
    remove: () => {
      if (folder === null) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

const entry = path.join(import.meta.dirname, '../src/main.ts')

/** With what the launcher gives this command. */
async function loadHistory(tenantId: number, env: Readonly<Record<string, string>>): Promise<Loaded> {
  const settings = loadingSettings({ ...process.env, ...env })
  const child = spawn(process.execPath, [...(settings?.flags ?? []), entry, 'load-history', String(tenantId), '--json'], {
    env: { PATH: process.env.PATH ?? '', ...settings?.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  let peakBytes = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const watch = setInterval(() => {
    if (child.pid !== undefined && child.exitCode === null) peakBytes = Math.max(peakBytes, memoryOf(child.pid)?.peakBytes ?? 0)
  }, 50)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(watch)
  if (code !== 0) throw new Error(`load-history ended with ${code}`)
  const { seconds, rows } = JSON.parse(text) as { seconds: number; rows: number }
  return { ms: 1000 * seconds, rows, peakBytes }
}

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as net.AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

async function startServer(env: Readonly<Record<string, string>>): Promise<RunningServer> {
  const port = await freePort()
  const startedMs = performance.now()
  // Addresses are named by the client, since sign-ins are limited by address and all come from one machine.
  const limits = { TRUST_PROXY_HOPS: '1', RATE_LIMIT_PER_MINUTE: '100000', TENANT_RATE_LIMIT_PER_MINUTE: '1000000' }
  // a plant attached today gets a year of stops stored, once: work of minutes that nobody measures here
  const jobs = { DOWNTIME_JOB: '0' }
  const child = spawn(process.execPath, [entry, 'serve'], {
    env: { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', PORT: String(port), ...limits, ...jobs, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error('the server did not start')
  const agent = new http.Agent({ keepAlive: true, maxSockets: 128 })
  const request: RunningServer['request'] = (url, asked = {}) => send({ agent, port }, url, asked)
  await untilAnswering(child, port, startedMs)
  return {
    pid,
    url: `http://127.0.0.1:${port}`,
    startedMs,
    cpuMs: () => cpuMsOf(pid),
    memory: () => memoryOf(pid) ?? { rssBytes: Number.NaN, peakBytes: Number.NaN },
    request,
    signIn: async (person) => {
      const answer = await request('/api/v1/auth/login', { body: person })
      if (answer.status !== 200) throw new Error(`sign-in ${answer.status} ${answer.body.toString()}`)
      return (JSON.parse(answer.body.toString()) as { access_token: string }).access_token
    },
    stop: async () => {
      agent.destroy()
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const impatience = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await ended
      clearTimeout(impatience)
    },
  }
}

async function untilAnswering(child: ChildProcess, port: number, startedMs: number): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    if (performance.now() - startedMs > startLimitMs) {
      child.kill('SIGKILL')
      throw new Error('the server does not answer')
    }
    const isUp = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

let addresses = 0
/** A new one in 10.0.0.0/8 each time. */
export function nextAddress(): string {
  addresses += 1
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`
}

/** Milliseconds from the request's first byte to the answer's last; the answer is not parsed and not compressed. */
function send(
  { agent, port }: { readonly agent: http.Agent; readonly port: number },
  url: string,
  { body, token, from = nextAddress() }: Asked,
): Promise<Answer> {
  const text = body === undefined ? '' : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      'x-forwarded-for': from,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    const startMs = performance.now()
    const request = http.request(
      { host: '127.0.0.1', port, path: url, method: body === undefined ? 'GET' : 'POST', agent, headers, timeout: 120_000 },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks), ms: performance.now() - startMs }),
        )
      },
    )
    request.on('timeout', () => request.destroy(new Error(`${url} took longer than 120 s`)))
    request.on('error', reject)
    request.end(text)
  })
}

/** Linux only: `VmRSS` and `VmHWM`; null when the process has ended. */
function memoryOf(pid: number): { rssBytes: number; peakBytes: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const bytes = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
    return { rssBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM') }
  } catch {
    return null
  }
}

/** Linux only: `utime` and `stime`, in ticks of 10 ms. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}
