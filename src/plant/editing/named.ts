/** Whether rows, settings or notes still name a record: then it is deactivated, not taken away. */
import { type RawBuilder, sql } from 'kysely'
import type { TenantDb } from '../../platform/db/database.ts'
import { type ForeignKey, isDatabaseUnavailable, isUnreadableTable, listForeignKeys } from '../../platform/db/index.ts'
import { nextTurn } from '../../platform/time/index.ts'
import { type Entity, entities, type Line, type OpenPlant, type PlantSettings } from '../model/index.ts'
import { definitions } from './definitions.ts'
import type { Restore } from './plan.ts'
import { isLineNoted, isProductNoted, isReasonStored } from './queries.ts'
import type { Edit } from './values.ts'

type Plant = Pick<OpenPlant, 'db' | 'model' | 'loaded' | 'canManage'>
type Question = {
  readonly plant: Plant
  readonly db: TenantDb
  readonly settings: PlantSettings
  /** Keys of the customer's own tables by the kind that they refer to; those that the plan itself looks at are not among them. */
  readonly foreignKeys: (entity: Entity) => Promise<readonly ForeignKey[]>
}

/** For the whole of a request: thousands of removals (an import that is taken back) are asked one by one, each of many tables. */
const mostAskedMs = 10_000

/** Indexes of the removals of what is still named. `settings`: those that hold once the edits are done. What cannot be asked in time counts as named. */
export async function findNamed(
  plant: Plant,
  db: TenantDb,
  settings: PlantSettings,
  edits: readonly (Edit | Restore)[],
  askedMs = mostAskedMs,
): Promise<ReadonlySet<number>> {
  const asked = new Map<Entity, Promise<readonly ForeignKey[]>>()
  const foreignKeys = (entity: Entity) => {
    const keys = asked.get(entity) ?? foreignKeysOf(plant, entity)
    asked.set(entity, keys)
    return keys
  }
  const named = new Set<number>()
  const untilMs = performance.now() + askedMs
  for (const [index, edit] of edits.entries()) {
    if (edit.kind !== 'remove') continue
    // SQLite answers without leaving its turn
    await nextTurn()
    const isTooLate = performance.now() >= untilMs
    if (isTooLate || (await isNamed({ plant, db, settings, foreignKeys }, edit.entity, edit.id))) named.add(index)
  }
  return named
}

/** Only a plant that we write is asked: where nothing is deleted, nothing stands in the way. */
async function foreignKeysOf({ db, loaded, canManage }: Plant, entity: Entity): Promise<readonly ForeignKey[]> {
  const table = canManage ? loaded.catalog.find(entities[entity].table) : null
  if (!table) return []
  const children = Object.entries(definitions).flatMap(([child, { fields }]) =>
    fields.some(({ refersTo }) => refersTo === entity) ? [entities[child as Entity].table] : [],
  )
  return (await listForeignKeys(db, table.name)).filter((key) => !children.includes(key.table.toLowerCase()))
}

/** What cannot be asked in time (a large table without an index on the column) counts as named. */
async function isNamed(question: Question, entity: Entity, id: number): Promise<boolean> {
  const { plant, db, settings } = question
  const { lines } = plant.model
  const any = async (tables: readonly (string | null)[], condition: RawBuilder<unknown>): Promise<boolean> => {
    for (const table of tables) if (table !== null && (await hasRow(plant, table, condition))) return true
    return false
  }
  const detectionTables = (some: readonly Line[]) => some.map(({ detectionTable }) => detectionTable?.name ?? null)
  const isAsked = async (): Promise<boolean> => {
    switch (entity) {
      case 'line': {
        const own = lines.filter(({ lineId }) => lineId === id)
        return (
          isLineSet(settings, id) ||
          (await isLineNoted(db, id)) ||
          any([...detectionTables(own), ...own.map(({ downtimeTable }) => downtimeTable)], sql`1 = 1`)
        )
      }
      case 'area': {
        const own = lines.filter(({ areas }) => areas.some(({ areaId }) => areaId === id))
        const cameras = plant.loaded.catalog.find('camera_area')?.name ?? null
        return any([...detectionTables(own), cameras], sql`${sql.id('area_id')} = ${id}`)
      }
      case 'product':
        return (await isProductNoted(db, id)) || any(detectionTables(lines), sql`${sql.id('product_id')} = ${id}`)
      case 'shift':
        return [...settings.shiftIdsByLine.values()].some((shiftIds) => shiftIds.has(id))
      case 'filter':
        return false
      case 'failure':
      case 'incident':
        return (
          settings.plannedStopCodes.has(id) ||
          (await isReasonStored(db, id)) ||
          any(
            lines.map(({ downtimeTable }) => downtimeTable),
            sql`${sql.id('reason_code')} = ${id}`,
          )
        )
    }
  }
  return (await isAsked()) || isReferenced(question, entity, id)
}

/** A list that is for all lines names none. */
const isLineSet = ({ shiftIdsByLine, noDataAfterS, sites, holidays, extraShifts }: PlantSettings, lineId: number): boolean =>
  shiftIdsByLine.has(lineId) ||
  noDataAfterS.has(lineId) ||
  sites.some(({ lineIds }) => lineIds.includes(lineId)) ||
  [...holidays, ...extraShifts].some(({ lineIds }) => lineIds?.has(lineId))

/** Whether a row of the customer's own tables refers to it: the database would not let it go, or would take that row along. */
async function isReferenced({ plant, foreignKeys }: Question, entity: Entity, id: number): Promise<boolean> {
  const { table, idColumn } = entities[entity]
  const own = plant.loaded.catalog.find(table)
  if (!own) return false
  const ownId = own.columns.get(idColumn)?.name ?? idColumn
  for (const { schema, table: from, columns } of await foreignKeys(entity)) {
    const pairs = columns.map(({ name, refersTo }) => sql`${sql.id('f', name)} = ${sql.id('own', refersTo ?? ownId)}`)
    const source = schema === null ? sql.id(from) : sql.id(schema, from)
    const query = sql`select 1 as one from ${source} as f join ${sql.id(own.name)} as own on ${sql.join(pairs, sql` and `)}
      where ${sql.id('own', ownId)} = ${id} limit 1`
    if (await hasAny(plant, query)) return true
  }
  return false
}

const hasRow = (plant: Plant, table: string, condition: RawBuilder<unknown>): Promise<boolean> =>
  hasAny(plant, sql`select 1 as one from ${sql.id(table)} where ${condition} limit 1`)

async function hasAny({ db }: Plant, query: RawBuilder<unknown>): Promise<boolean> {
  try {
    return (await query.execute(db.kysely)).rows.length > 0
  } catch (error) {
    if (isDatabaseUnavailable(error) || isUnreadableTable(error)) return true
    throw error
  }
}
