/** The seal of an audit row: HMAC-SHA-256 over the row and the seal before it, so that no row can be changed, taken out or put in
 *  without the key. Pure. */
import { createHmac } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { AuditChainRow, AuditLogRow } from './tables.ts'

export type LogRow = Selectable<AuditLogRow>

/** What belongs to no company has a chain of its own. */
export const chainOf = (row: Pick<LogRow, 'tenant_id'>): number => row.tenant_id ?? 0

export type Place = { readonly chainId: number; readonly sequence: number; readonly previousSeal: string }

/** Hex. Every column counts; a JSON list cannot be read two ways, as texts put side by side could. */
export const sealOf = (key: Uint8Array, { chainId, sequence, previousSeal }: Place, row: LogRow): string =>
  hmac(key, [
    'row',
    chainId,
    sequence,
    previousSeal,
    row.id,
    row.tenant_id,
    row.user_id,
    row.attempted_username,
    row.action,
    row.entity_type,
    row.entity_id,
    row.ip_address,
    row.user_agent,
    row.request_id,
    row.details,
    row.created_at,
  ])

/** Signs where a chain begins and ends. */
export const signatureOf = (key: Uint8Array, chain: Omit<Selectable<AuditChainRow>, 'signature' | 'updated_at'>): string =>
  hmac(key, ['chain', chain.chain_id, chain.first_sequence, chain.first_previous_seal, chain.last_sequence, chain.last_seal])

const hmac = (key: Uint8Array, values: readonly (string | number | null)[]): string =>
  createHmac('sha256', key).update(JSON.stringify(values)).digest('hex')
