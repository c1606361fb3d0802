/** `npm test [-- pattern]`: static checks, then the tests in groups, each group one process (starting Node per file costs more than the tests).
 *  Their files are written in memory where there is plenty, since SQLite waits for the disk at each commit; the slowest are named at the end.
 *  A pattern runs the test files whose path contains it, and no static checks. `--static` runs the checks only. */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'

const root = path.join(import.meta.dirname, '..')
const required = new Set(
  (process.env.ANDON_TEST_REQUIRE ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean),
)
/** A group that is silent this long after its last test holds something open. */
const lingerLimitMs = 20_000
const groupLimitMs = 45 * 60_000
/** One more than cores: tests also wait, for servers and browsers. */
const groupsAtOnce = Math.min(3, os.availableParallelism() + 1)
const slowestShown = 25
/** More than these are no accident. */
const filesTriedAgain = 4

type Outcome = { readonly name: string; readonly isOk: boolean; readonly output: string; readonly durationMs: number }
type Counts = Record<'tests' | 'suites' | 'pass' | 'fail' | 'cancelled' | 'skipped' | 'todo', number>

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** Where the tests' files go (`TMPDIR`), removed at the end. Elsewhere than on Linux, or with less than 4 GB of memory to spare, on the disk. */
function temporaryFolder(): string {
  const inMemory = '/dev/shm'
  const isRoomy =
    os.freemem() > 4 * 2 ** 30 && existsSync(inMemory) && statfsSync(inMemory).bavail * statfsSync(inMemory).bsize > 4 * 2 ** 30
  const made = mkdtempSync(path.join(isRoomy ? inMemory : os.tmpdir(), 'andon-tests-'))
  chmodSync(made, 0o1777) // as the system's own: some tests run as another account
  return made
}
const folder = temporaryFolder()
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const groupEnv = { TMPDIR: folder, NODE_COMPILE_CACHE: path.join(root, '.runtime/compile-cache') }

const children = new Set<ReturnType<typeof spawn>>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    for (const child of children) child.kill('SIGTERM')
    process.exit(130)
  })

/** Runs `node` with its output collected; `isOver` tells from the output so far that only the exit is missing. */
function runNode(
  name: string,
  args: readonly string[],
  { env = {}, isOver = () => false }: { env?: Readonly<Record<string, string>>; isOver?: (output: string) => boolean } = {},
): Promise<Outcome> {
  const startedMs = performance.now()
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    })
    children.add(child)
    let output = ''
    let lingering: NodeJS.Timeout | undefined
    const stop = (why: string) => {
      output += `\n✖ ${why}\n`
      child.kill('SIGKILL')
    }
    const limit = setTimeout(() => stop(`${name} did not end within ${seconds(groupLimitMs)}`), groupLimitMs)
    const collect = (chunk: string) => {
      output += chunk
      if (isOver(output)) lingering ??= setTimeout(() => stop(`${name} finished its tests but holds something open`), lingerLimitMs)
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.on('close', (code) => {
      clearTimeout(limit)
      clearTimeout(lingering)
      children.delete(child)
      resolve({ name, isOk: code === 0, output, durationMs: performance.now() - startedMs })
    })
  })
}

/** At most `atOnce` at a time; each is told as it ends. */
async function inParallel<T>(tasks: readonly (() => Promise<T>)[], atOnce: number): Promise<T[]> {
  const results: T[] = []
  const waiting = [...tasks]
  const work = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) results.push(await task())
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

const bin = (name: string): string => path.join(root, 'node_modules/.bin', name)

/** Where a wrong line is a wrong number: their own tests must reach 95 % of the lines. */
const coveredRooms = ['kpi', 'downtime', 'scope'].map((room) => `src/plant/${room}`)

function coverage(): Promise<Outcome> {
  const includes = coveredRooms.map((room) => `--test-coverage-include=${room}/*.ts`)
  const limits = ['--test-coverage-exclude=**/*.test.ts', '--test-coverage-lines=95']
  const files = globSync(
    coveredRooms.map((room) => `${room}/*.test.ts`),
    { cwd: root },
  )
  return runNode('coverage of kpi, downtime and scope', ['--test', '--experimental-test-coverage', ...includes, ...limits, ...files])
}

