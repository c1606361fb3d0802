/** Writing into a plant that holds the ledger: the database itself says once and only once, whoever dies and whoever else writes. */
import { transaction } from '../../platform/db/index.ts'
import { insertDetections, type PlantDb, rowsPerStatement } from '../source/index.ts'
import { askForSync, type Durability } from './durability.ts'
import { findInLedger, insertIntoLedger } from './ledger.ts'
import { earlierOutcome, hashesOf, type Part, type PartOutcome } from './part.ts'
import { insertWhatFits } from './what-fits.ts'

export type LedgerDeps = { readonly plant: PlantDb; readonly durability: Durability; readonly nowMs: number }

/** Parts of one line, at most one of each batch: all of those that were not written before, or none; `takesWhatFits`: of each what the table takes.
 *  Throws `WrittenMeanwhile`. */
export async function writeWithLedger(
  { plant, durability, nowMs }: LedgerDeps,
  parts: readonly Part[],
  takesWhatFits: boolean,
): Promise<PartOutcome[]> {
  const hashes = hashesOf(parts)
  // One statement is a transaction by itself.
  if (hashes.length === 0 && !takesWhatFits && !durability.isAskedFor && rowsOf(parts).length <= rowsPerStatement) {
    await insertAll(plant, parts)
    return parts.map(asWritten)
  }
  return transaction(plant, async (tx) => {
    await askForSync(tx, durability)
    const known = await findInLedger(tx, hashes)
    const earlier = parts.map((part) => earlierOutcome(part, known))
    const fresh = parts.filter((_, at) => earlier[at] === null)
    const written = takesWhatFits ? await insertFitting(tx, fresh) : await insertAll(tx, fresh)
    await insertIntoLedger(
      tx,
      written.filter(({ rows }) => rows.length > 0),
      nowMs,
    )
    const outcomes = written.map(asWritten)
    return earlier.map((outcome) => outcome ?? (outcomes.shift() as PartOutcome))
  })
}

const rowsOf = (parts: readonly Part[]) => parts.flatMap(({ rows }) => rows)
const asWritten = ({ rows, refused }: Part): PartOutcome => ({ kind: 'written', accepted: rows.length, refused })

async function insertAll(db: PlantDb, parts: readonly Part[]): Promise<readonly Part[]> {
  const [first] = parts
  if (first) await insertDetections(db, first.table, rowsOf(parts))
  return parts
}

async function insertFitting(tx: PlantDb, parts: readonly Part[]): Promise<readonly Part[]> {
  const written: Part[] = []
  for (const part of parts) written.push(await insertWhatFits(tx, part, (rows) => insertDetections(tx, part.table, rows)))
  return written
}
