/** The dashboard as a file: one question, the same as the page's, drawn as PDF or sheets, or one of its tables as CSV. */
import { buffer } from 'node:stream/consumers'
import type { TenantActor } from '../../identity/index.ts'
import type { Language } from '../../platform/i18n/index.ts'
import { type Asked, askTab, type ExportTable, reportOf } from '../dashboards/index.ts'
import { paretoOf } from '../downtime/index.ts'
import { readCharts } from './charts.ts'
import { sheetCsv } from './csv.ts'
import { dashboardPdf, type SentImage } from './dashboard-pdf.ts'
import { type Answered, dashboardTable, dashboardXlsx } from './dashboard-xlsx.ts'
import { type ExportDeps, type FileKind, frameOf, requireViewer } from './deliver.ts'

/** As the page's tabs ask: trends are shown, live states and newest rows are not. */
const needs = { previous: true, status: false, recent: false }

type Question = {
  readonly raw: Readonly<Record<string, unknown>>
  /** Absent: all lines, whatever the tabs say. */
  readonly tab: string | undefined
  readonly language: Language
}
type File = { readonly asked: Asked; readonly bytes: Buffer }

/** Throws export_not_allowed (403), invalid_charts, invalid_filters and unknown_tab (422), documents_busy, document_too_slow, range_too_large and
 *  plant_unavailable (503). */
export async function dashboardFile(
  deps: ExportDeps,
  actor: TenantActor,
  kind: FileKind,
  { charts, ...question }: Question & { readonly charts: Readonly<Record<string, string>> },
): Promise<File> {
  requireViewer(actor)
  const { language } = question
  const images = await sentImages(deps, actor, charts, language)
  const answered = await answerOf(deps, actor, question)
  const { asked, report, pareto } = answered
  const frame = await frameOf(deps, actor, asked, language)
  const bytes =
    kind === 'pdf'
      ? await deps.documents.pdf(actor.tenant.tenantId, dashboardPdf(frame, report, pareto, images))
      : await deps.documents.xlsx(actor.tenant.tenantId, dashboardXlsx(frame, answered))
  return { asked, bytes }
}

/** Every row, whatever their number: nobody reads a CSV from its top. Throws export_not_allowed (403), invalid_filters and unknown_tab
 *  (422), range_too_large and plant_unavailable (503). */
export async function dashboardCsv(deps: ExportDeps, actor: TenantActor, table: ExportTable, question: Question): Promise<File> {
  requireViewer(actor)
  const answered = await answerOf(deps, actor, question)
  const sheet = dashboardTable(table, answered, { stops: Number.POSITIVE_INFINITY, seriesCells: Number.POSITIVE_INFINITY })
  return { asked: answered.asked, bytes: await buffer(sheetCsv(sheet)) }
}

async function answerOf(deps: ExportDeps, actor: TenantActor, { raw, tab, language }: Question): Promise<Answered> {
  const asked = await askTab(deps, actor, raw, tab, needs)
  return { asked, report: reportOf(asked, language), pareto: paretoOf(asked.facts.stops, 'reason', 'seconds'), language }
}

async function sentImages(
  deps: ExportDeps,
  actor: TenantActor,
  sent: Readonly<Record<string, string>>,
  language: Language,
): Promise<SentImage[]> {
  if (Object.keys(sent).length === 0) return []
  const { widgets } = await deps.layouts.of(actor)
  const titles = new Map(
    widgets.map(({ widgetId, title, widget, description }) => [widgetId, title ?? widget?.displayName[language] ?? description]),
  )
  const charts = await readCharts(sent, new Set(titles.keys()))
  return charts.map(({ widgetId, png }) => ({ title: titles.get(widgetId) ?? '', png }))
}
