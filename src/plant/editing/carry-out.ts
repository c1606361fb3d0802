/** A plan becomes rows: of the customer's tables, or kept beside them; each with its audit row and what undoing it takes. */
import { sql } from 'kysely'
import { recordAudit } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { type Clock, formatLocal, nextTurn, zoneOf } from '../../platform/time/index.ts'
import type { Entity, OpenPlant, Overlay } from '../model/index.ts'
import { type CustomerRow, lineTableNames, monthOfLocal, planLineTables, saveMappings } from '../source/index.ts'
import { definitions } from './definitions.ts'
import { filterWithIds, type Ids } from './filter-ids.ts'
import type { Operation } from './operations.ts'
import type { Plan } from './plan.ts'
import { deleteOverlay, insertEdit, type LastEdit, saveOverlay } from './queries.ts'
import { recordOf, type State } from './state.ts'
import { type Done, isSame, type Outcome, type Values } from './values.ts'
import { deleteRow, insertRow, type PlantTransaction, updateRow } from './write.ts'

type Origin = NonNullable<NonNullable<Parameters<typeof recordAudit>[4]>['origin']>
export type Editor = {
  /** Null: a command of the operator's. */
  readonly actor: { readonly userId: number; readonly username: string } | null
  readonly origin?: Origin
}

const tablesOf = (lineCode: string) => {
  const { detectionTable, downtimeTable } = lineTableNames(lineCode)
  return [
    { kind: 'detection', name: detectionTable },
    { kind: 'downtime', name: downtimeTable },
  ] as const
}

/** Before the transaction: MySQL ends one at each CREATE TABLE. Tables that a refused edit leaves behind are empty, and taken by the next one. */
export async function makeLineTables({ db, model }: Pick<OpenPlant, 'db' | 'model'>, { operations }: Plan, nowMs: number): Promise<void> {
  const nowLocalS = zoneOf(model.settings.timeZone).toLocalS(Math.floor(nowMs / 1_000))
  for (const { entity, row, after } of operations) {
    if (entity !== 'line' || row?.kind !== 'insert') continue
    for (const { statements } of await planLineTables(db, tablesOf(String(after?.line_code)), monthOfLocal(formatLocal(nowLocalS))))
      for (const statement of statements) await sql.raw(statement).execute(db.kysely)
  }
}

type Work = {
  readonly clock: Clock
  readonly editor: Editor
  readonly db: TenantDb
  readonly state: State
  /** Null when nothing of the customer's is written. */
  readonly plant: PlantTransaction | null
}

const othersTurnAfter = 100

/** First the customer's rows, which get their ids there: what is kept beside them and told may name any of them. */
export async function carryOut(work: Work, { operations }: Plan): Promise<readonly Done[]> {
  const given = new Map<string, number>()
  const ids: Ids = (entity, id) => given.get(`${entity} ${id}`) ?? id
  const written: number[] = []
  for (const [index, operation] of operations.entries()) {
    await giveWay(index)
    const id = await writeRow(work, operation, ids)
    given.set(`${operation.entity} ${operation.id}`, id)
    written.push(id)
  }
  const done: Done[] = []
  for (const [index, operation] of operations.entries()) {
    await giveWay(index)
    const id = written[index] ?? operation.id
    await rewriteFilter(work, operation, id, ids)
    const overlay = await writeOverlay(work, operation, id, ids)
    await keepTables(work, operation, id)
    done.push(await tell(work, operation, id, overlay, ids))
  }
  return done
}

/** A file brings thousands, and SQLite answers without leaving its turn: others have theirs in between. */
const giveWay = async (index: number): Promise<void> => {
  if (index % othersTurnAfter === othersTurnAfter - 1) await nextTurn()
}

/** The row with the ids that the database gave in place of provisional ones. */
function rowWithIds<Row extends CustomerRow>({ entity, after }: Operation, row: Row, ids: Ids): Row {
  const { fields } = definitions[entity]
  const now = entity === 'filter' && after ? filterWithIds(after, ids) : after
  const changes = fields.flatMap(({ name, column, refersTo, write }) => {
    if (refersTo && typeof row[column] === 'number') return [[column, ids(refersTo, row[column])] as const]
    return after && now && column in row && !isSame(now[name] ?? null, after[name] ?? null)
      ? [[column, write(now[name] ?? null)] as const]
      : []
  })
  return { ...row, ...Object.fromEntries(changes) }
}

function valuesWithIds(entity: Entity, values: Values, ids: Ids): Values {
  if (entity === 'filter') return filterWithIds(values, ids)
  const changes = definitions[entity].fields.flatMap(({ name, refersTo }) =>
    refersTo && typeof values[name] === 'number' ? [[name, ids(refersTo, values[name])] as const] : [],
  )
  return { ...values, ...Object.fromEntries(changes) }
}

