/** A group of parts into one table: all in one transaction, and where the database refuses something, as much of it as it takes. */
import type { TenantDb } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { OpenPlant } from '../model/index.ts'
import type { RefusalCode } from './contract.ts'
import { dayOfRow, daysWithoutPartition } from './days.ts'
import { durabilityOf } from './durability.ts'
import { faultOf } from './faults.ts'
import { findIntents } from './intents.ts'
import { hasLedger } from './ledger.ts'
import { hashesOf, type Part, type PartOutcome, refusedAs, WrittenMeanwhile } from './part.ts'
import { writeWithIntents } from './with-intents.ts'
import { writeWithLedger } from './with-ledger.ts'

export type GroupDeps = {
  readonly platform: TenantDb
  readonly plant: Pick<OpenPlant, 'db' | 'canManage'>
  readonly clock: Clock
  readonly abandonedMs: number
  readonly onUnsettled: (error: unknown) => void
}

/** Parts of one line, at most one of each batch; their outcomes in the same order. Throws when the plant cannot be reached: then nobody knows. */
export async function writeGroup(deps: GroupDeps, parts: readonly Part[]): Promise<PartOutcome[]> {
  try {
    return await writeOnce(deps, parts, false)
  } catch (error) {
    const [part] = parts
    if (parts.length === 1 && part) return [await writeWhatFits(deps, part, error)]
    // or several batches that another process wrote one after the other
    if (faultOf(error) === null && !(error instanceof WrittenMeanwhile)) throw error
    return writeEach(deps, parts)
  }
}

/** What happens to one is no other's matter. */
async function writeEach(deps: GroupDeps, parts: readonly Part[]): Promise<PartOutcome[]> {
  const outcomes: PartOutcome[] = []
  for (const part of parts)
    outcomes.push(...(await writeGroup(deps, [part]).catch((error: unknown): PartOutcome[] => [{ kind: 'failed', error }])))
  return outcomes
}

const mostRaces = 3

async function writeOnce(deps: GroupDeps, parts: readonly Part[], takesWhatFits: boolean): Promise<PartOutcome[]> {
  const { platform, plant, clock } = deps
  const durability = await durabilityOf(plant.db)
  const isLedger = await hasLedger(plant.db, plant.canManage)
  const intentDeps = { ...deps, plant: plant.db, durability }
  for (let race = 1; ; race++) {
    try {
      // its administrator may have made the ledger after batches were noted beside it
      if (!isLedger || (!plant.canManage && (await findIntents(platform, hashesOf(parts))).length > 0))
        return await writeWithIntents(intentDeps, parts, takesWhatFits)
      return await writeWithLedger({ plant: plant.db, durability, nowMs: clock.nowMs() }, parts, takesWhatFits)
    } catch (error) {
      if (race >= mostRaces || !(error instanceof WrittenMeanwhile)) throw error
    }
  }
}

async function writeWhatFits(deps: GroupDeps, part: Part, error: unknown): Promise<PartOutcome> {
  if (error instanceof WrittenMeanwhile) return { kind: 'running' }
  const fault = faultOf(error)
  if (fault === null) throw error
  // of the table, not of its rows
  if (fault === 'no_write_right' || fault === 'missing_table') return refusedAll(part, fault)
  const missing = fault === 'missing_partition' ? await daysWithoutPartition(deps.plant.db, part.table, part.rows) : new Set<string>()
  const { late = [], rows = [] } = Object.groupBy(part.rows, (row) => (missing.has(dayOfRow(row)) ? 'late' : 'rows'))
  if (rows.length === 0) return refusedAll(part, fault)
  const refused = [...part.refused, ...refusedAs(late, 'missing_partition')]
  try {
    const [outcome] = await writeOnce(deps, [{ ...part, rows, refused }], true)
    return outcome as PartOutcome
  } catch (later) {
    // at the commit, or with it the whole transaction
    const code = faultOf(later)
    if (code === null) throw later
    return refusedAll(part, code)
  }
}

const refusedAll = (part: Part, code: RefusalCode): PartOutcome => ({
  kind: 'written',
  accepted: 0,
  refused: [...part.refused, ...refusedAs(part.rows, code)],
})
