/** What one edit writes: to the customer's row where there is a column and it is ours to write, beside it otherwise. Pure. */
import type { Entity, Overlay } from '../model/index.ts'
import type { CustomerRow } from '../source/index.ts'
import { definitions } from './definitions.ts'
import type { EntityState, Stored } from './state.ts'
import { isSame, type Outcome, type Values } from './values.ts'

export type Operation = {
  readonly index: number
  readonly entity: Entity
  readonly id: number
  readonly key?: string
  readonly outcome: Outcome
  readonly before: Values | null
  readonly after: Values | null
  /** Of the customer's table: column → value. */
  readonly row:
    | { readonly kind: 'insert'; readonly columns: CustomerRow /** Null: the database gives one. */; readonly id: number | null }
    | { readonly kind: 'update'; readonly columns: CustomerRow }
    | { readonly kind: 'delete' }
    | null
  readonly overlay: Overlay | 'drop' | null
}

export type Bare = Omit<Operation, 'index'>

const columnOf = (columns: ReadonlyMap<string, unknown> | undefined, column: string): boolean => columns?.has(column.toLowerCase()) ?? false

export function insertion(part: EntityState, entity: Entity, id: number, values: Values, isRestored: boolean): Bare {
  const { fields, insertDefaults } = definitions[entity]
  const shared = { entity, id, outcome: 'added', before: null, after: values } as const
  if (!part.writable) {
    const columns = Object.fromEntries(fields.map(({ name, column, write }) => [column, write(values[name] ?? null)]))
    return { ...shared, row: null, overlay: { entity, recordId: id, kind: 'added', fields: columns } }
  }
  const columns: Record<string, unknown> = {}
  const beside: Record<string, unknown> = {}
  for (const { name, column, initial, write } of fields) {
    const value = values[name] ?? null
    if (columnOf(part.writable.columns, column)) columns[column] = write(value)
    else if (initial === undefined || !isSame(value, initial)) beside[column] = write(value)
  }
  for (const [column, value] of Object.entries(insertDefaults)) if (columnOf(part.writable.columns, column)) columns[column] = value
  return {
    ...shared,
    row: { kind: 'insert', columns, id: isRestored ? id : null },
    overlay: Object.keys(beside).length > 0 ? { entity, recordId: id, kind: 'changed', fields: beside } : null,
  }
}

/** `isBack`: the record is out of sight and comes back, whether or not a value changes. */
export function alteration(part: EntityState, entity: Entity, stored: Stored, after: Values, isBack = false): Bare {
  const { id, base, overlay, values } = stored
  const changed = definitions[entity].fields.filter(({ name }) => !isSame(values[name] ?? null, after[name] ?? null))
  const shared = { entity, id, before: values, after }
  if (changed.length === 0) return { ...shared, outcome: isBack ? 'changed' : 'unchanged', row: null, overlay: isBack ? 'drop' : null }
  const isAdded = overlay?.kind === 'added'
  const columns: Record<string, unknown> = {}
  const beside: Record<string, unknown> = { ...overlay?.fields }
  for (const { name, column, read, write } of changed) {
    const value = after[name] ?? null
    delete beside[column]
    if (!isAdded && columnOf(part.writable?.columns, column)) columns[column] = write(value)
    else if (isAdded || base === null || !isSame(read(base[column]), value)) beside[column] = write(value)
  }
  const next: Overlay = { entity, recordId: id, kind: isAdded ? 'added' : 'changed', fields: beside }
  return {
    ...shared,
    outcome: 'changed',
    row: Object.keys(columns).length > 0 ? { kind: 'update', columns } : null,
    overlay: Object.keys(beside).length > 0 ? next : overlay || isBack ? 'drop' : null,
  }
}

export const afterwards = (stored: Stored, { overlay }: Bare, values: Values): Stored => ({
  ...stored,
  overlay: overlay === 'drop' ? null : (overlay ?? stored.overlay),
  values,
})

export function removal(part: EntityState, entity: Entity, { id, overlay, values }: Stored): Bare {
  const shared = { entity, id, outcome: 'removed', before: values, after: null } as const
  if (overlay?.kind === 'added') return { ...shared, row: null, overlay: 'drop' }
  if (part.writable) return { ...shared, row: { kind: 'delete' }, overlay: overlay ? 'drop' : null }
  return { ...shared, row: null, overlay: { entity, recordId: id, kind: 'removed', fields: {} } }
}
