/** The dashboard as sheets: the numbers themselves, for those who go on reckoning. Pure. */
import type { Sheet, Workbook } from '../../platform/documents/index.ts'
import { formatNumber, type Language } from '../../platform/i18n/index.ts'
import type { XlsxCell } from '../../platform/xlsx/index.ts'
import {
  type Asked,
  amount,
  type DashboardReport,
  type ExportTable,
  exportTables,
  reportStops,
  secondsText,
  tableTitle,
} from '../dashboards/index.ts'
import type { ParetoRow } from '../downtime/index.ts'
import { paretoLabel } from '../downtime-pages/index.ts'
import type { Frame } from './deliver.ts'
import { words } from './messages.ts'

/** What a table is made from. */
export type Answered = {
  readonly asked: Asked
  readonly report: DashboardReport
  readonly pareto: readonly ParetoRow[]
  readonly language: Language
}

/** Stops: of a year of many lines the file would weigh more than a person can open. Cells of the series: products beyond go together, so that the
 *  total stays. */
export type TableLimits = { readonly stops: number; readonly seriesCells: number }
export const sheetLimits: TableLimits = { stops: 10_000, seriesCells: 100_000 }

export function dashboardXlsx({ generated, company }: Frame, answered: Answered): Workbook {
  const { report, language } = answered
  return {
    sheets: [
      about(report, [generated, [words(language)('about.company'), company]], language),
      ...exportTables.map((table) => dashboardTable(table, answered, sheetLimits)),
      definitions(report, language),
    ],
  }
}

export const dashboardTable = (table: ExportTable, answered: Answered, limits: TableLimits): Sheet => ({
  name: tableTitle(table, answered.language),
  ...tables[table](answered, limits),
})

type Table = Omit<Sheet, 'name'>

/** Wall time as ISO without zone → seconds on the wall clock. */
const secondsOf = (iso: string): number => Date.parse(`${iso}Z`) / 1_000

function about(report: DashboardReport, more: readonly (readonly [string, string])[], language: Language): Sheet {
  const t = words(language)
  return {
    name: t('sheet.about'),
    columns: [
      { label: t('column.what'), width: 26 },
      { label: t('column.value'), width: 80 },
    ],
    rows: [
      ...[...more, ...report.about].map(([label, value]): XlsxCell[] => [label, value]),
      [t('about.detections'), { value: report.summary.total_detections, format: 'whole' }],
      ...report.flags.map((text): XlsxCell[] => [t('warnings'), text]),
      ...report.warnings.map((text): XlsxCell[] => [t('warnings'), text]),
      ...report.notes.map((text): XlsxCell[] => [t('notes'), text]),
    ],
  }
}

function kpis({ report, language }: Answered): Table {
  const t = words(language)
  return {
    columns: [
      { label: t('column.kpi'), width: 24 },
      { label: t('column.value'), width: 14, format: 'decimal' },
      { label: t('column.unit'), width: 12 },
      { label: t('column.trend.long'), width: 26, format: 'decimal' },
      { label: t('column.ratio'), width: 22, format: 'exact' },
      { label: t('column.reason'), width: 44 },
      { label: t('column.inputs'), width: 60 },
    ],
    rows: report.kpis.map((kpi): XlsxCell[] => [kpi.name, kpi.value, kpi.unit, kpi.trend, kpi.ratio, kpi.reason, kpi.inputs]),
  }
}

function series({ asked, report, language }: Answered, { seriesCells }: TableLimits): Table {
  const t = words(language)
  const starts = asked.facts.series.bucketStartsLocalS
  const sets = [...(report.time.data?.datasets ?? [])].sort((a, b) => sum(b.data) - sum(a.data) || a.product_id - b.product_id)
  const room = Math.max(1, Math.floor(seriesCells / Math.max(1, starts.length)) - 3)
  const [shown, others] = [sets.slice(0, room), sets.slice(room)]
  const at = (set: { readonly data: readonly number[] }, index: number): number => set.data[index] ?? 0
  return {
    columns: [
      { label: t('column.bucket'), width: 20, format: 'moment' },
      ...shown.map(({ label }) => ({ label, width: Math.min(40, Math.max(12, label.length + 2)), format: 'whole' as const })),
      ...(others.length > 0 ? [{ label: t('series.others', { count: others.length }), width: 22, format: 'whole' as const }] : []),
      { label: t('total'), width: 12, format: 'whole' },
    ],
    rows: starts.map((startS, index): XlsxCell[] => [
      startS,
      ...shown.map((set) => at(set, index)),
      ...(others.length > 0 ? [others.reduce((total, set) => total + at(set, index), 0)] : []),
      sets.reduce((total, set) => total + at(set, index), 0),
    ]),
    notes: [
      ...(sets.length === 0 ? [report.emptyText] : []),
      ...(others.length > 0 ? [t('series.capped', { shown: formatNumber(shown.length, language) })] : []),
    ],
  }
}
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function distribution({ report: { distribution, emptyText }, language }: Answered): Table {
  const { data } = distribution
  const t = words(language)
  return {
    columns: [
      { label: t('column.product'), width: 32 },
      { label: t('column.count'), width: 14, format: 'whole' },
      { label: t('column.weight'), width: 14, format: 'decimal' },
      { label: t('column.share'), width: 10, format: 'decimal' },
    ],
    rows: (data?.table_rows ?? []).map((row): XlsxCell[] => [row.label, row.count, row.weight_kg, row.pct]),
    notes: data ? [] : [emptyText],
  }
}

