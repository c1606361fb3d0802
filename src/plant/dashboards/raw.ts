/** The rows behind the figures, for who may see them: typed and capped. */
import type { Language, Text } from '../../platform/i18n/index.ts'
import { dayOf, dayS, formatLocalTime, hourS, intersect, type Span, totalS, union, zoneOf } from '../../platform/time/index.ts'
import { type Detections, readContext, readDetections } from '../detections/index.ts'
import type { Stop } from '../facts/index.ts'
import type { Line, PlantModel } from '../model/index.ts'
import { plannedWindows, type Scope, targetDayOf, workedInstances } from '../scope/index.ts'
import type { PlantDb } from '../source/index.ts'
import { detectionRows } from './detection-row.ts'
import { filled } from './layout.ts'
import { messages } from './messages.ts'
import { apiStops } from './stops.ts'

/** Most rows per line of one answer: more is the export's work. */
export const rawRowLimit = 5_000

type LineRows = { readonly line: Line; readonly rows: Detections /** Indexes of the rows shown. */; readonly kept: readonly number[] }

export type RawRows = {
  readonly lines: readonly LineRows[]
  readonly stops: readonly Stop[]
  readonly scope: Scope
  readonly model: PlantModel
  readonly isTruncated: boolean
  readonly warnings: readonly Text[]
}

/** The filters of the scope, as a test on one row of a line. */
const rowTest = (scope: Scope, windows: readonly Span[] | null) => {
  const { areaIds, productIds, onlyHour } = scope
  const targetDay = targetDayOf(onlyHour)
  return (rows: Detections, i: number): boolean => {
    const epochS = rows.epochS[i] ?? 0
    const localS = rows.localS[i] ?? 0
    if (windows !== null && !windows.some(({ fromS, toS }) => epochS >= fromS && epochS < toS)) return false
    if (areaIds !== null && !areaIds.has(rows.areaId[i] ?? 0)) return false
    if (productIds !== null && !productIds.has(rows.productId[i] ?? 0)) return false
    if (onlyHour === null) return true
    return Math.floor((localS % dayS) / hourS) === onlyHour.targetHour && (targetDay === null || dayOf(localS) === targetDay)
  }
}

/** Filtered rows of the scope's lines in order of time, the first `rawRowLimit` of each. Throws range_too_large (503). */
export const readRaw = async (plantDb: PlantDb, model: PlantModel, scope: Scope, stops: readonly Stop[]): Promise<RawRows> => {
  const zone = zoneOf(model.settings.timeZone)
  const context = readContext(plantDb, zone, scope.now.epochS)
  const lines: LineRows[] = []
  let isTruncated = false
  for (const line of scope.lines) {
    if (line.detectionTable === null) continue
    const windows = scope.shiftId === null ? null : plannedWindows(model, zone, line.lineId, scope.shiftId, scope.range)
    const [span = scope.range] = union([{ fromS: scope.range.fromS, toS: Math.max(scope.range.toS, windows?.at(-1)?.toS ?? 0) }])
    const { rows } = await readDetections(context, line.detectionTable, span)
    const isShown = rowTest(scope, windows)
    const kept: number[] = []
    for (let i = 0; i < rows.length; i++) {
      if (!isShown(rows, i)) continue
      if (kept.length === rawRowLimit) {
        isTruncated = true
        break
      }
      kept.push(i)
    }
    lines.push({ line, rows, kept })
  }
  const warnings = isTruncated ? [filled(messages['warning.raw_truncated'], { limit: rawRowLimit })] : []
  return { lines, stops, scope, model, isTruncated, warnings }
}

export const rawReply = ({ lines, stops, model }: RawRows, language: Language) => {
  const detection = detectionRows(model, language)
  return {
    raw_data: lines.flatMap(({ line, rows, kept }) =>
      kept.map((i) =>
        detection({
          line,
          id: rows.id[i] ?? 0,
          localS: rows.localS[i] ?? 0,
          areaId: rows.areaId[i] ?? 0,
          productId: rows.productId[i] ?? 0,
        }),
      ),
    ),
    raw_downtime: apiStops(stops.slice(0, rawRowLimit), model, language),
  }
}

/** What a client needs to recompute planned time from raw rows. */
export const rawMetadata = ({ scope, model, isTruncated }: RawRows) => {
  const zone = zoneOf(model.settings.timeZone)
  const active = model.shifts.filter(({ isActive }) => isActive)
  return {
    raw_truncated: isTruncated,
    shift_windows: Object.fromEntries(
      active.map((shift) => [
        String(shift.shiftId),
        {
          name: shift.shiftName,
          start: formatLocalTime(shift.startS),
          end: formatLocalTime(shift.endS % dayS),
          is_overnight: shift.endsNextDay,
          planned_seconds: totalS(intersect(union(workedInstances(model, zone, null, [shift], scope.range)), [scope.elapsed])),
        },
      ]),
    ),
    line_config: Object.fromEntries(
      scope.lines.map((line) => [
        String(line.lineId),
        {
          line_name: line.lineName,
          availability: line.availabilityTarget ?? 0,
          performance: line.performance,
          downtime_threshold: line.downtimeThresholdS,
        },
      ]),
    ),
  }
}
