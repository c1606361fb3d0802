/** One table of the dashboard as CSV: the sheet's cells, numbers with a point, times as the wall clock says them, without what a person reads below. */
import type { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { csvStream } from '../../platform/csv/index.ts'
import type { Sheet } from '../../platform/documents/index.ts'
import { formatLocal } from '../../platform/time/index.ts'
import type { XlsxCell } from '../../platform/xlsx/index.ts'

/** Others are served in between. */
const rowsAtOnce = 1_000

export function sheetCsv({ columns, rows }: Sheet): Readable {
  async function* texts() {
    for (const [index, row] of rows.entries()) {
      if (index % rowsAtOnce === rowsAtOnce - 1) await nextTurn()
      yield row.map((cell, i) => plain(cell, columns[i]?.format))
    }
  }
  return csvStream(
    columns.map(({ label }) => label),
    texts(),
  )
}

function plain(cell: XlsxCell, ofColumn: Sheet['columns'][number]['format']): string | number | null {
  if (cell === null || typeof cell === 'string') return cell
  const { value, format } = typeof cell === 'number' ? { value: cell, format: ofColumn } : cell
  if (!Number.isFinite(value)) return null
  return format === 'moment' ? formatLocal(value) : value
}
