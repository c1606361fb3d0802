/** Seals what was written since the last time. Its own short transactions: sealing inside those of the audited changes would make all
 *  changes of a company wait for each other. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Selectable } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { insertUnlessExists, lockRow, transaction } from '../../platform/db/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/clock.ts'
import * as q from './queries.ts'
import { chainOf, type LogRow, sealOf, signatureOf } from './seal.ts'
import type { AuditChainRow } from './tables.ts'

export type SealDeps = { readonly clock: Clock; readonly secrets: Secrets }
type Chain = Omit<Selectable<AuditChainRow>, 'signature' | 'updated_at'>

const batch = 500

/** Answers how many rows it sealed. Any number of processes may run it at once. */
export async function sealAudit(db: Db, deps: SealDeps): Promise<number> {
  let sealed = 0
  for (;;) {
    const rows = await q.listUnsealed(db, batch)
    for (const chainId of new Set(rows.map(chainOf))) sealed += await sealChain(db, deps, chainId)
    if (rows.length < batch) return sealed
    await turn() // a SQLite file answers without ever giving way
  }
}

/** The rows of one chain that wait, at most a batch of them. */
const sealChain = (db: Db, { clock, secrets }: SealDeps, chainId: number): Promise<number> =>
  transaction(db, async (tx) => {
    const key = secrets.deriveKey('audit')
    const nowMs = clock.nowMs()
    const chain = await holdChain(tx, key, chainId, nowMs)
    // Read under the lock: another process may have sealed them meanwhile.
    const rows = await q.listUnsealedOfChain(tx, chainId, batch)
    if (rows.length === 0) return 0
    const seals = sealsAfter(key, chain, rows, nowMs)
    await q.insertSeals(tx, seals)
    await q.deleteUnsealed(
      tx,
      rows.map(({ id }) => id),
    )
    const last = seals[seals.length - 1]
    if (last) await keepChain(tx, key, { ...chain, last_sequence: last.sequence, last_seal: last.seal }, nowMs)
    return rows.length
  })

function sealsAfter(key: Uint8Array, chain: Chain, rows: readonly LogRow[], nowMs: number) {
  let { last_sequence: sequence, last_seal: previousSeal } = chain
  return rows.map((row) => {
    sequence += 1
    previousSeal = sealOf(key, { chainId: chain.chain_id, sequence, previousSeal }, row)
    return { chain_id: chain.chain_id, sequence, log_id: row.id, seal: previousSeal, created_at: nowMs }
  })
}

/** Makes the chain when it is new, and holds it until the transaction ends. */
async function holdChain(tx: Db, key: Uint8Array, chainId: number, nowMs: number): Promise<Chain> {
  const empty = { chain_id: chainId, first_sequence: 1, first_previous_seal: '', last_sequence: 0, last_seal: '' }
  if (!(await lockRow(tx, 'audit_chains', { chain_id: chainId }))) {
    await insertUnlessExists(tx, 'audit_chains', { ...empty, signature: signatureOf(key, empty), updated_at: nowMs })
    await lockRow(tx, 'audit_chains', { chain_id: chainId })
  }
  return (await q.findChain(tx, chainId)) ?? empty
}

const keepChain = (tx: Db, key: Uint8Array, chain: Chain, nowMs: number) =>
  q.updateChain(tx, { ...chain, signature: signatureOf(key, chain), updated_at: nowMs })

/** Retention: rows older than `beforeMs` go from the beginning of every chain, which then begins later, signed. Rows without a seal stay.
 *  Answers how many went. */
export async function purgeAudit(db: Db, { clock, secrets }: SealDeps, beforeMs: number): Promise<number> {
  const key = secrets.deriveKey('audit')
  let purged = 0
  for (const chainId of await q.listChainIds(db)) {
    for (let found = batch; found === batch; purged += found) {
      await turn()
      found = await transaction(db, async (tx) => {
        await lockRow(tx, 'audit_chains', { chain_id: chainId })
        const chain = await q.findChain(tx, chainId)
        if (!chain) return 0
        const old = await q.listOldSealed(tx, chain, beforeMs, batch)
        const last = old[old.length - 1]
        if (!last) return 0
        await q.deleteLogs(
          tx,
          chainId,
          old.map(({ log_id }) => log_id),
        )
        await keepChain(tx, key, { ...chain, first_sequence: last.sequence + 1, first_previous_seal: last.seal }, clock.nowMs())
        return old.length
      })
    }
  }
  return purged
}
