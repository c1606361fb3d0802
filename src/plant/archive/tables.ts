import type { Generated } from 'kysely'

/** One part of a month of a line's detections, in the object store. */
export type TableArchiveRow = {
  id: Generated<number>
  tenant_id: number
  line_id: number
  /** Where the rows were. */
  table_name: string
  /** year×100+month. */
  month: number
  /** From 1; rows that came after the month was taken out make another one. */
  part: number
  /** `stored`: its rows are in the table too; `leaving`: being taken out; `archived`: only here. */
  state: 'stored' | 'leaving' | 'archived'
  file_id: number
  row_count: number
  min_id: number
  max_id: number
  /** JSON: names of the columns, and of the database that the table is in. */
  columns: string
  /** Hex, of the rows' text. */
  rows_sha256: string
  restored_at: number | null
  created_at: number
  updated_at: number
}

export interface ArchiveTables {
  table_archives: TableArchiveRow
}
