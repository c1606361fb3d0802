/** What a company said so far about the plant it is attaching. Sealed where it holds a password; forgotten after a week without a step. */
import type { TenantDb } from '../../platform/db/database.ts'
import { decodeJson, encodeJson, upsert } from '../../platform/db/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import { SealBrokenError } from '../../platform/secrets/index.ts'
import type { PerformanceUnit } from '../model/index.ts'
import type { TableMapping } from '../source/index.ts'

export type Draft = {
  readonly url: string
  readonly canManage: boolean
  readonly timeZone: string | null
  readonly performanceUnit: PerformanceUnit | null
  /** Chosen by hand; the others are found by name. */
  readonly lineTables: readonly TableMapping[]
}

/** An address with its password is not kept for somebody who never came back. */
const keptMs = 7 * 86_400_000

/** Null when there is none, it is older than a week, or SECRET_KEY changed since. */
export async function findDraft(db: TenantDb, secrets: Pick<Secrets, 'openSecret'>, nowMs: number): Promise<Draft | null> {
  const row = await db.kysely
    .selectFrom('plant_attach_drafts')
    .select(['url_sealed', 'can_manage', 'time_zone', 'performance_unit', 'line_tables', 'updated_at'])
    .where('tenant_id', '=', db.tenantId)
    .executeTakeFirst()
  if (!row) return null
  if (row.updated_at <= nowMs - keptMs) {
    await forgetDraft(db)
    return null
  }
  const tables = decodeJson(row.line_tables)
  try {
    return {
      url: secrets.openSecret('plant-url', row.url_sealed),
      canManage: row.can_manage === 1,
      timeZone: row.time_zone,
      performanceUnit: row.performance_unit as PerformanceUnit | null,
      lineTables: tables.ok && Array.isArray(tables.value) ? (tables.value as TableMapping[]) : [],
    }
  } catch (error) {
    if (!(error instanceof SealBrokenError)) throw error
    return null
  }
}

export async function saveDraft(db: TenantDb, secrets: Pick<Secrets, 'sealSecret'>, draft: Draft, nowMs: number): Promise<void> {
  const values = {
    url_sealed: secrets.sealSecret('plant-url', draft.url),
    can_manage: draft.canManage ? 1 : 0,
    time_zone: draft.timeZone,
    performance_unit: draft.performanceUnit,
    line_tables: encodeJson(draft.lineTables),
    updated_at: nowMs,
  }
  await upsert(db, 'plant_attach_drafts', { tenant_id: db.tenantId, ...values, created_at: nowMs }, ['tenant_id'], values)
}

/** False when there was none: of two who finish at once, one does. */
export async function forgetDraft(db: TenantDb): Promise<boolean> {
  const { numDeletedRows } = await db.kysely.deleteFrom('plant_attach_drafts').where('tenant_id', '=', db.tenantId).executeTakeFirst()
  return numDeletedRows > 0n
}
