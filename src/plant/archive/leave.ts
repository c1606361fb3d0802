/** Rows of a table without partitions leave it, some at a time, so that cameras can write in between. Each step holds what the table has against what was
 *  archived, or counted: a row that was corrected since does not go. */
import { createHash } from 'node:crypto'
import type { Line, OpenPlant } from '../model/index.ts'
import type { Month, PlantDb } from '../source/index.ts'
import { type ArchiveRow, readArchive, rowText } from './file.ts'
import { problem } from './problems.ts'
import type { Archive } from './queries.ts'
import { archiveColumns, deleteRows, findRows, type MonthRows, readMonth, rowsBetween } from './rows.ts'
import { type ArchiveDeps, arranged, fetchArchive, inFolder, namesWith, rowsPerBatch, tenantOf } from './store.ts'

export type LeaveDeps = ArchiveDeps & {
  /** Throws when another process has taken the work over: asked before each step that takes rows out, or puts them back. */
  readonly demandHeld?: () => Promise<void>
}

/** Rows that left, of those that the archive holds; others stay. Null = one was corrected, and nothing has left. Throws `rows_keep_coming` when some have.
 *  Done before, it does nothing. */
export function deleteArchived(
  deps: LeaveDeps,
  plant: OpenPlant,
  line: Line,
  { table, month, ...archive }: Archive,
): Promise<number | null> {
  return inFolder(async (folder) => {
    const file = await fetchArchive(deps, tenantOf(deps, plant), { table, month, ...archive }, folder)
    const columns = await archiveColumns(plant.db, table)
    const names = namesWith(columns, archive.columns)
    let deleted = 0
    for await (const { rows } of readArchive(file, rowsPerBatch)) {
      const archived = new Map(rows.map((row) => [Number(row[0]), rowText(arranged(archive.columns, names, row))]))
      const gone = await step(deps, plant, line, deleted, async (db) => {
        const present = await findRows(db, table, columns, null, [...archived.keys()], true)
        const isSame = [...present].every(([id, row]) => rowText(arranged(columns.names, names, row)) === archived.get(id))
        return isSame ? deleteAll(db, table, month, [...present.keys()]) : null
      })
      if (gone === null) return null
      deleted += gone
    }
    return deleted
  })
}

/** Rows as they were counted, some at a time. */
export type Print = {
  readonly month: Month
  readonly fromId: number
  readonly toId: number
  readonly rows: number
  readonly sha256: string
}

export async function printRows({ db }: OpenPlant, table: string, months: readonly MonthRows[]): Promise<Print[]> {
  const columns = await archiveColumns(db, table)
  const prints: Print[] = []
  for (const found of months)
    for await (const rows of readMonth(db, table, columns, found))
      for (let at = 0; at < rows.length; at += rowsPerBatch) prints.push(printOf(found.month, rows.slice(at, at + rowsPerBatch)))
  return prints
}

function printOf(month: Month, rows: readonly ArchiveRow[]): Print {
  const digest = createHash('sha256')
  for (const row of rows) digest.update(`${rowText(row)}\n`)
  return { month, fromId: Number(rows[0]?.[0]), toId: Number(rows.at(-1)?.[0]), rows: rows.length, sha256: digest.digest('hex') }
}

/** Rows that left. Null = others came, or one was corrected, and nothing has left. Throws `rows_keep_coming` when some have. */
export async function deletePrinted(
  deps: LeaveDeps,
  plant: OpenPlant,
  line: Line,
  table: string,
  prints: readonly Print[],
): Promise<number | null> {
  const columns = await archiveColumns(plant.db, table)
  let deleted = 0
  for (const print of prints) {
    const gone = await step(deps, plant, line, deleted, async (db) => {
      const present = await rowsBetween(db, table, columns, print.month, print, true)
      if (present.length !== print.rows || printOf(print.month, present).sha256 !== print.sha256) return null
      const ids = present.map((row) => Number(row[0]))
      return deleteAll(db, table, print.month, ids)
    })
    if (gone === null) return null
    deleted += gone
  }
  return deleted
}

async function step(
  { demandHeld }: LeaveDeps,
  plant: OpenPlant,
  line: Line,
  deletedBefore: number,
  work: (db: PlantDb) => Promise<number | null>,
): Promise<number | null> {
  await demandHeld?.()
  const gone = await plant.db.kysely.transaction().execute((kysely) => work({ ...plant.db, kysely }))
  if (gone === null && deletedBefore > 0) throw problem('rows_keep_coming', { parameters: { line: line.lineName } })
  return gone
}

async function deleteAll(db: PlantDb, table: string, month: Month, ids: readonly number[]): Promise<number> {
  const gone = await deleteRows(db, table, month, ids)
  if (gone !== ids.length) throw new Error('rows that were locked did not leave')
  return gone
}
