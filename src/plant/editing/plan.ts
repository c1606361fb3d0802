/** What a list of edits comes to: each one checked against the plant as the earlier ones leave it. Pure; ids of additions are provisional where
 *  the customer's database gives them. */
import type { ProblemField } from '../../platform/http/problem.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import type { Entity, PlantSettings } from '../model/index.ts'
import { byEntity, definitions } from './definitions.ts'
import { type Fault, type Field, type refuse, required } from './fields.ts'
import { filterWithIds } from './filter-ids.ts'
import { afterwards, alteration, insertion, type Operation, removal } from './operations.ts'
import { foreignEdit, problem } from './problems.ts'
import {
  codeFaults,
  type Draft,
  demandRoom,
  demandRoomForLines,
  hasChildren,
  shiftFaults,
  type Touched,
  tableOwner,
  withNight,
} from './rules.ts'
import { editKey, type State, type Stored, valuesOf } from './state.ts'
import { type Edit, type GivenValues, isSame, type Values, versionOf } from './values.ts'

/** Only for undoing: a record that was removed comes back under its id. */
export type Restore = { readonly kind: 'restore'; readonly entity: Entity; readonly id: number; readonly values: Values }

export type Plan = {
  readonly operations: readonly Operation[]
  readonly faults: readonly ProblemField[]
  readonly warnings: readonly Text[]
}

export type PlanInput = {
  /** Those that hold once the edits are done, given the ids that keys of the list got. */
  readonly settingsOf: (ids: ReadonlyMap<string, number>) => Pick<PlantSettings, 'shiftIdsByLine'>
  /** Rows of the customer's are written in the end, though a trial keeps all beside them. */
  readonly isManaged: boolean
  /** Indexes of removals of what rows of the plant still name. */
  readonly named: ReadonlySet<number>
  /** Tables of the plant by lower-case name, with the line that has each. */
  readonly lineOfTable: ReadonlyMap<string, number>
  /** Active lines that the company may have; null = any number. */
  readonly maxLines: number | null
}

/** Throws 404 `record_not_found`, 409 `edit_conflict`, `nothing_to_revert`, `line_limit`, `record_limit`. */
export function planEdits(state: State, edits: readonly (Edit | Restore)[], input: PlanInput): Plan {
  const draft: Draft = byEntity((entity) => new Map(state.entities[entity].stored))
  const nextIds: Record<Entity, number> = byEntity((entity) => state.entities[entity].nextId)
  const keys = new Map<string, { readonly entity: Entity; readonly id: number }>()
  // a filter may name a group of its own, or of one that comes later
  const newIds = edits.map((edit) => {
    if (edit.kind !== 'add') return 0
    const id = nextIds[edit.entity]++
    if (edit.key !== undefined) keys.set(edit.key, { entity: edit.entity, id })
    return id
  })
  const operations: Operation[] = []
  const touched: Touched[] = []
  const faults: ProblemField[] = []
  const faulty = new Set<number>()
  const hasFault = (index: number): boolean => faulty.has(index)
  const report = (index: number, name: string, fault: Fault): void => {
    faulty.add(index)
    const { rule, message, parameters } = fault
    faults.push({ path: edits.length > 1 ? `${index}.${name}` : name, rule, message, ...(parameters && { parameters }) })
  }

  const checkValues = (index: number, entity: Entity, given: GivenValues, before: Values | null): Values => {
    const checked: Record<string, Values[string]> = {}
    for (const field of definitions[entity].fields) {
      const offered = resolve(given[field.name], keys, field)
      if (offered === undefined) {
        if (before !== null) continue
        if (field.initial === undefined) report(index, field.name, faultOf(required))
        else checked[field.name] = field.initial
        continue
      }
      if (offered === null && field.refersTo) {
        report(index, field.name, unknownReference)
        continue
      }
      // What stays as it is need not be what we would take: the customer wrote it.
      if (before !== null && isSame(offered, before[field.name] ?? null)) continue
      const result = field.check(offered, before === null)
      if (!result.ok) report(index, field.name, result.fault)
      else if (field.refersTo && !draft[field.refersTo].has(result.value as number)) report(index, field.name, unknownReference)
      else checked[field.name] = result.value
    }
    const after = { ...before, ...checked }
    return entity === 'shift'
      ? withNight(before, after, given, (fault) => report(index, fault.rule === 'overnight' ? 'is_overnight' : 'end_time', fault))
      : after
  }

  const find = (entity: Entity, id: number, version: string | undefined): Stored => {
    const stored = draft[entity].get(id)
    if (!stored) throw problem('record_not_found', { parameters: { entity, id } })
    if (version !== undefined && version !== versionOf(stored.values)) throw conflict(state, entity, id)
    return stored
  }

  const add = (operation: Omit<Operation, 'index'>, index: number, next: Stored | null): void => {
    operations.push({ ...operation, index })
    if (next === null) draft[operation.entity].delete(operation.id)
    else draft[operation.entity].set(operation.id, next)
    touched.push({ index, entity: operation.entity, id: operation.id, before: operation.before })
  }

  for (const [index, edit] of edits.entries()) {
    const { entity } = edit
    const part = state.entities[entity]
    switch (edit.kind) {
      case 'add': {
        const values = checkValues(index, entity, settled(edit, null, keys), null)
        const id = newIds[index] ?? 0
        if (hasFault(index)) {
          // Later edits may name it; nothing will be written.
          draft[entity].set(id, { id, base: null, overlay: null, values })
          break
        }
        add({ ...insertion(part, entity, id, values, false), ...(edit.key !== undefined && { key: edit.key }) }, index, {
          id,
          base: null,
          overlay: null,
          values,
        })
        break
      }
      case 'restore': {
        for (const { name, refersTo } of definitions[entity].fields)
          if (refersTo && !draft[refersTo].has(Number(edit.values[name]))) report(index, name, unknownReference)
        if (hasFault(index)) break
        const base = part.removed.get(edit.id)
        const operation = base
          ? alteration(part, entity, { id: edit.id, base, overlay: null, values: valuesOf(entity, base) }, edit.values, true)
          : insertion(part, entity, edit.id, edit.values, true)
        add({ ...operation, outcome: 'added', before: null }, index, {
          id: edit.id,
          base: base ?? null,
          overlay: null,
          values: edit.values,
        })
        break
      }
      case 'change': {
        const stored = find(entity, edit.id, edit.version)
        const after = checkValues(index, entity, settled(edit, stored.values, keys), stored.values)
        if (hasFault(index)) break
        const operation = alteration(part, entity, stored, after)
        add(operation, index, afterwards(stored, operation, after))
        break
      }
      case 'remove': {
        const stored = find(entity, edit.id, edit.version)
        if (input.named.has(index) || hasChildren(draft, entity, edit.id)) {
          const after = { ...stored.values, is_active: false }
          const operation = alteration(part, entity, stored, after)
          add(
            { ...operation, outcome: operation.outcome === 'unchanged' ? 'unchanged' : 'deactivated' },
            index,
            afterwards(stored, operation, after),
          )
        } else add(removal(part, entity, stored), index, null)
        break
      }
      case 'revert': {
        if (part.idle.has(edit.id)) {
          // What people see stays as it is.
          const shown = draft[entity].get(edit.id) ?? null
          const values = shown?.values ?? null
          add({ entity, id: edit.id, outcome: 'reverted', before: values, after: values, row: null, overlay: 'drop' }, index, shown)
          break
        }
        const removed = part.removed.get(edit.id)
        const stored = removed ? null : find(entity, edit.id, edit.version)
        const base = removed ?? stored?.base ?? null
        if (base === null) throw problem('nothing_to_revert')
        const after = valuesOf(entity, base)
        const isSameAlready = stored !== null && stored.overlay === null
        add(
          {
            entity,
            id: edit.id,
            outcome: isSameAlready ? 'unchanged' : 'reverted',
            before: stored?.values ?? null,
            after,
            row: null,
            overlay: isSameAlready ? null : 'drop',
          },
          index,
          { id: edit.id, base, overlay: null, values: after },
        )
        break
      }
    }
  }

  demandRoom(draft, operations)
  const taken = new Set<number>()
  for (const { index, name, fault } of codeFaults(draft, touched)) {
    taken.add(index)
    report(index, name, fault)
  }
  for (const operation of operations) {
    if (!input.isManaged || !isNewLine(operation) || taken.has(operation.index)) continue
    const isOfAnother = (table: string): boolean => {
      const owner = input.lineOfTable.get(table)
      return owner !== undefined && owner !== operation.id && draft.line.has(owner)
    }
    const fault = operation.after && tableOwner(operation.after, isOfAnother)
    if (fault) report(operation.index, 'line_code', fault)
  }
  const overlaps = shiftFaults(draft, touched, input.settingsOf(new Map([...keys].map(([key, { id }]) => [key, id]))))
  for (const { index, fault } of overlaps.faults) report(index, 'start_time', fault)
  demandRoomForLines(draft, touched, input.maxLines)
  return { operations, faults, warnings: overlaps.warnings }
}

