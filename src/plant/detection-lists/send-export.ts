/** The same file for the API and for the page: counted before its first row leaves, and audited. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { hasPermission, originOf, recordAudit, requireTenant } from '../../identity/index.ts'
import { formatNumber } from '../../platform/i18n/index.ts'
import { askFigures, type DetectionDeps, type Filters, orLineNotFound, rowBatches, totalOf } from './ask.ts'
import { contentTypes, type FileWish, fileName, fileOf } from './export.ts'
import { detectionListProblem } from './problems.ts'

/** The route asks for export_data; who may not see the rows may not take them away. Throws 403 `rows_not_allowed`, 404 `nothing_to_export`,
 *  413 `too_many_rows` with the count, and as `askPlant`. */
export async function sendExport(
  deps: DetectionDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  filters: Filters,
  { format, header }: Pick<FileWish, 'format' | 'header'>,
  isLineNamed = false,
): Promise<FastifyReply> {
  const actor = requireTenant(request)
  if (!hasPermission(actor, 'view_production_data')) throw detectionListProblem('rows_not_allowed')
  const { language } = request
  const figures = askFigures(deps, actor, filters)
  const asked = await (isLineNamed ? orLineNotFound(figures) : figures)
  const total = totalOf(asked)
  const { maxRows } = deps.config.exports
  if (total === 0) throw detectionListProblem('nothing_to_export')
  if (total > maxRows) {
    const parameters = { count: formatNumber(total, language), limit: formatNumber(maxRows, language) }
    throw detectionListProblem('too_many_rows', { parameters, extra: { count: total, limit: maxRows } })
  }
  const { scope, model } = asked
  await recordAudit(deps.db, deps, actor, 'EXPORT', {
    entityType: 'detections',
    origin: originOf(request),
    data: { format, rows: total, filters: scope.parameters },
  })
  const batches = rowBatches(deps, actor.tenant.tenantId, { scope, model }, maxRows)
  reply.header('content-disposition', `attachment; filename="${fileName(scope, format)}"`)
  reply.header('x-total-count', String(total))
  return reply.type(contentTypes[format]).send(fileOf(batches, model, { format, language, header }))
}