function staticChecks(): (() => Promise<Outcome>)[] {
  const npmCli = process.env.ANDON_NPM_CLI
  return [
    () => runNode('tsc', [bin('tsc'), '--noEmit', '-p', '.']),
    () => runNode('tsc browser', [bin('tsc'), '--noEmit', '-p', 'src/browser']),
    () => runNode('biome', [bin('biome'), 'check', '--error-on-warnings']),
    () => runNode('knip', [bin('knip')]),
    coverage,
    ...(npmCli ? [() => runNode('npm ci --dry-run', [npmCli, 'ci', '--dry-run', '--no-audit', '--no-fund'])] : []),
  ]
}

async function runChecks(): Promise<boolean> {
  const outcomes = await inParallel(
    staticChecks().map((check) => async () => {
      const outcome = await check()
      const reached = /^ℹ all files +\| +([\d.]+)/m.exec(outcome.output)?.[1]
      say(`${outcome.isOk ? '✔' : '✖'} ${outcome.name}${reached ? `: ${reached} % of lines` : ''} (${seconds(outcome.durationMs)})`)
      if (!outcome.isOk) say(outcome.output.trim())
      return outcome
    }),
    2,
  )
  return outcomes.every(({ isOk }) => isOk)
}

const isBrowserTest = (file: string): boolean => /playwright|harness\/journey/.test(readFileSync(path.join(root, file), 'utf8'))

/** By house, so that a failure says where; what asks for a browser apart, and what walks every route. */
function groupOf(file: string): string {
  if (isBrowserTest(file)) return 'browser'
  if (/^test\/.*matrix/.test(file)) return 'matrix'
  if (file.startsWith('test/attacks/')) return 'attacks'
  const [top = '', house = '', room = ''] = file.split('/')
  if (top !== 'src') return top === 'test' ? 'whole' : top
  return house === 'platform' ? (['db', 'jobs'].includes(room) ? 'engines' : 'platform') : house
}
/** Longest first, and the longest in parts: what starts last should end soon, not run alone. */
const order = ['browser', 'whole', 'plant', 'identity', 'attacks', 'matrix', 'cli', 'engines', 'platform', 'bench']
const partsOf: Readonly<Record<string, number>> = { browser: 2, whole: 2, plant: 3, identity: 2 }

type Group = { readonly name: string; readonly files: readonly string[] }

/** The first parts of all, then the second: two of one house together would want the same. A few files are no parts. */
function groupsOf(files: readonly string[]): readonly Group[] {
  const rank = (house: string) => order.indexOf(house) + 1 || 99
  const houses = Object.entries(Object.groupBy(files, groupOf)).sort(([a], [b]) => rank(a) - rank(b))
  const dealt = houses.flatMap(([house, members = []]) => {
    const parts = members.length < 10 ? 1 : (partsOf[house] ?? 1)
    return Array.from({ length: parts }, (_, part) => ({
      part,
      name: parts === 1 ? house : `${house} ${part + 1}`,
      files: members.filter((_file, index) => index % parts === part),
    }))
  })
  return dealt.sort((a, b) => a.part - b.part)
}

const chromiumFiles = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const chromium = process.env.ANDON_TEST_CHROMIUM ?? chromiumFiles.find((file) => existsSync(file))

const testCounts = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo) (\d+)$/gm

function countsOf(output: string): Counts {
  const counts: Counts = { tests: 0, suites: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 }
  for (const [, name, count] of output.matchAll(testCounts)) counts[name as keyof Counts] += Number(count)
  return counts
}

