import type { Generated } from 'kysely'

export type FileRow = {
  id: Generated<number>
  /** In addresses. */
  uuid: string
  /** The company it belongs to; null: a person's own, such as an avatar, whatever their companies. */
  tenant_id: number | null
  /** What it is for: `avatar`, `logo`… */
  kind: string
  /** In the store; made of our own letters only. */
  storage_key: string
  /** Hex. */
  sha256: string
  size_bytes: number
  /** By content. */
  mime: string
  /** `pending` until the row that names it is committed; `removed`: to be swept. */
  state: 'pending' | 'stored' | 'removed'
  created_by: number | null
  created_at: number
  updated_at: number
}

export interface FileTables {
  files: FileRow
}
