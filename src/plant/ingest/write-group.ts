/** A group of parts into one table: all in one transaction, and where the database refuses something, as much of it as it takes. */
import type { TenantDb } from '../../platform/db/database.ts'
import { isUniqueViolation } from '../../platform/db/index.ts'
import type { OpenPlant } from '../model/index.ts'
import type { RefusalCode } from './contract.ts'
import { dayOfRow, daysWithoutPartition } from './days.ts'
import { durabilityOf } from './durability.ts'
import { faultOf } from './faults.ts'
import { findIntents } from './intents.ts'
import { hasLedger } from './ledger.ts'
import { hashesOf, type KeptRefusal, type Part, type PartOutcome } from './part.ts'
import { writeWithIntents } from './with-intents.ts'
import { writeWithLedger } from './with-ledger.ts'

export type GroupDeps = {
  readonly platform: TenantDb
  readonly plant: Pick<OpenPlant, 'db' | 'canManage'>
  readonly nowMs: number
  readonly abandonedMs: number
  readonly onUnsettled: (error: unknown) => void
}

const refusedAll = (part: Part, code: RefusalCode): PartOutcome => ({
  kind: 'written',
  accepted: 0,
  refused: [...part.refused, ...part.rows.map(({ index }) => ({ index, code, field: fieldOf(code) }))],
})

const fieldOf = (code: RefusalCode): string =>
  code === 'missing_partition' ? 'detected_at' : code === 'refused_by_database' ? 'row' : 'line'

/** Parts of one line, at most one of each batch; their outcomes in the same order. Throws when the plant cannot be reached: then nobody knows. */
export async function writeGroup(deps: GroupDeps, parts: readonly Part[]): Promise<PartOutcome[]> {
  try {
    return await writeOnce(deps, parts)
  } catch (error) {
    // a unique key of the customer's own, or several batches that another process wrote one after the other
    const fault = faultOf(error) ?? (isUniqueViolation(error) ? 'refused_by_database' : null)
    if (fault === null) throw error
    const [part] = parts
    if (parts.length === 1 && part) return [await writeWhatFits(deps, part, fault)]
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

/** Most batches are new: whether one is known is asked only once it turned out so. */
async function writeOnce(deps: GroupDeps, parts: readonly Part[]): Promise<PartOutcome[]> {
  const { platform, plant, nowMs } = deps
  const durability = await durabilityOf(plant.db)
  const isLedger = await hasLedger(plant.db, plant.canManage)
  const intentDeps = { ...deps, plant: plant.db, durability }
  for (let race = 1; ; race++) {
    try {
      if (!isLedger) return await writeWithIntents(intentDeps, parts)
      // its administrator may have made the ledger after batches were noted beside it
      if (!plant.canManage && (await findIntents(platform, hashesOf(parts))).length > 0) return await writeWithIntents(intentDeps, parts)
      return await writeWithLedger({ plant: plant.db, durability, nowMs }, parts, race > 1)
    } catch (error) {
      if (race >= mostRaces || !isUniqueViolation(error)) throw error
    }
  }
}

async function writeWhatFits(deps: GroupDeps, part: Part, fault: RefusalCode): Promise<PartOutcome> {
  if (fault !== 'missing_partition') return refusedAll(part, fault)
  const missing = await daysWithoutPartition(deps.plant.db, part.table, part.rows)
  const rows = part.rows.filter((row) => !missing.has(dayOfRow(row)))
  if (rows.length === 0 || rows.length === part.rows.length) return refusedAll(part, fault)
  const late = part.rows
    .filter((row) => missing.has(dayOfRow(row)))
    .map(({ index }): KeptRefusal => ({ index, code: fault, field: fieldOf(fault) }))
  const [outcome] = await writeGroup(deps, [{ ...part, rows, refused: [...part.refused, ...late] }])
  return outcome ?? refusedAll(part, fault)
}
