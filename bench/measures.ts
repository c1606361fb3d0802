/** Each measure by itself: what is asked of the server, how often, and what must be true of the answers. */
import { isDeepStrictEqual } from 'node:util'
import type { LinePlan } from '../src/plant/demo/plant-plan.ts'
import { insertDetections, lineTableNames } from '../src/plant/source/index.ts'
import { type Engine, type OpenedPlant, openPlantKysely } from '../src/platform/db/index.ts'
import { dayS, formatLocal, formatLocalDate, type LocalS, midnightOf, parseLocal, zoneOf } from '../src/platform/time/index.ts'
import { plantUrl, thisHourS } from './generate.ts'
import { askPlainly, countRows, groupPlainly, type PlainFigures } from './plain-sql.ts'
import { benchPlan } from './plan.ts'
import { nextAddress, type Person, type RunningServer } from './server.ts'

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

export async function openMeasured(engine: Engine, name: string): Promise<Omit<MeasuredPlant, 'tenantId' | 'tokens' | 'person'>> {
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

export type Question = { readonly days: number /** Null = all. */; readonly lineId: number | null }
export const intervalOf = (days: number): 'hour' | 'day' => (days > 31 ? 'day' : 'hour')

const questionBody = ({ widgetIds }: Pick<Session, 'widgetIds'>, endS: LocalS, { days, lineId }: Question) => ({
  daterange: {
    start_date: formatLocalDate(endS - days * dayS),
    end_date: formatLocalDate(endS - dayS),
    start_time: '00:00',
    end_time: '23:59',
  },
  line_id: lineId ?? 'all',
  interval: intervalOf(days),
  widget_ids: widgetIds,
})

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

export async function askOnce({ server, token, widgetIds }: Session, endS: LocalS, question: Question): Promise<AskedOnce> {
  const answer = await server.request('/api/v1/dashboard/data', { token: token(), body: questionBody({ widgetIds }, endS, question) })
  if (answer.status !== 200) throw new Error(`dashboard ${answer.status} ${answer.body.toString().slice(0, 500)}`)
  return { ms: answer.ms, bytes: answer.body.length, figures: figuresOf(answer.body) }
}

export type Times = { readonly p50Ms: number; readonly p95Ms: number; readonly p99Ms: number; readonly count: number }

export function timesOf(values: readonly number[]): Times {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), count: sorted.length }
}

/** `cpuMs`: processor time of the server per request, which other work on the machine does not lengthen. */
export type Warm = Times & { readonly cpuMs: number; readonly bytes: number; readonly figures: Figures }

// Enough for the compiler to have seen the code at work.
const warmUps = 40
const warmUpLimitMs = 4_000

/** One request after the other on a warm server: `requests` of them, fewer when `limitMs` is over before. */
export async function measureWarm(
  { server, token, widgetIds }: Session,
  endS: LocalS,
  question: Question,
  { requests, limitMs = 15_000 }: { readonly requests: number; readonly limitMs?: number },
): Promise<Warm> {
  const body = questionBody({ widgetIds }, endS, question)
  const ask = async () => {
    const answer = await server.request('/api/v1/dashboard/data', { token: token(), body })
    if (answer.status !== 200) throw new Error(`dashboard ${answer.status} ${answer.body.toString().slice(0, 500)}`)
    return answer
  }
  const warmingMs = performance.now()
  for (let run = 0; run < Math.min(warmUps, requests) && performance.now() - warmingMs < warmUpLimitMs; run += 1) await ask()
  const times: number[] = []
  const [beginMs, beginCpuMs] = [performance.now(), server.cpuMs()]
  let last = await ask()
  times.push(last.ms)
  while (times.length < requests && (times.length < 3 || performance.now() - beginMs < limitMs)) {
    last = await ask()
    times.push(last.ms)
  }
  return { ...timesOf(times), cpuMs: (server.cpuMs() - beginCpuMs) / times.length, bytes: last.body.length, figures: figuresOf(last.body) }
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
export async function measureCatchUp(session: Session, measured: MeasuredPlant, rounds = 9, rowsAtOnce = 1_000): Promise<CaughtUp> {
  const [line] = lines
  if (!line) throw new Error('the plan has no line')
  const db = { tenantId: measured.tenantId, engine: measured.engine, kysely: measured.plant.kysely }
  const endS = midnightOf(thisHourS(Date.now())) + dayS
  const question = { days: 7, lineId: line.lineId }
  const [before, after]: [number[], number[]] = [[], []]
  let known = (await askOnce(session, endS, question)).figures.rows
  for (let round = 0; round < rounds; round += 1) {
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
    known = answer.figures.rows
  }
  return { rows: rowsAtOnce, after: timesOf(after), before: timesOf(before) }
}

export type Refreshed = Times & { readonly errors: number; readonly perSecond: number }

/** Every person asks the default view (yesterday until now, all lines, twelve widgets) `refreshes` times, once in `everyMs`, not in step. */
export async function measureUsers(
  session: Session,
  tokens: readonly string[],
  { refreshes, everyMs }: { readonly refreshes: number; readonly everyMs: number },
): Promise<Refreshed> {
  const times: number[] = []
  let errors = 0
  const body = { line_id: 'all', widget_ids: session.widgetIds }
  const startMs = performance.now()
  await Promise.all(
    tokens.map(async (token, at) => {
      const from = nextAddress()
      let dueMs = startMs + (at / tokens.length) * everyMs
      for (let left = refreshes; left > 0; left -= 1, dueMs += everyMs) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())))
        const answer = await session.server.request('/api/v1/dashboard/data', { token, body, from })
        times.push(answer.ms)
        if (answer.status !== 200) errors += 1
      }
    }),
  )
  const seconds = (performance.now() - startMs) / 1000
  return { ...timesOf(times), errors, perSecond: times.length / seconds }
}
