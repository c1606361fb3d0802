/** A plant that is not attached yet, opened for one step: what is in it, and what that means. Nothing is written. */
import { sql } from 'kysely'
import { findTenant, type TenantConfig } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type LocalS, parseLocal } from '../../platform/time/index.ts'
import { type LoadedModel, loadModel, type OpenPlant, type PlantOptions, readSettings } from '../model/index.ts'
import type { PlantDb } from '../source/index.ts'
import type { Draft } from './draft.ts'
import { guarded } from './guard.ts'

export type LookDeps = { readonly db: Db; readonly clock: Clock; readonly config: { readonly plant: PlantOptions } }

const poolSize = 2
const fallbackZone = 'UTC'

/** Settings of the company with what the draft says over them. */
export const settingsOf = (config: TenantConfig, { timeZone, performanceUnit }: Pick<Draft, 'timeZone' | 'performanceUnit'>) => ({
  ...config,
  ...(timeZone !== null && { timezone: timeZone }),
  ...(performanceUnit !== null && { performance_unit: performanceUnit }),
})

/** Opens, reads the metadata, and closes again. Throws what the guard refuses and what a broken database throws. */
export async function withDraft<T>(deps: LookDeps, tenantId: number, draft: Draft, work: (plant: OpenPlant) => Promise<T>): Promise<T> {
  const { connectTimeoutMs, statementTimeoutMs } = deps.config.plant
  const hostAddress = await guarded(draft.url, deps.config.plant)
  const opened = await openPlantKysely(draft.url, {
    poolSize,
    hostAddress,
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
    ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
  })
  try {
    const tenant = await findTenant(deps.db, tenantId)
    const { settings, warnings } = readSettings(settingsOf(tenant?.config ?? {}, draft), fallbackZone)
    const db: PlantDb = { tenantId, kysely: opened.kysely, engine: opened.engine }
    const nowMs = deps.clock.nowMs()
    const loaded = await loadModel(db, { settings, settingsWarnings: warnings, mappings: draft.lineTables, nowMs })
    return await work({ db, model: loaded.model, loaded, canManage: draft.canManage, writableFile: null })
  } finally {
    await opened.close()
  }
}

export type TableEnds = { readonly firstLocalS: LocalS | null; readonly lastLocalS: LocalS | null }

/** First and last row by id: both ends of the key, which cost nothing to find. */
export async function tableEnds({ kysely }: PlantDb, table: string): Promise<TableEnds> {
  const end = async (direction: 'asc' | 'desc'): Promise<LocalS | null> => {
    const { rows } = await sql<{ at: unknown }>`
      select cast(detected_at as char(19)) as at from ${sql.id(table)}
      order by detection_id ${sql.raw(direction)} limit 1`.execute(kysely)
    return rows[0] ? parseLocal(String(rows[0].at).slice(0, 19)) : null
  }
  return { firstLocalS: await end('asc'), lastLocalS: await end('desc') }
}

/** Tables that can be a line's: those that have the columns of detections. */
export const detectionTables = ({ catalog }: LoadedModel): readonly string[] =>
  catalog.tableNames.filter((name) => {
    const columns = catalog.table(name)?.columns
    return ['detection_id', 'detected_at', 'area_id', 'product_id'].every((column) => columns?.has(column))
  })
