/** A PostgreSQL or MariaDB server of the test's own, on a free port and in a folder of its own: one that may be hung, killed and started again. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { openPlantKysely } from '../../src/platform/db/index.ts'

export type ServerEngine = 'postgres' | 'mysql'
export const serverEngines: readonly ServerEngine[] = ['postgres', 'mysql']

export type OwnServer = {
  readonly engine: ServerEngine
  /** A new database on it. */
  readonly createDatabase: (name: string) => Promise<string>
  /** It takes no step more, and its connections stay open: what a frozen disk or host looks like. */
  readonly hang: () => Promise<void>
  readonly resume: () => void
  /** Like a power cut of the server alone. */
  readonly kill: () => Promise<void>
  /** Again, on the same port and the same files. */
  readonly start: () => Promise<void>
}

const run = promisify(execFile)
const isRoot = process.getuid?.() === 0
const postgresBin = globSync('/usr/lib/postgresql/*/bin')
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  .at(-1)
const mariadbd = ['/usr/sbin/mariadbd', '/usr/bin/mariadbd'].find((file) => existsSync(file))

/** Why there can be none on this machine; null when there can. */
export const missingServer: Readonly<Record<ServerEngine, string | null>> = {
  postgres: postgresBin === undefined ? 'no PostgreSQL programs on this machine' : null,
  mysql: mariadbd === undefined ? 'no MariaDB programs on this machine' : null,
}

/** PostgreSQL refuses to run as root. */
const account = (): { readonly uid: number; readonly gid: number } | null => {
  if (!isRoot) return null
  const of = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: of('-u'), gid: of('-g') }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  return port
}

type Program = { readonly prepare: () => Promise<void>; readonly command: string; readonly args: readonly string[]; readonly url: string }

function postgres(folder: string, port: number): Program {
  const data = path.join(folder, 'data')
  const owner = account()
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'full_page_writes=off', 'max_connections=40']
  return {
    prepare: async () => {
      const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']
      await run(path.join(postgresBin ?? '', 'initdb'), args, owner ?? {})
    },
    command: path.join(postgresBin ?? '', 'postgres'),
    args: ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
  }
}

function mariadb(folder: string, port: number): Program {
  const data = path.join(folder, 'data')
  const user = `--user=${os.userInfo().username}`
  return {
    prepare: async () => {
      mkdirSync(data)
      const args = ['--no-defaults', `--datadir=${data}`, user, '--auth-root-authentication-method=normal', '--skip-test-db']
      await run('mariadb-install-db', args)
    },
    command: mariadbd ?? '',
    args: [
      ...[
        '--no-defaults',
        `--datadir=${data}`,
        user,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        `--socket=${path.join(folder, 's.sock')}`,
      ],
      // to the system at each commit, to the disk when it likes: what was acknowledged outlives the process
      ...['--innodb-flush-log-at-trx-commit=2', '--innodb-flush-method=nosync', '--innodb-doublewrite=0', '--innodb-buffer-pool-size=32M'],
      '--performance-schema=off',
    ],
    url: `mysql://root@127.0.0.1:${port}/mysql`,
  }
}

/** The process and those that it started: PostgreSQL's backends are no members of its group. */
function family(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
    return [pid, ...children]
  } catch {
    return []
  }
}

/** A thread goes on until it hears of it. */
const isStopped = (pid: number): boolean =>
  readdirSync(`/proc/${pid}/task`).every((thread) => / T /.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')))

async function stop(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGSTOP')
    while (!isStopped(pid)) await sleep(5)
  } catch {
    // it ended meanwhile
  }
}

export async function ownServer(engine: ServerEngine, t: TestContext): Promise<OwnServer> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-own-server-'))
  chmodSync(folder, 0o755)
  const port = await freePort()
  const program = (engine === 'postgres' ? postgres : mariadb)(folder, port)
  let child: ChildProcess | null = null
  const signal = (name: NodeJS.Signals) => {
    for (const pid of child?.pid === undefined ? [] : family(child.pid))
      try {
        process.kill(pid, name)
      } catch {
        // it ended meanwhile
      }
  }
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    signal('SIGKILL')
    await gone
    child = null
  }
  t.after(async () => {
    await kill()
    rmSync(folder, { recursive: true, force: true })
  })
  const onServer = async (statement: string) => {
    const opened = await openPlantKysely(program.url, { poolSize: 1, connectTimeoutMs: 5_000, statementTimeoutMs: 60_000 })
    try {
      await sql.raw(statement).execute(opened.kysely)
    } finally {
      await opened.close()
    }
  }
  const start = async () => {
    const owner = engine === 'postgres' ? account() : null
    child = spawn(program.command, program.args, { stdio: 'ignore', ...owner })
    // an event to wait for would be its log: asking is as good
    for (let tries = 0; ; tries += 1)
      try {
        await onServer('select 1')
        return
      } catch (error) {
        if (tries > 300 || child.exitCode !== null) throw new Error(`The ${engine} server did not come up`, { cause: error })
        await sleep(100)
      }
  }
  await program.prepare()
  await start()
  return {
    engine,
    async createDatabase(name) {
      await onServer(`create database ${name}${engine === 'mysql' ? ' character set utf8mb4' : ''}`)
      const url = new URL(program.url)
      url.pathname = `/${name}`
      return url.href
    },
    async hang() {
      const pid = child?.pid
      if (pid === undefined) return
      await stop(pid) // it starts no more others
      await Promise.all(family(pid).slice(1).map(stop))
    },
    resume: () => signal('SIGCONT'),
    kill,
    start,
  }
}
