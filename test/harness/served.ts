/** `andon serve` in a process of its own, over a database of the test: for what only a whole process shows. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

export type Served = {
  readonly url: string
  readonly child: ChildProcess
  readonly logLines: readonly Readonly<Record<string, unknown>>[]
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>
}

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as net.AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

const entry = path.join(import.meta.dirname, '../../src/main.ts')

/** Answers when it listens. Killed when the test ends. */
export async function served(databaseUrl: string, env: Readonly<Record<string, string>>, t: TestContext): Promise<Served> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'andon-served-'))
  const port = await freePort()
  const settings = {
    ...{ APP_ENV: 'test', SECRET_KEY: 'test-secret-key-of-at-least-32-bytes', TRUST_PROXY_HOPS: '1', ARGON2_MEMORY_KIB: '64' },
    ...{ DATA_DIR: dataDir, DATABASE_URL: databaseUrl, HOST: '127.0.0.1', PORT: String(port) },
  }
  const child = spawn(process.execPath, [entry, 'serve'], {
    env: { PATH: process.env.PATH ?? '', ...settings, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit').then(([code, signal]) => (code as number | null) ?? String(signal))
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(dataDir, { recursive: true, force: true })
  })
  const logLines: Record<string, unknown>[] = []
  let rest = ''
  const read = (chunk: Buffer) => {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('{')) logLines.push(JSON.parse(line) as Record<string, unknown>)
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const url = `http://127.0.0.1:${port}`
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${JSON.stringify(logLines)}`)
    const isUp = await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return { url, child, logLines, ended }
    await sleep(20)
  }
}
