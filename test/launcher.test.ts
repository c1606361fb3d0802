/** The launcher and the process it starts, as an operating system sees them. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { smallHostSettings } from '../scripts/small-host.mjs'
import { patienceMs } from './harness/patience.ts'

const root = path.join(import.meta.dirname, '..')
const launcher = path.join(root, 'scripts/run.mjs')

/** A Node that is too old to run us, when this machine has one. */
const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find(
  (file) => existsSync(file) && Number(/^v(\d+)/.exec(execFileSync(file, ['--version'], { encoding: 'utf8' }))?.[1]) < 24,
)

const environment = (t: TestContext, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-test-launcher-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return {
    ...process.env,
    NODE_OPTIONS: '',
    DATA_DIR: folder,
    DATABASE_URL: '',
    APP_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'info',
    SECRET_KEY: 'test-secret-key-of-at-least-32-bytes',
    ...more,
  }
}

type Started = {
  readonly child: ChildProcess
  readonly url: string
  readonly pids: readonly number[]
  readonly ended: Promise<number | null>
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits for the log line that names the port. The line also carries the pid of the process that really listens. */
async function serve(node: string, t: TestContext, more: NodeJS.ProcessEnv = {}): Promise<Started> {
  const child = spawn(node, [launcher, 'serve'], { cwd: os.tmpdir(), env: environment(t, more), stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  let text = ''
  let complaints = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    complaints += chunk
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const line = text.split('\n').find((candidate) => candidate.includes('"event":"listening"'))
      if (line) resolve((JSON.parse(line) as { port: number }).port)
    })
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${complaints}`)))
  })
  return { child, url: `http://127.0.0.1:${port}`, pids: [child.pid ?? 0, ...childrenOf(child.pid ?? 0)], ended }
}

const childrenOf = (pid: number): number[] => {
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map(Number)
  } catch {
    return []
  }
}

/** Polls a condition that another process makes true; never longer than the 10 s that a stop may take. */
async function eventually(condition: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < patienceMs(10_000) / 100 && !condition(); tries++) await new Promise((resolve) => setTimeout(resolve, 100))
  return condition()
}

const nodes = [
  { name: 'this Node', node: process.execPath as string | undefined },
  { name: 'a Node that is too old', node: oldNode },
]
for (const { name, node } of nodes) {
  const skip = node ? false : 'this machine has no Node below 24'
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    test(`under ${name} the server answers, and ${signal} leaves no process behind`, { skip }, async (t) => {
      const started = await serve(node ?? '', t)
      assert.deepEqual(await (await fetch(`${started.url}/healthz`)).json(), { status: 'ok' })
      const open = fetch(`${started.url}/health`)
      started.child.kill(signal)
      await open.catch(() => {})
      assert.equal(await started.ended, 0)
      assert.deepEqual(started.pids.filter(isAlive), [])
    })

  test(`under ${name} a command’s exit code comes through`, { skip }, (t) => {
    const run = (...args: string[]) => {
      try {
        execFileSync(node ?? '', [launcher, ...args], { env: environment(t), stdio: 'pipe' })
        return 0
      } catch (error) {
        return (error as { status: number }).status
      }
    }
    assert.deepEqual([run('migrate', 'status'), run('nonsense')], [0, 1])
  })
}

for (const c of [
  { name: 'a container of 256 MB', mb: 256, options: '', want: ['--max-old-space-size=96', '--max-semi-space-size=1'] },
  { name: 'a container of 384 MB', mb: 384, options: '', want: ['--max-old-space-size=144', '--max-semi-space-size=1'] },
  { name: 'a host of 512 MB', mb: 512, options: '', want: null },
  { name: 'a small host whose operator chose limits', mb: 256, options: '--max-old-space-size=120', want: null },
])
  test(`PL-86 Node's limits on ${c.name} are ${c.want?.join(' ') ?? 'its own'}`, () => {
    assert.deepEqual(smallHostSettings(c.mb * 2 ** 20, { NODE_OPTIONS: c.options })?.flags ?? null, c.want)
  })

