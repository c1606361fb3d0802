/** All SQL of the audit log's seal. Chains are of companies (0: of none); sealing and verifying go over all of them. */
import type { Insertable, Selectable } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import type { LogRow } from './seal.ts'
import type { AuditChainRow, AuditSealRow } from './tables.ts'

const logColumns = [
  'a.id',
  'a.tenant_id',
  'a.user_id',
  'a.attempted_username',
  'a.action',
  'a.entity_type',
  'a.entity_id',
  'a.ip_address',
  'a.user_agent',
  'a.request_id',
  'a.details',
  'a.created_at',
] as const

const unsealed = ({ kysely }: Db) =>
  kysely.selectFrom('audit_unsealed as u').innerJoin('audit_logs as a', 'a.id', 'u.log_id').select(logColumns).orderBy('u.log_id')

export const listUnsealed = (db: Db, limit: number): Promise<LogRow[]> => unsealed(db).limit(limit).execute()

export const listUnsealedOfChain = (db: Db, chainId: number, limit: number): Promise<LogRow[]> =>
  unsealed(db)
    .where('a.tenant_id', chainId === 0 ? 'is' : '=', chainId === 0 ? null : chainId)
    .limit(limit)
    .execute()

export const insertUnsealed = ({ kysely }: Db, logId: number) => kysely.insertInto('audit_unsealed').values({ log_id: logId }).execute()

export const deleteUnsealed = ({ kysely }: Db, logIds: readonly number[]) =>
  kysely.deleteFrom('audit_unsealed').where('log_id', 'in', logIds).execute()

export const insertSeals = ({ kysely }: Db, seals: readonly Insertable<AuditSealRow>[]) =>
  kysely.insertInto('audit_seals').values(seals).execute()

const chainColumns = ['chain_id', 'first_sequence', 'first_previous_seal', 'last_sequence', 'last_seal', 'signature'] as const
export type StoredChain = Omit<Selectable<AuditChainRow>, 'updated_at'>

export const findChain = ({ kysely }: Db, chainId: number): Promise<StoredChain | undefined> =>
  kysely.selectFrom('audit_chains').select(chainColumns).where('chain_id', '=', chainId).executeTakeFirst()

export async function listChainIds({ kysely }: Db): Promise<number[]> {
  const rows = await kysely.selectFrom('audit_chains').select('chain_id').orderBy('chain_id').execute()
  return rows.map((row) => row.chain_id)
}

export const updateChain = ({ kysely }: Db, { chain_id, ...changes }: Selectable<AuditChainRow>) =>
  kysely.updateTable('audit_chains').set(changes).where('chain_id', '=', chain_id).execute()

/** The beginning of a chain as far as it is older than `beforeMs`, without a gap. */
export async function listOldSealed({ kysely }: Db, chain: StoredChain, beforeMs: number, limit: number) {
  const rows = await kysely
    .selectFrom('audit_seals as s')
    .leftJoin('audit_logs as a', 'a.id', 's.log_id')
    .select(['s.log_id', 's.sequence', 's.seal', 'a.created_at'])
    .where('s.chain_id', '=', chain.chain_id)
    .where('s.sequence', '>=', chain.first_sequence)
    .orderBy('s.sequence')
    .limit(limit)
    .execute()
  // A row that somebody took out ends the purge: the verification must still find that gap.
  const end = rows.findIndex(({ created_at }) => created_at === null || created_at >= beforeMs)
  return end < 0 ? rows : rows.slice(0, end)
}

export async function deleteLogs({ kysely }: Db, chainId: number, logIds: readonly number[]): Promise<void> {
  await kysely.deleteFrom('audit_seals').where('chain_id', '=', chainId).where('log_id', 'in', logIds).execute()
  await kysely.deleteFrom('audit_logs').where('id', 'in', logIds).execute() // tenant_id follows from the chain's seals
}

export type Sealed = { readonly sequence: number; readonly seal: string; readonly logId: number; readonly row: LogRow | null }

/** A page of a chain with its rows, by sequence. A row that is gone is null. */
export async function listSealed({ kysely }: Db, chainId: number, afterSequence: number, limit: number): Promise<Sealed[]> {
  const seals = await kysely
    .selectFrom('audit_seals')
    .select(['sequence', 'seal', 'log_id'])
    .where('chain_id', '=', chainId)
    .where('sequence', '>', afterSequence)
    .orderBy('sequence')
    .limit(limit)
    .execute()
  if (seals.length === 0) return []
  const ids = seals.map(({ log_id }) => log_id)
  const rows = await kysely.selectFrom('audit_logs as a').select(logColumns).where('a.id', 'in', ids).execute() // tenant_id is checked by the seal
  const byId = new Map(rows.map((row) => [row.id, row]))
  return seals.map(({ sequence, seal, log_id }) => ({ sequence, seal, logId: log_id, row: byId.get(log_id) ?? null }))
}

/** Rows that have neither a seal nor a place in the queue: somebody put them in. `tenantId`: of that company alone. */
export async function listForeign({ kysely }: Db, tenantId: number | undefined, limit: number): Promise<number[]> {
  const rows = await kysely
    .selectFrom('audit_logs as a')
    .leftJoin('audit_seals as s', 's.log_id', 'a.id')
    .leftJoin('audit_unsealed as u', 'u.log_id', 'a.id')
    .select('a.id')
    .$if(tenantId !== undefined, (query) => query.where('a.tenant_id', '=', tenantId ?? 0))
    .where('s.log_id', 'is', null)
    .where('u.log_id', 'is', null)
    .orderBy('a.id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** Waiting rows that are gone. */
export async function listOrphans({ kysely }: Db, limit: number): Promise<number[]> {
  const rows = await kysely
    .selectFrom('audit_unsealed as u')
    .leftJoin('audit_logs as a', 'a.id', 'u.log_id')
    .select('u.log_id')
    .where('a.id', 'is', null)
    .orderBy('u.log_id')
    .limit(limit)
    .execute()
  return rows.map(({ log_id }) => log_id)
}
