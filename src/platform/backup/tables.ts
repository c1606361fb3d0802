/** One table of a backup: written with what its rows come to, read back, counted again. */
import type { AnyDb } from '../db/introspect.ts'
import type { TableShape } from './describe.ts'
import { type Digest, isSameDigest, rowSum } from './digest.ts'
import { BackupFaultError, type BackupFolder, type NewFolder } from './folder.ts'
import { type RowFilter, readLines } from './rows.ts'

export type DumpedTable = TableShape & Digest & { readonly file: string }

/** Rows of the table into `file` of the folder; the digest is of what was read. */
export async function dumpTable(
  db: AnyDb,
  folder: NewFolder,
  shape: TableShape,
  file: string,
  { filter = null, signal }: { readonly filter?: RowFilter | null; readonly signal?: AbortSignal | undefined } = {},
): Promise<DumpedTable> {
  const sum = rowSum()
  async function* chunks() {
    for await (const lines of readLines(db, shape, filter)) {
      signal?.throwIfAborted()
      for (const line of lines) sum.add(line)
      yield `${lines.join('\n')}\n`
    }
  }
  await folder.writeText(file, chunks(), signal)
  return { ...shape, ...sum.end(), file }
}

/** What the rows of a table come to now. */
export async function digestRows(
  db: AnyDb,
  shape: Pick<TableShape, 'name' | 'columns' | 'key'>,
  filter: RowFilter | null = null,
): Promise<Digest> {
  const sum = rowSum()
  for await (const lines of readLines(db, shape, filter)) for (const line of lines) sum.add(line)
  return sum.end()
}

/** Lines of a written table, some hundred at a time. At its end they must come to what was written. Throws `BackupFaultError`. */
export async function* readDump(
  folder: BackupFolder,
  table: Pick<DumpedTable, 'file' | 'rows' | 'sum'>,
): AsyncGenerator<readonly string[]> {
  const sum = rowSum()
  let lines: string[] = []
  for await (const line of folder.readLines(table.file)) {
    sum.add(line)
    lines.push(line)
    if (lines.length < 500) continue
    yield lines
    lines = []
  }
  if (lines.length > 0) yield lines
  if (!isSameDigest(sum.end(), table)) throw new BackupFaultError(`${folder.name}: ${table.file} has other rows than were written`)
}