for (const { name, node } of nodes)
  test(`PL-86 under ${name} on a small host one process serves, within limits, and stops as any other`, {
    skip: !node ? 'this machine has no Node below 24' : process.platform === 'linux' ? false : 'reads /proc',
  }, async (t) => {
    const started = await serve(node ?? '', t, { MEMORY_LIMIT_MB: '256' })
    const serving = started.pids.at(-1) ?? 0
    assert.equal(started.pids.length, node === process.execPath ? 1 : 2)
    assert.match(readFileSync(`/proc/${serving}/cmdline`, 'utf8'), /--max-old-space-size=96\0--max-semi-space-size=1\0/)
    assert.deepEqual(await (await fetch(`${started.url}/healthz`)).json(), { status: 'ok' })
    started.child.kill('SIGTERM')
    assert.equal(await started.ended, 0)
    assert.deepEqual(started.pids.filter(isAlive), [])
  })

test('when the launcher is killed outright, what it started ends by itself', {
  skip: oldNode ? false : 'needs a Node below 24, where the launcher is a process of its own',
}, async (t) => {
  const started = await serve(oldNode ?? '', t)
  const [, served = 0] = started.pids
  assert.ok(isAlive(served))
  started.child.kill('SIGKILL')
  assert.equal(await eventually(() => !isAlive(served)), true)
})

test('bin/andon is the launcher, from any folder', (t) => {
  const out = execFileSync(path.join(root, 'bin/andon'), ['migrate', 'status', '--json'], {
    cwd: os.tmpdir(),
    env: environment(t),
    encoding: 'utf8',
  })
  assert.ok((JSON.parse(out) as { pending: string[] }).pending.length > 0)
})

// Root may write anywhere: then another account is asked, one that can read this folder and our Node.
const asStranger = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups'] : ['env']
const canAskStranger = (): boolean => {
  try {
    execFileSync(asStranger[0] ?? '', [...asStranger.slice(1), process.execPath, '--check', launcher], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('a service whose account may not write in its installation runs what was built there', {
  skip: canAskStranger() ? false : 'no other account can read this folder',
}, (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-test-sealed-'))
  t.after(() => {
    for (const name of ['.', 'dist', '.runtime']) chmodSync(path.join(folder, name), 0o755)
    rmSync(folder, { recursive: true, force: true })
  })
  for (const name of ['scripts', 'dist', '.runtime']) mkdirSync(path.join(folder, name))
  for (const name of ['src', 'node_modules', 'package.json']) symlinkSync(path.join(root, name), path.join(folder, name))
  for (const name of ['scripts/run.mjs', 'scripts/small-host.mjs', 'package-lock.json'])
    copyFileSync(path.join(root, name), path.join(folder, name))
  writeFileSync(path.join(folder, 'dist/manifest.json'), '{}')
  for (const name of ['.', 'dist', '.runtime']) chmodSync(path.join(folder, name), 0o555)
  const run = (command: string, more: Readonly<Record<string, string>> = {}) => {
    const args = [...asStranger.slice(1), process.execPath, path.join(folder, 'scripts/run.mjs'), command]
    return spawnSync(asStranger[0] ?? '', args, { env: { ...environment(t), ...more }, encoding: 'utf8' })
  }
  assert.match(run('serve', { PORT: 'none' }).stderr, /PORT must be a whole number/)
  const built = run('version')
  assert.equal(built.status, 0, built.stderr)
  chmodSync(path.join(folder, 'dist'), 0o755)
  rmSync(path.join(folder, 'dist/manifest.json'))
  chmodSync(path.join(folder, 'dist'), 0o555)
  const unbuilt = run('version')
  assert.notEqual(unbuilt.status, 0, 'the manual’s command to install and build builds')
  assert.match(unbuilt.stderr, /prepare\.lock|EACCES/)
})
