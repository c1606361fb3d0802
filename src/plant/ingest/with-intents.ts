/** Writing into a plant where Andon may add rows and nothing else. A note in the platform's database says before that a batch is about to be written,
 *  and after, where. A batch whose process died in between is looked for among the rows that came since. */
import { sql } from 'kysely'
import type { TenantDb } from '../../platform/db/database.ts'
import { asInteger, isDatabaseUnavailable, QueryTimeoutError, readRows, transaction } from '../../platform/db/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { insertDetectionsForIds, type PlantDb } from '../source/index.ts'
import { askForSync, type Durability } from './durability.ts'
import { faultOf } from './faults.ts'
import { beginIntents, claimedIds, findIntents, forgetIntents, type Intent, noteRefused, settleIntent, takeOver } from './intents.ts'
import { earlierOutcome, hashesOf, type Part, type PartOutcome } from './part.ts'
import type { GoodRow } from './rows.ts'
import { insertWhatFits } from './what-fits.ts'

export type IntentDeps = {
  readonly platform: TenantDb
  readonly plant: PlantDb
  readonly durability: Durability
  readonly clock: Clock
  /** What is unsettled for this long was left behind: a transaction that did not come to its commit in half of it is taken back. */
  readonly abandonedMs: number
  readonly onUnsettled: (error: unknown) => void
}

type Write = IntentDeps & {
  /** When it began. */
  readonly nowMs: number
  /** Of each part what the table takes; else all of all parts, or none. */
  readonly takesWhatFits: boolean
}

/** Parts of one line, at most one of each batch. Throws `WrittenMeanwhile`. */
export async function writeWithIntents(intentDeps: IntentDeps, parts: readonly Part[], takesWhatFits: boolean): Promise<PartOutcome[]> {
  const { platform, plant, clock } = intentDeps
  const nowMs = clock.nowMs()
  const deps = { ...intentDeps, nowMs, takesWhatFits }
  const known = await findIntents(platform, hashesOf(parts))
  const before: Before[] = []
  for (const part of parts) before.push(await whatIsKnown(deps, part, known))
  const fresh = parts.filter((_, at) => isFresh(before[at] as Before))
  const [first] = fresh
  const outcomes: PartOutcome[] = []
  if (first) {
    if (fresh.some(({ key }) => key !== null)) {
      const takenOver = new Map(parts.flatMap((part, at) => (typeof before[at] === 'number' ? [[part, before[at]] as const] : [])))
      await beginIntents(platform, fresh, takenOver, await highestId(plant, first.table), nowMs)
    }
    const written = await insert(deps, first.table, fresh)
    await settle(deps, written)
    for (const { rows, refused } of written.keys()) outcomes.push({ kind: 'written', accepted: rows.length, refused })
  }
  return before.map((outcome) => (isFresh(outcome) ? (outcomes.shift() as PartOutcome) : outcome))
}

/** Null = never heard of; a number = the intent of a process that died before it wrote. Both are to be written. */
type Before = PartOutcome | number | null
const isFresh = (before: Before): before is number | null => before === null || typeof before === 'number'

async function whatIsKnown(deps: Write, part: Part, known: readonly Intent[]): Promise<Before> {
  const earlier = earlierOutcome(part, known)
  const own = known.find(({ hash, lineId }) => hash === part.key?.hash && lineId === part.line.lineId)
  if (earlier?.kind !== 'repeated' || !own || own.isSettled) return earlier
  const { platform, plant, nowMs, abandonedMs } = deps
  if (nowMs - own.updatedAtMs < abandonedMs || !(await takeOver(platform, own, nowMs))) return { kind: 'running' }
  const left = new Set(own.refused.map(({ index }) => index))
  const rows = part.rows.filter(({ index }) => !left.has(index))
  const ids = await findWritten(plant, part.table, rows, own.beforeId, await claimedIds(platform, part.line.lineId, own.beforeId))
  if (ids === null) return own.intentId
  await settleIntent(platform, part, ids, nowMs)
  return { kind: 'repeated', accepted: ids.length, refused: own.refused }
}

/** Parts as they were written, with the ids of their rows. */
type Written = ReadonlyMap<Part, readonly number[]>

async function insert(deps: Write, table: string, fresh: readonly Part[]): Promise<Written> {
  const { plant, platform, durability, clock, nowMs, abandonedMs, takesWhatFits } = deps
  try {
    return await transaction(plant, async (tx) => {
      await askForSync(tx, durability)
      const written = takesWhatFits ? await insertFitting(deps, tx, fresh) : await insertAll(tx, table, fresh)
      // nothing but the commit is left, and nobody has taken the batch over yet
      if (clock.nowMs() - nowMs >= abandonedMs / 2) throw new QueryTimeoutError(abandonedMs / 2)
      return written
    })
  } catch (error) {
    // refused for certain; after anything else nobody knows, and it is looked for when it is sent again
    if (!isDatabaseUnavailable(error) && faultOf(error) !== null) await forgetIntents(platform, fresh, nowMs)
    throw error
  }
}

async function insertAll(tx: PlantDb, table: string, parts: readonly Part[]): Promise<Written> {
  const rows = parts.flatMap((part) => part.rows)
  const ids = await insertDetectionsForIds(tx, table, rows)
  const written = new Map<Part, readonly number[]>()
  let from = 0
  for (const part of parts) {
    written.set(part, ids.slice(from, from + part.rows.length))
    from += part.rows.length
  }
  return written
}

async function insertFitting({ platform, nowMs }: Write, tx: PlantDb, parts: readonly Part[]): Promise<Written> {
  const written = new Map<Part, readonly number[]>()
  for (const part of parts) {
    const ids: number[] = []
    const fitting = await insertWhatFits(tx, part, async (rows) => {
      ids.push(...(await insertDetectionsForIds(tx, part.table, rows)))
    })
    if (part.key !== null) await noteRefused(platform, fitting, nowMs)
    written.set(fitting, ids)
  }
  return written
}

async function settle({ platform, nowMs, onUnsettled }: Write, written: Written): Promise<void> {
  try {
    for (const [part, ids] of written) {
      if (part.key === null) continue
      if (ids.length > 0) await settleIntent(platform, part, ids, nowMs)
      else await forgetIntents(platform, [part], nowMs)
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
