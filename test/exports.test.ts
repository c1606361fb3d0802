/** Files of the dashboard and the comparison, read back: every figure in them is the API's, which is the page's. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import sharp from 'sharp'
import { buildAssets } from '../scripts/build.ts'
import { formatDuration, formatNumber, formatRatio } from '../src/platform/i18n/index.ts'
import type { Client } from './harness/client.ts'
import { pdfPages } from './harness/pdf-text.ts'
import { startTestServer, type TestServer } from './harness/server.ts'
import { readSheets, wallTime } from './harness/sheet-file.ts'
import { smallPlant } from './harness/small-plant.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into below
type Json = any
const nowMs = Date.UTC(2026, 9, 14, 15, 0, 0)
const today = { start_date: '2026-10-14', start_time: '06:00', end_date: '2026-10-14', end_time: '23:59', line_id: 'all', interval: 'hour' }

let server: TestServer
let boss: Client
let slug: string
let canary: string

before(async () => {
  await buildAssets()
  server = await startTestServer({ nowMs, env: { RATE_LIMIT_PER_MINUTE: '10000' } })
  const plant = await smallPlant(server, 'sqlite', 'CANARIO', 100)
  slug = plant.slug
  canary = plant.canary
  boss = server.newClient()
  await boss.signInApi(plant.username, plant.password)
  boss.headers['accept-language'] = 'es'
})

after(() => server.close())

const ask = async (url: string, body: object): Promise<Json> => {
  const answer = await boss.json(`/api/v1${url}`, body)
  assert.equal(answer.status, 200, `${url}: ${JSON.stringify(answer.body)}`)
  return answer.body
}
const file = async (url: string, body: object): Promise<{ readonly response: Response; readonly bytes: Buffer }> => {
  const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await boss.fetch(`/api/v1${url}`, init)
  return { response, bytes: Buffer.from(await response.arrayBuffer()) }
}
const exportsTold = async (): Promise<Json[]> => {
  const rows = await server.ctx.db.kysely.selectFrom('audit_logs').select('details').where('action', '=', 'EXPORT').orderBy('id').execute()
  return rows.map(({ details }) => JSON.parse(String(details)))
}
const widgetsOf = (dashboard: Json): Json =>
  Object.fromEntries(Object.values(dashboard.widgets as Json[]).map((widget: Json) => [widget.metadata.class_name, widget.data]))
const es = (value: number, decimals = 0): string => formatNumber(value, 'es', Number.isInteger(value) ? 0 : decimals)

test('PL-73 PL-TODO-28 every figure of the PDF is the dashboard’s: values, trends, inputs, products, stops, lines', async () => {
  const { response, bytes } = await file('/dashboard/export/pdf', today)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'application/pdf')
  assert.match(response.headers.get('content-disposition') ?? '', /^attachment; filename="tablero_empresa-canario_20261014_150000\.pdf"$/)
  const pages = pdfPages(bytes)
  const lines = pages.flatMap((page) => page.lines)
  const whole = lines.join(' ')
  const has = (text: string) => assert.ok(lines.includes(text) || whole.includes(text), `«${text}» is not in the PDF`)

  const widgets = widgetsOf(await ask('/dashboard/data', today))
  const summary = await ask('/metrics/summary', today)
  const { list } = { list: await ask('/downtime/list', today) }
  for (const name of ['KpiOee', 'KpiAvailability', 'KpiPerformance'] as const) {
    assert.notEqual(widgets[name].value, null, name)
    has(`${formatNumber(widgets[name].value, 'es', 1)} %`)
  }
  has(`${es(summary.production.total_count.value)} unidades`)
  has(`${es(summary.production.total_weight_kg.value, 2)} kg`)
  has(`${es(summary.downtime.count.value)} paradas`)
  // nobody can know the quality of a plant without scrap or input areas: told, never 0 or 100 %
  assert.equal(widgets.KpiQuality.value, null)
  has(widgets.KpiQuality.reason.text)
  has('Calidad supuesta: 100 %')
  const { inputs } = widgets.KpiOee
  has(
    `APT ${formatDuration(inputs.actual_production_time_seconds)} ÷ PBT ${formatDuration(inputs.planned_busy_time_seconds)} = ${formatRatio(widgets.KpiAvailability.ratio, 'es', 2)}`,
  )
  for (const line of inputs.lines)
    for (const key of ['planned_busy_time_seconds', 'downtime_seconds', 'actual_production_time_seconds']) has(formatDuration(line[key]))
  for (const row of widgets.ProductDistributionChart.table_rows) {
    has(es(row.count))
    has(formatNumber(row.pct, 'es', 1))
  }
  for (const stop of list.items ?? list.events ?? list.downtimes) {
    const [date, time] = String(stop.start_time).split('T')
    has(`${date?.split('-').reverse().join('/')} ${time}`)
    has(stop.duration_formatted ? formatDuration(stop.duration) : formatDuration(stop.duration_seconds))
  }
  // the charts are drawn: labels of their axes are set like any text
  for (const label of widgets.ProductionTimeChart.labels.slice(0, 1)) has(label)
  has(canary)
  assert.ok(!whole.includes('El gráfico no se pudo dibujar'))
  assert.ok(lines.includes(`Página 1 de ${pages.length}`))
  assert.ok(lines.some((line) => line.startsWith('14/10/2026 15:00 (UTC)')))
})

test('PL-73 PL-TODO-29 every number of the sheets is the API’s, as a number; times are dates', async () => {
  const { response, bytes } = await file('/dashboard/export/xlsx', today)
  assert.equal(response.status, 200)
  const sheets = new Map(readSheets(bytes).map(({ name, rows }) => [name, rows]))
  assert.deepEqual(
    [...sheets.keys()],
    ['Resumen', 'Indicadores', 'Producción por tiempo', 'Distribución', 'Paradas', 'Motivos', 'Datos por línea', 'Definiciones'],
  )
  const widgets = widgetsOf(await ask('/dashboard/data', today))
  const series = await ask('/metrics/timeseries', today)
  const summary = await ask('/metrics/summary', today)
  const [, ...kpis] = sheets.get('Indicadores') ?? []
  const kpi = new Map(kpis.map(([name, value, unit, , ratio, reason]) => [name, { value, unit, ratio, reason }]))
  for (const [title, name] of Object.entries({
    OEE: 'KpiOee',
    Disponibilidad: 'KpiAvailability',
    Rendimiento: 'KpiPerformance',
    Calidad: 'KpiQuality',
  })) {
    assert.equal(kpi.get(title)?.value ?? null, widgets[name].value, title)
    assert.equal(kpi.get(title)?.ratio ?? null, widgets[name].ratio, title)
  }
  assert.equal(kpi.get('Calidad')?.reason, widgets.KpiQuality.reason.text)
  assert.equal(kpi.get('Producción total')?.value, summary.production.total_count.value)
  assert.equal(kpi.get('Paradas')?.value, summary.downtime.count.value)

  const [head = [], ...buckets] = sheets.get('Producción por tiempo') ?? []
  assert.deepEqual(
    buckets.map(([start]) => wallTime(start ?? null)),
    series.bucket_starts,
  )
  for (const one of series.series)
    assert.deepEqual(
      buckets.map((row) => row[head.indexOf(one.label)]),
      one.data,
      one.label,
    )
  assert.equal(
    buckets.reduce((sum, row) => sum + Number(row.at(-1)), 0),
    series.total,
  )
  const [, ...products] = sheets.get('Distribución') ?? []
  assert.deepEqual(
    products.map(([label, count, weight, share]) => [label, count, weight, share]),
    widgets.ProductDistributionChart.table_rows.map((row: Json) => [row.label, row.count, row.weight_kg, row.pct]),
  )
  const [, ...stops] = sheets.get('Paradas') ?? []
  const listed = await ask('/downtime/list', today)
  const wanted = (listed.items ?? listed.events ?? listed.downtimes) as Json[]
  assert.deepEqual(
    stops
      .slice(0, wanted.length)
      .map(([start, end, seconds]) => `${wallTime(start ?? null)} ${wallTime(end ?? null)} ${seconds}`)
      .sort(),
    wanted.map((stop) => `${stop.start_time} ${stop.end_time} ${stop.duration ?? stop.duration_seconds}`).sort(),
  )
  const alias = await file('/dashboard/export/excel', today)
  assert.equal(alias.response.status, 200)
})

test('PL-TODO-31 the comparison says the same on API, PDF and sheets, and each side is what the dashboard says of that period', async () => {
  const body = { ...today, compare_daterange: { start_date: '2026-10-14', start_time: '06:00', end_date: '2026-10-14', end_time: '06:29' } }
  const compared = await ask('/metrics/comparison', body)
  const [now, before_] = [await ask('/metrics/summary', today), await ask('/metrics/summary', { ...today, ...body.compare_daterange })]
  for (const [side, summary] of [
    [compared.current, now],
    [compared.previous, before_],
  ] as const) {
    assert.equal(side.figures.total_production, summary.production.total_count.value)
    assert.equal(side.figures.oee, summary.oee.oee.raw)
    assert.equal(side.figures.availability, summary.oee.availability.raw)
    assert.equal(side.figures.downtime_seconds, summary.downtime.total_seconds)
    assert.equal(side.figures.downtime_count, summary.downtime.count.value)
  }
  assert.equal(compared.deltas.total_production, now.production.total_count.value - before_.production.total_count.value)
  assert.deepEqual([compared.is_cut, compared.is_uneven], [false, true])
  assert.equal(
    compared.products.reduce((sum: number, row: Json) => sum + row.current, 0),
    now.production.total_count.value,
  )

  const { bytes, response } = await file('/metrics/comparison/pdf', body)
  assert.match(response.headers.get('content-disposition') ?? '', /comparacion_empresa-canario_20261014_150000\.pdf/)
  const lines = pdfPages(bytes).flatMap((page) => page.lines)
  const has = (text: string) => assert.ok(lines.includes(text), `«${text}» is not in the PDF`)
  for (const side of [compared.current, compared.previous]) {
    has(`${es(side.figures.total_production)} u`)
    has(`${formatNumber(side.figures.availability, 'es', 1)} %`)
    has(formatDuration(side.figures.downtime_seconds))
  }
  for (const row of compared.products) for (const value of [row.current, row.previous]) has(es(value))
  has('Los períodos no duran lo mismo: compare los índices y la producción por hora planificada, no las cantidades.')

  const sheets = await file('/metrics/comparison/xlsx', body)
  assert.match(sheets.response.headers.get('content-disposition') ?? '', /comparacion_empresa-canario_20261014_150000\.xlsx/)
  const [about, figures, products, reasons] = readSheets(sheets.bytes)
  assert.deepEqual(
    [about, figures, products, reasons].map((sheet) => sheet?.name),
    ['Resumen', 'Indicadores', 'Producción por producto', 'Motivos de parada'],
  )
  assert.ok(about?.rows.some(([text]) => /no duran lo mismo/.test(String(text))))
  const keys = Object.keys(compared.deltas)
  assert.deepEqual(
    figures?.rows.slice(1).map((row) => row.slice(2)),
    keys.map((key) => [compared.current.figures, compared.previous.figures, compared.deltas, compared.changes].map((of) => of[key])),
  )
  assert.deepEqual(
    products?.rows.slice(1).map((row) => row.slice(0, 4)),
    compared.products.map((row: Json) => [row.label, row.current, row.previous, row.delta]),
  )
  const rows = reasons?.rows.slice(1, 1 + compared.reasons.length)
  assert.deepEqual(
    rows?.map(([label, current, previous, , , count]) => [label, current, previous, count]),
    compared.reasons.map((row: Json) => [row.label, row.current.seconds, row.previous.seconds, row.current.count]),
  )

  const page = await boss.fetch(
    `/t/${slug}/comparison?${new URLSearchParams({ ...today, against: 'custom', against_from: '2026-10-13', against_to: '2026-10-13' })}`,
  )
  assert.equal(page.status, 200)
  const html = await page.text()
  assert.ok(html.includes(`${es(compared.current.figures.total_production)} u`))
  assert.ok(html.includes('antes no había'), 'nothing was made the day before')
})

test('PL-TODO-31 the other period is counted in buckets of the size that was asked for: the chart of both is there', async () => {
  const ranges = { against: 'custom', against_from: '2026-10-13', against_to: '2026-10-13' }
  for (const interval of ['15min', 'day']) {
    const page = await (await boss.fetch(`/t/${slug}/comparison?${new URLSearchParams({ ...today, ...ranges, interval })}`)).text()
    assert.match(page, /id="comparison-series"/, interval)
  }
  // a year of minutes is beyond what a chart holds: there is none, and the figures all the same
  const year = { ...today, interval: 'minute', compare_daterange: { start_date: '2025-01-01', end_date: '2025-12-31' } }
  const { previous } = await ask('/metrics/comparison', year)
  assert.equal(previous.figures.total_production, 0)
})

test('PL-TODO-31 while the day runs the other one is cut at the same point, when asked for', async () => {
  const day = { ...today, start_time: '00:00', compare_preset: 'last_week' }
  const cut = await ask('/metrics/comparison', { ...day, cut_to_elapsed: true })
  assert.deepEqual([cut.is_cut, cut.is_uneven, cut.previous.period.end_time], [true, false, '14:59'])
  const whole = await ask('/metrics/comparison', day)
  assert.deepEqual([whole.is_cut, whole.is_uneven, whole.previous.period.end_time], [false, true, '23:59'])
  assert.equal((await boss.json('/api/v1/metrics/comparison', { ...day, compare_daterange: 'yesterday' })).status, 422)
  assert.equal((await boss.json('/api/v1/metrics/comparison', { ...day, compare_preset: 'tomorrow' })).status, 422)
  const refused = await boss.fetch(`/t/${slug}/comparison?against=custom`)
  assert.equal(refused.status, 422)
  const said = await refused.text()
  assert.match(said, /Elija desde y hasta qué fecha/)
  assert.match(said, /<input[^>]*name="start_date"[^>]*value="\d{4}-/, 'what is asked stays filled in')
})

test('PL-73 charts that a program sends are set in the place of ours; what is no picture of a widget is refused by name, and no file is made', async () => {
  const dashboard = await ask('/dashboard/data', today)
  const [widgetId = ''] = Object.keys(dashboard.widgets)
  const png = await sharp({ create: { width: 320, height: 160, channels: 3, background: '#3b82f6' } })
    .png()
    .toBuffer()
  const sent = await file('/dashboard/export/pdf', { ...today, charts: { [widgetId]: `data:image/png;base64,${png.toString('base64')}` } })
  assert.equal(sent.response.status, 200)
  assert.match(sent.bytes.toString('latin1'), /\/Subtype \/Image/)
  const jpeg = await sharp(png).jpeg().toBuffer()
  const before_ = (await exportsTold()).length
  const bad = await file('/dashboard/export/pdf', {
    ...today,
    charts: {
      [widgetId]: jpeg.toString('base64'),
      999999: png.toString('base64'),
      x: 'not base64!',
      ...Object.fromEntries(
        Object.keys(dashboard.widgets)
          .slice(1, 3)
          .map((id, index) => [id, index === 0 ? png.subarray(0, 60).toString('base64') : '<svg/>']),
      ),
    },
  })
  assert.equal(bad.response.status, 422)
  const problem = JSON.parse(bad.bytes.toString()) as Json
  assert.equal(problem.code, 'invalid_charts')
  assert.deepEqual(
    problem.fields.map(({ path, rule }: Json) => [path.replace(/\d+/, (id: string) => (id === '999999' ? id : '#')), rule]).sort(),
    [
      ['charts.#', 'type'],
      ['charts.#', 'type'],
      ['charts.#', 'unreadable'],
      ['charts.999999', 'unknown_widget'],
      ['charts.x', 'unknown_widget'],
    ],
  )
  assert.equal((await exportsTold()).length, before_)
})

test('PL-73 twelve charts of the size that is declared are within what a body may weigh; one more byte than a chart may have is refused by name', async () => {
  const ids = Object.keys((await ask('/dashboard/data', today)).widgets)
  const most = 512 * 1_024
  const chart = (bytes: number) => `data:image/png;base64,${Buffer.alloc(bytes).toString('base64')}`
  const charts = (bytes: number) => Object.fromEntries(Array.from({ length: 12 }, (_, at) => [ids[at] ?? 900_000 + at, chart(bytes)]))
  const ruleOfFirst = async (bytes: number) => {
    const sent = await file('/dashboard/export/pdf', { ...today, charts: charts(bytes) })
    const { code, fields } = JSON.parse(sent.bytes.toString()) as Json
    return [sent.response.status, code, fields.find(({ path }: Json) => path === `charts.${ids[0]}`)?.rule]
  }
  // they are read, and turn out to be no pictures
  assert.deepEqual(await ruleOfFirst(most), [422, 'invalid_charts', 'type'])
  assert.deepEqual(await ruleOfFirst(most + 4), [422, 'invalid_charts', 'too_large'])
  assert.equal((await file('/dashboard/export/xlsx', { ...today, charts: charts(most) })).response.status, 413)
})

test('PL-73 the logo of the company is in the head, and a lost one is no hindrance', async () => {
  const images = async () =>
    [...(await file('/dashboard/export/pdf', today)).bytes.toString('latin1').matchAll(/\/Subtype \/Image/g)].length
  assert.equal(await images(), 0)
  const logo = new FormData()
  logo.set(
    'file',
    new Blob([
      await sharp({ create: { width: 200, height: 80, channels: 3, background: '#ef4444' } })
        .png()
        .toBuffer(),
    ]),
    'logo.png',
  )
  const put = await boss.fetch('/api/v1/companies/me/logo', { method: 'POST', body: logo })
  assert.ok(put.status < 300, await put.text())
  assert.equal(await images(), 1)
  await server.ctx.db.kysely.updateTable('files').set({ storage_key: 'logo/00/none' }).execute()
  assert.equal(await images(), 0)
})

test('PL-73 PL-TODO-29 each sheet of numbers is a CSV of its own, row for row, with every stop', async () => {
  server.clock.advance(61_000) // the files of the minute are used up
  const sheets = new Map(readSheets((await file('/dashboard/export/xlsx', today)).bytes).map(({ name, rows }) => [name, rows]))
  const tables = {
    series: 'Producción por tiempo',
    kpis: 'Indicadores',
    distribution: 'Distribución',
    stops: 'Paradas',
    reasons: 'Motivos',
    inputs: 'Datos por línea',
  }
  for (const [table, name] of Object.entries(tables)) {
    const { response, bytes } = await file('/dashboard/export/csv', { ...today, table })
    assert.equal(response.status, 200, table)
    assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.match(
      response.headers.get('content-disposition') ?? '',
      new RegExp(`filename="tablero_${table}_empresa-canario_20261014_150101\\.csv"`),
    )
    const rows: string[][] = parse(bytes, { bom: true })
    const sheet = sheets.get(name) ?? []
    const width = sheet[0]?.length ?? 0
    const isTime = (column: number) => /^(Intervalo desde|Inicio|Fin)$/.test(String(sheet[0]?.[column]))
    const plain = (cell: Json, column: number) =>
      typeof cell === 'number' && isTime(column) ? wallTime(cell)?.replace('T', ' ') : String(cell ?? '')
    const ofSheet = sheet
      .slice(0, rows.length)
      .map((cells, index) => Array.from({ length: width }, (_, column) => (index === 0 ? cells[column] : plain(cells[column], column))))
    assert.deepEqual(rows, ofSheet, table)
    assert.ok(rows.length > 1, table)
  }
  const listed = await ask('/downtime/list', today)
  const stops: string[][] = parse((await file('/dashboard/export/csv', { ...today, table: 'stops' })).bytes, { bom: true })
  assert.equal(stops.length - 1, listed.total ?? (listed.items ?? listed.events ?? listed.downtimes).length)
  const told = (await exportsTold()).at(-1)
  assert.deepEqual([told.what, told.table], ['tablero', 'stops'])

  const unknown = await boss.json('/api/v1/dashboard/export/csv', { ...today, table: 'people' })
  assert.equal(unknown.status, 422)
  assert.match(JSON.stringify(unknown.body), /"table"/)
})

test('PL-73 the page’s links give the same files; each file taken is told to the audit log; who may not see or export does not get one', async () => {
  const address = new URLSearchParams({ ...today, tab: 'oee' })
  const page = await (await boss.fetch(`/t/${slug}/dashboard?${address}`)).text()
  const [, link = ''] = /href="([^"]*\/dashboard\/export\/pdf\?[^"]*)"/.exec(page) ?? []
  assert.match(link, /start_date=2026-10-14/)
  const before_ = (await exportsTold()).length
  for (const kind of ['pdf', 'xlsx']) {
    const taken = await boss.fetch(link.replaceAll('&amp;', '&').replace('/pdf?', `/${kind}?`))
    assert.equal(taken.status, 200)
    await taken.arrayBuffer()
  }
  const told = (await exportsTold()).slice(before_)
  assert.deepEqual(
    told.map(({ what, format, filters }) => [what, format, filters.start_date]),
    [
      ['tablero', 'pdf', '2026-10-14'],
      ['tablero', 'xlsx', '2026-10-14'],
    ],
  )
  assert.equal((await file('/dashboard/export/pdf', { ...today, tab: 'nada' })).response.status, 422)
  assert.equal((await file('/dashboard/export/xlsx', { ...today, line_id: 77 })).response.status, 422)
  const role = (name: string) => server.ctx.db.kysely.updateTable('memberships').set({ role: name }).execute()
  await role('ACCOUNTANT')
  assert.equal((JSON.parse((await file('/dashboard/export/pdf', today)).bytes.toString()) as Json).code, 'export_not_allowed')
  await role('VIEWER')
  assert.equal((await file('/dashboard/export/pdf', today)).response.status, 403)
  assert.ok(!(await (await boss.fetch(`/t/${slug}/dashboard?${address}`)).text()).includes('/dashboard/export/'))
  assert.equal((await exportsTold()).length, before_ + 2)
})
