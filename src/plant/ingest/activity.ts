/** What came in, written behind the answers: one row per company and source for what came within a few seconds. */
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { decodeJson, encodeJson } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { IngestReport, IngestSource } from './contract.ts'

export type Activity = {
  readonly source: IngestSource
  readonly sender: string
  readonly batches: number
  readonly repeated: number
  readonly accepted: number
  readonly refused: number
  readonly refusedByCode: Readonly<Record<string, number>>
  readonly lastFault: Text | null
  readonly fromMs: number
  readonly toMs: number
}

type Sender = { readonly source: IngestSource; readonly sender?: string }

export type ActivityLog = {
  /** Returns at once; a failed write is a log line and never the sender's trouble. */
  readonly record: (tenantId: number, from: Sender, outcome: IngestReport | { readonly fault: Text; readonly rows: number }) => void
  readonly drain: () => Promise<void>
}

type Gathered = { tenantId: number; refusedByCode: Record<string, number> } & {
  -readonly [Key in keyof Omit<Activity, 'refusedByCode'>]: Activity[Key]
}
type Deps = {
  readonly db: Db
  readonly clock: Clock
  readonly log: { readonly warn: (data: object, message: string) => void }
}

const gatherMs = 3_000

export function createActivityLog({ db, clock, log }: Deps): ActivityLog {
  let gathered = new Map<string, Gathered>()
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()

  const flush = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
    const rows = [...gathered.values()]
    gathered = new Map()
    if (rows.length === 0) return
    writing = writing
      .then(() => insertActivity(db, rows))
      .catch((error: unknown) => log.warn({ err: error }, 'ingest activity not recorded'))
  }

  return {
    record(tenantId, { source, sender = '' }, outcome) {
      const nowMs = clock.nowMs()
      const key = `${tenantId}/${source}/${sender}`
      const counts = { batches: 0, repeated: 0, accepted: 0, refused: 0 }
      const entry = gathered.get(key) ?? {
        tenantId,
        source,
        sender: sender.slice(0, 200),
        ...counts,
        refusedByCode: {},
        lastFault: null,
        fromMs: nowMs,
        toMs: nowMs,
      }
      gathered.set(key, entry)
      entry.batches += 1
      entry.toMs = nowMs
      if ('fault' in outcome) {
        entry.refused += outcome.rows
        entry.lastFault = outcome.fault
      } else if (outcome.isRepeated) entry.repeated += 1
      else {
        entry.accepted += outcome.accepted
        entry.refused += outcome.refused.length
        for (const { code } of outcome.refused) entry.refusedByCode[code] = (entry.refusedByCode[code] ?? 0) + 1
        entry.lastFault = outcome.refused.at(-1)?.detail ?? entry.lastFault
      }
      timer ??= setTimeout(flush, gatherMs).unref()
    },
    async drain() {
      flush()
      await writing
    },
  }
}

async function insertActivity(db: Db, rows: readonly Gathered[]): Promise<void> {
  await db.kysely
    .insertInto('ingest_activity')
    .values(
      rows.map((row) => ({
        tenant_id: row.tenantId,
        source: row.source,
        sender: row.sender,
        batches: row.batches,
        repeated: row.repeated,
        accepted: row.accepted,
        refused: row.refused,
        refused_by_code: encodeJson(row.refusedByCode),
        last_fault: row.lastFault === null ? null : encodeJson(row.lastFault),
        created_at: row.fromMs,
        updated_at: row.toMs,
      })),
    )
    .execute()
}

/** Newest first. Index (tenant_id, id). */
export async function listActivity({ kysely, tenantId }: TenantDb, limit: number): Promise<Activity[]> {
  const rows = await kysely
    .selectFrom('ingest_activity')
    .select(['source', 'sender', 'batches', 'repeated', 'accepted', 'refused', 'refused_by_code', 'last_fault', 'created_at', 'updated_at'])
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    source: row.source as IngestSource,
    sender: row.sender,
    batches: row.batches,
    repeated: row.repeated,
    accepted: row.accepted,
    refused: row.refused,
    refusedByCode: (jsonOf(row.refused_by_code) ?? {}) as Record<string, number>,
    lastFault: row.last_fault === null ? null : (jsonOf(row.last_fault) as Text | null),
    fromMs: row.created_at,
    toMs: row.updated_at,
  }))
}

const jsonOf = (text: string): unknown => {
  const decoded = decodeJson(text)
  return decoded.ok ? decoded.value : null
}