const faultOf = (checked: ReturnType<typeof refuse>): Fault => {
  if (checked.ok) throw new Error('not a fault')
  return checked.fault
}
const unknownReference: Fault = { rule: 'unknown', message: { es: 'La planta no lo tiene', en: 'The plant does not have it' } }

/** It gets tables of its own; a hidden one that comes back has them. */
const isNewLine = ({ entity, outcome, row, overlay }: Operation): boolean =>
  entity === 'line' &&
  outcome === 'added' &&
  (row?.kind === 'insert' || (overlay !== null && overlay !== 'drop' && overlay.kind === 'added'))

/** What a filter's JSON names of the list's own additions gets the id that they have now. */
function settled(
  { entity, values, keyOf }: Extract<Edit, { kind: 'add' | 'change' }>,
  before: Values | null,
  keys: ReadonlyMap<string, { readonly id: number }>,
): GivenValues {
  if (entity !== 'filter' || !keyOf) return values
  const all = filterWithIds({ ...before, ...values } as Values, (kind, id) => keys.get(keyOf(kind, id))?.id ?? id)
  return Object.fromEntries(Object.keys(values).map((name) => [name, all[name]]))
}

/** Null: a reference to an addition that is not there, or is of another kind. */
function resolve(
  given: GivenValues[string],
  keys: ReadonlyMap<string, { readonly entity: Entity; readonly id: number }>,
  { refersTo }: Field,
): Values[string] | undefined {
  if (!refersTo || typeof given !== 'object' || given === null || !('key' in given)) return given as Values[string] | undefined
  const found = keys.get(String(given.key))
  return found?.entity === refersTo ? found.id : null
}

export const conflict = (state: State, entity: Entity, id: number) => {
  const last = state.lastEdits.get(editKey(entity, id))
  const at = last ? new Date(last.atMs).toISOString() : null
  const extra = { edited_by: last?.by ?? null, edited_at: at }
  return last && at ? problem('edit_conflict', { parameters: { by: last.by, at }, extra }) : foreignEdit('edit_conflict', { extra })
}
