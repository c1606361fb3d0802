export type LegacyImportRow = { source: string; kind: string; legacy_id: number; own_id: number | null; created_at: number }

export interface LegacyTables {
  legacy_imports: LegacyImportRow
}
