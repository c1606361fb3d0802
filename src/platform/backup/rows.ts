/** Rows of a table as lines of JSON, page by page by its key: no table is ever whole in memory, and no cursor is needed. */
import { type RawBuilder, sql } from 'kysely'
import { readRows } from '../db/index.ts'
import type { AnyDb } from '../db/introspect.ts'
import type { TableShape } from './describe.ts'

/** Numbers, text and null as JSON has them; bytes as `{"$b":"base64"}`. */
export const lineOf = (row: readonly unknown[]): string =>
  JSON.stringify(
    row.map((value) =>
      value instanceof Uint8Array ? { $b: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') } : value,
    ),
  )

/** Throws SyntaxError or TypeError for a line that is none. */
export function rowOf(line: string): unknown[] {
  const row: unknown = JSON.parse(line)
  if (!Array.isArray(row)) throw new TypeError('is no row')
  return row.map((value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if ('$b' in value && typeof value.$b === 'string') return Buffer.from(value.$b, 'base64')
    throw new TypeError('is no value of a row')
  })
}

/** Rows with `value` in `column`, or whose `column` holds one of `values`. */
export type RowFilter = { readonly column: string; readonly values: readonly number[] }

const pageBytes = 1_000_000
const [leastRows, mostRows] = [20, 5_000]
const timeoutMs = 600_000
/** A table without key is read at once: it must fit in memory. */
const maxKeylessRows = 200_000

/** Pages of lines. Throws when a table without key is too large. */
export async function* readLines(
  db: AnyDb,
  { name, columns, key }: Pick<TableShape, 'name' | 'columns' | 'key'>,
  filter: RowFilter | null = null,
): AsyncGenerator<readonly string[]> {
  const select = sql`select ${sql.join(columns.map((column) => sql.ref(column)))} from ${sql.table(name)}`
  const page = async (where: RawBuilder<unknown> | null, limit: number) => {
    const rows: unknown[][] = []
    const conditions = [...(filter ? [inFilter(filter)] : []), ...(where ? [where] : [])]
    const order = key.length > 0 ? sql`order by ${sql.join(key.map((column) => sql.ref(column)))}` : sql``
    const condition = conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``
    const query = sql`${select} ${condition} ${order} limit ${sql.raw(String(limit))}`.compile(db.kysely)
    await readRows(db.kysely, query, (row) => void rows.push([...row]), { timeoutMs })
    return rows
  }
  if (filter && filter.values.length === 0) return
  if (key.length === 0) {
    const rows = await page(null, maxKeylessRows + 1)
    if (rows.length > maxKeylessRows)
      throw new Error(`${name} has no primary key and more than ${maxKeylessRows} rows: it cannot be backed up`)
    yield rows.map(lineOf)
    return
  }
  const places = key.map((column) => columns.indexOf(column))
  let limit = 200
  for (let after: unknown[] | null = null; ; ) {
    const rows = await page(after && isAfter(key, after), limit)
    if (rows.length === 0) return
    const lines = rows.map(lineOf)
    yield lines
    if (rows.length < limit) return
    const last = rows.at(-1) as unknown[]
    after = places.map((place) => last[place])
    const bytesPerRow = lines.reduce((sum, line) => sum + line.length, 0) / lines.length
    limit = Math.max(leastRows, Math.min(mostRows, Math.floor(pageBytes / bytesPerRow)))
  }
}

const inFilter = ({ column, values }: RowFilter): RawBuilder<unknown> => sql`${sql.ref(column)} in (${sql.join(values)})`

/** (a, b) > (x, y), written so that every engine walks the index. */
function isAfter(key: readonly string[], after: readonly unknown[]): RawBuilder<unknown> {
  const [first, ...rest] = key
  const column = sql.ref(first ?? '')
  if (rest.length === 0) return sql`${column} > ${after[0]}`
  return sql`${column} >= ${after[0]} and (${column} > ${after[0]} or ${isAfter(rest, after.slice(1))})`
}