/** It may name a group of its own, whose id it did not have when it was written. */
async function rewriteFilter({ plant, state }: Work, operation: Operation, id: number, ids: Ids): Promise<void> {
  const { entity, row } = operation
  const table = state.entities[entity].writable
  if (entity !== 'filter' || !plant || !table || !row || row.kind === 'delete') return
  const columns = rowWithIds(operation, row.columns, ids)
  const changed = Object.entries(columns).filter(([column, value]) => value !== row.columns[column])
  if (changed.length > 0) await updateRow(plant, entity, table, Object.fromEntries(changed), id)
}

async function writeRow({ plant, state }: Work, operation: Operation, ids: Ids): Promise<number> {
  const { entity, id, row } = operation
  const table = state.entities[entity].writable
  const own = ids(entity, id)
  if (!row || !plant || !table) return own
  switch (row.kind) {
    case 'insert':
      return insertRow(plant, entity, table, rowWithIds(operation, row.columns, ids), row.id)
    case 'update':
      await updateRow(plant, entity, table, rowWithIds(operation, row.columns, ids), own)
      return own
    case 'delete':
      await deleteRow(plant, entity, table, own)
      return own
  }
}

async function writeOverlay({ db, state, clock }: Work, operation: Operation, realId: number, ids: Ids): Promise<Overlay | null> {
  const { entity, overlay, id } = operation
  if (overlay === null) return state.entities[entity].stored.get(id)?.overlay ?? null
  if (overlay === 'drop') {
    await deleteOverlay(db, entity, realId)
    return null
  }
  const kept = { ...overlay, recordId: realId, fields: rowWithIds(operation, overlay.fields, ids) }
  await saveOverlay(db, kept, clock.nowMs())
  return kept
}

/** The tables of a new line stay its own when it is renamed. */
async function keepTables({ db, clock }: Work, { entity, row, after }: Operation, lineId: number): Promise<void> {
  if (entity !== 'line' || row?.kind !== 'insert') return
  const mappings = tablesOf(String(after?.line_code)).map(({ kind, name }) => ({ lineId, kind, tableName: name }))
  await saveMappings(db, mappings, clock.nowMs())
}

const actions = { added: 'CREATE', changed: 'UPDATE', reverted: 'UPDATE', deactivated: 'UPDATE', removed: 'DELETE' } as const

async function tell(work: Work, operation: Operation, id: number, overlay: Overlay | null, ids: Ids): Promise<Done> {
  const { db, clock, editor, state } = work
  const { entity, outcome, before, key } = operation
  const after = operation.after && valuesWithIds(entity, operation.after, ids)
  const shared = { entity, id, ...(key !== undefined && { key }), outcome }
  const last = outcome === 'unchanged' ? null : await keepEdit(work, { entity, id, outcome, before, after })
  if (last && outcome !== 'unchanged')
    await recordAudit(db, { clock }, editor.actor, actions[outcome], {
      tenantId: db.tenantId,
      entityType: entity,
      entityId: id,
      ...(editor.origin && { origin: editor.origin }),
      data: { outcome, before, after },
    })
  // what nobody saw, forgotten, cannot be undone
  if (after === null) return { ...shared, record: null, editId: before === null ? null : (last?.editId ?? null) }
  // only its own is asked for: a copy of all for each of thousands would be the work of the whole import
  const lastEdits = last ? new Map([[`${entity} ${id}`, last]]) : state.lastEdits
  const base = state.entities[entity].stored.get(id)?.base ?? state.entities[entity].removed.get(id) ?? null
  const isWritten = operation.row !== null && operation.row.kind !== 'delete'
  const record = recordOf({ ...state, lastEdits }, entity, { id, base, overlay, values: after })
  return { ...shared, record: isWritten ? { ...record, base: after } : record, editId: last?.editId ?? null }
}

async function keepEdit(
  { db, clock, editor }: Work,
  edit: {
    readonly entity: Entity
    readonly id: number
    readonly outcome: Exclude<Outcome, 'unchanged'>
    readonly before: Values | null
    readonly after: Values | null
  },
): Promise<LastEdit> {
  const { entity, id, outcome, before, after } = edit
  const [by, nowMs] = [editor.actor?.username ?? 'Andon', clock.nowMs()]
  const editId = await insertEdit(db, { entity, recordId: id, outcome, before, after, by, nowMs })
  return { editId, entity, recordId: id, by, atMs: nowMs }
}
