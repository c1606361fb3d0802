/** Each measure by itself: what is asked of the server, how often, and what must be true of the answers. */
import { isDeepStrictEqual } from 'node:util'
import type { LinePlan } from '../src/plant/demo/plant-plan.ts'
import { insertDetections, lineTableNames } from '../src/plant/source/index.ts'
import { type Engine, type OpenedPlant, openPlantKysely } from '../src/platform/db/index.ts'
import { dayS, formatLocal, type LocalS, midnightOf, parseLocal, zoneOf } from '../src/platform/time/index.ts'
import { plantUrl, thisHourS } from './generate.ts'
import { askPlainly, countRows, groupPlainly, type PlainFigures } from './plain-sql.ts'
import { benchPlan } from './plan.ts'
import { bodyOf, intervalOf, type Kind, plainQuestion, type Question, questionAt } from './questions.ts'
import { type Answer, nextAddress, type Person, type RunningServer } from './server.ts'

const plan = benchPlan(1)
export const lines = plan.lines

/** Design 6. */
export const twelve = [
  'KpiOee',
  'KpiAvailability',
  'KpiPerformance',
  'KpiQuality',
  'KpiTotalProduction',
  'KpiTotalDowntime',
  'ProductionTimeChart',
  'ProductDistributionChart',
  'ProductRanking',
  'EntryOutputCompareChart',
  'DowntimeTable',
  'MetricsSummary',
] as const

export type MeasuredPlant = {
  readonly name: string
  readonly engine: Engine
  readonly plant: OpenedPlant
  readonly rows: number
  /** The midnight after the newest row: ranges end here. */
  readonly endS: LocalS
  readonly tenantId: number
  readonly slug: string
  /** Signed-in people: the limits count per person, so requests go round. */
  readonly tokens: readonly string[]
  readonly person: Person
}

export type Session = {
  readonly server: RunningServer
  /** Of the person whose turn it is. */
  readonly token: () => string
  readonly widgetIds: readonly number[]
}

const longStatementMs = 1_800_000

export async function openMeasured(engine: Engine, name: string): Promise<Omit<MeasuredPlant, 'tenantId' | 'slug' | 'tokens' | 'person'>> {
  const plant = await openPlantKysely(plantUrl(engine, name), { poolSize: 1, statementTimeoutMs: longStatementMs })
  let [rows, newestS] = [0, 0]
  for (const { code } of lines) {
    rows += await countRows(plant, code)
    const { detectionTable } = lineTableNames(code)
    const row = await plant.kysely
      .selectFrom(detectionTable)
      .select('detected_at')
      .orderBy('detection_id', 'desc')
      .limit(1)
      .executeTakeFirst()
    newestS = Math.max(newestS, parseLocal(String(row?.detected_at ?? '')) ?? 0)
  }
  return { name, engine, plant, rows, endS: midnightOf(newestS) + dayS }
}

let turns = 0

export async function openSession(server: RunningServer, { tokens }: Pick<MeasuredPlant, 'tokens'>): Promise<Session> {
  const token = () => {
    turns += 1
    return tokens[turns % tokens.length] ?? ''
  }
  const answer = await server.request('/api/v1/dashboard/widgets/catalog', { token: token() })
  const { items } = parsed(answer.body) as { items: readonly { widget_id: number; class_name: string | null }[] }
  const widgetIds = twelve.flatMap((name) => items.find(({ class_name }) => class_name === name)?.widget_id ?? [])
  if (widgetIds.length !== twelve.length) throw new Error(`the catalogue has ${widgetIds.length} of the twelve widgets`)
  return { server, token, widgetIds }
}

const parsed = (body: Buffer): unknown => JSON.parse(body.toString())

type WidgetAnswer = { readonly metadata: { readonly class_name: string }; readonly data: Readonly<Record<string, unknown>> | null }
export type Figures = {
  readonly rows: number
  readonly production: number
  readonly products: ReadonlySet<number>
  readonly warnings: readonly string[]
}

/** What the answer says of rows, production and products; all twelve widgets must be there with their data. */
function figuresOf(body: Buffer): Figures {
  const { widgets, metadata } = parsed(body) as { widgets: Record<string, WidgetAnswer>; metadata: { warnings: readonly string[] } }
  const all = Object.values(widgets)
  const data = (className: string) => all.find((widget) => widget.metadata.class_name === className)?.data ?? {}
  if (all.length !== twelve.length) throw new Error(`${all.length} widgets were answered`)
  return {
    rows: Number(data('MetricsSummary').total_detections ?? Number.NaN),
    production: Number(data('KpiTotalProduction').value ?? Number.NaN),
    products: new Set(((data('ProductRanking').rows ?? []) as readonly { product_id: number }[]).map(({ product_id }) => product_id)),
    warnings: metadata.warnings,
  }
}

