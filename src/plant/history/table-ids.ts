/** Ends of a customer's table, by its primary key. */
import { sql } from 'kysely'
import { asInteger } from '../../platform/db/index.ts'
import type { IdRange, ReadContext } from '../detections/index.ts'
import type { DetectionTable } from '../model/model.ts'

export async function highestId({ plantDb }: ReadContext, table: DetectionTable): Promise<number | null> {
  const { rows } = await sql<{
    top: unknown
  }>`select max(${sql.id('detection_id')}) as ${sql.id('top')} from ${sql.id(table.name)}`.execute(plantDb.kysely)
  return asInteger(rows[0]?.top)
}

export async function idBounds({ plantDb }: ReadContext, table: DetectionTable): Promise<{ min: number; max: number } | null> {
  const id = sql.id('detection_id')
  const { rows } = await sql<{
    low: unknown
    top: unknown
  }>`select (select min(${id}) from ${sql.id(table.name)}) as ${sql.id('low')}, (select max(${id}) from ${sql.id(table.name)}) as ${sql.id('top')}`.execute(
    plantDb.kysely,
  )
  const [min, max] = [asInteger(rows[0]?.low), asInteger(rows[0]?.top)]
  return min === null || max === null ? null : { min, max }
}

/** Highest of the first `count` ids that are in the ranges; null = none is. */
export async function highestOfFirst(
  { plantDb }: ReadContext,
  table: DetectionTable,
  ranges: readonly IdRange[],
  count: number,
): Promise<number | null> {
  const id = sql.id('detection_id')
  const inRanges = sql.join(
    ranges.map(({ from, to }) => sql`(${id} >= ${from} and ${id} <= ${to})`),
    sql` or `,
  )
  const { rows } = await sql<{
    top: unknown
  }>`select max(${id}) as ${sql.id('top')} from (select ${id} from ${sql.id(table.name)} where ${inRanges} order by ${id} limit ${sql.lit(count)}) as ${sql.id('first_ids')}`.execute(
    plantDb.kysely,
  )
  return asInteger(rows[0]?.top)
}
