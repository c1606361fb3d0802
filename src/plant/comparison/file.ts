/** The comparison as a file: what the page shows, drawn as PDF or sheets. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TenantActor } from '../../identity/index.ts'
import { deliver, type ExportDeps, type FileKind, frameOf, requireViewer } from '../exports/index.ts'
import { comparisonPdf } from './pdf.ts'
import { type ComparisonWish, comparePeriods } from './service.ts'
import { comparisonXlsx } from './xlsx.ts'

type Asked = { readonly filters: Readonly<Record<string, unknown>>; readonly wish: ComparisonWish }

/** Throws export_not_allowed (403), documents_busy, document_too_slow (503), and as `comparePeriods`. */
export async function sendComparison(
  deps: ExportDeps,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  actor: TenantActor,
  kind: FileKind,
  { filters, wish }: Asked,
): Promise<FastifyReply> {
  requireViewer(actor)
  const comparison = await comparePeriods(deps, actor, filters, wish)
  const frame = await frameOf(deps, actor, comparison.current, request.language)
  const { tenantId } = actor.tenant
  const bytes =
    kind === 'pdf'
      ? await deps.documents.pdf(tenantId, comparisonPdf(frame, comparison))
      : await deps.documents.xlsx(tenantId, comparisonXlsx(frame, comparison))
  return deliver(deps, { request, reply }, actor, { kind, what: 'comparacion', asked: comparison.current, bytes })
}