async function runGroup({ name, files }: Group): Promise<Outcome & { readonly counts: Counts; readonly fileTimes: readonly string[] }> {
  const times = path.join(folder, `times-${name}.json`)
  const reporters = [
    ['spec', 'stdout'],
    ['./scripts/file-times.ts', times],
  ].flatMap(([reporter, to]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${to}`])
  const isOver = (output: string) => /^ℹ duration_ms /m.test(output)
  const outcome = await runNode(name, ['--test', '--test-isolation=none', ...reporters, ...files], { env: groupEnv, isOver })
  const fileTimes = existsSync(times) ? readFileSync(times, 'utf8').trim().split('\n') : []
  const counts = countsOf(outcome.output)
  const isOk = outcome.isOk && counts.fail === 0 && counts.cancelled === 0 && counts.tests > 0
  say(
    `${isOk ? '✔' : '✖'} ${name}: ${files.length} files, ${counts.tests} tests, ${counts.fail + counts.cancelled} failed, ${counts.skipped} skipped (${seconds(outcome.durationMs)})`,
  )
  // Of a failing group the end is what matters: node repeats each failure there, with its reason.
  if (!isOk)
    say(
      outcome.output.includes('✖ failing tests:')
        ? outcome.output.slice(outcome.output.indexOf('✖ failing tests:')).trim()
        : outcome.output.trim(),
    )
  return { ...outcome, isOk, counts, fileTimes }
}

/** The files that a failing group names; undefined when a failure names none. */
function failedFiles(output: string): readonly string[] | undefined {
  const [, told] = output.split('✖ failing tests:')
  const files = told
    ?.split(/^(?=test at )/m)
    .slice(1)
    .map((failure) => /\b(?:src|test|scripts|bench)\/[\w./-]+\.test\.ts\b/.exec(failure)?.[0])
  return files?.length && files.every((file) => file !== undefined) ? [...new Set(files)] : undefined
}

/** A machine that runs three groups and two databases at once can be too slow for a browser or a kill: what failed in a few files is tried
 *  once more when nothing else runs, and said to be so. What fails twice fails. */
async function secondTry(outcome: Outcome): Promise<boolean> {
  const files = failedFiles(outcome.output)
  if (!files || files.length > filesTriedAgain) return false
  say(`again, alone: ${files.join(', ')}`)
  return (await runGroup({ name: `${outcome.name} again`, files })).isOk
}

async function runTests(patterns: readonly string[]): Promise<boolean> {
  const startedMs = performance.now()
  const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'], { cwd: root })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)))
    .sort()
  let groups = groupsOf(files)
  let isOk = true
  const isOfBrowser = ({ files }: Group) => files.some(isBrowserTest)
  if (!chromium && groups.some(isOfBrowser)) {
    say('skipped: the browser journeys: no chromium found (set ANDON_TEST_CHROMIUM)')
    if (required.has('chromium')) {
      say('✖ chromium is required by ANDON_TEST_REQUIRE')
      isOk = false
    }
    groups = groups.filter((group) => !isOfBrowser(group))
  }
  const outcomes = await inParallel(
    groups.map((group) => () => runGroup(group)),
    groupsAtOnce,
  )
  for (const outcome of outcomes) if (!outcome.isOk && !(await secondTry(outcome))) isOk = false
  if (patterns.length === 0) {
    say(`the ${slowestShown} slowest files, and of that this process’s own time:`)
    const slowest = outcomes.flatMap(({ fileTimes }) => fileTimes).sort((a, b) => Number.parseFloat(b) - Number.parseFloat(a))
    for (const line of slowest.slice(0, slowestShown)) say(line)
  }
  const skips = new Set(outcomes.flatMap(({ output }) => [...output.matchAll(/^# (skipped: .*)$/gm)].map(([, line]) => line)))
  for (const line of skips) say(String(line))
  const total = countsOf(outcomes.map(({ output }) => output).join('\n'))
  for (const [name, count] of Object.entries(total)) say(`ℹ ${name} ${count}`)
  say(`ℹ duration_ms ${(performance.now() - startedMs).toFixed(3)}`)
  if (total.tests === 0) say('✖ no test ran')
  return isOk && total.tests > 0
}

if (chromium) process.env.ANDON_TEST_CHROMIUM = chromium
const args = process.argv.slice(2)
const patterns = args.filter((argument) => !argument.startsWith('--'))
const isStaticOnly = args.includes('--static')
const areChecksOk = patterns.length === 0 ? await runChecks() : true
const areTestsOk = isStaticOnly ? true : await runTests(patterns)
process.exit(areChecksOk && areTestsOk ? 0 : 1)
