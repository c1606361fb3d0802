import type { Generated } from 'kysely'

/** A configuration file that somebody chose (`pending`) or that was applied, with what was there before. */
export type ConfigurationImportRow = {
  id: Generated<number>
  tenant_id: number
  user_id: number
  by_name: string
  state: 'pending' | 'applied' | 'undone'
  /** JSON text of the file. */
  file_text: string
  /** Of an applied one: the configuration before. */
  before_text: string | null
  /** Stamp of the configuration that the differences were shown against; of an applied one, of what it left. */
  base: string | null
  created_at: number
  updated_at: number
}

export interface ConfigurationFileTables {
  configuration_imports: ConfigurationImportRow
}
