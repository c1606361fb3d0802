/** The dashboard as a document. Pure: report in, blocks out. */
import type { PdfBlock, PdfCell, PdfDocument, PdfTable } from '../../platform/documents/index.ts'
import { formatDuration, formatNumber, formatRatio, type Language } from '../../platform/i18n/index.ts'
import { amount, type DashboardReport, localText, percentText, type ReportPart, secondsText } from '../dashboards/index.ts'
import type { ParetoRow } from '../downtime/index.ts'
import { paretoLabel, paretoPayload } from '../downtime-pages/index.ts'
import type { Frame } from './deliver.ts'
import { words } from './messages.ts'

export type SentImage = { readonly title: string; readonly png: Uint8Array }

const cards = ['KpiOee', 'KpiAvailability', 'KpiPerformance', 'KpiQuality', 'KpiTotalProduction', 'KpiTotalDowntime']
const chartPt = { wide: 210, side: 170 } as const

/** `images`: sent by a program; then they stand in the place of ours. */
export function dashboardPdf(
  { generated, ...frame }: Frame,
  report: DashboardReport,
  pareto: readonly ParetoRow[],
  images: readonly SentImage[],
): PdfDocument {
  const { language } = frame
  const t = words(language)
  const isOurs = images.length === 0
  const blocks: PdfBlock[] = [
    figures(report),
    ...report.flags.map((text): PdfBlock => ({ kind: 'text', text, tone: 'warning' })),
    { kind: 'heading', text: t('kpis') },
    kpiTable(report, language),
    ...(isOurs ? [] : [{ kind: 'heading', text: t('charts') } as const]),
    ...images.map(({ title, png }): PdfBlock => ({ kind: 'image', title, png, heightPt: chartPt.wide })),
    ...(isOurs ? chartPart(report.time, report, chartPt.wide, language) : []),
    { kind: 'heading', text: report.distribution.title, note: report.distribution.definition },
    ...distribution(report, isOurs, language),
    ...flow(report, isOurs, language),
    ...(isOurs && report.areas.data
      ? chartPart(report.areas, report, 18 * Math.min(16, report.areas.data.labels.length) + 16, language)
      : []),
    { kind: 'heading', text: t('pareto') },
    ...paretoBlocks(pareto, isOurs, language),
    { kind: 'heading', text: report.stops.title, note: stopsNote(report, language) },
    stopsTable(report, language),
    { kind: 'heading', text: t('inputs'), note: t('inputs.note') },
    inputsTable(report, language),
    { kind: 'heading', text: t('notes') },
    ...report.notes.map((text): PdfBlock => ({ kind: 'text', text: `· ${text}` })),
    ...(report.warnings.length > 0 ? [{ kind: 'heading', text: t('warnings') } as const] : []),
    ...report.warnings.map((text): PdfBlock => ({ kind: 'text', text: `· ${text}`, tone: 'warning' })),
  ]
  return {
    ...frame,
    title: t('title.dashboard'),
    subtitle: `${report.range} · ${report.lines}`,
    about: [...report.about, [t('about.detections'), amount(report.summary.total_detections, language)], generated],
    blocks,
  }
}

const figures = ({ kpis }: DashboardReport): PdfBlock => ({
  kind: 'figures',
  figures: cards.flatMap((className) => {
    const kpi = kpis.find((one) => one.className === className)
    if (!kpi) return []
    return [
      {
        label: kpi.name,
        value: kpi.text,
        unit: kpi.value === null ? '' : kpi.unit,
        note: kpi.value === null ? kpi.reason : kpi.trendText,
        tone: kpi.value === null ? 'neutral' : kpi.mood,
      },
    ]
  }),
})

function kpiTable({ kpis }: DashboardReport, language: Language): PdfTable {
  const t = words(language)
  return {
    kind: 'table',
    columns: [
      { label: t('column.kpi'), share: 13 },
      { label: t('column.value'), share: 13, align: 'end' },
      { label: t('column.trend'), share: 15 },
      { label: t('column.inputs'), share: 24 },
      { label: t('column.definition'), share: 48 },
    ],
    rows: kpis.map((kpi): PdfCell[] => [
      { text: kpi.name, isStrong: true },
      kpi.value === null ? { text: kpi.text, sub: kpi.reason } : { text: `${kpi.text} ${kpi.unit}`, isStrong: true },
      { text: kpi.trendText, tone: kpi.mood },
      kpi.inputs,
      kpi.definition,
    ]),
  }
}

/** A chart under its heading, or why there is none. */
function chartPart<Data>(part: ReportPart<Data>, { emptyText }: DashboardReport, heightPt: number, language: Language): PdfBlock[] {
  return [
    { kind: 'heading', text: part.title, note: part.definition },
    part.payload
      ? { kind: 'chart', payload: part.payload, heightPt, missingText: words(language)('chart.missing') }
      : { kind: 'text', text: emptyText },
  ]
}

