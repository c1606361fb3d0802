/** The engine measured from outside, in one run: a server process, plants attached to it, HTTP. See README.md for the commands. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { smallHostSettings } from '../scripts/small-host.mjs'
import { dropPlant, engineOf, generatePlant, namePrefix, plantUrl, progressLine, thisHourS, usualDays, wholeNumber } from './generate.ts'
import {
  askOnce,
  lines,
  type MeasuredPlant,
  measureCatchUp,
  measureGroupBy,
  measureHealth,
  measurePlain,
  measureUsers,
  measureWarm,
  mustEqual,
  openMeasured,
  openSession,
  type Session,
  type View,
  type WarmKind,
} from './measures.ts'
import { benchPlan } from './plan.ts'
import { type Kind, plainQuestion } from './questions.ts'
import { createInstallation, type Installation, type Loaded, type Person, type RunningServer } from './server.ts'

const measures = ['attach', 'warm', 'plain', 'growth', 'users', 'health', 'cold', 'catchup', 'memory'] as const
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
      folder: { type: 'string' },
      profile: { type: 'string' },
      'small-host-mb': { type: 'string', default: '256' },
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
    folder: values.folder === undefined ? null : path.resolve(values.folder),
    smallHost: smallHost(wholeNumber('small-host-mb', values['small-host-mb'])),
    serverEnv: values.profile === undefined ? noSettings : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${values.profile}` },
    keep: values.keep,
  }
}

const noSettings: Readonly<Record<string, string>> = {}

/** What the launcher sets on such a host, and small pools. */
function smallHost(mb: number): Readonly<Record<string, string>> {
  const small = smallHostSettings(mb * 2 ** 20, {})
  return {
    MEMORY_LIMIT_MB: String(mb),
    PLANT_POOL_SIZE: '2',
    DATABASE_POOL_SIZE: '2',
    ...small?.env,
    NODE_OPTIONS: small?.flags.join(' ') ?? '',
  }
}

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
const kindName = ({ days, scope }: Kind, { rows: plantRows }: Pick<MeasuredPlant, 'rows'>): string =>
  `${days} days, ${scope === 'all' ? `${lines.length} lines` : 'one line'}, ${count(plantRows)} rows`

/** Warm times of a plant by kind of question, kept for the ratios. */
type WarmTable = { readonly kind: Kind; readonly warm: WarmKind }[]

async function warmOf(options: Options, session: Session, measured: MeasuredPlant): Promise<WarmTable> {
  const table: WarmTable = []
  for (const days of options.days)
    for (const scope of ['one', 'all'] as const) {
      const kind = { days, scope }
      const warm = await measureWarm(session, measured.endS, kind, options)
      table.push({ kind, warm })
      const { distinct, repeated } = warm
      const [limitMs, p99Ms] = days > 31 ? [20, Number.POSITIVE_INFINITY] : [5, 25]
      add(
        `warm, ${kindName(kind, measured)}`,
        `p50 ${ms(distinct.p50Ms)}, p99 ${ms(distinct.p99Ms)} (processor ${ms(distinct.cpuMs)}; ${distinct.count} different questions, ${Math.round(distinct.bytes / 1024).toLocaleString('en')} KB each)`,
        `p50 ≤ ${limitMs} ms${Number.isFinite(p99Ms) ? `, p99 ≤ ${p99Ms} ms` : ''}`,
        distinct.p50Ms <= limitMs && distinct.p99Ms <= p99Ms,
      )
      add('— one question again and again', `p50 ${ms(repeated.p50Ms)}, p99 ${ms(repeated.p99Ms)} (processor ${ms(repeated.cpuMs)})`)
    }
  return table
}

const largeRows = 2e7

