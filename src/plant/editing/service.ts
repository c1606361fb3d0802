/** Edits of a plant: held against what is there now, written, audited, and told to every process. */
import { findTenant } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { type Db, isUniqueViolation, isUnreadableTable, transaction } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type Entity, listOverlays, loadModel, type OpenPlant, type Overlay, type PlantModel, type Plants } from '../model/index.ts'
import { bumpRevision, listMappings, tableKinds } from '../source/index.ts'
import { carryOut, type Editor, makeLineTables } from './carry-out.ts'
import { isNamed } from './named.ts'
import type { Operation } from './operations.ts'
import { conflict, type Plan, planEdits, type Restore } from './plan.ts'
import { problem } from './problems.ts'
import { findEdit } from './queries.ts'
import { editKey, readState, recordOf, type State, valuesOf } from './state.ts'
import { type Done, type Edit, isSame, type PlantRecord, versionOf } from './values.ts'

export type EditingDeps = { readonly db: Db; readonly clock: Clock; readonly plants: Pick<Plants, 'withPlant'> }

/** `removed`: rows of the customer's database that people took out of sight in Andon; `revert` brings one back. */
export type Records = { readonly records: readonly PlantRecord[]; readonly removed: readonly PlantRecord[]; readonly canManage: boolean }

/** Read from the database now, edits of Andon applied; inactive ones too. By id. */
export const readRecords = ({ db, plants }: EditingDeps, tenantId: number, entity: Entity): Promise<Records> =>
  plants.withPlant(tenantId, async (plant) => {
    const state = await readState(plant, { ...db, tenantId }, [entity])
    const { stored, removed } = state.entities[entity]
    return {
      records: [...stored.values()].map((one) => recordOf(state, entity, one)).sort((a, b) => a.id - b.id),
      removed: [...removed].map(([id, base]) => recordOf(state, entity, { id, base, overlay: null, values: valuesOf(entity, base) })),
      canManage: plant.canManage,
    }
  })

export const listRecords = async (deps: EditingDeps, tenantId: number, entity: Entity): Promise<readonly PlantRecord[]> =>
  (await readRecords(deps, tenantId, entity)).records

/** Throws 404 `record_not_found`. */
export async function findRecord(deps: EditingDeps, tenantId: number, entity: Entity, id: number): Promise<PlantRecord> {
  const found = (await listRecords(deps, tenantId, entity)).find((record) => record.id === id)
  if (!found) throw problem('record_not_found', { parameters: { entity, id } })
  return found
}

/** All of them or none. Throws 404 `record_not_found`, 409 `edit_conflict` (who, when), `code_taken`, `line_limit`, `nothing_to_revert`,
 *  `plant_not_writable`, 422 `validation_failed` with a path such as `line_code`, or `3.line_code` in a longer list. */
export const applyEdits = (deps: EditingDeps, editor: Editor, tenantId: number, edits: readonly Edit[]): Promise<readonly Done[]> =>
  applyAll(deps, editor, tenantId, async () => edits)

/** One edit. */
export async function applyEdit(deps: EditingDeps, editor: Editor, tenantId: number, edit: Edit): Promise<Done> {
  const [done] = await applyEdits(deps, editor, tenantId, [edit])
  if (!done) throw new Error('an edit has an outcome')
  return done
}

/** The record is as it was before. Throws 404 `edit_not_found`, 409 `edit_conflict` when somebody changed it since. */
export async function undoEdit(deps: EditingDeps, editor: Editor, tenantId: number, editId: number): Promise<Done> {
  const [done] = await applyAll(deps, editor, tenantId, async (db, state) => [await inverseOf(db, state, editId)])
  if (!done) throw new Error('an edit has an outcome')
  return done
}

async function inverseOf(db: TenantDb, state: State, editId: number): Promise<Edit | Restore> {
  const edit = await findEdit(db, editId)
  if (!edit) throw problem('edit_not_found')
  const { entity, recordId: id, before, after } = edit
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
    const state = await readState({ ...plant, canManage: false }, tenantDb)
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
  throw problem(faults.every(({ rule }) => rule === 'code_taken') ? 'code_taken' : 'validation_failed', { fields: faults })
}

async function planOf(plant: OpenPlant, db: TenantDb, state: State, edits: readonly (Edit | Restore)[]): Promise<Plan> {
  const named = new Set<number>()
  for (const [index, edit] of edits.entries())
    if (edit.kind === 'remove' && (await isNamed(plant, db, edit.entity, edit.id))) named.add(index)
  const { tables } = plant.loaded
  const settled = tableKinds.flatMap((kind) => [...tables[kind]].map(([lineId, tableName]) => ({ lineId, tableName })))
  const lineOfTable = new Map([...(await listMappings(db)), ...settled].map(({ lineId, tableName }) => [tableName.toLowerCase(), lineId]))
  return planEdits(state, edits, { settings: plant.model.settings, named, lineOfTable, maxLines: await maxLinesOf(db) })
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
  wanted: (db: TenantDb, state: State) => Promise<readonly (Edit | Restore)[]>,
): Promise<readonly Done[]> {
  return plants.withPlant(tenantId, (plant) =>
    transaction({ ...platform, tenantId }, async (db) => {
      await bumpRevision(db, clock.nowMs())
      const state = await readState(plant, db)
      const plan = refused(await planOf(plant, db, state, await wanted(db, state)))
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
        throw error
      }
    }),
  )
}
