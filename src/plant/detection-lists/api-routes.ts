/** `/api/v1/data/detections*`, and `/api/v1/detections/*`: the same questions under older names. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireTenant } from '../../identity/index.ts'
import { answer, rawReply, route } from '../../platform/http/index.ts'
import { dayS, midnightOf } from '../../platform/time/index.ts'
import { type Asked, aboutAnswer, detectionRows, localIso } from '../dashboards/index.ts'
import {
  AggregatedReply,
  CountReply,
  FileQuery,
  FiltersBody,
  FormatQuery,
  LinePath,
  LineQuery,
  ListBody,
  ListReply,
  mostListed,
  PageBody,
  PageReply,
  QueryReply,
  SummaryReply,
} from './api-schemas.ts'
import {
  askBuckets,
  askFigures,
  askRows,
  cursorPosition,
  type DetectionDeps,
  type Filters,
  orLineNotFound,
  perLine,
  rowBatches,
  totalOf,
} from './ask.ts'
import { cursorOf } from './cursor.ts'
import { sendList, streamedReply } from './json-stream.ts'
import type { Row } from './line-rows.ts'
import { detectionListProblem } from './problems.ts'
import type { RowPage } from './row-page.ts'
import { sendExport } from './send-export.ts'

const tags = ['detections']
const access = 'view_production_data'
const rate = { bucket: 'detections', perMinute: 60 }
export const exportRate = { bucket: 'detections-export', perMinute: 10 }

type Body = Filters & { readonly filters?: Filters }

const filtersOf = ({ filters, ...beside }: Body): Filters => ({ ...beside, ...filters })

/** Rows of the days to come cannot be there: a range that ends after today is a mistake. Throws 422. */
function demandPast({ scope }: Pick<Asked, 'scope'>): void {
  if (scope.toLocalS <= midnightOf(scope.now.localS) + dayS) return
  const message = { es: 'El final no puede pasar de hoy.', en: 'The end may not be after today.' }
  throw detectionListProblem('invalid_range', { fields: [{ path: 'end_date', rule: 'future', message }] })
}

const presenter = (asked: Asked, request: FastifyRequest, format: 'raw' | 'enriched' = 'enriched') =>
  format === 'enriched'
    ? detectionRows(asked.model, request.language)
    : ({ line, id, localS, areaId, productId }: Row) => ({
        detection_id: id,
        detected_at: localIso(localS),
        line_id: line.lineId,
        area_id: areaId,
        product_id: productId,
      })

