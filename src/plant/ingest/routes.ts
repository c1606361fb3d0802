/** `POST /api/v1/ingest/detections`: detections of customers whose cameras do not write to the plant's database themselves. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { route } from '../../platform/http/index.ts'
import { idempotencyKeyOf } from '../../platform/idempotency/index.ts'
import { type Ingest, maxBatchRows } from './contract.ts'

export const ingestUrl = '/api/v1/ingest/detections'

const Row = Type.Unknown({
  description:
    'Object with `line` (id or code), `area_id`, `product_id` and `detected_at`: wall time of the plant (`2026-11-21 18:05:00`) or with an offset (`2026-11-21T18:05:00-03:00`). One row is one piece.',
})
const Report = Type.Object({
  accepted: Type.Integer({ description: 'Rows that are committed in the plant database.' }),
  refused_count: Type.Integer(),
  refused: Type.Array(
    Type.Object({
      index: Type.Integer({ description: 'Of the row in the batch, from 0.' }),
      code: Type.String(),
      field: Type.String(),
      detail: Type.String(),
    }),
  ),
  is_repeated: Type.Boolean({ description: 'The batch had been written before: nothing was written now.' }),
  is_synced: Type.Boolean({
    description: 'False: a setting of the plant database lets it lose what it has committed when its power fails.',
  }),
})

/** 10 000 rows of some 100 bytes, with room for long codes. */
const bodyLimitBytes = 4 * 2 ** 20

export const registerIngestRoutes = (app: FastifyInstance, { ingest }: { readonly ingest: Ingest }): void =>
  route(app, {
    method: 'POST',
    url: ingestUrl,
    access: 'ingest_detections',
    summary: `Detections, up to ${maxBatchRows} at once; under an Idempotency-Key a batch is written once, however often it is sent`,
    tags: ['ingest'],
    rate: { bucket: 'ingest', perMinute: 1_200, isApart: true },
    bodyLimitBytes,
    sheds: 'last',
    keepsSessionAlive: false,
    judgesRows: true,
    body: Type.Object({ rows: Type.Array(Row, { minItems: 1, maxItems: maxBatchRows }) }),
    reply: { 200: Report },
    handler: async ({ request, body }) => {
      const { tenant, username } = requireTenant(request)
      const batch = { batchKey: idempotencyKeyOf(request) ?? null, rows: body.rows, source: 'http', sender: username } as const
      const report = await ingest.accept(tenant.tenantId, batch)
      return {
        accepted: report.accepted,
        refused_count: report.refused.length,
        refused: report.refused.map(({ index, code, field, detail }) => ({ index, code, field, detail: detail[request.language] })),
        is_repeated: report.isRepeated,
        is_synced: report.isSynced,
      }
    },
  })
