/** Edits of a plant: held against what is there now, written, audited, and told to every process. */
import { findTenant } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { type Db, isPlatformFault, isUniqueViolation, isUnreadableTable, transaction, violatedConstraint } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import type { Clock } from '../../platform/time/index.ts'
import {
  type Entity,
  listOverlays,
  loadModel,
  type OpenPlant,
  type Overlay,
  type PlantModel,
  type PlantSettings,
  type Plants,
} from '../model/index.ts'
import { bumpRevision, listMappings, tableKinds } from '../source/index.ts'
import { carryOut, type Editor, makeLineTables } from './carry-out.ts'
import { byEntity } from './definitions.ts'
import { findNamed } from './named.ts'
import type { Operation } from './operations.ts'
import { conflict, type Plan, planEdits, type Restore } from './plan.ts'
import { problem } from './problems.ts'
import { findEdit, type StoredEdit } from './queries.ts'
import { type Edited, editKey, readState, recordOf, type State, valuesOf } from './state.ts'
import { type Done, type Edit, isSame, type PlantRecord, versionOf } from './values.ts'

/** Of edits that come with a file. */
export type Occasion = {
  /** Nothing of the customer's is written: all is kept beside it, in a transaction that is taken back. The same is refused. */
  readonly isTrial?: boolean
  /** Those that will hold when the edits are done, given the ids that keys of the list got. Absent: those of now. */
  readonly settingsOf?: (ids: ReadonlyMap<string, number>) => PlantSettings
}

export type EditingDeps = { readonly db: Db; readonly clock: Clock; readonly plants: Pick<Plants, 'withPlant'> }

/** `removed`: rows of the customer's database that people took out of sight in Andon; `revert` brings one back.
 *  `idle`: ids of what was changed or added in Andon and has no effect any more; `revert` forgets it. */
export type Records = {
  readonly records: readonly PlantRecord[]
  readonly removed: readonly PlantRecord[]
  readonly idle: readonly number[]
  readonly canManage: boolean
}

/** Read from the database now, edits of Andon applied; inactive ones too. By id. */
export const readRecords = (deps: EditingDeps, tenantId: number, entity: Entity): Promise<Records> =>
  readKind(deps, tenantId, { entity, id: null })

const readKind = ({ db, plants }: EditingDeps, tenantId: number, edited: Edited): Promise<Records> =>
  plants.withPlant(tenantId, async (plant) =>
    recordsOf(await readState(plant, { ...db, tenantId }, [edited], [edited.entity]), edited.entity),
  )

/** All kinds, from one reading. Who edited them last is not read. */
export const readAllRecords = ({ db, plants }: EditingDeps, tenantId: number): Promise<Readonly<Record<Entity, Records>>> =>
  plants.withPlant(tenantId, async (plant) => {
    const state = await readState(plant, { ...db, tenantId }, [])
    return byEntity((entity) => recordsOf(state, entity))
  })

function recordsOf(state: State, entity: Entity): Records {
  const { stored, removed, idle } = state.entities[entity]
  return {
    records: [...stored.values()].map((one) => recordOf(state, entity, one)).sort((a, b) => a.id - b.id),
    removed: [...removed].map(([id, base]) => recordOf(state, entity, { id, base, overlay: null, values: valuesOf(entity, base) })),
    idle: [...idle].sort((a, b) => a - b),
    canManage: state.canManage,
  }
}

export const listRecords = async (deps: EditingDeps, tenantId: number, entity: Entity): Promise<readonly PlantRecord[]> =>
  (await readRecords(deps, tenantId, entity)).records

/** Throws 404 `record_not_found`. */
export async function findRecord(deps: EditingDeps, tenantId: number, entity: Entity, id: number): Promise<PlantRecord> {
  const found = (await readKind(deps, tenantId, { entity, id })).records.find((record) => record.id === id)
  if (!found) throw problem('record_not_found', { parameters: { entity, id } })
  return found
}

/** All of them or none. Throws 404 `record_not_found`, 409 `edit_conflict` (who, when), `code_taken`, `line_limit`, `record_limit`,
 *  `nothing_to_revert`, `plant_not_writable`, `plant_constraint`, 422 `validation_failed` with a path such as `line_code`, or `3.line_code` in a longer list. */
export const applyEdits = (
  deps: EditingDeps,
  editor: Editor,
  tenantId: number,
  edits: readonly Edit[],
  occasion: Occasion = {},
): Promise<readonly Done[]> => applyAll(deps, editor, tenantId, editedBy(edits), () => edits, occasion)

const editedBy = (edits: readonly Edit[]): Edited[] => edits.flatMap((edit) => (edit.kind === 'add' ? [] : [edit]))

/** One edit. */
export async function applyEdit(deps: EditingDeps, editor: Editor, tenantId: number, edit: Edit): Promise<Done> {
  const [done] = await applyEdits(deps, editor, tenantId, [edit])
  if (!done) throw new Error('an edit has an outcome')
  return done
}

/** The record is as it was before. Throws 404 `edit_not_found`, 409 `edit_conflict` when somebody changed it since. */
export async function undoEdit(deps: EditingDeps, editor: Editor, tenantId: number, editId: number): Promise<Done> {
  const edit = await findEdit({ ...deps.db, tenantId }, editId)
  if (!edit) throw problem('edit_not_found')
  const edited = { entity: edit.entity, id: edit.recordId }
  const [done] = await applyAll(deps, editor, tenantId, [edited], (state) => [inverseOf(state, edit)])
  if (!done) throw new Error('an edit has an outcome')
  return done
}

