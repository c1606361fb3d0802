import type { Generated } from 'kysely'

export type HttpSourceRow = {
  id: Generated<number>
  tenant_id: number
  /** What widgets and the API call it; unique in the company. */
  source_key: string
  name: string
  /** Without query: that is among `sealed`, since keys are often put there. */
  base_url: string
  method: string
  timeout_s: number
  auth_type: string
  auth_variable: string | null
  /** Sealed JSON of `Hidden`: what is sent and nobody is shown again. */
  sealed: string
  response_key: string
  cache_ttl_s: number
  is_enabled: number
  /** Grows with each edit. */
  version: number
  /** Grows when what was answered is to be forgotten, in every process. */
  answers_version: number
  created_at: number
  updated_at: number
}

export interface SourceTables {
  http_sources: HttpSourceRow
}
