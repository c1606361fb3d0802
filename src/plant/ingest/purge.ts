/** What is remembered of batches has its term. It goes in portions, each soon over: a million a night is no more than a limit on statements allows, holds up
 *  nobody who writes, and what is done stays done when the process ends in between. */
import type { Db } from '../../platform/db/database.ts'
import { withStatementTimeout } from '../../platform/db/index.ts'
import type { PlantDb } from '../source/index.ts'
import { ledgerTable } from './ledger.ts'

/** After this long a batch that is sent again is another one. */
const batchKeptMs = 7 * 86_400_000
const activityKeptMs = 14 * 86_400_000

const portion = 5_000
/** Of a statement that goes through a portion on a slow disk, whatever those who look are granted. */
const portionTimeoutMs = 60_000

/** Along its primary key, without an index of its own on purpose: once a night over a week of batches, against one more page written with each. */
export async function purgeLedger({ kysely }: PlantDb, nowMs: number, signal: AbortSignal): Promise<void> {
  let after: string | null = ''
  while (after !== null && !signal.aborted) {
    const from: string = after
    after = await withStatementTimeout(kysely, portionTimeoutMs, async (own) => {
      const keys = own.selectFrom(ledgerTable).select('batch_key').where('batch_key', '>', from).orderBy('batch_key')
      const last = await keys
        .limit(1)
        .offset(portion - 1)
        .executeTakeFirst()
      const upTo = last ? String(last.batch_key) : null
      await own
        .deleteFrom(ledgerTable)
        .where('batch_key', '>', from)
        .$if(upTo !== null, (range) => range.where('batch_key', '<=', upTo))
        .where('created_at', '<', nowMs - batchKeptMs)
        .execute()
      return upTo
    })
  }
}

/** Of all companies: a term of keeping is nobody's in particular. Index (created_at). */
export async function purgeIntents({ kysely }: Db, nowMs: number, signal: AbortSignal): Promise<void> {
  const old = kysely
    .selectFrom('ingest_intents')
    .select('id')
    .where('created_at', '<', nowMs - batchKeptMs)
  await inPortions(
    () => old.orderBy('created_at').limit(portion).execute(),
    (ids) => kysely.deleteFrom('ingest_intents').where('id', 'in', ids).execute(),
    signal,
  )
}

/** Of all companies, as above. Index (created_at). */
export async function purgeActivity({ kysely }: Db, nowMs: number, signal: AbortSignal): Promise<void> {
  const old = kysely
    .selectFrom('ingest_activity')
    .select('id')
    .where('created_at', '<', nowMs - activityKeptMs)
  await inPortions(
    () => old.orderBy('created_at').limit(portion).execute(),
    (ids) => kysely.deleteFrom('ingest_activity').where('id', 'in', ids).execute(),
    signal,
  )
}

async function inPortions(
  list: () => Promise<readonly { readonly id: number }[]>,
  remove: (ids: readonly number[]) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const ids = (await list()).map(({ id }) => id)
    if (ids.length === 0) return
    await remove(ids)
  }
}
