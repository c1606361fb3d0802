/** Whether the parts of a place belong together. */
import type { Db } from '../../platform/db/database.ts'
import { resolvePlace } from '../../platform/geo/index.ts'
import type { ProblemField } from '../../platform/http/index.ts'
import type { ProfileChange } from '../users/index.ts'

/** What a smaller place lies in is filled in; what would lie in a larger one becomes none. */
export async function withPlace(
  db: Db,
  change: ProfileChange,
): Promise<{ readonly change: ProfileChange; readonly faults: readonly ProblemField[] }> {
  const { place, faults } = await resolvePlace(db, change)
  return { change: { ...change, ...place }, faults }
}
