/** The dashboards' API over a real server and plant-a in SQLite. Who asks is a header here; signing in is identity's to test. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { migratedDatabase, type TestDatabase } from '../../../test/harness/engines.ts'
import { loadPlantA, plantAConfig, plantANowMs } from '../../../test/harness/plant-a.ts'
import { createTenantWithAdmin, isPermission, type Permission } from '../../identity/index.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import { buildServer, createMetrics, problemFactory } from '../../platform/http/index.ts'
import { createLog } from '../../platform/log/index.ts'
import { fixedClock } from '../../platform/time/index.ts'
import { createHistories } from '../history/index.ts'
import { loadModel, type PlantModel, readSettings } from '../model/index.ts'
import type { PlantDb } from '../source/index.ts'
import { createAnswers } from './answers.ts'
import { registerDashboardRoutes } from './index.ts'
import { createLayouts, type Layouts } from './layouts.ts'
import { createUserQueryLog } from './user-queries.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into below
type Json = any
/** The rights that these routes ask for; the whole matrix is identity's to test. */
const rights = {
  ADMIN: ['view_dashboard', 'edit_dashboard', 'view_production_data'],
  MANAGER: ['view_dashboard', 'edit_dashboard', 'view_production_data'],
  OPERATOR: ['view_dashboard'],
  VIEWER: ['view_dashboard'],
} as const satisfies Record<string, readonly Permission[]>
type TestRole = keyof typeof rights
type Asked = { readonly role?: TestRole; readonly language?: string; readonly method?: 'GET' | 'POST'; readonly body?: unknown }

const forbidden = problemFactory({ permission_denied: { status: 403, title: { es: 'No', en: 'No' } } })
let platform: TestDatabase
let app: FastifyInstance
let model: PlantModel
let tenantId: number
let drain: () => Promise<void>
let layouts: Layouts
const errorLines: string[] = []
const closing: (() => Promise<unknown>)[] = []

before(async () => {
  platform = await migratedDatabase('sqlite')
  const { db } = platform
  const clock = fixedClock(plantANowMs)
  const made = await createTenantWithAdmin(
    db,
    { clock },
    { companyName: 'Planta A', username: 'ana', email: 'ana@example.com', password: 'Segura123!' },
  )
  tenantId = made.tenantId
  const plantA = await loadPlantA('sqlite')
  const opened = await openPlantKysely(plantA.url)
  closing.push(opened.close, plantA.drop)
  const plantDb: PlantDb = { tenantId, engine: opened.engine, kysely: opened.kysely }
  const { settings } = readSettings(await plantAConfig(), 'UTC')
  model = (await loadModel(plantDb, { settings, mappings: [], nowMs: plantANowMs })).model
  const log = createLog('error', { write: (line) => errorLines.push(line) })
  const userQueries = createUserQueryLog({ db, log })
  const histories = createHistories({ db, clock, log })
  closing.push(histories.close)
  drain = userQueries.drain
  layouts = createLayouts({ db, clock })
  app = await buildServer({
    settings: {
      basePath: '',
      isSecure: false,
      trustProxyHops: 0,
      rateLimitPerMinute: 100_000,
      overloadDelayMs: 60_000,
      overloadRequests: 1_000,
      tenantRateLimitPerMinute: 100_000,
      allowedOrigins: [],
      metricsToken: '',
    },
    app: { name: 'Andon', version: '0' },
    log,
    clock,
    policy: {
      knows: (access) => access === 'public' || isPermission(access),
      authorise: async (request, _reply, access) => {
        const role = String(request.headers['x-role'] ?? 'ADMIN') as TestRole
        const permissions = new Set<Permission>(rights[role])
        if (!isPermission(access) || !permissions.has(access)) throw forbidden('permission_denied')
        const tenant = { tenantId, uuid: made.tenantUuid, slug: made.slug, name: 'Planta A' }
        const person = {
          kind: 'person',
          lineIds: null,
          userId: made.userId,
          username: 'ana',
          isSuperAdmin: false,
          sessionUuid: 's',
          sessionKind: 'api',
          language: 'es',
        } as const
        request.actor = { ...person, tenant, role, roleName: role, permissions }
      },
      // A person each, so that the bucket of sixty per minute does not end the test.
      subject: (request) => ({ userId: Number(request.id.replace(/\D/g, '').slice(0, 12)), tenantId }),
    },
    readiness: async () => ({ db: true }),
    metrics: createMetrics({ withProcess: false }),
    distDir: '/nonexistent',
  })
  app.decorateRequest('actor', null)
  registerDashboardRoutes(app, {
    db,
    clock,
    log,
    userQueries,
    layouts,
    answers: createAnswers(),
    plants: { withPlant: (_tenant, work) => work({ db: plantDb, model }) },
    histories,
    sources: { answersOf: async () => new Map(), namesOf: async () => [] },
  })
  await app.ready()
})

