/** As many rows of a batch as the table takes: halved down to those that it refuses. */
import { sql } from 'kysely'
import type { PlantDb } from '../source/index.ts'
import type { RefusalCode } from './contract.ts'
import { faultOf } from './faults.ts'
import { type KeptRefusal, type Part, refusedAs } from './part.ts'
import type { GoodRow } from './rows.ts'

/** A row alone among 10,000 is found by 14. Each is two more statements under the locks of one transaction. */
const mostSplits = 40

/** In a transaction. Answers the part with the rows that are in, in their order, and the others among the refused. `insert` throws for all of its rows
 *  or none. Where there are more faults than can be found soon, what was not tried alone is `not_tried`. */
export async function insertWhatFits(tx: PlantDb, part: Part, insert: (rows: readonly GoodRow[]) => Promise<void>): Promise<Part> {
  const taken: GoodRow[] = []
  const refused: KeptRefusal[] = []
  let splits = 0
  const take = async (rows: readonly GoodRow[]): Promise<void> => {
    const fault = await faultOfTry(tx, () => insert(rows))
    if (fault === null) taken.push(...rows)
    else if (rows.length === 1) refused.push(...refusedAs(rows, fault))
    else if (splits === mostSplits) refused.push(...refusedAs(rows, 'not_tried'))
    else {
      splits++
      const middle = rows.length >> 1
      await take(rows.slice(0, middle))
      await take(rows.slice(middle))
    }
  }
  await take(part.rows)
  return { ...part, rows: taken, refused: [...part.refused, ...refused] }
}

/** Null = it is done; else nothing of it is. */
export async function faultOfTry(tx: PlantDb, work: () => Promise<void>): Promise<RefusalCode | null> {
  await sql`savepoint one_try`.execute(tx.kysely)
  try {
    await work()
    return null
  } catch (error) {
    const fault = faultOf(error)
    if (fault === null) throw error
    await sql`rollback to savepoint one_try`.execute(tx.kysely).catch(() => {
      // a trigger of SQLite may have ended the transaction
      throw error
    })
    return fault
  }
}
