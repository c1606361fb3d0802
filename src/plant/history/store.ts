/** The platform's rows about one line's history. A writer names the revision it read, and loses when another process was faster. */
import type { Insertable, Updateable } from 'kysely'
import type { TenantDb } from '../../platform/db/database.ts'
import { decodeJson, encodeJson, insertUnlessExists, upsert } from '../../platform/db/index.ts'
import { encodeCoarse, encodeFine } from './codec.ts'
import type { DaySummary } from './day.ts'
import type { LineHistoryRow } from './tables.ts'

/** Ids of `[from, to]` were not there at `missedMs`. */
export type MissingIds = { readonly from: number; readonly to: number; readonly missedMs: number }

export type LineState = {
  readonly signature: string
  readonly revision: number
  readonly restarts: number
  readonly settledId: number | null
  readonly settledRow: string | null
  readonly loadedFromId: number | null
  readonly lowestId: number | null
  /** In order of id. */
  readonly ledger: readonly MissingIds[]
  readonly leaseUntilMs: number
  readonly checkedDay: number | null
}

export type DayEntry = {
  readonly revision: number
  readonly rowCount: number
  readonly minId: number
  readonly maxId: number
  /** The rows left the table: nothing but the summary tells of them. */
  readonly isPurged: boolean
  /** Purged, and its summary cannot be read either: nothing is left until its rows are back. */
  readonly isLost: boolean
}

/** Marks and directory of one moment. */
export type Snapshot = { readonly state: LineState; readonly directory: ReadonlyMap<number, DayEntry> }

const labels = { none: 0, purged: 1, lost: 2 } as const

export const findState = async (db: TenantDb, lineId: number): Promise<LineState | null> =>
  (await findStates(db, [lineId])).get(lineId) ?? null

export async function findStates(db: TenantDb, lineIds: readonly number[]): Promise<Map<number, LineState>> {
  const rows = await db.kysely
    .selectFrom('line_histories')
    .select([
      'line_id',
      'signature',
      'revision',
      'restarts',
      'settled_id',
      'settled_row',
      'loaded_from_id',
      'lowest_id',
      'ledger',
      'lease_until',
      'checked_day',
    ])
    .where('tenant_id', '=', db.tenantId)
    .where('line_id', 'in', [...lineIds])
    .execute()
  return new Map(
    rows.map((row) => [
      row.line_id,
      {
        signature: row.signature,
        revision: row.revision,
        restarts: row.restarts,
        settledId: row.settled_id,
        settledRow: row.settled_row,
        loadedFromId: row.loaded_from_id,
        lowestId: row.lowest_id,
        ledger: readLedger(row.ledger),
        leaseUntilMs: row.lease_until,
        checkedDay: row.checked_day,
      },
    ]),
  )
}

/** Unreadable text is an empty ledger: reconciliation finds what it would have found. */
export function readLedger(text: string): MissingIds[] {
  const decoded = decodeJson(text)
  if (!decoded.ok || !Array.isArray(decoded.value)) return []
  return decoded.value.map(([from, to, missedMs]: [number, number, number]) => ({ from, to, missedMs }))
}

export const ledgerText = (ledger: readonly MissingIds[]): string =>
  encodeJson(ledger.map(({ from, to, missedMs }) => [from, to, missedMs]))

/** False when another process made it first. */
export const createState = (
  db: TenantDb,
  lineId: number,
  row: Omit<Insertable<LineHistoryRow>, 'id' | 'tenant_id' | 'line_id' | 'revision'>,
): Promise<boolean> => insertUnlessExists(db, 'line_histories', { ...row, tenant_id: db.tenantId, line_id: lineId, revision: 1 })