after(async () => {
  await app.close()
  await drain()
  for (const close of closing) await close()
})

const ask = async (
  path: string,
  { role = 'ADMIN', language = 'es', method, body }: Asked = {},
): Promise<{ status: number; json: Json; headers: Json }> => {
  const answer = await app.inject({
    url: `/api/v1${path}`,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { 'x-role': role, 'accept-language': language },
    ...(body !== undefined && { payload: body as object }),
  })
  return { status: answer.statusCode, json: answer.json(), headers: answer.headers }
}

const oneDay = { start_date: '2026-10-08', end_date: '2026-10-08', start_time: '00:00', end_time: '23:59' }
const day = { line_id: 1, daterange: oneDay, interval: 'hour' }
const idOf = (json: Json, className: string): string =>
  Object.keys(json.widgets).find((id) => json.widgets[id].metadata.class_name === className) ?? ''

test('PL-71 the dashboard answers with the layout’s widgets, keyed by id, and says what it was asked', async () => {
  const { status, json } = await ask('/dashboard/data', { body: day })
  assert.equal(status, 200)
  assert.equal(Object.keys(json.widgets).length, 20)
  assert.equal(json.widgets[idOf(json, 'KpiTotalProduction')].data.value, 1287)
  const { elapsed_seconds, ...metadata } = json.metadata
  assert.ok(elapsed_seconds >= 0)
  assert.deepEqual(metadata.period, { start: '2026-10-08', end: '2026-10-08', start_time: '00:00', end_time: '23:59' })
  assert.deepEqual([metadata.lines_queried, metadata.is_multi_line, metadata.interval, metadata.widget_count], [[1], false, 'hour', 20])
  assert.deepEqual([metadata.total_detections, metadata.total_downtime_events, metadata.layout_step], [2635, 2, 'built_in'])
  assert.deepEqual([metadata.timestamp, metadata.now_local], ['2026-10-19T15:17:00.000Z', '2026-10-19T10:17:00'])
})

test('PL-71 the GET variant gives the same figures from text parameters', async () => {
  const post = await ask('/dashboard/data', { body: { ...day, line_ids: [1, 2], area_ids: [2, 4] } })
  const get = await ask(
    '/dashboard/data?line_ids=1,2&area_ids=2,4&start_date=2026-10-08&end_date=2026-10-08&start_time=00:00&end_time=23:59&interval=hour',
  )
  assert.equal(get.status, 200)
  assert.deepEqual(get.json.widgets, post.json.widgets)
})

