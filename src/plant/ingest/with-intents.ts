/** Writing into a plant where Andon may add rows and nothing else. A note in the platform's database says before that a batch is about to be written,
 *  and after, where. A batch whose process died in between is looked for among the rows that came since. */
import { sql } from 'kysely'
import type { TenantDb } from '../../platform/db/database.ts'
import { asInteger, isDatabaseUnavailable, readRows, transaction } from '../../platform/db/index.ts'
import { insertDetectionsForIds, type PlantDb } from '../source/index.ts'
import { askForSync, type Durability } from './durability.ts'
import { faultOf } from './faults.ts'
import { beginIntents, claimedIds, findIntents, forgetIntents, type Intent, settleIntent, takeOver } from './intents.ts'
import { earlierOutcome, hashesOf, type Part, type PartOutcome } from './part.ts'
import type { GoodRow } from './rows.ts'

export type IntentDeps = {
  readonly platform: TenantDb
  readonly plant: PlantDb
  readonly durability: Durability
  readonly nowMs: number
  /** No transaction of ours is open for this long: what is unsettled then was left behind. */
  readonly abandonedMs: number
  readonly onUnsettled: (error: unknown) => void
}

/** Parts of one line, at most one of each batch. All of those that are written are, or none. */
export async function writeWithIntents(deps: IntentDeps, parts: readonly Part[]): Promise<PartOutcome[]> {
  const { platform, plant, nowMs } = deps
  const known = await findIntents(platform, hashesOf(parts))
  const before: Before[] = []
  for (const part of parts) before.push(await whatIsKnown(deps, part, known))
  const fresh = parts.filter((_, at) => isFresh(before[at] as Before))
  const [first] = fresh
  if (first) {
    if (fresh.some(({ key }) => key !== null)) {
      const takenOver = new Map(parts.flatMap((part, at) => (typeof before[at] === 'number' ? [[part, before[at]] as const] : [])))
      await beginIntents(platform, fresh, takenOver, await highestId(plant, first.table), nowMs)
    }
    await settle(deps, fresh, await insertAll(deps, first.table, fresh))
  }
  return parts.map((part, at) => {
    const outcome = before[at] as Before
    return isFresh(outcome) ? { kind: 'written', accepted: part.rows.length, refused: part.refused } : outcome
  })
}

/** Null = never heard of; a number = the intent of a process that died before it wrote. Both are to be written. */
type Before = PartOutcome | number | null
const isFresh = (before: Before): before is number | null => before === null || typeof before === 'number'

async function whatIsKnown(deps: IntentDeps, part: Part, known: readonly Intent[]): Promise<Before> {
  const earlier = earlierOutcome(part, known)
  const own = known.find(({ hash, lineId }) => hash === part.key?.hash && lineId === part.line.lineId)
  if (earlier?.kind !== 'repeated' || !own || own.isSettled) return earlier
  const { platform, plant, nowMs, abandonedMs } = deps
  if (nowMs - own.updatedAtMs < abandonedMs || !(await takeOver(platform, own, nowMs))) return { kind: 'running' }
  const ids = await findWritten(plant, part.table, part.rows, own.beforeId, await claimedIds(platform, part.line.lineId, own.beforeId))
  if (ids === null) return own.intentId
  await settleIntent(platform, part, ids, nowMs)
  return { kind: 'repeated', accepted: ids.length, refused: own.refused }
}

async function insertAll({ plant, platform, durability }: IntentDeps, table: string, fresh: readonly Part[]): Promise<number[]> {
  const rows = fresh.flatMap((part) => part.rows)
  try {
    return await transaction(plant, async (tx) => {
      await askForSync(tx, durability)
      return insertDetectionsForIds(tx, table, rows)
    })
  } catch (error) {
    // refused for certain; after anything else nobody knows, and it is looked for when it is sent again
    if (!isDatabaseUnavailable(error) && faultOf(error) !== null) await forgetIntents(platform, fresh)
    throw error
  }
}

async function settle({ platform, nowMs, onUnsettled }: IntentDeps, fresh: readonly Part[], ids: readonly number[]): Promise<void> {
  try {
    let from = 0
    for (const part of fresh) {
      if (part.key !== null) await settleIntent(platform, part, ids.slice(from, from + part.rows.length), nowMs)
      from += part.rows.length
    }
  } catch (error) {
    // They are written: when one is sent again it is looked for.
    onUnsettled(error)
  }
}

async function highestId({ kysely }: PlantDb, table: string): Promise<number> {
  const { rows } = await sql<{ highest: unknown }>`select max(detection_id) as highest from ${sql.id(table)}`.execute(kysely)
  return asInteger(rows[0]?.highest) ?? 0
}

/** Others may have written between `beforeId` and the batch, but not this much. */
const mostRead = 200_000

/** Ids of `rows` in their order among the rows above `beforeId` that no other batch claims; null = they are not all there, so none of them is ours. */
export async function findWritten(
  { engine, kysely }: PlantDb,
  table: string,
  rows: readonly GoodRow[],
  beforeId: number,
  claimed: readonly (readonly [number, number])[],
): Promise<number[] | null> {
  const at =
    engine === 'mysql'
      ? sql`cast(detected_at as char(19))`
      : engine === 'postgres'
        ? sql`to_char(detected_at, 'YYYY-MM-DD HH24:MI:SS')`
        : sql`substr(replace(detected_at, 'T', ' '), 1, 19)`
  const query = sql`select detection_id, ${at}, area_id, product_id from ${sql.id(table)} where detection_id > ${beforeId}
    order by detection_id limit ${mostRead}`.compile(kysely)
  const ids: number[] = []
  await readRows(
    kysely,
    query,
    ([id, detectedAt, areaId, productId]) => {
      const wanted = rows[ids.length]
      const isTaken = claimed.some(([from, to]) => from <= Number(id) && Number(id) <= to)
      if (!wanted || isTaken) return
      if (detectedAt === wanted.detectedAt && Number(areaId) === wanted.areaId && Number(productId) === wanted.productId)
        ids.push(Number(id))
    },
    { timeoutMs: 10_000 },
  )
  return ids.length === rows.length ? ids : null
}
