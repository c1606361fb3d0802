/** A real server on a free port, over a real migrated database, with a clock that the test moves. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../../src/app.ts'
import { type Context, createContext } from '../../src/context.ts'
import { readConfig } from '../../src/platform/config/index.ts'
import type { Engine } from '../../src/platform/db/index.ts'
import { closeServer } from '../../src/platform/http/index.ts'
import { createLog, type Log } from '../../src/platform/log/index.ts'
import type { Clock } from '../../src/platform/time/index.ts'
import { silentWrites } from './audited-writes.ts'
import { type Client, createClient } from './client.ts'
import { migratedDatabase } from './engines.ts'
import { secretsIn } from './log-secrets.ts'

export type TestClock = Clock & { readonly advance: (ms: number) => void }

export type TestServer = {
  readonly url: string
  readonly app: FastifyInstance
  readonly ctx: Context
  readonly clock: TestClock
  /** Log lines, parsed, oldest first. */
  readonly logLines: readonly Readonly<Record<string, unknown>>[]
  /** A person of their own: cookies, sign-in, and an address of their own for the limits. */
  readonly newClient: () => Client
  /** Shared by calls without a client of their own. */
  readonly fetch: Client['fetch']
  readonly json: Client['json']
  readonly signIn: Client['signIn']
  readonly close: () => Promise<void>
}

const testClock = (startMs: number): TestClock => {
  let nowMs = startMs
  return {
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms
    },
  }
}

const recordingLog = (lines: Record<string, unknown>[]): Log =>
  createLog('info', { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) })

export type TestServerOptions = {
  readonly engine?: Engine
  readonly env?: Readonly<Record<string, string>>
  /** What the server's clock says at first; default now. It stands still until moved. */
  readonly nowMs?: number
  /** Of another test server: a second process over the same data. */
  readonly databaseUrl?: string
  /** Of a server that was there before; default a free one. */
  readonly port?: number
}

/** What the end of a test does, once. The runner keeps the hooks of all tests to the last: this one lets go of its server, which weighs 7 MB. */
function endOf(t: TestContext | undefined) {
  let work: (() => Promise<void>) | null = null
  const end = async () => {
    const last = work
    work = null
    await last?.()
  }
  t?.after(end)
  return (given: () => Promise<void>): (() => Promise<void>) => {
    work = given
    return end
  }
}

/** Closed when the test ends, or by `close()` (a suite's `after`) when there is no `t`. */
export async function startTestServer(options: TestServerOptions = {}, t?: TestContext): Promise<TestServer> {
  const atEnd = endOf(t)
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'andon-test-data-'))
  const databaseUrl = options.databaseUrl ?? (await migratedDatabase(options.engine ?? 'sqlite', t)).url
  // One trusted hop: each client names an address of its own, so that one person's limits are not another's.
  const env = {
    APP_ENV: 'test',
    SECRET_KEY: 'test-secret-key-of-at-least-32-bytes',
    TRUST_PROXY_HOPS: '1',
    // Most of the time of a test would be hashing: what a hash costs is its own test's subject.
    ARGON2_MEMORY_KIB: '64',
    // Server and test share a process: what the test does for long says nothing of the server's load.
    OVERLOAD_DELAY_MS: '60000',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    ...options.env,
  }
  const clock = testClock(options.nowMs ?? Date.now())
  const logLines: Record<string, unknown>[] = []
  const ctx = await createContext(readConfig(env), { clock, log: recordingLog(logLines) })
  const app = await buildApp(ctx)
  const url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  const close = atEnd(async () => {
    await closeServer(app, 500)
    // A database lent by another server may be gone, or another test's, by now.
    const silent = options.databaseUrl === undefined ? await silentWrites(ctx.db, app.shell.routes, logLines) : []
    await ctx.close()
    rmSync(dataDir, { recursive: true, force: true })
    assert.deepEqual(secretsIn(logLines), [])
    assert.deepEqual(silent, [])
  })
  const newClient = () => createClient(url)
  const { fetch, json, signIn } = newClient()
  return { url, app, ctx, clock, logLines, newClient, fetch, json, signIn, close }
}
