/** The twelve widgets of design.md §6 over HTTP against plain SQL on the same MariaDB, in one run: `node bench/dashboard.ts [rows]`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildApp } from '../src/app.ts'
import { createContext } from '../src/context.ts'
import { createTenantWithAdmin } from '../src/identity/index.ts'
import { migrations } from '../src/migrations/index.ts'
import { settingsOf } from '../src/plant/demo/plant-content.ts'
import { lineTableNames, saveAttachment } from '../src/plant/source/index.ts'
import { readConfig } from '../src/platform/config/index.ts'
import { migrateUp } from '../src/platform/db/index.ts'
import { closeServer } from '../src/platform/http/index.ts'
import { silentLog } from '../src/platform/log/index.ts'
import { dayS, fixedClock, formatLocalDate, zoneOf } from '../src/platform/time/index.ts'
import { type BenchPlant, benchPlan, generateBenchPlant } from './generate.ts'
import { askPlainly, type PlainFigures } from './plain-sql.ts'

const twelve = [
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
]
const runs = 15
const warmUps = 3
const line = must(benchPlan.lines[0])
const founder = { username: 'bench', email: 'bench@bench.example', password: 'Bench2026x' }

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the bench plan has no line')
  return value
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN

type Timed<T> = { readonly p50Ms: number; readonly answer: T }

/** Median milliseconds of both after a warm-up. They take turns, so that a busy machine is busy for both. */
async function timed<A, B>(one: () => Promise<A>, other: () => Promise<B>): Promise<[Timed<A>, Timed<B>]> {
  const times: [number[], number[]] = [[], []]
  const clocked = async <T>(work: () => Promise<T>, into: number[] | null): Promise<T> => {
    const startMs = performance.now()
    const answer = await work()
    into?.push(performance.now() - startMs)
    return answer
  }
  for (let run = 1; run <= warmUps; run += 1) await Promise.all([clocked(one, null), clocked(other, null)])
  let answers = [await one(), await other()] as const
  for (let run = 0; run < runs; run += 1) answers = [await clocked(one, times[0]), await clocked(other, times[1])]
  return [
    { p50Ms: median(times[0]), answer: answers[0] },
    { p50Ms: median(times[1]), answer: answers[1] },
  ]
}

type WidgetAnswer = { readonly metadata: { readonly class_name: string }; readonly data: Readonly<Record<string, unknown>> | null }

/** Throws when the two sides do not speak of the same rows. */
function compare(widgets: readonly WidgetAnswer[], plain: PlainFigures): void {
  const data = (className: string) => widgets.find(({ metadata }) => metadata.class_name === className)?.data ?? {}
  const pairs: [string, unknown, unknown][] = [
    ['production', data('KpiTotalProduction').value, plain.production],
    ['rows', data('MetricsSummary').total_detections, plain.rows],
    ['products', (data('ProductRanking').rows as unknown[] | undefined)?.length, plain.byProduct.size],
  ]
  for (const [what, ours, theirs] of pairs) if (ours !== theirs) throw new Error(`${what} differ: ${ours} and ${theirs}`)
}

async function measure(plant: BenchPlant, dataDir: string): Promise<void> {
  const clock = fixedClock(zoneOf(benchPlan.timeZone).toEpochS(plant.untilS) * 1000)
  const config = readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' })
  const ctx = await createContext(config, { clock, log: silentLog() })
  await migrateUp(ctx.db, migrations, clock.nowMs)
  const { tenantId } = await createTenantWithAdmin(ctx.db, ctx, { companyName: 'Bench', ...founder, config: settingsOf(benchPlan) })
  await saveAttachment({ ...ctx.db, tenantId }, ctx.secrets, { url: plant.url, canManage: false, nowMs: clock.nowMs() })
  const catalogue = await ctx.db.kysely.selectFrom('widget_catalog').select(['widget_id', 'widget_name']).execute()
  const widgetIds = catalogue.filter(({ widget_name }) => twelve.includes(widget_name)).map(({ widget_id }) => widget_id)
  const app = await buildApp(ctx)
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  try {
    const post = async (url: string, body: unknown, token?: string): Promise<unknown> => {
      const answer = await fetch(base + url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      })
      if (!answer.ok) throw new Error(`${url} ${answer.status} ${await answer.text()}`)
      return answer.json()
    }
    const { access_token: token } = (await post('/api/v1/auth/login', { username: founder.username, password: founder.password })) as {
      access_token: string
    }
    const tables = lineTableNames(line.code)
    for (const days of [7, 30]) {
      const fromS = plant.untilS - days * dayS
      const question = {
        // Whole days up to the newest one, which both sides cut at the newest row.
        daterange: { start_date: formatLocalDate(fromS), end_date: formatLocalDate(plant.untilS), start_time: '12:00', end_time: '11:59' },
        line_id: line.lineId,
        interval: 'hour',
        widget_ids: widgetIds,
      }
      const [ours, plain] = await timed(
        () => post('/api/v1/dashboard/data', question, token) as Promise<{ widgets: Record<string, WidgetAnswer> }>,
        () => askPlainly(plant.connection, { ...tables, outputArea: 2, thresholdS: line.thresholdS, fromS, toS: plant.untilS }),
      )
      const widgets = Object.values(ours.answer.widgets)
      if (widgets.length !== twelve.length) throw new Error(`${widgets.length} widgets answered`)
      compare(widgets, plain.answer)
      const ratio = plain.p50Ms / ours.p50Ms
      console.log(
        `${String(days).padStart(2)} days, ${plain.answer.rows} rows: Andon ${ours.p50Ms.toFixed(1)} ms, plain SQL ${plain.p50Ms.toFixed(1)} ms, ${ratio.toFixed(2)} times as fast`,
      )
    }
  } finally {
    await closeServer(app)
    await ctx.close()
  }
}

const wantedRows = Number(process.argv[2] ?? 1_000_000)
const serverUrl = process.env.ANDON_TEST_MARIADB_URL?.replace(/\/[^/]*$/, '') ?? 'mysql://root@127.0.0.1:3306'
const dataDir = await mkdtemp(path.join(tmpdir(), 'andon-bench-'))
console.log(`Filling MariaDB with ${wantedRows} detections…`)
const plant = await generateBenchPlant(serverUrl, wantedRows)
try {
  console.log(
    `${plant.rows} detections in ${benchPlan.lines.length} partitioned tables. Median of ${runs} warm requests, 12 widgets of one line:`,
  )
  await measure(plant, dataDir)
} finally {
  await plant.drop()
  await rm(dataDir, { recursive: true, force: true })
}
