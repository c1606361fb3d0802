import type { Generated } from 'kysely'

/** What a company decided about its detection tables. */
export type TablePolicyRow = {
  id: Generated<number>
  tenant_id: number
  /** Null = rows are kept for ever. */
  retention_months: number | null
  /** 1 = rows go into the object store before they leave the table. */
  is_archiving: number
  months_ahead: number
  /** year×100+month of the last monthly run. */
  maintained_month: Generated<number>
  created_at: number
  updated_at: number
}

/** Work on the tables of a company: asked for on a page, by the API or on the command line. */
export type TableTaskRow = {
  id: Generated<number>
  tenant_id: number
  kind: 'ensure' | 'take_out' | 'restore' | 'convert' | 'indexes' | 'create'
  /** JSON. */
  payload: string
  state: 'waiting' | 'running' | 'done' | 'failed'
  /** 1 while it waits or runs, then null: one at a time per company. */
  active: number | null
  done: number
  total: number
  /** JSON: what it is at, or what it came to. */
  note: string | null
  lease_until: number
  by_user: number | null
  by_name: string
  created_at: number
  updated_at: number
}

export interface TableCareTables {
  table_policies: TablePolicyRow
  table_tasks: TableTaskRow
}