function inverseOf(state: State, { editId, entity, recordId: id, before, after }: StoredEdit): Edit | Restore {
  const stored = state.entities[entity].stored.get(id)
  const isLast = state.lastEdits.get(editKey(entity, id))?.editId === editId
  if (!isLast || !isSame(stored?.values ?? null, after)) throw conflict(state, entity, id)
  if (before === null) return { kind: 'remove', entity, id }
  if (after === null) return { kind: 'restore', entity, id, values: before }
  return { kind: 'change', entity, id, values: before, version: versionOf(after) }
}

export type Preview = { readonly before: PlantModel; readonly after: PlantModel; readonly warnings: readonly Text[] }

/** The plant as it would be: same refusals as `applyEdits`, and nothing is written. */
export const previewModel = ({ db, plants, clock }: EditingDeps, tenantId: number, edits: readonly Edit[]): Promise<Preview> =>
  plants.withPlant(tenantId, async (plant) => {
    const tenantDb = { ...db, tenantId }
    const state = await readState({ ...plant, canManage: false }, tenantDb, editedBy(edits))
    const { operations, warnings } = refused(await planOf(plant, tenantDb, state, edits))
    const overlays = overlaysAfter(await listOverlays(tenantDb), operations)
    const input = { settings: plant.model.settings, mappings: await listMappings(tenantDb), overlays, nowMs: clock.nowMs() }
    return { before: plant.model, after: (await loadModel(plant.db, input)).model, warnings }
  })

function overlaysAfter(overlays: readonly Overlay[], operations: readonly Operation[]): Overlay[] {
  const byRecord = new Map(overlays.map((overlay) => [editKey(overlay.entity, overlay.recordId), overlay]))
  for (const { entity, id, overlay } of operations) {
    if (overlay === 'drop') byRecord.delete(editKey(entity, id))
    else if (overlay) byRecord.set(editKey(entity, id), overlay)
  }
  return [...byRecord.values()]
}

function refused(plan: Plan): Plan {
  const { faults } = plan
  if (faults.length === 0) return plan
  const code = faults.every(({ rule }) => rule === 'code_taken') ? 'code_taken' : 'validation_failed'
  throw problem(code, { fields: faults.slice(0, toldFaults) })
}

/** A file may have tens of thousands. */
const toldFaults = 100

async function planOf(
  plant: OpenPlant,
  db: TenantDb,
  state: State,
  edits: readonly (Edit | Restore)[],
  { settingsOf = () => plant.model.settings }: Occasion = {},
): Promise<Plan> {
  const named = await findNamed(plant, db, settingsOf(new Map()), edits)
  const { tables } = plant.loaded
  const settledTables = tableKinds.flatMap((kind) => [...tables[kind]].map(([lineId, tableName]) => ({ lineId, tableName })))
  const lineOfTable = new Map(
    [...(await listMappings(db)), ...settledTables].map(({ lineId, tableName }) => [tableName.toLowerCase(), lineId]),
  )
  return planEdits(state, edits, { settingsOf, isManaged: plant.canManage, named, lineOfTable, maxLines: await maxLinesOf(db) })
}

async function maxLinesOf(db: TenantDb): Promise<number | null> {
  const limits = (await findTenant(db, db.tenantId))?.config.limits
  const maximum = typeof limits === 'object' && limits !== null && 'max_lines' in limits ? limits.max_lines : null
  return typeof maximum === 'number' && Number.isSafeInteger(maximum) ? maximum : null
}

/** The attachment's row is held from the first statement on: edits of one company come one after the other, so that what is checked stays true
 *  until it is written, and every process reads the plant anew once they are committed. The plant's transaction ends just before the platform's:
 *  only a crash between the two can leave a row without its audit. */
function applyAll(
  { db: platform, clock, plants }: EditingDeps,
  editor: Editor,
  tenantId: number,
  edited: readonly Edited[],
  wanted: (state: State) => readonly (Edit | Restore)[],
  occasion: Occasion = {},
): Promise<readonly Done[]> {
  return plants.withPlant(tenantId, (plant) =>
    transaction({ ...platform, tenantId }, async (db) => {
      await bumpRevision(db, clock.nowMs())
      const state = await readState(occasion.isTrial ? { ...plant, canManage: false } : plant, db, edited)
      const plan = refused(await planOf(plant, db, state, wanted(state), occasion))
      const work = { clock, editor, db, state }
      if (!plan.operations.some(({ row }) => row !== null)) return carryOut({ ...work, plant: null }, plan)
      try {
        await makeLineTables(plant, plan, clock.nowMs())
        return await plant.db.kysely
          .transaction()
          .execute((kysely) => carryOut({ ...work, plant: { kysely, engine: plant.db.engine } }, plan))
      } catch (error) {
        if (isUniqueViolation(error)) throw problem('code_taken', { cause: error })
        if (isUnreadableTable(error)) throw problem('plant_not_writable', { cause: error })
        const rule = isPlatformFault(error) ? null : violatedConstraint(error)
        if (rule !== null) throw problem('plant_constraint', { parameters: { reason: rule.slice(0, 300) }, cause: error })
        throw error
      }
    }),
  )
}
