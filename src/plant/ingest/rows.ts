/** Raw rows against what the plant is made of: each becomes a row of a line's table, or a refusal that names its field. Pure. */
import { dayS, formatLocal, minuteS, parseLocal, type Zone } from '../../platform/time/index.ts'
import type { Line, PlantModel } from '../model/index.ts'
import type { NewDetection } from '../source/index.ts'
import type { RawRow, Refusal, RefusalCode } from './contract.ts'
import { oldestYears, refusal, toleranceS } from './refusals.ts'

export type GoodRow = NewDetection & { readonly index: number }

/** What a batch holds for one line. */
export type LineRows = { readonly line: Line; readonly table: string; readonly rows: GoodRow[]; readonly refused: Refusal[] }

export type Sorted = {
  readonly lines: readonly LineRows[]
  /** Of rows that belong to no line that can be written. */
  readonly refused: readonly Refusal[]
}

/** Refused for want of something that may have been added to the plant since it was read. */
export const isPerhapsStale = ({ code }: Refusal): boolean =>
  code === 'unknown_line' ||
  code === 'unknown_area' ||
  code === 'unknown_product' ||
  code === 'area_of_other_line' ||
  code === 'missing_table'

/** `nowS` is an instant. Rows of each line stay in their order. */
export function sortRows(model: PlantModel, zone: Zone, rows: readonly RawRow[], nowS: number): Sorted {
  const findLine = lineFinder(model.lines)
  const lineOfArea = new Map(model.lines.flatMap((line) => line.areas.map(({ areaId }) => [areaId, line.lineId] as const)))
  const limits = { latestS: nowS + toleranceS, earliestS: nowS - oldestYears * 365.25 * dayS }
  const byLine = new Map<number, LineRows>()
  const refused: Refusal[] = []
  for (const [index, raw] of rows.entries()) {
    const refuse = (code: RefusalCode, field: string): Refusal => refusal(index, code, field, raw)
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      refused.push(refuse('malformed', 'row'))
      continue
    }
    const { line: named, area_id: areaId, product_id: productId, detected_at: at } = raw as Readonly<Record<string, unknown>>
    if (typeof named !== 'string' && !Number.isSafeInteger(named)) {
      refused.push(refuse('malformed', 'line'))
      continue
    }
    const line = findLine(named as string | number)
    if (!line) {
      refused.push(refuse('unknown_line', 'line'))
      continue
    }
    if (line.detectionTable === null) {
      refused.push(refuse('missing_table', 'line'))
      continue
    }
    const own = byLine.get(line.lineId) ?? { line, table: line.detectionTable.name, rows: [], refused: [] }
    byLine.set(line.lineId, own)
    if (!Number.isSafeInteger(areaId)) own.refused.push(refuse('malformed', 'area_id'))
    else if (!lineOfArea.has(areaId as number)) own.refused.push(refuse('unknown_area', 'area_id'))
    else if (lineOfArea.get(areaId as number) !== line.lineId) own.refused.push(refuse('area_of_other_line', 'area_id'))
    else if (!Number.isSafeInteger(productId)) own.refused.push(refuse('malformed', 'product_id'))
    else if (!model.products.has(productId as number)) own.refused.push(refuse('unknown_product', 'product_id'))
    else {
      const epochS = typeof at === 'string' ? readInstant(at, zone) : null
      if (epochS === null) own.refused.push(refuse('malformed', 'detected_at'))
      else if (epochS.atS > limits.latestS) own.refused.push(refuse('in_the_future', 'detected_at'))
      else if (epochS.atS < limits.earliestS) own.refused.push(refuse('too_old', 'detected_at'))
      else own.rows.push({ index, detectedAt: formatLocal(epochS.localS), areaId: areaId as number, productId: productId as number })
    }
  }
  return { lines: [...byLine.values()], refused }
}

/** By id; by code as it is written, else in any letter case when that means one line only. */
function lineFinder(lines: readonly Line[]): (named: string | number) => Line | null {
  const byId = new Map(lines.map((line) => [line.lineId, line]))
  const byCode = new Map(lines.map((line) => [line.lineCode, line]))
  const byFolded = Map.groupBy(lines, ({ lineCode }) => lineCode.toLowerCase())
  return (named) => {
    if (typeof named === 'number') return byId.get(named) ?? null
    const alike = byFolded.get(named.toLowerCase()) ?? []
    return byCode.get(named) ?? (alike.length === 1 ? (alike[0] ?? null) : null)
  }
}

/** `2026-11-21 18:05:00` is the plant's wall clock and is kept as it says; with `Z` or `-03:00` it is an instant. Null = not a time of day of a real date. */
export function readInstant(text: string, zone: Zone): { readonly atS: number; readonly localS: number } | null {
  const parts = /^(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|[+-]\d{2}:?\d{2})?$/.exec(text)
  const wallS = parts?.[1] === undefined ? null : parseLocal(parts[1])
  if (!parts || wallS === null) return null
  const offset = parts[2]
  if (offset === undefined) return { atS: zone.toEpochS(wallS), localS: wallS }
  const offsetS = offsetOf(offset)
  if (offsetS === null) return null
  const atS = wallS - offsetS
  return { atS, localS: zone.toLocalS(atS) }
}

function offsetOf(text: string): number | null {
  if (text === 'Z') return 0
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(-2))]
  if (hours > 14 || minutes > 59) return null
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * minuteS
}