export type AskedOnce = { readonly ms: number; readonly bytes: number; readonly figures: Figures }

async function ask({ server, token, widgetIds }: Session, endS: LocalS, question: Question): Promise<Answer> {
  const answer = await server.request('/api/v1/dashboard/data', { token: token(), body: bodyOf(widgetIds, endS, question) })
  if (answer.status !== 200) throw new Error(`dashboard ${answer.status} ${answer.body.toString().slice(0, 500)}`)
  return answer
}

export async function askOnce(session: Session, endS: LocalS, question: Question): Promise<AskedOnce> {
  const { ms, body } = await ask(session, endS, question)
  return { ms, bytes: body.length, figures: figuresOf(body) }
}

export type Times = { readonly p50Ms: number; readonly p95Ms: number; readonly p99Ms: number; readonly count: number }

export function timesOf(values: readonly number[]): Times {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), count: sorted.length }
}

/** `cpuMs`: processor time of the server per request, which other work on the machine does not lengthen. */
export type Warm = Times & { readonly cpuMs: number; readonly bytes: number }
export type WarmKind = {
  /** Every question asked for the first time. */
  readonly distinct: Warm
  /** The plain question, again and again. */
  readonly repeated: Warm
  /** Of the plain question. */
  readonly figures: Figures
}

// Enough for the compiler to have seen the code at work.
const warmUps = 60
const warmUpLimitMs = 5_000
/** Questions of the warming are none of those that are measured. */
const warmingFrom = 100_000

/** One request after the other on a warm server: `requests` of each sort, fewer when `limitMs` is over before. */
export async function measureWarm(
  session: Session,
  endS: LocalS,
  kind: Kind,
  { requests, limitMs = 12_000 }: { readonly requests: number; readonly limitMs?: number },
): Promise<WarmKind> {
  const plain = plainQuestion(kind, lines)
  const { figures } = await askOnce(session, endS, plain)
  const warmingMs = performance.now()
  for (let run = 0; run < Math.min(warmUps, requests) && performance.now() - warmingMs < warmUpLimitMs; run += 1)
    await ask(session, endS, questionAt(kind, lines, warmingFrom + run))
  const measured = async (questionOf: (at: number) => Question): Promise<Warm> => {
    const times: number[] = []
    let bytes = 0
    const [beginMs, beginCpuMs] = [performance.now(), session.server.cpuMs()]
    while (times.length < requests && (times.length < 3 || performance.now() - beginMs < limitMs)) {
      const answer = await ask(session, endS, questionOf(times.length))
      times.push(answer.ms)
      bytes += answer.body.length
    }
    return { ...timesOf(times), cpuMs: (session.server.cpuMs() - beginCpuMs) / times.length, bytes: bytes / times.length }
  }
  return { distinct: await measured((at) => questionAt(kind, lines, at)), repeated: await measured(() => plain), figures }
}

const outputArea = (line: LinePlan): number => line.areas.find(({ type }) => type === 'output')?.areaId ?? 0

/** The same figures by plain SQL, line after line, once. */
export async function measurePlain(
  { plant, endS }: MeasuredPlant,
  { days, lineId }: Question,
): Promise<{ ms: number; figures: PlainFigures }> {
  const range = { fromS: endS - days * dayS, toS: endS, interval: intervalOf(days) }
  const startMs = performance.now()
  let [rows, production] = [0, 0]
  const products = new Set<number>()
  for (const line of lines) {
    if (lineId !== null && line.lineId !== lineId) continue
    const figures = await askPlainly(plant, { lineCode: line.code, outputArea: outputArea(line), thresholdS: line.thresholdS }, range)
    rows += figures.rows
    production += figures.production
    for (const product of figures.products) products.add(product)
  }
  return { ms: performance.now() - startMs, figures: { rows, production, products } }
}

/** Throws when the two sides do not speak of the same rows. */
export function mustEqual(what: string, ours: Figures, theirs: PlainFigures): void {
  const of = ({ rows, production, products }: PlainFigures) => ({ rows, production, products: [...products].sort((a, b) => a - b) })
  if (!isDeepStrictEqual(of(ours), of(theirs)))
    throw new Error(`${what}: Andon says ${JSON.stringify(of(ours))}, plain SQL ${JSON.stringify(of(theirs))}`)
}

