/** Days of a line decoded; what is damaged is none. */
import type { TenantDb } from '../../platform/db/database.ts'
import { BlobBrokenError, decodeCoarse, decodeFine } from './codec.ts'
import type { DaySummary } from './day.ts'
import * as store from './store.ts'

/** Those of the days that can be read. */
export async function readDays(db: TenantDb, lineId: number, days: readonly number[]): Promise<Map<number, DaySummary>> {
  const [coarse, fine] = [await store.readBlobs(db, lineId, days, 'coarse'), await store.readBlobs(db, lineId, days, 'fine')]
  const fineOf = new Map(fine.map(({ day, bytes }) => [day, decoded(bytes, 'fine')]))
  const found = new Map<number, DaySummary>()
  for (const { day, bytes } of coarse) {
    const [own, other] = [decoded(bytes, 'coarse'), fineOf.get(day)]
    if (own && other) found.set(day, { coarse: own, fine: other })
  }
  return found
}

/** Null when it is damaged or of another version. */
export function decoded<P extends store.Part>(bytes: Uint8Array, part: P): DaySummary[P] | null {
  try {
    return (part === 'coarse' ? decodeCoarse(bytes) : decodeFine(bytes)) as DaySummary[P]
  } catch (error) {
    if (error instanceof BlobBrokenError) return null
    throw error
  }
}
