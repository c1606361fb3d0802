/** Which table belongs to which line (spec plant 2.4): pure, over the list of tables that really exist. */
import type { LineTables } from './ddl.ts'

export const tableKinds = ['detection', 'downtime'] as const
export type TableKind = (typeof tableKinds)[number]
const prefixes: Record<TableKind, string> = { detection: 'detection_line_', downtime: 'downtime_events_' }

/** What a name rule needs to know of a line. */
export type NamedLine = { readonly lineId: number; readonly lineName: string; readonly lineCode: string }

/** Name settled earlier, by Andon or by hand: it outlives a renamed line. */
export type TableMapping = { readonly lineId: number; readonly kind: TableKind; readonly tableName: string }

export type TableFinding =
  /** No table fits; `takenBy` is the line that owns the table this one would have got. */
  | { readonly kind: 'missing'; readonly table: TableKind; readonly line: NamedLine; readonly takenBy: number | null }
  /** Several lines fit one table: none of them gets it. */
  | { readonly kind: 'shared'; readonly table: TableKind; readonly tableName: string; readonly lines: readonly NamedLine[] }
  /** Several tables differ only by the case of their letters. */
  | { readonly kind: 'several'; readonly table: TableKind; readonly line: NamedLine; readonly tableNames: readonly string[] }
  /** The name settled earlier is gone from the database. */
  | { readonly kind: 'gone'; readonly table: TableKind; readonly line: NamedLine; readonly tableName: string }

export type ResolvedTables = {
  /** Real names by line id. */
  readonly detection: ReadonlyMap<number, string>
  readonly downtime: ReadonlyMap<number, string>
  readonly findings: readonly TableFinding[]
}

/** Accents dropped, lower case, every run of other characters one `_`, at most 48 characters. */
export const slugOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 48)
    .replace(/^_+|_+$/g, '')

/** Names of the tables of a new line. Throws when nothing of the code can stand in a name. */
export function lineTableNames(lineCode: string): LineTables {
  const slug = slugOf(lineCode)
  if (slug === '') throw new Error(`No table name can be made of the line code "${lineCode}"`)
  return { detectionTable: `${prefixes.detection}${slug}`, downtimeTable: `${prefixes.downtime}${slug}` }
}

/** Letter case and the two ways of writing an accented letter do not tell names apart. */
const folded = (name: string): string => name.normalize('NFC').toLowerCase()

const candidatesOf = (line: NamedLine, kind: TableKind): string[] =>
  [line.lineName.toLowerCase(), slugOf(line.lineName), line.lineCode.toLowerCase(), slugOf(line.lineCode), String(line.lineId)]
    .filter((part) => part.trim() !== '')
    .map((part) => prefixes[kind] + part)

/** Explicit mapping → lower(name) → slug(name) → lower(code) → slug(code) → id; detections and stops independently. */
export function resolveTables(
  lines: readonly NamedLine[],
  tableNames: readonly string[],
  mappings: readonly TableMapping[],
): ResolvedTables {
  const realNames = new Map<string, string[]>()
  for (const name of tableNames) realNames.set(folded(name), [...(realNames.get(folded(name)) ?? []), name])
  const findings: TableFinding[] = []
  const resolve = (kind: TableKind) => resolveKind(kind, lines, realNames, mappings, findings)
  return { detection: resolve('detection'), downtime: resolve('downtime'), findings }
}

function resolveKind(
  kind: TableKind,
  lines: readonly NamedLine[],
  realNames: ReadonlyMap<string, readonly string[]>,
  mappings: readonly TableMapping[],
  findings: TableFinding[],
): Map<number, string> {
  const found = new Map<number, string>()
  const owners = new Map<string, number>()
  for (const line of lines) {
    const mapping = mappings.find((entry) => entry.kind === kind && entry.lineId === line.lineId)
    if (!mapping) continue
    const name = pick(realNames, mapping.tableName)
    if (typeof name === 'string') {
      found.set(line.lineId, name)
      owners.set(name, line.lineId)
    } else findings.push({ kind: 'gone', table: kind, line, tableName: mapping.tableName })
  }
  for (const line of lines) {
    if (found.has(line.lineId)) continue
    let takenBy: number | null = null
    for (const candidate of candidatesOf(line, kind)) {
      const name = pick(realNames, candidate)
      if (name === null) continue
      if (typeof name !== 'string') {
        findings.push({ kind: 'several', table: kind, line, tableNames: name })
        takenBy = -1
        break
      }
      const owner = owners.get(name)
      if (owner === undefined) {
        found.set(line.lineId, name)
        break
      }
      takenBy ??= owner
    }
    if (!found.has(line.lineId) && takenBy !== -1) findings.push({ kind: 'missing', table: kind, line, takenBy })
  }
  refuseShared(kind, lines, found, findings)
  return found
}

/** The table of that name; several real names when only letter case differs and none is written exactly so; null when there is none. */
function pick(realNames: ReadonlyMap<string, readonly string[]>, wanted: string): string | readonly string[] | null {
  const names = realNames.get(folded(wanted)) ?? []
  return names.find((name) => name === wanted) ?? (names.length > 1 ? names : (names[0] ?? null))
}

function refuseShared(kind: TableKind, lines: readonly NamedLine[], found: Map<number, string>, findings: TableFinding[]): void {
  for (const tableName of new Set(found.values())) {
    const sharing = lines.filter((line) => found.get(line.lineId) === tableName)
    if (sharing.length < 2) continue
    findings.push({ kind: 'shared', table: kind, tableName, lines: sharing })
    for (const line of sharing) found.delete(line.lineId)
  }
}