async function plainOf(options: Options, measured: MeasuredPlant, table: WarmTable): Promise<void> {
  const isLarge = measured.rows >= largeRows
  const all = options.plainLines === null ? !isLarge : options.plainLines === 'all'
  for (const { kind, warm } of table) {
    if (kind.scope === 'all' && !all) continue
    // 365 days of a large plant take plain SQL minutes
    if (isLarge && kind.days > 31 && options.plainLines === null) continue
    const plain = await measurePlain(measured, plainQuestion(kind, lines))
    mustEqual(kindName(kind, measured), warm.figures, plain.figures)
    const wanted = kind.days > 31 ? 2_000 : 300
    const ratio = plain.ms / warm.distinct.p50Ms
    add(
      `against plain SQL, ${kindName(kind, measured)}`,
      `${times(ratio)} (${ms(plain.ms)} once; production, rows and products equal)`,
      `≥ ${wanted.toLocaleString('en')}×`,
      ratio >= wanted,
    )
  }
}

function growthOf(small: MeasuredPlant, large: MeasuredPlant, smallTable: WarmTable, largeTable: WarmTable): void {
  for (const [at, { kind, warm }] of smallTable.entries()) {
    const grown = largeTable[at]
    if (!grown) continue
    const ratio = grown.warm.distinct.p50Ms / warm.distinct.p50Ms
    add(
      `growth from ${count(small.rows)} to ${count(large.rows)} rows, ${kind.days} days, ${kind.scope === 'all' ? `${lines.length} lines` : 'one line'}`,
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
  const name = `first attach, ${count(measured.rows)} rows`
  const speed = `${ms(attached.ms)}, ${count(measured.rows / (attached.ms / 1000))} rows/s`
  // over 100 M rows the server groups for minutes
  if (measured.rows >= largeRows) add(name, speed)
  else {
    const [groupMs, gapsMs] = [await measureGroupBy(measured, false), await measureGroupBy(measured, true)]
    const ratio = groupMs / attached.ms
    add(`${name}, against the server’s GROUP BY`, `${times(ratio)} (${speed}; GROUP BY ${ms(groupMs)})`, '≥ 8×', ratio >= 8)
    add(`${name}, against its GROUP BY with the silences`, `${times(gapsMs / attached.ms)} (${ms(gapsMs)})`)
  }
  add(`${name}, most memory`, megabytes(attached.peakBytes), '≤ 200 MB', attached.peakBytes <= 200 * 2 ** 20)
}

async function coldOf(server: RunningServer, measured: MeasuredPlant): Promise<void> {
  const readyMs = performance.now() - server.startedMs
  const session = await openSession(server, measured)
  const kind = { days: 365, scope: 'all' } as const
  const first = await askOnce(session, measured.endS, plainQuestion(kind, lines))
  const again = await askOnce(session, measured.endS, plainQuestion(kind, lines))
  if (first.figures.rows !== again.figures.rows || first.figures.production !== again.figures.production)
    throw new Error('the first answer of a cold process differs from the next one')
  add(
    `cold process, first answer, ${kindName(kind, measured)}`,
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
      for (const scope of ['one', 'all'] as const) await measureWarm(session, measured.endS, { days, scope }, { requests: 10 })
    const asked = server.memory()
    // a password is hashed in 64 MiB of its own, on top of everything that is held by now
    await server.signIn(measured.person)
    const again = server.memory()
    add(
      `memory with the limits of a 256 MB host, a sign-in and all ranges, ${count(measured.rows)} rows`,
      `most ${megabytes(asked.peakBytes)} (started ${megabytes(idle.rssBytes)}, signed in ${megabytes(signedIn.peakBytes)}, at the end ${megabytes(asked.rssBytes)})`,
      '≤ 256 MB',
      asked.peakBytes <= 256 * 2 ** 20,
    )
    add(`— and a second sign-in on top of it`, `most ${megabytes(again.peakBytes)}, at the end ${megabytes(again.rssBytes)}`)
  } finally {
    await server.stop()
  }
}

const viewNames = { json: 'twelve widgets as JSON', page: 'the page’s live refresh' } as const satisfies Record<View, string>

async function usersOf(options: Options, session: Session, measured: MeasuredPlant): Promise<void> {
  for (const view of ['json', 'page'] as const) {
    const refreshed = await measureUsers(session, measured, { ...options, view })
    add(
      `${options.users} people, each refreshing every ${options.everyMs / 1000} s (yesterday to now, ${lines.length} lines, ${viewNames[view]}), ${count(measured.rows)} rows`,
      `p95 ${ms(refreshed.p95Ms)}, p50 ${ms(refreshed.p50Ms)}, ${refreshed.errors} errors in ${refreshed.count} (${refreshed.perSecond.toFixed(0)}/s)`,
      'p95 ≤ 100 ms, no error',
      refreshed.p95Ms <= 100 && refreshed.errors === 0,
    )
  }
}

async function healthOf(session: Session, measured: MeasuredPlant): Promise<void> {
  const beside = await measureHealth(session, measured.endS, 365)
  add(
    `/healthz beside ${beside.longReads} long plain reads, ${count(measured.rows)} rows`,
    `p99 ${ms(beside.p99Ms)}, p50 ${ms(beside.p50Ms)} (${beside.count} calls in ${ms(beside.longMs)})`,
    'p99 < 50 ms',
    beside.p99Ms < 50,
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

type Company = { readonly tenantId: number; readonly slug: string; readonly people: readonly Person[] }
type Companies = Record<string, Company>

/** What an earlier run left in `--folder`: companies whose history is loaded. */
const readCompanies = (folder: string | null): Companies => {
  const file = folder && path.join(folder, 'companies.json')
  return file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Companies) : {}
}

async function run(options: Options, names: readonly string[]): Promise<void> {
  if (options.folder) mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const known = readCompanies(options.folder)
  const installation = createInstallation(options.folder)
  const opened: MeasuredPlant[] = []
  let server: RunningServer | null = null
  try {
    const companies: (Company & { readonly plant: Awaited<ReturnType<typeof openMeasured>> })[] = []
    for (const name of names) {
      const plant = await openMeasured(options.engine, name)
      const earlier = known[name]
      if (earlier) {
        companies.push({ plant, ...earlier })
        continue
      }
      const plan = benchPlan(plant.rows / (lines.length * usualDays(plant.rows)))
      const attached = await installation.attach(name, plan, plantUrl(options.engine, name))
      companies.push({
        plant,
        ...attached,
        people: await installation.addPeople(attached.tenantId, Math.max(peopleAtLeast, options.users)),
      })
    }
    const { wanted } = options
    for (const { plant, ...company } of companies) {
      const [person] = company.people
      if (person) opened.push({ ...plant, ...company, tokens: [], person })
    }
    const [base] = opened
    if (!base) return
    for (const measured of opened) {
      if (known[measured.name]) continue
      process.stderr.write(`${measured.name}: ${measured.rows.toLocaleString('en')} rows\n`)
      const loaded = await installation.loadHistory(measured.tenantId, options.serverEnv)
      mustHold(loaded, measured)
      if (wanted.has('attach')) await attachOf(loaded, measured)
    }
    if (options.folder) {
      const held = Object.fromEntries(companies.map(({ plant, ...company }) => [plant.name, company]))
      writeFileSync(path.join(options.folder, 'companies.json'), JSON.stringify({ ...known, ...held }), { mode: 0o600 })
    }
    // What follows is the daily life of a process that did not load the history itself.
    server = await installation.start(options.serverEnv)
    for (const [at, measured] of opened.entries()) {
      const tokens: string[] = []
      for (const person of companies[at]?.people ?? []) tokens.push(await server.signIn(person))
      opened[at] = { ...measured, tokens }
    }
    const current = opened[0] ?? base
    const warmTables = new Map<string, WarmTable>()
    if (['warm', 'plain', 'growth'].some((measure) => wanted.has(measure as Measure)))
      for (const measured of opened) {
        const table = await warmOf(options, await openSession(server, measured), measured)
        warmTables.set(measured.name, table)
        if (wanted.has('plain')) await plainOf(options, measured, table)
      }
    const [, large] = opened
    const [small, grown] = [warmTables.get(current.name), large && warmTables.get(large.name)]
    if (wanted.has('growth') && large && small && grown) growthOf(current, large, small, grown)
    if (wanted.has('users')) await usersOf(options, await openSession(server, current), current)
    if (wanted.has('health')) await healthOf(await openSession(server, current), current)
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
    if (wanted.has('memory')) await memoryOf(options, installation, current)
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
