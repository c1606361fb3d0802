/** The history of one line over a plant database, for tests: rows go in by id, the clock stands until it is moved. */
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import { companyIn } from '../../../test/harness/company.ts'
import { migratedDatabase } from '../../../test/harness/engines.ts'
import { lineDatabase } from '../../../test/harness/line-database.ts'
import { line, plantModel } from '../../../test/harness/plant-model.ts'
import type { Engine } from '../../platform/db/index.ts'
import { formatLocal } from '../../platform/time/index.ts'
import { createHistories, type Histories } from './histories.ts'
import type { HistoryOptions } from './options.ts'

const table = 'detection_line_l1'
const rowsPerInsert = 5_000

/** Midnight of the plant's calendar. */
export const firstS = Date.UTC(2026, 9, 5) / 1000

export async function historyWorld(engine: Engine, t: TestContext, options: Partial<HistoryOptions> = {}) {
  const platform = await migratedDatabase(engine, t)
  const plant = await lineDatabase(engine, t)
  const tenantId = await companyIn(platform.db)
  const own = line()
  const model = plantModel({ lines: [own] })
  const opened = { db: { ...plant.db, tenantId }, model }
  const clock = { at: Date.UTC(2026, 9, 20, 12), nowMs: () => clock.at }
  const warnings: string[] = []
  const log = {
    warn: (_data: object, message: string) => void warnings.push(message),
    error: (_data: object, message: string) => void warnings.push(message),
  }
  const open = (): Histories => {
    const histories = createHistories({ db: platform.db, clock, log, options })
    t.after(histories.close)
    return histories
  }
  const histories = open()
  /** Rows in the history, by its own count. */
  const total = async (from: Histories = histories): Promise<number> => {
    const view = (await from.of(opened).answer(own))?.view
    return (await view?.coarse(view.days))?.reduce((sum, { rowCount }) => sum + rowCount, 0) ?? 0
  }
  return {
    platform: platform.db,
    tenant: { ...platform.db, tenantId },
    plant: opened,
    own,
    clock,
    warnings,
    histories,
    open,
    total,
    run: plant.run,
    /** Ids `from` to `to`, `step` apart. */
    put: async (from: number, to: number, localS: (id: number) => number, step = 1): Promise<void> => {
      for (let first = from; first <= to; first += rowsPerInsert * step) {
        const count = Math.min(rowsPerInsert, Math.floor((to - first) / step) + 1)
        const ids = Array.from({ length: count }, (_, i) => first + i * step)
        const rows = ids.map((id) => sql`(${id}, ${formatLocal(localS(id))}, 2, 1)`)
        await sql`insert into ${sql.id(table)} (detection_id, detected_at, area_id, product_id) values ${sql.join(rows)}`.execute(
          opened.db.kysely,
        )
      }
    },
    /** Until what is there is settled. */
    settle: async (): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        await total()
        clock.at += 120_000
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
  }
}