function distribution({ distribution: { data, payload }, emptyText }: DashboardReport, isOurs: boolean, language: Language): PdfBlock[] {
  const t = words(language)
  if (!data || !payload) return [{ kind: 'text', text: emptyText }]
  const weight = Math.round(data.table_rows.reduce((sum, row) => sum + row.weight_kg, 0) * 100) / 100
  const table: PdfTable = {
    kind: 'table',
    columns: [
      { label: t('column.product'), share: 5 },
      { label: t('column.count'), share: 2, align: 'end' },
      { label: t('column.weight'), share: 2, align: 'end' },
      { label: t('column.share'), share: 1.5, align: 'end' },
    ],
    rows: data.table_rows.map((row): PdfCell[] => [
      { text: row.label, swatch: row.color },
      amount(row.count, language),
      amount(row.weight_kg, language, 2),
      percentText(row.pct, language),
    ]),
    total: [t('total'), amount(data.total, language), amount(weight, language, 2), percentText(100, language)],
  }
  if (!isOurs) return [table]
  return [
    {
      kind: 'beside',
      leftShare: 0.34,
      left: { kind: 'chart', payload, heightPt: chartPt.side, missingText: t('chart.missing') },
      right: table,
    },
  ]
}

function flow(report: DashboardReport, isOurs: boolean, language: Language): PdfBlock[] {
  const { flow: part } = report
  if (!part.data) return []
  const { entrada, salida, descarte } = part.data.summary
  const n = (value: number) => formatNumber(value, language)
  const text = words(language)('flow.summary', { entrada: n(entrada), salida: n(salida), descarte: n(descarte) })
  const [, ...chart] = chartPart(part, report, chartPt.wide - 60, language)
  return [{ kind: 'heading', text: `${part.title}: ${text}`, note: part.definition }, ...(isOurs ? chart : [])]
}

function paretoBlocks(rows: readonly ParetoRow[], isOurs: boolean, language: Language): PdfBlock[] {
  const t = words(language)
  if (rows.length === 0) return [{ kind: 'text', text: t('pareto.none') }]
  const table: PdfTable = {
    kind: 'table',
    columns: [
      { label: t('column.reason_of_stop'), share: 5 },
      { label: t('column.stops'), share: 1.4, align: 'end' },
      { label: t('column.time'), share: 2.6, align: 'end' },
      { label: t('column.share'), share: 1.6, align: 'end' },
      { label: t('column.cumulative'), share: 1.8, align: 'end' },
    ],
    rows: rows.map((row): PdfCell[] => [
      paretoLabel(row, language),
      formatNumber(row.count, language),
      formatDuration(row.seconds),
      formatRatio(row.share, language),
      formatRatio(row.cumulative, language),
    ]),
  }
  if (!isOurs) return [table]
  const left: PdfBlock = {
    kind: 'chart',
    payload: paretoPayload(rows, 'seconds', language),
    heightPt: chartPt.side,
    missingText: t('chart.missing'),
  }
  return [{ kind: 'beside', leftShare: 0.46, left, right: table }]
}

function stopsNote({ stops: { data } }: DashboardReport, language: Language): string {
  const { total, rows } = data
  if (total.count === 0) return ''
  const parameters = {
    shown: amount(rows.length, language),
    count: amount(total.count, language),
    time: secondsText(total.duration_seconds),
  }
  return words(language)(total.count > rows.length ? 'stops.capped' : 'stops.all', parameters)
}

function stopsTable({ stops: { data } }: DashboardReport, language: Language): PdfTable {
  const t = words(language)
  return {
    kind: 'table',
    emptyText: t('stops.none'),
    columns: [
      { label: t('column.start'), share: 14 },
      { label: t('column.end'), share: 14 },
      { label: t('column.duration'), share: 12, align: 'end' },
      { label: t('column.origin'), share: 10 },
      { label: t('column.reason_of_stop'), share: 26 },
      { label: t('column.incident'), share: 9 },
      { label: t('column.line'), share: 15 },
    ],
    rows: data.rows.map((row): PdfCell[] => [
      localText(row.start_local, language, true),
      localText(row.end_local, language, true),
      secondsText(row.duration_seconds),
      row.source_badge || row.tipo,
      { text: row.reason, sub: [row.failure_type, row.failure_desc].filter(Boolean).join(' · ') },
      row.incident_code || '—',
      row.line_name,
    ]),
  }
}

function inputsTable({ inputs }: DashboardReport, language: Language): PdfTable {
  const t = words(language)
  const columns = ['scheduled', 'planned_stop', 'pbt', 'downtime', 'apt', 'ideal', 'pq', 'gq', 'scrap'] as const
  return {
    kind: 'table',
    columns: [
      { label: t('column.line'), share: 16 },
      ...columns.map((key) => ({ label: t(`column.${key}`), share: 9.5, align: 'end' as const })),
    ],
    rows: inputs.lines.map((line): PdfCell[] => [
      line.line_name,
      secondsText(line.scheduled_seconds),
      secondsText(line.planned_stop_seconds),
      secondsText(line.planned_busy_time_seconds),
      secondsText(line.downtime_seconds),
      secondsText(line.actual_production_time_seconds),
      line.ideal_minutes === null ? '—' : formatNumber(line.ideal_minutes, language, 1),
      amount(line.processed_quantity, language),
      amount(line.good_quantity, language),
      amount(line.scrap_quantity, language),
    ]),
  }
}
