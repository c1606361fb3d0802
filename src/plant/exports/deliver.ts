/** What every file has: whose it is, who made it and when, a name, and a row in the audit log. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { companyLogo, hasPermission, originOf, recordAudit, type TenantActor } from '../../identity/index.ts'
import type { Documents, PdfDocument } from '../../platform/documents/index.ts'
import type { FileStore } from '../../platform/files/index.ts'
import { formatInstant, type Language } from '../../platform/i18n/index.ts'
import { formatLocal, type LocalS } from '../../platform/time/index.ts'
import { xlsxType } from '../../platform/xlsx/index.ts'
import type { Asked, DashboardDeps } from '../dashboards/index.ts'
import { words } from './messages.ts'
import { problem } from './problems.ts'

export type ExportDeps = DashboardDeps & { readonly documents: Documents; readonly files: FileStore }

export const fileKinds = ['pdf', 'xlsx'] as const
export type FileKind = (typeof fileKinds)[number]
/** Of a table alone, too. */
export type FileFormat = FileKind | 'csv'
export const mimeOf: Readonly<Record<FileFormat, string>> = { pdf: 'application/pdf', xlsx: xlsxType, csv: 'text/csv; charset=utf-8' }

/** The route asks for export_data; who may not see the figures may not take them away. Throws 403 `export_not_allowed`. */
export function requireViewer(actor: TenantActor): void {
  if (!hasPermission(actor, 'view_dashboard')) throw problem('export_not_allowed')
}

export type Frame = Pick<PdfDocument, 'language' | 'company' | 'logo' | 'author' | 'createdAtMs' | 'pageText'> & {
  readonly generated: readonly [label: string, value: string]
}

export async function frameOf(deps: ExportDeps, actor: TenantActor, { model, scope }: Asked, language: Language): Promise<Frame> {
  const t = words(language)
  const { timeZone } = model.settings
  const createdAtMs = scope.now.epochS * 1_000
  return {
    language,
    company: actor.tenant.name,
    logo: await companyLogo(deps, actor.tenant.tenantId),
    author: actor.username,
    createdAtMs,
    // the page fills its marks in when it is drawn
    pageText: t('page', { page: '{page}', pages: '{pages}' }),
    generated: [
      t('about.generated'),
      t('about.generated.by', { at: formatInstant(createdAtMs, language, timeZone), zone: timeZone, by: actor.username }),
    ],
  }
}

type Delivery = {
  readonly kind: FileFormat
  /** `tablero`, `comparacion`. */
  readonly what: string
  /** Of what has several, one alone. */
  readonly table?: string
  readonly asked: Asked
  readonly bytes: Buffer
}

/** Audited, then sent. */
export async function deliver(
  deps: ExportDeps,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  actor: TenantActor,
  { kind, what, table, asked, bytes }: Delivery,
): Promise<FastifyReply> {
  const { scope } = asked
  await recordAudit(deps.db, deps, actor, 'EXPORT', {
    entityType: 'dashboard',
    origin: originOf(request),
    data: { what, ...(table !== undefined && { table }), format: kind, bytes: bytes.length, filters: scope.parameters },
  })
  return reply
    .header(
      'content-disposition',
      `attachment; filename="${fileName(table === undefined ? what : `${what}_${table}`, actor.tenant.slug, scope.now.localS)}.${kind}"`,
    )
    .header('cache-control', 'no-store')
    .type(mimeOf[kind])
    .send(bytes)
}

/** Slugs are ASCII: the name needs no encoding. */
const fileName = (what: string, slug: string, nowLocalS: LocalS): string =>
  `${what}_${slug}_${formatLocal(nowLocalS).replace(/[-:]/g, '').replace(' ', '_')}`
