/** Which records of a list, in which order. Pure. */
import { definitions } from './definitions.ts'
import type { JsonValue, PlantRecord } from './values.ts'

export type Asked = {
  readonly q?: string
  readonly isActive?: boolean
  /** Values that must be so: `{ line_id: 7 }`. */
  readonly where?: Readonly<Record<string, JsonValue | undefined>>
  /** A field, with `-` before it for the other direction. */
  readonly sort?: string
}

/** Case and accents do not matter to who searches. */
const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()

export function select(records: readonly PlantRecord[], { q = '', isActive, where = {}, sort }: Asked): PlantRecord[] {
  const wanted = folded(q.trim())
  const found = records.filter(
    ({ values }) =>
      (isActive === undefined || values.is_active === isActive) &&
      Object.entries(where).every(([name, value]) => value === undefined || values[name] === value) &&
      (wanted === '' || Object.values(values).some((value) => typeof value === 'string' && folded(value).includes(wanted))),
  )
  if (sort === undefined) return found
  const [name, sign] = sort.startsWith('-') ? [sort.slice(1), -1] : [sort, 1]
  const isId = !definitions[records[0]?.entity ?? 'line'].fields.some((field) => field.name === name)
  const keyOf = (record: PlantRecord): JsonValue => (isId ? record.id : (record.values[name] ?? null))
  return found.sort((a, b) => sign * compare(keyOf(a), keyOf(b)) || a.id - b.id)
}

function compare(one: JsonValue, other: JsonValue): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one ?? '').localeCompare(String(other ?? ''), 'es', { numeric: true, sensitivity: 'base' })
}

/** Names by which a list may be sorted. */
export const sortNames = (entity: PlantRecord['entity'], idColumn: string): string[] =>
  [idColumn, ...definitions[entity].fields.map(({ name }) => name)].flatMap((name) => [name, `-${name}`])