function stops({ asked, report, language }: Answered, limits: TableLimits): Table {
  const t = words(language)
  const rows = reportStops(asked, language, limits.stops)
  const { count, duration_seconds } = report.stops.data.total
  const parameters = { shown: amount(rows.length, language), count: amount(count, language), time: secondsText(duration_seconds) }
  return {
    columns: [
      { label: t('column.start'), width: 20, format: 'moment' },
      { label: t('column.end'), width: 20, format: 'moment' },
      { label: t('column.duration_s'), width: 14, format: 'whole' },
      { label: t('column.counted_s'), width: 28, format: 'whole' },
      { label: t('column.origin'), width: 14 },
      { label: t('column.reason_of_stop'), width: 36 },
      { label: t('column.failure'), width: 24 },
      { label: t('column.incident'), width: 16 },
      { label: t('column.line'), width: 20 },
    ],
    rows: rows.map((row): XlsxCell[] => [
      secondsOf(row.start_local),
      secondsOf(row.end_local),
      row.duration_seconds,
      row.counted_seconds,
      row.source_badge || row.tipo,
      row.reason,
      [row.failure_type, row.failure_desc].filter(Boolean).join(' · '),
      row.incident_code,
      row.line_name,
    ]),
    notes: [count === 0 ? t('stops.none') : t(count > rows.length ? 'stops.capped' : 'stops.all', parameters)],
  }
}

function reasons({ pareto, language }: Answered): Table {
  const t = words(language)
  return {
    columns: [
      { label: t('column.reason_of_stop'), width: 36 },
      { label: t('column.stops'), width: 12, format: 'whole' },
      { label: t('column.seconds'), width: 14, format: 'whole' },
      { label: t('column.share_whole'), width: 16, format: 'ratio' },
      { label: t('column.cumulative'), width: 16, format: 'ratio' },
    ],
    rows: pareto.map((row): XlsxCell[] => [paretoLabel(row, language), row.count, row.seconds, row.share, row.cumulative]),
    notes: pareto.length === 0 ? [t('pareto.none')] : [],
  }
}

function inputs({ report, language }: Answered): Table {
  const t = words(language)
  const columns = ['scheduled', 'planned_stop', 'pbt', 'downtime', 'apt', 'ideal', 'pq', 'gq', 'scrap'] as const
  return {
    columns: [
      { label: t('column.line'), width: 24 },
      ...columns.map((key) => ({
        label: t(`column.${key}`),
        width: 18,
        format: key === 'ideal' ? ('decimal' as const) : ('whole' as const),
      })),
    ],
    rows: report.inputs.lines.map((line): XlsxCell[] => [
      line.line_name,
      line.scheduled_seconds,
      line.planned_stop_seconds,
      line.planned_busy_time_seconds,
      line.downtime_seconds,
      line.actual_production_time_seconds,
      line.ideal_minutes,
      line.processed_quantity,
      line.good_quantity,
      line.scrap_quantity,
    ]),
    notes: [t('inputs.note')],
  }
}

const tables: Readonly<Record<ExportTable, (answered: Answered, limits: TableLimits) => Table>> = {
  kpis,
  series,
  distribution,
  stops,
  reasons,
  inputs,
}

function definitions(report: DashboardReport, language: Language): Sheet {
  const t = words(language)
  const parts = [report.time, report.distribution, report.flow, report.areas, report.stops]
  return {
    name: t('sheet.definitions'),
    columns: [
      { label: t('column.kpi'), width: 28 },
      { label: t('column.definition'), width: 140 },
    ],
    rows: [
      ...report.kpis.map(({ name, definition }): XlsxCell[] => [name, definition]),
      ...parts.map(({ title, definition }): XlsxCell[] => [title, definition]),
    ],
  }
}
