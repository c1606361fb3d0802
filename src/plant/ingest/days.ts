/** Which days a table has no place for: one row of each is tried, and none of them stays. */
import { transaction } from '../../platform/db/index.ts'
import { insertDetections, type PlantDb } from '../source/index.ts'
import type { GoodRow } from './rows.ts'
import { faultOfTry } from './what-fits.ts'

export const dayOfRow = ({ detectedAt }: GoodRow): string => detectedAt.slice(0, 10)

class NothingStays extends Error {}

export async function daysWithoutPartition(plant: PlantDb, table: string, rows: readonly GoodRow[]): Promise<ReadonlySet<string>> {
  const missing = new Set<string>()
  const firsts = [...Map.groupBy(rows, dayOfRow)].flatMap(([day, [first]]) => (first ? [[day, first] as const] : []))
  const trial = transaction(plant, async (tx) => {
    for (const [day, row] of firsts)
      if ((await faultOfTry(tx, () => insertDetections(tx, table, [row]))) === 'missing_partition') missing.add(day)
    throw new NothingStays()
  })
  await trial.catch((error: unknown) => {
    if (!(error instanceof NothingStays)) throw error
  })
  return missing
}
