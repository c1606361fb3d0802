import type { Generated } from 'kysely'

/** What stands in place of a customer's row, or beside all of them. */
export type PlantOverlayRow = {
  id: Generated<number>
  tenant_id: number
  entity: 'line' | 'area' | 'product' | 'shift' | 'filter' | 'failure' | 'incident'
  record_id: number
  kind: 'added' | 'changed' | 'removed'
  /** JSON: column of the customer's table → what it would hold. */
  fields: string
  created_at: number
  updated_at: number
}

/** One edit of one record: who, when, and what it takes to undo it. */
export type PlantEditRow = {
  id: Generated<number>
  tenant_id: number
  entity: PlantOverlayRow['entity']
  record_id: number
  outcome: 'added' | 'changed' | 'removed' | 'deactivated' | 'reverted'
  /** JSON; null before it was added. */
  before_values: string | null
  /** JSON; null once it is removed. */
  after_values: string | null
  /** Name of the person, key or command. */
  edited_by: string
  created_at: number
  updated_at: number
}

export interface PlantModelTables {
  plant_overlays: PlantOverlayRow
  plant_edits: PlantEditRow
}
