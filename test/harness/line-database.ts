/** A plant database with the two tables of one line, for tests of reading: rows go in as wall times, in the order of their ids. */
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import type { PlantDb } from '../../src/plant/source/index.ts'
import { createLineTables, insertDetections, insertDowntimes } from '../../src/plant/source/index.ts'
import { type Engine, openPlantKysely } from '../../src/platform/db/index.ts'
import { parseLocal } from '../../src/platform/time/index.ts'
import { temporaryDatabase } from './engines.ts'

export type TestRow = readonly [detectedAt: string, areaId?: number, productId?: number]
export type TestEvent = {
  readonly start: string
  readonly end: string
  readonly durationS?: number
  readonly code?: number | null
  readonly isManual?: boolean
}
export type LineDatabase = {
  readonly db: PlantDb
  readonly url: string
  readonly insert: (rows: readonly TestRow[]) => Promise<void>
  readonly stop: (events: readonly TestEvent[]) => Promise<void>
  readonly clear: () => Promise<void>
  readonly run: (statement: string) => Promise<void>
}

export async function lineDatabase(engine: Engine, t: TestContext): Promise<LineDatabase> {
  const url = await temporaryDatabase(engine, t)
  const opened = await openPlantKysely(url, { create: true })
  t.after(opened.close)
  const db: PlantDb = { tenantId: 1, engine, kysely: opened.kysely }
  await createLineTables(opened.kysely, engine, { detectionTable: 'detection_line_l1', downtimeTable: 'downtime_events_l1' })
  const run = async (statement: string): Promise<void> => {
    await sql.raw(statement).execute(opened.kysely)
  }
  return {
    db,
    url,
    run,
    insert: (rows) =>
      insertDetections(
        db,
        'detection_line_l1',
        rows.map(([detectedAt, areaId = 2, productId = 1]) => ({ detectedAt, areaId, productId })),
      ),
    stop: (events) =>
      insertDowntimes(
        db,
        'downtime_events_l1',
        events.map(({ start, end, durationS, code = null, isManual = false }) => ({
          lastDetectionId: 0,
          startTime: start,
          endTime: end,
          durationS: durationS ?? (parseLocal(end) ?? 0) - (parseLocal(start) ?? 0),
          reasonCode: code,
          reason: null,
          isManual,
          createdAt: end,
        })),
      ),
    clear: async () => {
      await run('delete from detection_line_l1')
      await run('delete from downtime_events_l1')
    },
  }
}
