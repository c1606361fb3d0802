import type { Generated } from 'kysely'

/** A plant that a company attaches step by step: what was said so far. One per company; gone once the plant is attached. */
export type PlantAttachDraftRow = {
  id: Generated<number>
  tenant_id: number
  /** The address, sealed: it holds a password. */
  url_sealed: string
  can_manage: number
  /** Null until that step was done. */
  time_zone: string | null
  performance_unit: string | null
  /** JSON: tables chosen by hand, [{lineId, kind, tableName}]. */
  line_tables: string
  first_dashboard: string | null
  created_at: number
  updated_at: number
}

export interface PlantAttachTables {
  plant_attach_drafts: PlantAttachDraftRow
}
