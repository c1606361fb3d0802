/** CSV for people who open it in a spreadsheet: UTF-8 with its mark, and no cell that the spreadsheet would take for a formula. */
import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'

type Cell = string | number | boolean | null

/** A text that starts like a formula gets an apostrophe in front (identity.md 4.8). Numbers are ours: `-5` stays a number. */
export const safeCell = (value: Cell): Cell => (typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value)

/** Streams `rows` under `header` as they come: memory does not grow with their number. Lines end in CRLF (RFC 4180). */
export function csvStream(header: readonly string[], rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>): Readable {
  const writer = stringify({ bom: true, record_delimiter: '\r\n', columns: [...header], header: true })
  async function* safeRows() {
    for await (const row of rows) yield row.map(safeCell)
  }
  // a failure of the rows ends the file, and whoever stops reading the file stops the rows
  pipeline(Readable.from(safeRows()), writer, () => {})
  return writer
}
