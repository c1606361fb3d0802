/** Raw rows against what the plant is made of: each becomes a row of a line's table, or a refusal that names its field. Pure. */
import { dayS, type Zone } from '../../platform/time/index.ts'
import type { Line, PlantModel } from '../model/index.ts'
import type { NewDetection } from '../source/index.ts'
import type { RawRow, Refusal, RefusalCode } from './contract.ts'
import { instantReader } from './instant.ts'
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
  const lookup = lookupOf(model)
  const check = {
    model,
    lookup,
    readInstant: instantReader(zone),
    latestS: nowS + toleranceS,
    earliestS: nowS - oldestYears * 365.25 * dayS,
  }
  const byLine = new Map<number, LineRows>()
  const refused: Refusal[] = []
  for (const [index, raw] of rows.entries()) {
    const line = lineOf(lookup, raw)
    if ('code' in line) {
      refused.push(refusal(index, line.code, line.field, raw))
      continue
    }
    const own = byLine.get(line.lineId) ?? { line, table: line.detectionTable?.name ?? '', rows: [], refused: [] }
    byLine.set(line.lineId, own)
    const row = rowOf(check, line, raw as RowFields)
    if ('code' in row) own.refused.push(refusal(index, row.code, row.field, raw))
    else own.rows.push({ index, ...row })
  }
  return { lines: [...byLine.values()], refused }
}

type RowFields = Readonly<Record<string, unknown>>
type Fault = { readonly code: RefusalCode; readonly field: string }
const fault = (code: RefusalCode, field: string): Fault => ({ code, field })

/** A line with a table. */
function lineOf({ findLine }: Lookup, raw: RawRow): Line | Fault {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return fault('malformed', 'row')
  const { line: named } = raw as RowFields
  if (typeof named !== 'string' && !Number.isSafeInteger(named)) return fault('malformed', 'line')
  const line = findLine(named as string | number)
  if (!line) return fault('unknown_line', 'line')
  return line.detectionTable === null ? fault('missing_table', 'line') : line
}

type Check = {
  readonly model: PlantModel
  readonly lookup: Lookup
  readonly readInstant: ReturnType<typeof instantReader>
  readonly latestS: number
  readonly earliestS: number
}

function rowOf({ model, lookup, readInstant, latestS, earliestS }: Check, { lineId }: Line, raw: RowFields): NewDetection | Fault {
  const { area_id: areaId, product_id: productId, detected_at: at } = raw
  if (typeof areaId !== 'number' || !Number.isSafeInteger(areaId)) return fault('malformed', 'area_id')
  const areaLine = lookup.lineOfArea.get(areaId)
  if (areaLine !== lineId) return fault(areaLine === undefined ? 'unknown_area' : 'area_of_other_line', 'area_id')
  if (typeof productId !== 'number' || !Number.isSafeInteger(productId)) return fault('malformed', 'product_id')
  if (!model.products.has(productId)) return fault('unknown_product', 'product_id')
  const instant = typeof at === 'string' ? readInstant(at) : null
  if (instant === null) return fault('malformed', 'detected_at')
  if (instant.atS > latestS) return fault('in_the_future', 'detected_at')
  if (instant.atS < earliestS) return fault('too_old', 'detected_at')
  return { detectedAt: instant.detectedAt, areaId, productId }
}

type Lookup = { readonly findLine: (named: string | number) => Line | null; readonly lineOfArea: ReadonlyMap<number, number> }
/** Single rows come by the thousand: what they are held against is put in order once. */
const lookups = new WeakMap<PlantModel, Lookup>()

function lookupOf(model: PlantModel): Lookup {
  const known = lookups.get(model)
  if (known) return known
  const lineOfArea = new Map(model.lines.flatMap((line) => line.areas.map(({ areaId }) => [areaId, line.lineId] as const)))
  const lookup = { findLine: lineFinder(model.lines), lineOfArea }
  lookups.set(model, lookup)
  return lookup
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
