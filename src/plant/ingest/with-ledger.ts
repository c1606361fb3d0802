/** Writing into a plant that holds the ledger: the database itself says once and only once, whoever dies and whoever else writes. */
import { isDatabaseUnavailable, transaction } from '../../platform/db/index.ts'
import { insertDetections, type PlantDb, rowsPerStatement } from '../source/index.ts'
import { askForSync, type Durability } from './durability.ts'
import { faultOf } from './faults.ts'
import { findInLedger, insertIntoLedger } from './ledger.ts'
import { earlierOutcome, hashesOf, type Part, type PartOutcome } from './part.ts'

export type LedgerDeps = { readonly plant: PlantDb; readonly durability: Durability; readonly nowMs: number }

/** Parts of one line, at most one of each batch: all of those that were not written before, or none. `mayBeKnown` false = written as if none had been,
 *  which saves a question: throws a unique violation when one had, as it does when another process wrote one meanwhile. */
export async function writeWithLedger(
  { plant, durability, nowMs }: LedgerDeps,
  parts: readonly Part[],
  mayBeKnown: boolean,
): Promise<PartOutcome[]> {
  const hashes = hashesOf(parts)
  // One statement is a transaction by itself.
  if (hashes.length === 0 && !durability.isAskedFor && rowsOf(parts).length <= rowsPerStatement) {
    try {
      await insertParts(plant, parts)
      return parts.map(asWritten)
    } catch (error) {
      // one that lost against another transaction wrote nothing: again below, as often as a transaction may
      if (isDatabaseUnavailable(error) || faultOf(error) !== null) throw error
    }
  }
  return transaction(plant, async (tx) => {
    await askForSync(tx, durability)
    // a key that stands for other rows of another line shows in no unique violation: the rows of this line would be written, and the batch refused
    const mustAsk = mayBeKnown || parts.some(({ isOfMany }) => isOfMany)
    const known = mustAsk ? await findInLedger(tx, hashes) : []
    const outcomes = parts.map((part) => earlierOutcome(part, known))
    const fresh = parts.filter((_, at) => outcomes[at] === null)
    if (fresh.length > 0) {
      // the ledger first: a batch that is there already costs no rows
      await insertIntoLedger(tx, fresh, nowMs)
      await insertParts(tx, fresh)
    }
    return parts.map((part, at) => outcomes[at] ?? asWritten(part))
  })
}

const rowsOf = (parts: readonly Part[]) => parts.flatMap(({ rows }) => rows)
const insertParts = (db: PlantDb, parts: readonly Part[]): Promise<void> => insertDetections(db, parts[0]?.table ?? '', rowsOf(parts))
const asWritten = ({ rows, refused }: Part): PartOutcome => ({ kind: 'written', accepted: rows.length, refused })