test('PL-41 widget_ids choose among the layout’s; others are ignored with a warning', async () => {
  const { json } = await ask('/dashboard/data', { role: 'VIEWER', body: { ...day, widget_ids: [1, 17, 999] }, language: 'en' })
  assert.deepEqual(Object.keys(json.widgets), ['1'])
  assert.deepEqual(
    json.metadata.warnings.filter((text: string) => text.startsWith('Widget')),
    ["Widget 17 is not in your role's layout", "Widget 999 is not in your role's layout"],
  )
  const csv = await ask('/dashboard/data', { body: { ...day, widget_ids: '8, 9' } })
  assert.deepEqual(Object.keys(csv.json.widgets), ['8', '9'])
  const tab = await ask('/dashboard/data', { body: { ...day, tab: 'oee' } })
  assert.deepEqual(Object.keys(tab.json.widgets), ['1', '2', '3', '4', '19'])
})

test('PL-42 several lines: stop widgets are notices', async () => {
  const { json } = await ask('/dashboard/data', { body: { ...day, line_id: 'all' } })
  for (const className of ['KpiTotalDowntime', 'ScatterChart', 'DowntimeTable'])
    assert.equal(json.widgets[idOf(json, className)].metadata.notice, true)
})

test('PL-71 preview needs widget_ids that exist, and the right to edit dashboards', async () => {
  assert.equal((await ask('/dashboard/preview', { body: day })).json.code, 'widget_ids_required')
  assert.equal((await ask('/dashboard/preview', { body: { ...day, widget_ids: [] } })).status, 400)
  assert.equal((await ask('/dashboard/preview', { body: { ...day, widget_ids: [777] } })).json.code, 'unknown_widgets')
  assert.deepEqual(Object.keys((await ask('/dashboard/preview', { body: { ...day, widget_ids: [17, 777] } })).json.widgets), ['17'])
  assert.equal((await ask('/dashboard/preview', { role: 'OPERATOR', body: { ...day, widget_ids: [1] } })).status, 403)
})

test('PL-74 raw rows: typed, filtered like the figures, for managers only', async () => {
  assert.equal((await ask('/dashboard/data', { role: 'VIEWER', body: { ...day, include_raw: true } })).json.code, 'raw_not_allowed')
  const { json } = await ask('/dashboard/data', {
    role: 'MANAGER',
    body: { ...day, shift_id: 1, product_ids: [1], area_ids: [2], include_raw: true },
  })
  assert.equal(json.raw_data.length, json.metadata.total_detections)
  assert.ok(json.raw_data.length > 100)
  assert.deepEqual(
    new Set(json.raw_data.map((row: Json) => [row.line_id, row.area_name, row.area_type, row.product_name].join())),
    new Set(['1,Salida,output,Arena fina']),
  )
  assert.ok(json.raw_data.every((row: Json) => row.detected_at >= '2026-10-08T06:00:00' && row.detected_at < '2026-10-08T14:00:00'))
  assert.equal(json.metadata.shift_windows['1'].planned_seconds, 8 * 3600)
  assert.equal(json.metadata.line_config['1'].line_name, 'Bolsa25kg')
  assert.equal(json.raw_downtime.length, json.metadata.total_downtime_events)
  assert.equal(json.metadata.raw_truncated, false)
})

test('PL-74 raw rows are capped per line, and the answer says so', async () => {
  const week = {
    ...day,
    daterange: { ...oneDay, start_date: '2026-10-05', end_date: '2026-10-11' },
    interval: 'day',
    include_raw: true,
    widget_ids: [8],
  }
  const { json } = await ask('/dashboard/data', { body: week })
  assert.deepEqual([json.raw_data.length, json.metadata.raw_truncated], [5_000, true])
})

