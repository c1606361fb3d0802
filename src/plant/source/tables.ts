import type { Generated } from 'kysely'

/** Where a company's plant database is. One per company. */
export type PlantAttachmentRow = {
  id: Generated<number>
  tenant_id: number
  /** The address, sealed: it holds a password. */
  url_sealed: string
  /** 1 = we may write metadata and create tables there; 0 = customer's, read and downtime only. */
  can_manage: number
  /** 1 = named by the company's own people: each opening holds its host against the networks that the operator opened. */
  is_guarded: Generated<number>
  /** Counts every change and every asked refresh: processes compare it to know that their copy is old. */
  revision: number
  /** Counts every change of what Andon keeps about this plant's stops: what was read with another number is old. */
  stop_changes: Generated<number>
  created_at: number
  updated_at: number
}

/** The table a line was found to have: it stays the line's when the line is renamed. */
export type PlantLineTableRow = {
  id: Generated<number>
  tenant_id: number
  line_id: number
  kind: 'detection' | 'downtime'
  /** As the customer's database writes it. */
  table_name: string
  created_at: number
  updated_at: number
}

export interface PlantSourceTables {
  plant_attachments: PlantAttachmentRow
  plant_line_tables: PlantLineTableRow
}
