/** The engine measured from outside, in one run: a server process, plants attached to it, HTTP. See README.md for the commands. */
import os from 'node:os'
import { parseArgs } from 'node:util'

import { dropPlant, engineOf, generatePlant, namePrefix, plantUrl, progressLine, thisHourS, usualDays, wholeNumber } from './generate.ts'
import {
  askOnce,
  lines,
  type MeasuredPlant,
  measureCatchUp,
  measureGroupBy,
  measurePlain,
  measureUsers,
  measureWarm,
  mustEqual,
  openMeasured,
  openSession,
  type Question,
  type Session,
  type Warm,
} from './measures.ts'
import { benchPlan } from './plan.ts'
import { createInstallation, type Installation, type Loaded, type Person, type RunningServer } from './server.ts'

const measures = ['attach', 'warm', 'plain', 'growth', 'cold', 'catchup', 'memory', 'users'] as const
type Measure = (typeof measures)[number]

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', default: 'mysql' },
      plant: { type: 'string', multiple: true, default: [] },
      rows: { type: 'string', default: '1000000' },
      only: { type: 'string' },
      skip: { type: 'string', default: '' },
      days: { type: 'string', default: '7,30,365' },
      requests: { type: 'string', default: '200' },
      users: { type: 'string', default: '100' },
      refreshes: { type: 'string', default: '10' },
      'every-ms': { type: 'string', default: '1500' },
      'plain-lines': { type: 'string' },
      profile: { type: 'string' },
      'small-host': { type: 'string', default: smallHost },
      keep: { type: 'boolean', default: false },
    },
  })
  const listed = (text: string): Measure[] =>
    text === ''
      ? []
      : text.split(',').map((word) => {
          const measure = measures.find((known) => known === word)
          if (!measure) throw new Error(`"${word}" is none of ${measures.join(', ')}`)
          return measure
        })
  const skipped = new Set(listed(values.skip))
  if (values['plain-lines'] !== undefined && !['one', 'all'].includes(values['plain-lines'])) throw new Error('--plain-lines is one or all')
  return {
    engine: engineOf(values.engine),
    plants: values.plant,
    rows: wholeNumber('rows', values.rows),
    wanted: new Set((values.only === undefined ? [...measures] : listed(values.only)).filter((measure) => !skipped.has(measure))),
    days: values.days.split(',').map((text) => wholeNumber('days', text)),
    requests: wholeNumber('requests', values.requests),
    users: wholeNumber('users', values.users),
    refreshes: wholeNumber('refreshes', values.refreshes),
    everyMs: wholeNumber('every-ms', values['every-ms']),
    plainLines: values['plain-lines'] ?? null,
    smallHost: Object.fromEntries(
      values['small-host'].split(' ').flatMap((pair) => {
        const at = pair.indexOf('=')
        return at > 0 ? [[pair.slice(0, at), pair.slice(at + 1)]] : []
      }),
    ),
    serverEnv: values.profile === undefined ? noSettings : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${values.profile}` },
    keep: values.keep,
  }
}

const noSettings: Readonly<Record<string, string>> = {}

/** Settings of a host with 256 MB: one password at a time, small pools, a heap that leaves room for it. */
const smallHost = 'ARGON2_CONCURRENCY=1 PLANT_POOL_SIZE=2 DATABASE_POOL_SIZE=2 NODE_OPTIONS=--max-old-space-size=96'

type Options = ReturnType<typeof readOptions>
type Row = { readonly measure: string; readonly value: string; readonly target?: string; readonly isReached?: boolean }

const ms = (value: number): string =>
  value < 10 ? `${value.toFixed(1)} ms` : value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`
const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`
const times = (ratio: number): string => `${ratio >= 100 ? Math.round(ratio).toLocaleString('en') : ratio.toFixed(1)}×`
const count = (rows: number): string => (rows >= 1e6 ? `${(rows / 1e6).toFixed(1)} M` : Math.round(rows).toLocaleString('en'))

const rows: Row[] = []
const add = (measure: string, value: string, target?: string, isReached?: boolean): void => {
  rows.push({ measure, value, ...(target !== undefined && { target }), ...(isReached !== undefined && { isReached }) })
  process.stderr.write(`  ${measure}: ${value}${target === undefined ? '' : ` (${target}: ${isReached ? 'reached' : 'not reached'})`}\n`)
}

function printTable(title: string): void {
  console.log(`\n${title}\n\n| measure | measured | to reach | |\n|---|---|---|---|`)
  for (const { measure, value, target = '', isReached } of rows)
    console.log(`| ${measure} | ${value} | ${target} | ${isReached === undefined ? '' : isReached ? 'yes' : '**no**'} |`)
}

/** Enough for the requests of a minute: each may ask 60 times. */
const peopleAtLeast = 40
const oneLine = lines[0]?.lineId ?? 1
const questionName = ({ days, lineId }: Question, { rows: plantRows }: Pick<MeasuredPlant, 'rows'>): string =>
  `${days} days, ${lineId === null ? `${lines.length} lines` : 'one line'}, ${count(plantRows)} rows`

/** Warm times of a plant by question, kept for the ratios. */
type WarmTable = { readonly question: Question; readonly warm: Warm }[]

async function warmOf(options: Options, session: Session, measured: MeasuredPlant): Promise<WarmTable> {
  const table: WarmTable = []
  for (const days of options.days)
    for (const lineId of [oneLine, null]) {
      const question = { days, lineId }
      const warm = await measureWarm(session, measured.endS, question, options)
      table.push({ question, warm })
      const [limitMs, p99Ms] = days > 31 ? [20, Number.POSITIVE_INFINITY] : [5, 25]
      add(
        `warm, ${questionName(question, measured)}`,
        `p50 ${ms(warm.p50Ms)}, p99 ${ms(warm.p99Ms)} (processor ${ms(warm.cpuMs)}; ${warm.count} requests, ${Math.round(warm.bytes / 1024).toLocaleString('en')} KB each)`,
        `p50 ≤ ${limitMs} ms${Number.isFinite(p99Ms) ? `, p99 ≤ ${p99Ms} ms` : ''}`,
        warm.p50Ms <= limitMs && warm.p99Ms <= p99Ms,
      )
    }
  return table
}

async function plainOf(options: Options, measured: MeasuredPlant, table: WarmTable): Promise<void> {
  const all = options.plainLines === null ? measured.rows < 2e7 : options.plainLines === 'all'
  for (const { question, warm } of table) {
    if (question.lineId === null && !all) continue
    const plain = await measurePlain(measured, question)
    mustEqual(questionName(question, measured), warm.figures, plain.figures)
    const wanted = question.days > 31 ? 2_000 : 300
    const ratio = plain.ms / warm.p50Ms
    add(
      `against plain SQL, ${questionName(question, measured)}`,
      `${times(ratio)} (${ms(plain.ms)} once; production, rows and products equal)`,
      `≥ ${wanted.toLocaleString('en')}×`,
      ratio >= wanted,
    )
  }
}

function growthOf(small: MeasuredPlant, large: MeasuredPlant, smallTable: WarmTable, largeTable: WarmTable): void {
  for (const [at, { question, warm }] of smallTable.entries()) {
    const grown = largeTable[at]
    if (!grown) continue
    const ratio = grown.warm.p50Ms / warm.p50Ms
    add(
      `growth from ${count(small.rows)} to ${count(large.rows)} rows, ${question.days} days, ${question.lineId === null ? `${lines.length} lines` : 'one line'}`,
      times(ratio),
      '≤ 1.5×',
      ratio <= 1.5,
    )
  }
}

/** Every row must have been read, but for those so young that they are not settled yet. */
const mustHold = ({ rows: loadedRows }: Loaded, { name, rows: plantRows }: MeasuredPlant): void => {
  if (loadedRows > plantRows || loadedRows < 0.99 * plantRows)
    throw new Error(`${name}: ${loadedRows} of ${plantRows} rows are in the summaries`)
}

async function attachOf(attached: Loaded, measured: MeasuredPlant): Promise<void> {
  const [groupMs, gapsMs] = [await measureGroupBy(measured, false), await measureGroupBy(measured, true)]
  const name = `first attach, ${count(measured.rows)} rows`
  const ratio = groupMs / attached.ms
  add(
    `${name}, against the server’s GROUP BY`,
    `${times(ratio)} (${ms(attached.ms)}, ${count(measured.rows / (attached.ms / 1000))} rows/s; GROUP BY ${ms(groupMs)})`,
    '≥ 8×',
    ratio >= 8,
  )
  add(`${name}, against its GROUP BY with the silences`, `${times(gapsMs / attached.ms)} (${ms(gapsMs)})`)
  add(`${name}, most memory`, megabytes(attached.peakBytes), '≤ 200 MB', attached.peakBytes <= 200 * 2 ** 20)
}

async function coldOf(server: RunningServer, measured: MeasuredPlant): Promise<void> {
  const readyMs = performance.now() - server.startedMs
  const session = await openSession(server, measured)
  const question = { days: 365, lineId: null }
  const first = await askOnce(session, measured.endS, question)
  const again = await measureWarm(session, measured.endS, question, { requests: 5 })
  if (first.figures.rows !== again.figures.rows || first.figures.production !== again.figures.production)
    throw new Error('the first answer of a cold process differs from the next ones')
  add(
    `cold process, first answer, ${questionName(question, measured)}`,
    `${ms(first.ms)} (process ready after ${ms(readyMs)})`,
    '≤ 1 s',
    first.ms <= 1_000,
  )
}

async function memoryOf(options: Options, installation: Installation, measured: MeasuredPlant): Promise<void> {
  const server = await installation.start(options.smallHost)
  try {
    const idle = server.memory()
    await server.signIn(measured.person)
    const session = await openSession(server, measured)
    const signedIn = server.memory()
    for (const days of options.days)
      for (const lineId of [oneLine, null]) await measureWarm(session, measured.endS, { days, lineId }, { requests: 10 })
    const { rssBytes, peakBytes } = server.memory()
    add(
      `memory with the limits of a 256 MB host, ${count(measured.rows)} rows`,
      `most ${megabytes(peakBytes)}, at the end ${megabytes(rssBytes)} (started ${megabytes(idle.rssBytes)}, signed in ${megabytes(signedIn.peakBytes)})`,
      '≤ 256 MB',
      peakBytes <= 256 * 2 ** 20,
    )
  } finally {
    await server.stop()
  }
}

async function usersOf(options: Options, session: Session, measured: MeasuredPlant): Promise<void> {
  const refreshed = await measureUsers(session, measured.tokens.slice(0, options.users), options)
  add(
    `${options.users} people, each refreshing every ${options.everyMs / 1000} s (yesterday to now, ${lines.length} lines), ${count(measured.rows)} rows`,
    `p95 ${ms(refreshed.p95Ms)}, p50 ${ms(refreshed.p50Ms)}, ${refreshed.errors} errors in ${refreshed.count} (${refreshed.perSecond.toFixed(0)}/s)`,
    'p95 ≤ 100 ms, no error',
    refreshed.p95Ms <= 100 && refreshed.errors === 0,
  )
}

async function catchUpOf(session: Session, measured: MeasuredPlant): Promise<void> {
  const { rows: newRows, before, after } = await measureCatchUp(session, measured)
  const extraMs = after.p50Ms - before.p50Ms
  add(
    `catch-up of ${newRows.toLocaleString('en')} new rows, ${count(measured.rows)} rows`,
    `${ms(Math.max(0, extraMs))} (7 days of the line: ${ms(after.p50Ms)} instead of ${ms(before.p50Ms)}, ${after.count} rounds)`,
    '≤ 10 ms',
    extraMs <= 10,
  )
}

async function run(options: Options, names: readonly string[]): Promise<void> {
  const installation = createInstallation()
  const opened: MeasuredPlant[] = []
  let server: RunningServer | null = null
  try {
    const companies: {
      readonly plant: Awaited<ReturnType<typeof openMeasured>>
      readonly tenantId: number
      readonly people: readonly Person[]
    }[] = []
    for (const name of names) {
      const plant = await openMeasured(options.engine, name)
      const plan = benchPlan(plant.rows / (lines.length * usualDays(plant.rows)))
      const tenantId = await installation.attach(name, plan, plantUrl(options.engine, name))
      companies.push({ plant, tenantId, people: await installation.addPeople(tenantId, Math.max(peopleAtLeast, options.users)) })
    }
    server = await installation.start(options.serverEnv)
    for (const { plant, tenantId, people } of companies) {
      const tokens: string[] = []
      for (const person of people) tokens.push(await server.signIn(person))
      const [person] = people
      if (person) opened.push({ ...plant, tenantId, tokens, person })
    }
    const [base] = opened
    if (!base) return
    const { wanted } = options
    await server.stop()
    for (const measured of opened) {
      process.stderr.write(`${measured.name}: ${measured.rows.toLocaleString('en')} rows\n`)
      const loaded = await installation.loadHistory(measured.tenantId, options.serverEnv)
      mustHold(loaded, measured)
      if (wanted.has('attach')) await attachOf(loaded, measured)
    }
    // What follows is the daily life of a process that did not load the history itself.
    server = await installation.start(options.serverEnv)
    const warmTables = new Map<string, WarmTable>()
    if (['warm', 'plain', 'growth'].some((measure) => wanted.has(measure as Measure)))
      for (const measured of opened) {
        const table = await warmOf(options, await openSession(server, measured), measured)
        warmTables.set(measured.name, table)
        if (wanted.has('plain')) await plainOf(options, measured, table)
      }
    const [, large] = opened
    const [small, grown] = [warmTables.get(base.name), large && warmTables.get(large.name)]
    if (wanted.has('growth') && large && small && grown) growthOf(base, large, small, grown)
    if (wanted.has('users')) await usersOf(options, await openSession(server, base), base)
    if (wanted.has('cold')) {
      for (const measured of opened) {
        await server.stop()
        server = await installation.start(options.serverEnv)
        await coldOf(server, measured)
      }
    }
    if (wanted.has('catchup')) for (const measured of opened) await catchUpOf(await openSession(server, measured), measured)
    await server.stop()
    server = null
    if (wanted.has('memory')) await memoryOf(options, installation, base)
  } finally {
    await server?.stop()
    for (const { plant } of opened) await plant.close()
    installation.remove()
  }
}

const loadNow = (): number => os.loadavg()[0] ?? Number.NaN
const loadBefore = loadNow()
const options = readOptions()
const isTemporary = options.plants.length === 0
const names = isTemporary ? [`${namePrefix}${options.rows}_${process.pid}`] : options.plants
try {
  if (isTemporary) {
    const [name = ''] = names
    const order = {
      engine: options.engine,
      name,
      rows: options.rows,
      days: usualDays(options.rows),
      untilS: thisHourS(Date.now()),
      parallel: 2,
    }
    await generatePlant(order, progressLine(name))
  }
  await run(options, names)
} finally {
  if (rows.length > 0)
    printTable(
      `${options.engine}, ${names.join(' and ')}, ${new Date().toISOString().slice(0, 16)}Z, Node ${process.version}, load ${loadBefore.toFixed(1)}–${loadNow().toFixed(1)} on ${os.availableParallelism()} cores`,
    )
  if (!options.keep && isTemporary) for (const name of names) await dropPlant(options.engine, name)
}
