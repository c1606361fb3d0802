/** Whether rows of the plant still name a record: then it is deactivated, not taken away. */
import { type RawBuilder, sql } from 'kysely'
import type { TenantDb } from '../../platform/db/database.ts'
import { isDatabaseUnavailable, isUnreadableTable } from '../../platform/db/index.ts'
import type { Entity, Line, OpenPlant } from '../model/index.ts'
import { isReasonStored } from './queries.ts'

type Plant = Pick<OpenPlant, 'db' | 'model' | 'loaded'>

/** What cannot be asked in time (a large table without an index on the column) counts as named. */
export async function isNamed(plant: Plant, db: TenantDb, entity: Entity, id: number): Promise<boolean> {
  const { lines, settings } = plant.model
  const any = async (tables: readonly (string | null)[], condition: RawBuilder<unknown>): Promise<boolean> => {
    for (const table of tables) if (table !== null && (await hasRow(plant, table, condition))) return true
    return false
  }
  const detectionTables = (some: readonly Line[]) => some.map(({ detectionTable }) => detectionTable?.name ?? null)
  switch (entity) {
    case 'line': {
      const own = lines.filter(({ lineId }) => lineId === id)
      return any([...detectionTables(own), ...own.map(({ downtimeTable }) => downtimeTable)], sql`1 = 1`)
    }
    case 'area': {
      const own = lines.filter(({ areas }) => areas.some(({ areaId }) => areaId === id))
      const cameras = plant.loaded.catalog.find('camera_area')?.name ?? null
      return any([...detectionTables(own), cameras], sql`${sql.id('area_id')} = ${id}`)
    }
    case 'product':
      return any(detectionTables(lines), sql`${sql.id('product_id')} = ${id}`)
    case 'shift':
      return [...settings.shiftIdsByLine.values()].some((shiftIds) => shiftIds.has(id))
    case 'filter':
      return false
    case 'failure':
    case 'incident':
      return (
        (await isReasonStored(db, id)) ||
        any(
          lines.map(({ downtimeTable }) => downtimeTable),
          sql`${sql.id('reason_code')} = ${id}`,
        )
      )
  }
}

async function hasRow({ db }: Plant, table: string, condition: RawBuilder<unknown>): Promise<boolean> {
  try {
    const { rows } = await sql`select 1 as one from ${sql.id(table)} where ${condition} limit 1`.execute(db.kysely)
    return rows.length > 0
  } catch (error) {
    if (isDatabaseUnavailable(error) || isUnreadableTable(error)) return true
    throw error
  }
}
