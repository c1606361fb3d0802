/** Tables, archives and work as the API tells them. */
import { type Static, Type } from 'typebox'
import type { Language } from '../../platform/i18n/index.ts'
import type { Archive } from '../archive/index.ts'
import { monthText } from '../source/index.ts'
import type { Policy } from './policy.ts'
import type { TableReport } from './report.ts'
import type { PlannedLine } from './take-out.ts'
import type { Task } from './tasks.ts'

const integer = Type.Integer()
const text = Type.String()
const orNull = <Schema extends typeof integer | typeof text>(schema: Schema) => Type.Union([schema, Type.Null()])

export const PartitionSchema = Type.Object({
  name: text,
  /** First month, as 2026-03; null = whatever is older, too. */
  from: orNull(text),
  /** Month after the last; null = whatever is later, too. */
  below: orNull(text),
  rows: integer,
  bytes: orNull(integer),
})

export const ArchiveSchema = Type.Object({
  line_id: integer,
  database: text,
  table: text,
  month: text,
  part: integer,
  state: Type.Union([Type.Literal('stored'), Type.Literal('leaving'), Type.Literal('archived')]),
  rows: integer,
  bytes: integer,
  sha256: text,
  rows_sha256: text,
  archived_at: text,
  restored_at: orNull(text),
})

export const TableSchema = Type.Object({
  line_id: integer,
  line_name: text,
  table: orNull(text),
  rows: integer,
  is_estimate: Type.Boolean(),
  bytes: orNull(integer),
  oldest: orNull(text),
  newest: orNull(text),
  scheme: orNull(text),
  partitions: Type.Array(PartitionSchema),
  missing_months: Type.Array(text),
  missing_indexes: Type.Array(Type.Object({ columns: Type.Array(text), effect: text, sql: text })),
  archives: Type.Array(ArchiveSchema),
})

export const PolicySchema = Type.Object({
  retention_months: Type.Union([Type.Literal(12), Type.Literal(24), Type.Null()]),
  archive: Type.Boolean(),
  months_ahead: Type.Integer({ minimum: 1, maximum: 24 }),
})

export const TaskSchema = Type.Object({
  task_id: integer,
  kind: text,
  line_id: orNull(integer),
  month: orNull(text),
  state: Type.Union([Type.Literal('waiting'), Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')]),
  done: integer,
  total: integer,
  note: orNull(text),
  by: text,
  asked_at: text,
  changed_at: text,
})

export const PlanSchema = Type.Object({
  before: text,
  rows: integer,
  lines: Type.Array(
    Type.Object({
      line_id: integer,
      line_name: text,
      rows: integer,
      units: Type.Array(
        Type.Object({ partition: orNull(text), months: Type.Array(Type.Object({ month: text, rows: integer })), rows: integer }),
      ),
    }),
  ),
})

const iso = (ms: number): string => new Date(ms).toISOString()

export const archiveBody = (archive: Archive): Static<typeof ArchiveSchema> => ({
  line_id: archive.lineId,
  database: archive.database,
  table: archive.table,
  month: monthText(archive.month),
  part: archive.part,
  state: archive.state,
  rows: archive.rows,
  bytes: archive.sizeBytes,
  sha256: archive.sha256,
  rows_sha256: archive.rowsSha256,
  archived_at: iso(archive.createdMs),
  restored_at: archive.restoredMs === null ? null : iso(archive.restoredMs),
})

export const partitionsBody = ({ slots }: Pick<TableReport, 'slots'>): Static<typeof PartitionSchema>[] =>
  slots.map(({ name, from, below, rows, bytes }) => ({
    name,
    from: from === null ? null : monthText(from),
    below: below === null ? null : monthText(below),
    rows,
    bytes,
  }))

export const tableBody = (report: TableReport, language: Language): Static<typeof TableSchema> => ({
  line_id: report.line.lineId,
  line_name: report.line.lineName,
  table: report.table,
  rows: report.rows,
  is_estimate: report.isEstimate,
  bytes: report.bytes,
  oldest: report.oldest,
  newest: report.newest,
  scheme: report.scheme,
  partitions: partitionsBody(report),
  missing_months: report.missingMonths.map(monthText),
  missing_indexes: report.indexes.map(({ columns, effect, statement }) => ({
    columns: [...columns],
    effect: effect[language],
    sql: statement,
  })),
  archives: report.archives.map(archiveBody),
})

export const policyBody = ({ retentionMonths, isArchiving, monthsAhead }: Policy): Static<typeof PolicySchema> => ({
  retention_months: retentionMonths,
  archive: isArchiving,
  months_ahead: monthsAhead,
})

export const taskBody = ({ taskId, work, state, done, total, note, byName, createdMs, updatedMs }: Task, language: Language) => ({
  task_id: taskId,
  kind: work.kind,
  line_id: work.lineId,
  month: work.month ?? null,
  state,
  done,
  total,
  note: note?.[language] ?? null,
  by: byName,
  asked_at: iso(createdMs),
  changed_at: iso(updatedMs),
})

export const planBody = (before: string, planned: readonly PlannedLine[]): Static<typeof PlanSchema> => ({
  before,
  rows: planned.reduce((sum, { rows }) => sum + rows, 0),
  lines: planned.map(({ line, units, rows }) => ({
    line_id: line.lineId,
    line_name: line.lineName,
    rows,
    units: units.map((unit) => ({
      partition: unit.slot?.name ?? null,
      months: unit.months.map(({ month, rows: own }) => ({ month: monthText(month), rows: own })),
      rows: unit.rows,
    })),
  })),
})
