/** What a company decided: how long rows stay, whether they are archived before they go, how many months are made ahead. */
import type { TenantDb } from '../../platform/db/database.ts'
import { upsert } from '../../platform/db/index.ts'

export type Policy = {
  /** Null = for ever. */
  readonly retentionMonths: 12 | 24 | null
  readonly isArchiving: boolean
  /** 1–24. */
  readonly monthsAhead: number
  /** year×100+month of the last monthly run; 0 = never. */
  readonly maintainedMonth: number
}

const standard: Policy = { retentionMonths: null, isArchiving: true, monthsAhead: 3, maintainedMonth: 0 }
export const mostMonthsAhead = 24

export async function readPolicy({ kysely, tenantId }: TenantDb): Promise<Policy> {
  const row = await kysely
    .selectFrom('table_policies')
    .select(['retention_months', 'is_archiving', 'months_ahead', 'maintained_month'])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (!row) return standard
  return {
    retentionMonths: row.retention_months === 12 || row.retention_months === 24 ? row.retention_months : null,
    isArchiving: row.is_archiving === 1,
    monthsAhead: row.months_ahead,
    maintainedMonth: row.maintained_month,
  }
}

export async function savePolicy(tx: TenantDb, policy: Omit<Policy, 'maintainedMonth'>, nowMs: number): Promise<void> {
  const changes = {
    retention_months: policy.retentionMonths,
    is_archiving: policy.isArchiving ? 1 : 0,
    months_ahead: policy.monthsAhead,
    updated_at: nowMs,
  }
  const row = { tenant_id: tx.tenantId, maintained_month: 0, created_at: nowMs, ...changes }
  await upsert(tx, 'table_policies', row, ['tenant_id'], changes)
}

export async function markMaintained(db: TenantDb, yearMonth: number, nowMs: number): Promise<void> {
  const row = {
    tenant_id: db.tenantId,
    retention_months: standard.retentionMonths,
    is_archiving: 1,
    months_ahead: standard.monthsAhead,
    maintained_month: yearMonth,
    created_at: nowMs,
    updated_at: nowMs,
  }
  await upsert(db, 'table_policies', row, ['tenant_id'], { maintained_month: yearMonth, updated_at: nowMs })
}

/** What was decided of the tables of a plant goes with it, and the work that waits or goes on: the next one's rows are others. */
export async function forgetCare({ kysely, tenantId }: TenantDb): Promise<void> {
  await kysely.deleteFrom('table_policies').where('tenant_id', '=', tenantId).execute()
  await kysely.deleteFrom('table_tasks').where('tenant_id', '=', tenantId).execute()
}