/** Milliseconds that the database server itself takes to count by quarter hour, area and product, all lines, one connection. */
export async function measureGroupBy({ plant }: MeasuredPlant, withGaps: boolean): Promise<number> {
  const startMs = performance.now()
  for (const { code } of lines) await groupPlainly(plant, code, withGaps)
  return performance.now() - startMs
}

export type CaughtUp = {
  readonly rows: number /** Whole request. */
  readonly after: Times /** The same without new rows. */
  readonly before: Times
}

/** The camera of one line writes `rowsAtOnce` rows; the next answer must hold them. */
export async function measureCatchUp(session: Session, measured: MeasuredPlant, rowsAtOnce = 1_000): Promise<CaughtUp> {
  const db = { tenantId: measured.tenantId, engine: measured.engine, kysely: measured.plant.kysely }
  const endS = midnightOf(thisHourS(Date.now())) + dayS
  const [before, after]: [number[], number[]] = [[], []]
  // each line once: rows stay above the settled ones for a while, and a second thousand of one line would be caught up together with the first
  for (const line of lines) {
    const question = plainQuestion({ days: 7, scope: 'one' }, [line])
    const known = (await askOnce(session, endS, question)).figures.rows
    before.push((await askOnce(session, endS, question)).ms)
    const nowS = zoneOf(plan.timeZone).toLocalS(Math.floor(Date.now() / 1000))
    const rows = Array.from({ length: rowsAtOnce }, (_, at) => ({
      detectedAt: formatLocal(nowS - Math.floor((rowsAtOnce - at) / 20)),
      areaId: outputArea(line),
      productId: line.products[0]?.productId ?? 0,
    }))
    await insertDetections(db, lineTableNames(line.code).detectionTable, rows)
    const answer = await askOnce(session, endS, question)
    if (answer.figures.rows !== known + rowsAtOnce) throw new Error(`${answer.figures.rows - known} of ${rowsAtOnce} new rows were counted`)
    after.push(answer.ms)
  }
  return { rows: rowsAtOnce, after: timesOf(after), before: timesOf(before) }
}

export type Refreshed = Times & { readonly errors: number; readonly perSecond: number }

export type View = 'json' | 'page'

/** Every person asks the default view (yesterday until now, all lines) `refreshes` times, once in `everyMs`, not in step: the twelve widgets as JSON, or
 *  what the page's live refresh asks, as markup. */
export async function measureUsers(
  { server, widgetIds }: Session,
  { tokens, slug }: Pick<MeasuredPlant, 'tokens' | 'slug'>,
  {
    refreshes,
    everyMs,
    users,
    view,
  }: { readonly refreshes: number; readonly everyMs: number; readonly users: number; readonly view: View },
): Promise<Refreshed> {
  const times: number[] = []
  let errors = 0
  const [url, body] =
    view === 'json'
      ? ['/api/v1/dashboard/data', { line_id: 'all', widget_ids: widgetIds }]
      : [`/t/${slug}/dashboard/live?tab=produccion&line_id=all`, undefined]
  const people = tokens.slice(0, users)
  const startMs = performance.now()
  await Promise.all(
    people.map(async (token, at) => {
      const from = nextAddress()
      let dueMs = startMs + (at / people.length) * everyMs
      for (let left = refreshes; left > 0; left -= 1, dueMs += everyMs) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())))
        const answer = await server.request(url, { token, body, from })
        times.push(answer.ms)
        if (answer.status !== 200) errors += 1
      }
    }),
  )
  const seconds = (performance.now() - startMs) / 1000
  return { ...timesOf(times), errors, perSecond: times.length / seconds }
}

export type Beside = Times & { readonly longReads: number; readonly longMs: number }

/** A threshold below the floor of the summaries: every row of the range is read. */
const rowByRowS = 10
const pauseMs = 10

/** `/healthz` all the while that three lines are read row by row over `days`. */
export async function measureHealth(session: Session, endS: LocalS, days: number): Promise<Beside> {
  const questions = lines.slice(0, 3).map((line) => ({ days, lineId: line.lineId, daysBack: 0, shiftId: null, thresholdS: rowByRowS }))
  const startMs = performance.now()
  let isOver = false
  // whether such a read ends or is refused (range_too_large), it runs beside
  const reads = questions.map((question) =>
    session.server.request('/api/v1/dashboard/data', { token: session.token(), body: bodyOf(session.widgetIds, endS, question) }),
  )
  const ended = Promise.all(reads).then((answers) => {
    isOver = true
    return answers
  })
  const times: number[] = []
  while (!isOver) {
    times.push((await session.server.request('/healthz')).ms)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  await ended
  return { ...timesOf(times), longReads: questions.length, longMs: performance.now() - startMs }
}
