/** `/api/v1/metrics/*`: the same facts as the screen, by figure. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { route } from '../../platform/http/index.ts'
import { aboutAnswer, askPlant, everyNeed, onlyRange } from './ask.ts'
import { FiguresSchema, figuresOf } from './figures.ts'
import { nullable } from './schema-parts.ts'
import { FilterBody, PeriodSchema, warnings } from './schemas.ts'
import type { DashboardDeps } from './service.ts'
import { areaDetectionChart } from './widgets/area-detection-chart.ts'
import { AreaDetectionChartSchema, FlowSummarySchema, MetricsSummarySchema } from './widgets/data.ts'
import { kpiAvailability } from './widgets/kpi-availability.ts'
import { KpiAvailabilitySchema, KpiOeeSchema, KpiPerformanceSchema, KpiQualitySchema } from './widgets/kpi-data.ts'
import { kpiOee } from './widgets/kpi-oee.ts'
import { kpiPerformance } from './widgets/kpi-performance.ts'
import { kpiQuality } from './widgets/kpi-quality.ts'
import { bucketLabels, localIso } from './widgets/local-time.ts'
import { metricsSummary } from './widgets/metrics-summary.ts'
import { productLabels } from './widgets/product-series.ts'
import type { Widget } from './widgets/widget.ts'

const tags = ['metrics']
const access = 'view_dashboard'
const rate = { bucket: 'dashboard', perMinute: 60 }
const integer = Type.Integer()
const text = Type.String()
const about = { period: PeriodSchema, lines_queried: Type.Array(integer), is_multi_line: Type.Boolean(), warnings }

const OeeReply = Type.Object({
  ...KpiOeeSchema.properties,
  oee: nullable(Type.Number()),
  metrics: Type.Object({
    downtime_count: integer,
    total_downtime_seconds: integer,
    mtbf_seconds: nullable(Type.Number()),
    mttr_seconds: nullable(Type.Number()),
  }),
  ...about,
})

const SummaryReply = Type.Object({
  ...FiguresSchema.properties,
  summary: MetricsSummarySchema,
  flow: FlowSummarySchema,
  areas: AreaDetectionChartSchema.properties.areas,
  ...about,
})

const SeriesReply = Type.Object({
  interval: text,
  bucket_starts: Type.Array(text),
  labels: Type.Array(text),
  series: Type.Array(Type.Object({ product_id: integer, label: text, total: integer, data: Type.Array(integer) })),
  flow: Type.Object({
    entrada: Type.Array(integer),
    salida: Type.Array(integer),
    descarte: Type.Array(integer),
    summary: FlowSummarySchema,
  }),
  total: integer,
  ...about,
})

export const registerMetricRoutes = (app: FastifyInstance, deps: DashboardDeps): void => {
  const kpiRoute = (name: string, widget: Widget<{ readonly value: number | null }>, schema: Type.TObject, summary: string): void =>
    route(app, {
      method: 'POST',
      url: `/api/v1/metrics/${name}`,
      access,
      summary,
      tags,
      rate,
      body: FilterBody,
      reply: {
        200: Type.Unsafe<Readonly<Record<string, unknown>>>(
          Type.Object({ ...schema.properties, [name]: nullable(Type.Number()), ...about }),
        ),
      },
      handler: async ({ request, body }) => {
        const asked = await askPlant(deps, requireTenant(request), body, { ...onlyRange, previous: true })
        const data = widget.compute({ ...asked, language: request.language, config: {} })
        return { ...data, [name]: data?.value ?? null, ...aboutAnswer(asked, request.language) }
      },
    })

  route(app, {
    method: 'POST',
    url: '/api/v1/metrics/oee',
    access,
    summary: 'OEE, its factors and everything they are made of',
    tags,
    rate,
    body: FilterBody,
    reply: { 200: OeeReply },
    handler: async ({ request, body }) => {
      const asked = await askPlant(deps, requireTenant(request), body, { ...onlyRange, previous: true })
      const data = kpiOee.compute({ ...asked, language: request.language, config: {} })
      const { downtime, kpi } = asked.facts
      const metrics = {
        downtime_count: downtime.stopCount,
        total_downtime_seconds: downtime.downtimeS,
        mtbf_seconds: kpi.mtbfS,
        mttr_seconds: kpi.mttrS,
      }
      return { ...data, oee: data.value, metrics, ...aboutAnswer(asked, request.language) }
    },
  })
  kpiRoute('availability', kpiAvailability, KpiAvailabilitySchema, 'Availability')
  kpiRoute('performance', kpiPerformance, KpiPerformanceSchema, 'Performance (effectiveness)')
  kpiRoute('quality', kpiQuality, KpiQualitySchema, 'Quality ratio')

  route(app, {
    method: 'POST',
    url: '/api/v1/metrics/summary',
    access,
    summary: 'Production, OEE, stops and every line’s full figures: enough to recompute each number',
    tags,
    rate,
    body: FilterBody,
    reply: { 200: SummaryReply },
    handler: async ({ request, body }) => {
      const asked = await askPlant(deps, requireTenant(request), body, everyNeed)
      const { facts } = asked
      const input = { ...asked, language: request.language, config: {} }
      return {
        ...figuresOf(input),
        summary: metricsSummary.compute(input),
        flow: { ...facts.series.flow.total },
        areas: areaDetectionChart.compute(input)?.areas ?? [],
        ...aboutAnswer(asked, request.language),
      }
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/metrics/timeseries',
    access,
    summary: 'Output per product and flow per bucket; `interval` may come in the query',
    tags,
    rate,
    query: Type.Object({ interval: Type.Optional(Type.String({ maxLength: 20 })) }),
    body: FilterBody,
    reply: { 200: SeriesReply },
    handler: async ({ request, query, body }) => {
      const filters = query.interval === undefined ? body : { ...body, interval: query.interval }
      const asked = await askPlant(deps, requireTenant(request), filters, onlyRange)
      const { series, products } = asked.facts
      const labels = productLabels(products, request.language)
      const { flow } = series
      return {
        interval: asked.scope.interval,
        bucket_starts: series.bucketStartsLocalS.map(localIso),
        labels: bucketLabels(series.bucketStartsLocalS, asked.scope.interval, request.language),
        series: products.flatMap(({ productId, count }) => {
          const data = series.outputByProduct.get(productId)
          return data ? [{ product_id: productId, label: labels.get(productId) ?? String(productId), total: count, data: [...data] }] : []
        }),
        flow: { entrada: [...flow.entrada], salida: [...flow.salida], descarte: [...flow.descarte], summary: { ...flow.total } },
        total: asked.facts.summary.outputCount,
        ...aboutAnswer(asked, request.language),
      }
    },
  })
}