export function registerDetectionApi(app: FastifyInstance, deps: DetectionDeps): void {
  const figures = async (request: FastifyRequest, filters: Filters, isLineNamed = false): Promise<Asked> => {
    const asking = askFigures(deps, requireTenant(request), filters)
    const asked = await (isLineNamed ? orLineNotFound(asking) : asking)
    demandPast(asked)
    return asked
  }
  const list = (
    request: FastifyRequest,
    reply: FastifyReply,
    asked: Asked,
    {
      limit,
      format,
      more,
    }: { readonly limit: number; readonly format?: 'raw' | 'enriched' | undefined; readonly more?: (count: number) => object },
  ): FastifyReply => {
    const { tenantId } = requireTenant(request).tenant
    const total = totalOf(asked)
    const present = presenter(asked, request, format)
    let next: RowPage['next'] = null
    reply.header('x-total-count', String(total))
    return sendList(
      reply,
      rowBatches(deps, tenantId, asked, limit),
      (page) => {
        next = page.next
        return page.rows.map(present)
      },
      (count) => ({
        ...more?.(count),
        total,
        is_truncated: next !== null,
        next_cursor: next && cursorOf(next, 'asc'),
        ...aboutAnswer(asked, request.language),
      }),
    )
  }

  route(app, {
    method: 'POST',
    url: '/api/v1/data/detections',
    access,
    summary: 'Detections in order of time, with words or raw; at most 100,000, and whether there are more',
    tags,
    rate,
    query: FormatQuery,
    body: ListBody,
    isStream: true,
    reply: { 200: streamedReply(ListReply) },
    handler: async ({ request, reply, query, body }) => {
      const { limit = mostListed, ...rest } = body
      const asked = await figures(request, filtersOf(rest))
      return list(request, reply, asked, { limit, format: query.format, more: (count) => ({ success: true, count }) })
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/data/detections/paginated',
    access,
    summary: 'One page of detections, by number or by cursor; the last page costs as much as the first',
    tags,
    rate,
    query: FormatQuery,
    body: PageBody,
    reply: { 200: PageReply },
    handler: async ({ request, query, body }) => {
      const { page: pageNumber, page_size: size, cursor, order = 'asc', ...rest } = body
      const after = cursor === undefined ? null : cursorPosition(cursor, order)
      const offset = after ? 0 : (pageNumber - 1) * size
      const asked = await askRows(deps, requireTenant(request), filtersOf(rest), { order, after, offset, limit: size })
      demandPast(asked)
      const total = totalOf(asked)
      const { rows, next } = asked.page
      const data = {
        success: true,
        data: rows.map(presenter(asked, request, query.format)),
        total,
        page: after ? null : pageNumber,
        pages: Math.ceil(total / size),
        page_size: size,
        next_cursor: next && cursorOf(next, order),
        ...aboutAnswer(asked, request.language),
      }
      return answer(200, data, { 'x-total-count': String(total) })
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/data/detections/aggregated',
    access,
    summary: 'Detections counted per time bucket, line, area and product; `interval` says how long a bucket is',
    tags,
    rate,
    body: FiltersBody,
    isStream: true,
    reply: { 200: streamedReply(AggregatedReply) },
    handler: async ({ request, reply, body }) => {
      const asked = await askBuckets(deps, requireTenant(request), filtersOf(body))
      demandPast(asked)
      const words = detectionRows(asked.model, request.language)
      return sendList(
        reply,
        inParts(asked.buckets),
        (part) =>
          part.map(({ startLocalS, count, line, areaId, productId }) => {
            const row = words({ line, id: 0, localS: startLocalS, areaId, productId })
            return {
              time_bucket: row.detected_at,
              count,
              line_id: row.line_id,
              line_name: row.line_name,
              area_id: row.area_id,
              area: row.area_name,
              area_type: row.area_type,
              product_id: row.product_id,
              product: row.product_name,
              product_code: row.product_code,
              product_color: row.product_color,
            }
          }),
        (count) => ({
          success: true,
          count,
          total: totalOf(asked),
          interval: asked.scope.interval,
          ...aboutAnswer(asked, request.language),
        }),
      )
    },
  })

  const countAnswer = (asked: Asked, request: FastifyRequest) => ({
    total: totalOf(asked),
    per_line: perLine(asked),
    ...aboutAnswer(asked, request.language),
  })
  for (const [url, isLineNamed] of [
    ['/api/v1/data/detections/count', false],
    ['/api/v1/detections/count', true],
  ] as const)
    route(app, {
      method: 'POST',
      url,
      access,
      summary: 'How many detections there are, in all and per line',
      tags,
      rate,
      body: FiltersBody,
      reply: { 200: CountReply },
      handler: async ({ request, body }) => countAnswer(await figures(request, filtersOf(body), isLineNamed), request),
    })
  for (const [url, isLineNamed] of [
    ['/api/v1/data/detections/export', false],
    ['/api/v1/detections/export', true],
  ] as const)
    route(app, {
      method: 'POST',
      url,
      access: 'export_data',
      summary: 'Detections as a CSV file or spreadsheet; 404 when there are none, 413 with their number when there are too many',
      tags,
      rate: exportRate,
      query: FileQuery,
      body: FiltersBody,
      isStream: true,
      reply: { 200: rawReply('application/octet-stream') },
      handler: ({ request, reply, query, body }) => {
        const format = query.format === undefined || query.format === 'csv' ? 'csv' : 'xlsx'
        return sendExport(deps, request, reply, filtersOf(body), { format, header: 'names' }, isLineNamed)
      },
    })

  route(app, {
    method: 'POST',
    url: '/api/v1/detections/query',
    access,
    summary: 'Detections in order of time; the same as /api/v1/data/detections in another form',
    tags,
    rate,
    body: ListBody,
    isStream: true,
    reply: { 200: streamedReply(QueryReply) },
    handler: async ({ request, reply, body }) => {
      const { limit = mostListed, ...rest } = body
      return list(request, reply, await figures(request, filtersOf(rest), true), { limit })
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/detections/summary',
    access,
    summary: 'How many detections there are by type of area and by line',
    tags,
    rate,
    body: FiltersBody,
    reply: { 200: SummaryReply },
    handler: async ({ request, body }) => {
      const asked = await figures(request, filtersOf(body), true)
      const byType: Record<string, number> = {}
      for (const { areaType, count } of asked.facts.areas) byType[areaType] = (byType[areaType] ?? 0) + count
      return { ...countAnswer(asked, request), by_area_type: byType }
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/detections/:line_id',
    access,
    summary: 'Detections of one line in order of time',
    tags,
    rate,
    params: LinePath,
    query: LineQuery,
    isStream: true,
    reply: { 200: streamedReply(QueryReply) },
    handler: async ({ request, reply, params, query }) => {
      const { limit = 1_000, ...rest } = query
      return list(request, reply, await figures(request, { ...rest, line_id: params.line_id }, true), { limit })
    },
  })
}

const partRows = 2_000

function* inParts<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += partRows) yield items.slice(at, at + partRows)
}
