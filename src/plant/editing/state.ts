/** What a plant's metadata is at this moment, read from the database and not from a copy: what edits are held against. */
import type { TenantDb } from '../../platform/db/database.ts'
import {
  applyOverlays,
  type Entity,
  entities,
  firstOverlayId,
  listOverlays,
  type OpenPlant,
  type Overlay,
  type Shift,
  timeOfDayS,
} from '../model/index.ts'
import { type CustomerRow, type PlantTable, readTable } from '../source/index.ts'
import { byEntity, definitions } from './definitions.ts'
import { highestEditedId, type LastEdit, listLastEdits } from './queries.ts'
import { type PlantRecord, type Values, versionOf } from './values.ts'

const entityNames = Object.keys(definitions) as readonly Entity[]

export type Stored = {
  readonly id: number
  /** The customer's row; null when it was added in Andon. */
  readonly base: CustomerRow | null
  readonly overlay: Overlay | null
  readonly values: Values
}

export type EntityState = {
  readonly stored: ReadonlyMap<number, Stored>
  /** Rows that people took out of sight; the customer's database still has them. */
  readonly removed: ReadonlyMap<number, CustomerRow>
  /** Ids of overlays without effect: of a change whose row is gone, or of an addition whose id the customer's database gave to a row of its own. */
  readonly idle: ReadonlySet<number>
  /** The customer's table; null when there is none, or when it is not ours to write. */
  readonly writable: PlantTable | null
  readonly nextId: number
}

export type State = {
  readonly canManage: boolean
  readonly entities: Readonly<Record<Entity, EntityState>>
  /** Of the records that were asked about. */
  readonly lastEdits: ReadonlyMap<string, LastEdit>
}

/** Records whose last edits are wanted: one, or all of a kind. */
export type Edited = { readonly entity: Entity; readonly id: number | null }

export const editKey = (entity: Entity, id: number): string => `${entity} ${id}`

/** A shift that ends before it begins ends on the next day, whatever its flag says. */
export function valuesOf(entity: Entity, row: CustomerRow): Values {
  const values = Object.fromEntries(definitions[entity].fields.map(({ name, column, read }) => [name, read(row[column])]))
  if (entity !== 'shift') return values
  const [startS, endS] = [timeOfDayS(values.start_time), timeOfDayS(values.end_time)]
  return { ...values, is_overnight: values.is_overnight === true || (startS !== null && endS !== null && endS <= startS) }
}

type ReadPlant = Pick<OpenPlant, 'db' | 'loaded' | 'canManage'>

/** Only the wanted kinds of rows. `canManage` false: as if nothing of the customer's could be written. */
export async function readState(
  plant: ReadPlant,
  db: TenantDb,
  edited: readonly Edited[],
  wanted: readonly Entity[] = entityNames,
): Promise<State> {
  const overlays = await listOverlays(db)
  const lastEdits = await readLastEdits(db, edited)
  const rows = new Map<Entity, readonly CustomerRow[]>()
  const highest = new Map<Entity, number | null>()
  for (const entity of wanted) {
    const { table, idColumn } = entities[entity]
    const columns = [idColumn, ...definitions[entity].fields.map(({ column }) => column)]
    rows.set(entity, await readTable(plant.db, plant.loaded.catalog.find(table), columns))
    highest.set(entity, await highestEditedId(db, entity))
  }
  const partOf = (entity: Entity): EntityState => {
    const writable = plant.canManage ? plant.loaded.catalog.find(entities[entity].table) : null
    return entityState(entity, rows.get(entity) ?? [], overlays, writable, highest.get(entity) ?? null)
  }
  return { canManage: plant.canManage, entities: byEntity(partOf), lastEdits }
}

const mostNamed = 500

/** Of a kind of which very many records are named, those of all. */
async function readLastEdits(db: TenantDb, edited: readonly Edited[]): Promise<ReadonlyMap<string, LastEdit>> {
  const found = new Map<string, LastEdit>()
  for (const entity of new Set(edited.map((one) => one.entity))) {
    const ids = new Set(edited.filter((one) => one.entity === entity).map(({ id }) => id))
    const named = ids.has(null) || ids.size > mostNamed ? null : [...ids].filter((id) => id !== null)
    for (const last of await listLastEdits(db, entity, named)) found.set(editKey(entity, last.recordId), last)
  }
  return found
}

function entityState(
  entity: Entity,
  rows: readonly CustomerRow[],
  overlays: readonly Overlay[],
  writable: PlantTable | null,
  highestEdited: number | null,
): EntityState {
  const { idColumn } = entities[entity]
  const own = new Map(overlays.filter((overlay) => overlay.entity === entity).map((overlay) => [overlay.recordId, overlay]))
  const bases = new Map(rows.map((row) => [Number(row[idColumn]), row]))
  const stored = new Map<number, Stored>()
  for (const row of applyOverlays(entity, rows, overlays).rows) {
    const id = Number(row[idColumn])
    if (!Number.isSafeInteger(id)) continue
    const base = bases.get(id) ?? null
    const overlay = own.get(id) ?? null
    stored.set(id, { id, base, overlay: base !== null && overlay?.kind === 'added' ? null : overlay, values: valuesOf(entity, row) })
  }
  const removed = new Map([...bases].filter(([id]) => own.get(id)?.kind === 'removed'))
  const idle = new Set([...own].filter(([id, { kind }]) => kind === (bases.has(id) ? 'added' : 'changed')).map(([id]) => id))
  // Ids are never given twice: those of edits count too.
  const nextId = Math.max(firstOverlayId - 1, highestEdited ?? 0, ...own.keys()) + 1
  return { stored, removed, idle, writable, nextId }
}

/** `overlay` is what stands in place of the customer's value; being deactivated in a plant that we write is no such thing. */
export function recordOf(state: State, entity: Entity, { id, base, overlay, values }: Stored): PlantRecord {
  const last = state.lastEdits.get(editKey(entity, id))
  const isOverlaid = overlay !== null && (!state.canManage || Object.keys(overlay.fields).some((column) => column !== 'is_retired'))
  return {
    entity,
    id,
    values,
    version: versionOf(values),
    origin: isOverlaid ? 'overlay' : 'database',
    base: base === null ? null : valuesOf(entity, base),
    edited: last ? { editId: last.editId, by: last.by, atMs: last.atMs } : null,
  }
}

/** A shift's values as the model has them; null when its times cannot be read. */
export function shiftOf(shiftId: number, values: Values): Shift | null {
  const [startS, endS] = [timeOfDayS(values.start_time), timeOfDayS(values.end_time)]
  if (startS === null || endS === null) return null
  return {
    shiftId,
    shiftName: String(values.shift_name),
    isActive: values.is_active === true,
    isoWeekdays: new Set(values.days as readonly number[]),
    startS,
    endS,
    endsNextDay: values.is_overnight === true,
  }
}
