/** The dashboard as a file: one question, the same as the page's, drawn as PDF or sheets. */
import type { TenantActor } from '../../identity/index.ts'
import type { Language } from '../../platform/i18n/index.ts'
import { type Asked, askTab, reportOf } from '../dashboards/index.ts'
import { paretoOf } from '../downtime/index.ts'
import { readCharts } from './charts.ts'
import { dashboardPdf, type SentImage } from './dashboard-pdf.ts'
import { dashboardXlsx } from './dashboard-xlsx.ts'
import { type ExportDeps, type FileKind, frameOf, requireViewer } from './deliver.ts'

/** As the page's tabs ask: trends are shown, live states and newest rows are not. */
const needs = { previous: true, status: false, recent: false }

type Wish = {
  readonly raw: Readonly<Record<string, unknown>>
  /** Absent: all lines, whatever the tabs say. */
  readonly tab: string | undefined
  readonly charts: Readonly<Record<string, string>>
  readonly language: Language
}

/** Throws export_not_allowed (403), invalid_charts, invalid_filters and unknown_tab (422), documents_busy, document_too_slow, range_too_large and
 *  plant_unavailable (503). */
export async function dashboardFile(
  deps: ExportDeps,
  actor: TenantActor,
  kind: FileKind,
  { raw, tab, charts, language }: Wish,
): Promise<{ readonly asked: Asked; readonly bytes: Buffer }> {
  requireViewer(actor)
  const images = await sentImages(deps, actor, charts, language)
  const asked = await askTab(deps, actor, raw, tab, needs)
  const report = reportOf(asked, language)
  const pareto = paretoOf(asked.facts.stops, 'reason', 'seconds')
  const frame = await frameOf(deps, actor, asked, language)
  const bytes =
    kind === 'pdf'
      ? await deps.documents.pdf(actor.tenant.tenantId, dashboardPdf(frame, report, pareto, images))
      : await deps.documents.xlsx(actor.tenant.tenantId, dashboardXlsx(frame, asked, report, pareto))
  return { asked, bytes }
}

async function sentImages(deps: ExportDeps, actor: TenantActor, sent: Wish['charts'], language: Language): Promise<SentImage[]> {
  if (Object.keys(sent).length === 0) return []
  const { widgets } = await deps.layouts.of(actor)
  const titles = new Map(
    widgets.map(({ widgetId, title, widget, description }) => [widgetId, title ?? widget?.displayName[language] ?? description]),
  )
  const charts = await readCharts(sent, new Set(titles.keys()))
  return charts.map(({ widgetId, png }) => ({ title: titles.get(widgetId) ?? '', png }))
}