test('PL-68 the layout says which step of the chain gave it, and a company’s own row wins', async () => {
  const builtIn = await ask('/layout/config', { role: 'OPERATOR' })
  assert.deepEqual([builtIn.json.step, builtIn.json.template_id, builtIn.json.role], ['built_in', null, 'OPERATOR'])
  assert.deepEqual(builtIn.json.enabled_filter_ids.length > 0, true)
  const layout = JSON.stringify({ widgets: [{ widget_id: 8, title: '<i>Hoy</i>', refresh_seconds: 30 }, 8, 500], filters: [1, 2] })
  await platform.db.kysely
    .insertInto('dashboard_templates')
    .values({ tenant_id: tenantId, role_access: 'operator', layout_config: layout })
    .execute()
  layouts.forget(tenantId)
  const own = await ask('/layout/config', { role: 'OPERATOR', language: 'en' })
  assert.deepEqual([own.json.step, own.json.enabled_widget_ids, own.json.enabled_filter_ids], ['role', [8], [1, 2]])
  assert.deepEqual([own.json.widgets[0].title, own.json.widgets[0].refresh_seconds, own.json.warnings.length], ['<i>Hoy</i>', 30, 2])
  const data = await ask('/dashboard/data', { role: 'OPERATOR', body: day })
  assert.equal(data.json.widgets['8'].metadata.display_name, '<i>Hoy</i>')
  assert.equal((await ask('/layout/widgets', { role: 'OPERATOR' })).json.meta.total, 1)
  assert.equal((await ask('/layout/filters', { role: 'OPERATOR' })).json.meta.total, 2)
})

test('PL-27 PL-38 filters are described with options and defaults; rows without a control are listed', async () => {
  const { json } = await ask('/filters')
  assert.ok(json.items.some((filter: Json) => filter.class_name === 'ProductionLineFilter' && filter.options.length > 4))
  assert.ok(json.meta.skipped.some((row: Json) => row.reason === 'unknown_type'))
  const [first] = json.items
  assert.deepEqual((await ask(`/filters?filter_ids=${first.filter_id}`)).json.items.length, 1)
  assert.equal((await ask('/filters?filter_ids=1;drop')).json.code, 'invalid_filter_ids')
  assert.equal((await ask('/filters/ShiftFilter')).json.param_name, 'shift_id')
  assert.equal((await ask('/filters/Nothing')).status, 404)
  assert.equal((await ask('/filters/__proto__')).status, 404)
})

test('PL-31 area options follow the line', async () => {
  const values = async (query: string) => (await ask(`/filters/areas?${query}`)).json.items.map((option: Json) => option.value)
  assert.deepEqual(await values('line_id=1'), [1, 2, 3])
  assert.deepEqual(await values('line_ids=2,3'), [4, 5, 6])
  assert.equal((await values('')).length, 7)
  assert.equal((await ask('/filters/areas?line_id=999')).status, 422)
  assert.deepEqual(
    (await ask('/filters/AreaFilter/options?line_id=2')).json.items.map((option: Json) => option.value),
    [4],
  )
})

test('PL-27 validation says what would be refused, or what the filters become', async () => {
  const bad = await ask('/filters/validate', { body: { line_id: 9999, interval: 'fortnight' }, language: 'en' })
  assert.deepEqual([bad.status, bad.json.valid, bad.json.cleaned], [200, false, null])
  assert.deepEqual(Object.keys(bad.json.errors), ['line_id', 'interval'])
  const good = await ask('/filters/validate', { body: { ...day, interval: '1hour' } })
  assert.deepEqual([good.json.valid, good.json.cleaned.interval, good.json.cleaned.line_id], [true, 'hour', 1])
})

test('PL-71 metrics: OEE and each factor carry the inputs that prove them', async () => {
  const oee = (await ask('/metrics/oee', { body: day })).json
  assert.equal(oee.oee, 74.5)
  const { inputs } = oee
  const effectiveness = (inputs.ideal_minutes * 60) / inputs.rated_production_time_seconds
  const product =
    (inputs.actual_production_time_seconds / inputs.planned_busy_time_seconds) *
    effectiveness *
    (inputs.good_quantity / inputs.processed_quantity)
  assert.ok(Math.abs(product - oee.ratio) < 1e-12)
  assert.equal((await ask('/metrics/availability', { body: day })).json.availability, 98.2)
  assert.equal((await ask('/metrics/performance', { body: day })).json.performance, 77.5)
  assert.equal((await ask('/metrics/quality', { body: day })).json.quality, 97.8)
})

