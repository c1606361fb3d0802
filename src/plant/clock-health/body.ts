/** Clock health as API and widget tell it. */
import Type, { type Static } from 'typebox'
import type { Language } from '../../platform/i18n/index.ts'
import { formatLocal, type LocalS } from '../../platform/time/index.ts'
import type { LineClock } from './clock-health.ts'

const integer = Type.Integer()
const text = Type.String()
const nullable = <Schema extends typeof integer | typeof text>(schema: Schema) => Type.Union([schema, Type.Null()])

export const LineClockSchema = Type.Object({
  line_id: integer,
  line_name: text,
  /** Worst finding: `ok`, `warn` or `error`. */
  status: Type.Union([Type.Literal('ok'), Type.Literal('warn'), Type.Literal('error')]),
  is_no_data: Type.Boolean(),
  /** Plant wall time; null = no row up to now. */
  last_detection: nullable(text),
  seconds_since_last: nullable(integer),
  future_rows: integer,
  ahead_seconds: integer,
  /** Behind is positive, ahead negative. */
  whole_hours_behind: nullable(integer),
  behind_at_least_seconds: nullable(integer),
  behind_at_most_seconds: nullable(integer),
  late_rows_today: integer,
  latest_by_seconds: integer,
  /** Wall time from which rows were looked at for this. */
  late_since: nullable(text),
  silent_cameras: Type.Array(Type.Object({ area_id: integer, area_name: text, last_detection: text, silent_seconds: integer })),
  findings: Type.Array(Type.Object({ kind: text, text, advice: text })),
})
export const ClockHealthSchema = Type.Object({ lines: Type.Array(LineClockSchema), total_lines: integer })
export type ClockHealthData = Static<typeof ClockHealthSchema>

const iso = (localS: LocalS): string => formatLocal(localS).replace(' ', 'T')

export const clockHealthBody = (clocks: readonly LineClock[], language: Language): ClockHealthData => ({
  lines: clocks.map((clock) => ({
    line_id: clock.line.lineId,
    line_name: clock.line.lineName,
    status: clock.findings.length === 0 ? 'ok' : clock.findings.some(({ isSerious }) => isSerious) ? 'error' : 'warn',
    is_no_data: clock.isNoData,
    last_detection: clock.lastLocalS === null ? null : iso(clock.lastLocalS),
    seconds_since_last: clock.silentS,
    future_rows: clock.futureRows,
    ahead_seconds: clock.aheadS,
    whole_hours_behind: clock.wholeHours,
    behind_at_least_seconds: clock.arrival?.behindAtLeastS ?? null,
    behind_at_most_seconds: clock.arrival?.behindAtMostS ?? null,
    late_rows_today: clock.late.count,
    latest_by_seconds: clock.late.worstS,
    late_since: clock.late.sinceLocalS === null ? null : iso(clock.late.sinceLocalS),
    silent_cameras: clock.silentCameras.map(({ areaId, areaName, lastLocalS, silentS }) => ({
      area_id: areaId,
      area_name: areaName,
      last_detection: iso(lastLocalS),
      silent_seconds: silentS,
    })),
    findings: clock.findings.map(({ kind, text: words, advice }) => ({ kind, text: words[language], advice: advice[language] })),
  })),
  total_lines: clocks.length,
})
