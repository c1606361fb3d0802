/** Holds the audit log to its seals. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Db } from '../../platform/db/database.ts'
import * as q from './queries.ts'
import { sealOf, signatureOf } from './seal.ts'
import { type SealDeps, sealAudit } from './sealing.ts'

export type ChainFault =
  /** Where the chain begins or ends was changed. */
  | { readonly kind: 'chain_changed' }
  /** A head that somebody wrote down is not in the chain: an older copy of the database, or a chain made anew. */
  | { readonly kind: 'anchor_missing'; readonly sequence: number }
  | { readonly kind: 'row_changed'; readonly sequence: number; readonly logId: number }
  | { readonly kind: 'row_missing'; readonly sequence: number; readonly logId: number }
  /** Seals are missing from here on. */
  | { readonly kind: 'seal_missing'; readonly sequence: number }

export type VerifiedChain = {
  /** A company's; null: what belongs to none. */
  readonly tenantId: number | null
  readonly rows: number
  readonly firstSequence: number
  readonly lastSequence: number
  /** To be written down elsewhere: a whole older copy of the database has another one. */
  readonly lastSeal: string
  readonly fault: ChainFault | null
}

export type Verified = {
  readonly chains: readonly VerifiedChain[]
  /** Rows that nobody sealed and that do not wait for it: put in by somebody. At most 100. */
  readonly foreignLogIds: readonly number[]
  /** Rows that were taken out before their seal was made. At most 100. */
  readonly missingLogIds: readonly number[]
  readonly isWhole: boolean
}

/** Between two pages others have their turn: a SQLite file answers without ever giving way. */
const pageRows = 250
const mostForeign = 100

/** A head of a chain, as written down at an earlier verification. */
export type Anchor = { readonly sequence: number; readonly seal: string }
export type Asked = { readonly tenantId?: number; readonly anchor?: Anchor }

/** Seals what waits, then checks every row of every chain (or of one). Reads the whole log, a page at a time. */
export async function verifyAudit(db: Db, deps: SealDeps, { tenantId, anchor }: Asked = {}): Promise<Verified> {
  await sealAudit(db, deps)
  const key = deps.secrets.deriveKey('audit')
  const chainIds = tenantId === undefined ? await q.listChainIds(db) : [tenantId]
  const chains: VerifiedChain[] = []
  for (const chainId of chainIds) {
    const verified = await verifyChain(db, key, chainId, anchor ?? null)
    if (verified) chains.push(verified)
  }
  const foreignLogIds = await q.listForeign(db, tenantId, mostForeign)
  // A row that is gone does not say whose it was.
  const missingLogIds = tenantId === undefined ? await q.listOrphans(db, mostForeign) : []
  const isWhole = foreignLogIds.length === 0 && missingLogIds.length === 0 && chains.every(({ fault }) => fault === null)
  return { chains, foreignLogIds, missingLogIds, isWhole }
}

/** Null: there is no such chain. What retention took away meanwhile is no fault: then the chain begins later, and is looked at again. */
async function verifyChain(db: Db, key: Uint8Array, chainId: number, anchor: Anchor | null): Promise<VerifiedChain | null> {
  for (;;) {
    const chain = await q.findChain(db, chainId)
    if (!chain) return null
    const verified = await verifyRows(db, key, chain, anchor)
    if (verified.fault === null || (await q.findChain(db, chainId))?.first_sequence === chain.first_sequence) return verified
  }
}

async function verifyRows(db: Db, key: Uint8Array, chain: q.StoredChain, anchor: Anchor | null): Promise<VerifiedChain> {
  const { chain_id: chainId, first_sequence: firstSequence, last_sequence: lastSequence, last_seal: lastSeal } = chain
  const found = { tenantId: chainId === 0 ? null : chainId, rows: lastSequence - firstSequence + 1, firstSequence, lastSequence, lastSeal }
  if (signatureOf(key, chain) !== chain.signature) return { ...found, fault: { kind: 'chain_changed' } }
  let previousSeal = chain.first_previous_seal
  // Purged meanwhile: nothing can be said of it.
  let isAnchored = anchor === null || anchor.sequence < firstSequence
  let sequence = firstSequence - 1
  while (sequence < lastSequence) {
    const page = await q.listSealed(db, chainId, sequence, Math.min(pageRows, lastSequence - sequence))
    if (page.length === 0) return { ...found, fault: { kind: 'seal_missing', sequence: sequence + 1 } }
    await turn()
    for (const sealed of page) {
      sequence += 1
      if (sealed.sequence !== sequence) return { ...found, fault: { kind: 'seal_missing', sequence } }
      if (!sealed.row) return { ...found, fault: { kind: 'row_missing', sequence, logId: sealed.logId } }
      if (sealOf(key, { chainId, sequence, previousSeal }, sealed.row) !== sealed.seal)
        return { ...found, fault: { kind: 'row_changed', sequence, logId: sealed.logId } }
      previousSeal = sealed.seal
      if (anchor && sequence === anchor.sequence) isAnchored = sealed.seal === anchor.seal
    }
  }
  if (anchor && !isAnchored) return { ...found, fault: { kind: 'anchor_missing', sequence: anchor.sequence } }
  return { ...found, fault: previousSeal === lastSeal ? null : { kind: 'chain_changed' } }
}