test('PL-44 metrics: a time series adds up to its total, whatever the interval', async () => {
  for (const interval of ['15min', 'hour', 'day', 'week', 'month']) {
    const { json } = await ask(`/metrics/timeseries?interval=${interval}`, { body: day })
    const sum = json.series.flatMap((series: Json) => series.data).reduce((a: number, b: number) => a + b, 0)
    assert.deepEqual([json.interval, sum, json.total], [interval, 1287, 1287])
    assert.ok(json.series.every((series: Json) => series.data.length === json.bucket_starts.length))
  }
})

test('PL-24 each question leaves one row, written behind the answer', async () => {
  await drain()
  const count = async () => (await platform.db.kysely.selectFrom('user_queries').select('line').execute()).length
  const before = await count()
  await ask('/dashboard/data', { body: { ...day, line_ids: [1, 2] } })
  await ask('/dashboard/data', { body: { ...day, line_id: 9999 } })
  await drain()
  assert.equal(await count(), before + 1)
})

const hostile: readonly (readonly [name: string, body: unknown])[] = [
  ['SQL in a line', { line_id: '1; DROP TABLE production_line; --' }],
  ['an object for a line', { line_id: { $gt: 0 } }],
  ['a list in a list', { line_ids: [[1]] }],
  ['a huge list', { line_ids: Array.from({ length: 5_000 }, (_, i) => i + 1) }],
  ['dates as numbers', { ...day, daterange: 5 }],
  ['a date that does not exist', { ...day, daterange: { ...oneDay, end_date: '2026-02-30' } }],
  ['year 9999', { ...day, daterange: { ...oneDay, end_date: '9999-12-31' }, interval: 'minute' }],
  ['ten years by minute', { ...day, daterange: { ...oneDay, start_date: '2016-10-08' }, interval: 'minute' }],
  ['end before start', { ...day, daterange: { ...oneDay, end_date: '2026-10-07' } }],
  ['a NUL in the search', { ...day, search: 7 }],
  ['an hour of 25', { ...day, only_2am: { target_hour: 25 } }],
  ['a negative threshold', { ...day, downtime_threshold: -1 }],
  ['an infinite threshold', { ...day, downtime_threshold: 1e99 }],
  ['text for widget ids', { ...day, widget_ids: 'all' }],
  ['a product of another world', { ...day, product_ids: ['0x1'] }],
  ['a list for the body', [1, 2]],
  ['a page of zero', { ...day, page: 0, widget_ids: [0], include_raw: 'yes', compare_daterange: [], interval: ['hour'] }],
]
for (const [name, body] of hostile) {
  test(`PL-82 ${name} is refused by name, never an error of ours`, async () => {
    for (const path of ['/dashboard/data', '/dashboard/preview', '/metrics/summary', '/metrics/timeseries', '/filters/validate']) {
      const { status, json } = await ask(path, { body })
      assert.ok(status < 500, `${path}: ${status}`)
      if (status >= 400) assert.ok([400, 422].includes(status) && json.code, `${path}: ${status}`)
      if (status === 422) assert.ok(json.fields.length > 0)
    }
    assert.deepEqual(errorLines, [])
  })
}

test('PL-82 hostile queries on GET are refused too', async () => {
  for (const query of [
    'line_id=1&line_id=2',
    'line_id[]=1',
    'widget_ids=1%20OR%201',
    'start_date=%00',
    'line_ids=1,2,x',
    'include_raw=maybe',
    'area_ids=%27%20OR%201=1',
    'tab=admin',
  ]) {
    const { status } = await ask(`/dashboard/data?${query}`)
    assert.ok([200, 400, 422].includes(status), `${query}: ${status}`)
    if (!query.startsWith('line_id[]')) assert.notEqual(status, 200, query)
  }
})
