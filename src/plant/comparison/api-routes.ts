/** `POST /api/v1/metrics/comparison`: two ranges, and what changed. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { rawReply, route } from '../../platform/http/index.ts'
import { FilterBody, nullable, PeriodSchema, warningsSchema } from '../dashboards/index.ts'
import { type ExportDeps, exportRate, fileKinds, mimeOf } from '../exports/index.ts'
import { comparisonAnswer } from './answer.ts'
import { type FigureKey, figureKeys } from './compare.ts'
import { sendComparison } from './file.ts'
import { comparisonPresets } from './ranges.ts'
import { type ComparisonWish, comparePeriods } from './service.ts'

const integer = Type.Integer()
const ComparedSchema = Type.Object(
  Object.fromEntries(figureKeys.map((key) => [key, nullable(Type.Number())])) as Record<
    FigureKey,
    ReturnType<typeof nullable<ReturnType<typeof Type.Number>>>
  >,
)
const CountAndTime = Type.Object({ count: integer, seconds: integer })

const ComparisonBody = Type.Object({
  ...FilterBody.properties,
  compare_daterange: Type.Optional(Type.Unknown({ description: 'Range to compare with, as `daterange`; wins over `compare_preset`.' })),
  compare_preset: Type.Optional(
    Type.Union(
      comparisonPresets.map((preset) => Type.Literal(preset)),
      { description: 'Default `previous`: the range of equal length just before.' },
    ),
  ),
  cut_to_elapsed: Type.Optional(
    Type.Boolean({ description: 'While the first range is not over, the second ends as far from its start. Default false.' }),
  ),
})

const ComparisonReply = Type.Object({
  current: Type.Object({ period: PeriodSchema, figures: ComparedSchema }),
  previous: Type.Object({ period: PeriodSchema, figures: ComparedSchema }),
  /** Current less previous; percentages in points. */
  deltas: ComparedSchema,
  /** Share of change of quantities, −0.25 = a quarter less; null for percentages, and from nothing. */
  changes: ComparedSchema,
  products: Type.Array(Type.Object({ product_id: integer, label: Type.String(), current: integer, previous: integer, delta: integer })),
  reasons: Type.Array(Type.Object({ key: Type.String(), label: Type.String(), current: CountAndTime, previous: CountAndTime })),
  is_cut: Type.Boolean(),
  /** One range is longer than the other: compare ratios and rates, not quantities. */
  is_uneven: Type.Boolean(),
  lines_queried: Type.Array(integer),
  warnings: warningsSchema,
})

type Body = Readonly<Record<string, unknown>> & {
  readonly compare_daterange?: unknown
  readonly compare_preset?: ComparisonWish['preset']
  readonly cut_to_elapsed?: boolean
}

const read = ({ compare_daterange, compare_preset, cut_to_elapsed, ...filters }: Body) => ({
  filters,
  wish: { daterange: compare_daterange, preset: compare_preset ?? 'previous', isCut: cut_to_elapsed ?? false } satisfies ComparisonWish,
})

export function registerComparisonApi(app: FastifyInstance, deps: ExportDeps): void {
  route(app, {
    method: 'POST',
    url: '/api/v1/metrics/comparison',
    access: 'view_dashboard',
    summary: 'Two ranges side by side, and their differences',
    tags: ['metrics'],
    rate: { bucket: 'dashboard', perMinute: 60 },
    body: ComparisonBody,
    reply: { 200: ComparisonReply },
    handler: async ({ request, body }) => {
      const { filters, wish } = read(body)
      return comparisonAnswer(await comparePeriods(deps, requireTenant(request), filters, wish), request.language)
    },
  })
  for (const kind of fileKinds)
    route(app, {
      method: 'POST',
      url: `/api/v1/metrics/comparison/${kind}`,
      access: 'export_data',
      summary: kind === 'pdf' ? 'The same as PDF' : 'The same as XLSX sheets',
      tags: ['metrics'],
      rate: exportRate,
      body: ComparisonBody,
      reply: { 200: rawReply(mimeOf[kind]) },
      handler: ({ request, reply, body }) => sendComparison(deps, { request, reply }, requireTenant(request), kind, read(body)),
    })
}
