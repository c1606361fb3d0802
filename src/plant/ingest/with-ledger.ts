/** Writing into a plant that holds the ledger: the database itself says once and only once, whoever dies and whoever else writes. */
import { transaction } from '../../platform/db/index.ts'
import { insertDetections, type PlantDb } from '../source/index.ts'
import { askForSync, type Durability } from './durability.ts'
import { findInLedger, insertIntoLedger } from './ledger.ts'
import { earlierOutcome, hashesOf, type Part, type PartOutcome } from './part.ts'

export type LedgerDeps = { readonly plant: PlantDb; readonly durability: Durability; readonly nowMs: number }

/** Parts of one line, at most one of each batch, in one transaction. Throws a unique violation when another process wrote one of them meanwhile. */
export function writeWithLedger({ plant, durability, nowMs }: LedgerDeps, parts: readonly Part[]): Promise<PartOutcome[]> {
  return transaction(plant, async (tx) => {
    await askForSync(tx, durability)
    const known = await findInLedger(tx, hashesOf(parts))
    const outcomes = parts.map((part) => earlierOutcome(part, known))
    const fresh = parts.filter((_, at) => outcomes[at] === null)
    const [first] = fresh
    if (first) {
      // the ledger first: a batch that is there already costs no rows
      await insertIntoLedger(tx, fresh, nowMs)
      await insertDetections(
        tx,
        first.table,
        fresh.flatMap(({ rows }) => rows),
      )
    }
    return parts.map((part, at) => outcomes[at] ?? { kind: 'written', accepted: part.rows.length, refused: part.refused })
  })
}
