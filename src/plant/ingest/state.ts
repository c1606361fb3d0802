/** What the page says of a plant: which of its lines can be written to, and what an acknowledgement is worth there. */
import { sql } from 'kysely'
import type { OpenPlant } from '../model/index.ts'
import type { PlantDb } from '../source/index.ts'
import { type Durability, durabilityOf } from './durability.ts'
import { faultOf } from './faults.ts'
import { hasLedger } from './ledger.ts'

export type LineState = {
  readonly lineId: number
  readonly lineName: string
  readonly lineCode: string
  readonly obstacle: 'missing_table' | 'no_write_right' | null
  readonly areas: readonly { readonly areaId: number; readonly areaName: string }[]
}

export type IngestState = {
  readonly lines: readonly LineState[]
  readonly durability: Durability
  /** Whether the plant's database itself keeps which batches it has; else Andon does beside it. */
  readonly isLedger: boolean
}

export async function ingestState({ db, model, canManage, writableFile }: OpenPlant): Promise<IngestState> {
  const lines: LineState[] = []
  for (const { lineId, lineName, lineCode, isActive, areas, detectionTable } of model.lines) {
    if (!isActive) continue
    const isReadOnlyFile = db.engine === 'sqlite' && writableFile === null
    const obstacle =
      detectionTable === null ? 'missing_table' : isReadOnlyFile ? 'no_write_right' : await obstacleOf(db, detectionTable.name)
    lines.push({ lineId, lineName, lineCode, obstacle, areas })
  }
  const canWrite = lines.some(({ obstacle }) => obstacle === null)
  return { lines, durability: await durabilityOf(db), isLedger: canWrite && (await hasLedger(db, canManage)) }
}

/** Asks for the right to write by writing nothing. Throws what the database throws when it is not there. */
async function obstacleOf({ kysely }: PlantDb, table: string): Promise<LineState['obstacle']> {
  const columns = sql.raw('detected_at, area_id, product_id')
  try {
    await sql`insert into ${sql.id(table)} (${columns}) select ${columns} from ${sql.id(table)} where 1 = 0`.execute(kysely)
    return null
  } catch (error) {
    const fault = faultOf(error)
    if (fault === null) throw error
    return fault === 'missing_table' ? fault : 'no_write_right'
  }
}