/** True for exactly one of those that saw `seenRevision`; the line is then at the next one. */
export async function changeState(
  tx: TenantDb,
  lineId: number,
  seenRevision: number,
  changes: Omit<Updateable<LineHistoryRow>, 'revision'>,
): Promise<boolean> {
  const { numUpdatedRows } = await tx.kysely
    .updateTable('line_histories')
    .set({ ...changes, revision: seenRevision + 1 })
    .where('tenant_id', '=', tx.tenantId)
    .where('line_id', '=', lineId)
    .where('revision', '=', seenRevision)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Takes or gives back the loading of a line. No change of the history: the revision stays. */
export async function leaseLoading(db: TenantDb, lineId: number, seenUntilMs: number, untilMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('line_histories')
    .set({ lease_until: untilMs })
    .where('tenant_id', '=', db.tenantId)
    .where('line_id', '=', lineId)
    .where('lease_until', '=', seenUntilMs)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

export const saveCheckedDay = (db: TenantDb, lineId: number, day: number | null): Promise<unknown> =>
  db.kysely
    .updateTable('line_histories')
    .set({ checked_day: day })
    .where('tenant_id', '=', db.tenantId)
    .where('line_id', '=', lineId)
    .execute()

/** Days written after `aboveRevision`, without their contents. */
export async function listDays(db: TenantDb, lineId: number, aboveRevision: number): Promise<Map<number, DayEntry>> {
  const rows = await db.kysely
    .selectFrom('day_summaries')
    .select(['day', 'revision', 'row_count', 'min_id', 'max_id', 'is_purged'])
    .where('tenant_id', '=', db.tenantId)
    .where('line_id', '=', lineId)
    .where('revision', '>', aboveRevision)
    .orderBy('day')
    .execute()
  return new Map(
    rows.map((row) => [
      row.day,
      {
        revision: row.revision,
        rowCount: row.row_count,
        minId: row.min_id,
        maxId: row.max_id,
        isPurged: row.is_purged !== labels.none,
        isLost: row.is_purged === labels.lost,
      },
    ]),
  )
}

export type Part = 'coarse' | 'fine'
type Blob = { readonly day: number; readonly revision: number; readonly bytes: Uint8Array }

const daysPerRead = 200

/** Of the days that exist. */
export async function readBlobs(db: TenantDb, lineId: number, days: readonly number[], part: Part): Promise<Blob[]> {
  const blobs: Blob[] = []
  for (let from = 0; from < days.length; from += daysPerRead) {
    const rows = await db.kysely
      .selectFrom('day_summaries')
      .select(['day', 'revision', part])
      .where('tenant_id', '=', db.tenantId)
      .where('line_id', '=', lineId)
      .where('day', 'in', days.slice(from, from + daysPerRead))
      .execute()
    for (const row of rows) blobs.push({ day: row.day, revision: row.revision, bytes: row[part] })
  }
  return blobs
}

/** `left`: the summary still stands for rows that are gone. */
export async function writeDay(
  tx: TenantDb,
  lineId: number,
  revision: number,
  { coarse, fine }: DaySummary,
  left: DayEntry | null = null,
): Promise<void> {
  const { rowCount, minId, maxId } = left ?? coarse
  const changes = {
    revision,
    row_count: rowCount,
    min_id: minId,
    max_id: maxId,
    is_purged: left === null ? labels.none : left.isLost ? labels.lost : labels.purged,
    coarse: encodeCoarse(coarse),
    fine: encodeFine(fine),
  }
  const row = { tenant_id: tx.tenantId, line_id: lineId, day: coarse.day, ...changes }
  await upsert(tx, 'day_summaries', row, ['tenant_id', 'line_id', 'day'], changes)
}

export const markPurged = (tx: TenantDb, lineId: number, revision: number, days: readonly number[], isPurged = true): Promise<void> =>
  mark(tx, lineId, revision, days, isPurged ? 'purged' : 'none')

/** The bytes stay as they are: whoever can read them may. */
export const markLost = (tx: TenantDb, lineId: number, revision: number, days: readonly number[]): Promise<void> =>
  mark(tx, lineId, revision, days, 'lost')

async function mark(tx: TenantDb, lineId: number, revision: number, days: readonly number[], label: keyof typeof labels): Promise<void> {
  for (let from = 0; from < days.length; from += daysPerRead)
    await tx.kysely
      .updateTable('day_summaries')
      .set({ is_purged: labels[label], revision })
      .where('tenant_id', '=', tx.tenantId)
      .where('line_id', '=', lineId)
      .where('day', 'in', days.slice(from, from + daysPerRead))
      .execute()
}

/** Before everything is read again. Days whose rows the customer no longer has stay. */
export const deleteUnpurgedDays = (tx: TenantDb, lineId: number): Promise<unknown> =>
  tx.kysely
    .deleteFrom('day_summaries')
    .where('tenant_id', '=', tx.tenantId)
    .where('line_id', '=', lineId)
    .where('is_purged', '=', 0)
    .execute()
