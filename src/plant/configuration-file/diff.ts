/** What a file would change: records, settings and layouts, with what stands there now and what would. Pure. */
import { type Edit, filterWithIds, type JsonValue, type PlantRecord, type Values } from '../editing/index.ts'
import { type ConfigurationFile, type FileRecord, type RecordKind, recordKinds, referenceOf } from './document.ts'

export type Section = RecordKind | 'settings' | 'layout'
export type Change = {
  readonly section: Section
  readonly kind: 'added' | 'changed' | 'removed'
  /** Name of the record, key of the setting, role of the layout. */
  readonly name: string
  /** By field; null where there is nothing. */
  readonly fields: readonly { readonly field: string; readonly before: JsonValue; readonly after: JsonValue }[]
}

/** What the company has now. */
export type Current = {
  readonly file: ConfigurationFile
  /** `removed`: the customer's own rows that people took out of sight. */
  readonly records: Readonly<Record<RecordKind, { readonly records: readonly PlantRecord[]; readonly removed: readonly PlantRecord[] }>>
  /** The customer's own rows can be taken away by us. */
  readonly canManage: boolean
}

const titles: Readonly<Record<RecordKind, string>> = {
  line: 'line_name',
  failure: 'type_failure',
  product: 'product_name',
  shift: 'shift_name',
  filter: 'filter_name',
  area: 'area_name',
  incident: 'description',
}
const nameOf = (kind: RecordKind, id: number, values: Readonly<Record<string, unknown>>): string =>
  `${String(values[titles[kind]] ?? '')} (${id})`.trim()

/** Keys in order, whoever wrote them. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

function fieldsOf(before: Readonly<Record<string, unknown>> | null, after: Readonly<Record<string, unknown>> | null): Change['fields'] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  // a file may name what every object has by birth ("toString")
  const own = (values: Readonly<Record<string, unknown>> | null, field: string) =>
    (values && Object.hasOwn(values, field) ? (values[field] ?? null) : null) as JsonValue
  return names
    .map((field) => ({ field, before: own(before, field), after: own(after, field) }))
    .filter((one) => canonical(one.before) !== canonical(one.after))
}

type Differing = { readonly record: PlantRecord; readonly values: Values }
type RecordSteps = {
  readonly added: readonly FileRecord[]
  /** In sight again under its id, which the customer's own rows name; with what the file says otherwise. */
  readonly broughtBack: readonly (Differing & { readonly wanted: FileRecord })[]
  readonly changed: readonly Differing[]
  readonly removed: readonly PlantRecord[]
}

const byId = (records: readonly PlantRecord[]): ReadonlyMap<number, PlantRecord> => new Map(records.map((record) => [record.id, record]))

/** What the file says otherwise. */
const differing = (record: PlantRecord, { values }: FileRecord): Values =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => Object.hasOwn(record.values, name) && canonical(record.values[name]) !== canonical(value),
    ),
  ) as Values

/** A record that the file does not know is taken away when it is ours: the customer's own rows stay, and what is out of use already is not touched. */
function stepsOf(kind: RecordKind, current: Current, wanted: readonly FileRecord[], valuesOf = differing): RecordSteps {
  const { records, removed } = current.records[kind]
  const [known, hidden] = [byId(records), byId(removed)]
  const inFile = new Set(wanted.map(({ id }) => id))
  return {
    added: wanted.filter(({ id }) => !known.has(id) && !hidden.has(id)),
    broughtBack: wanted.flatMap((one) => {
      const record = known.has(one.id) ? undefined : hidden.get(one.id)
      return record ? [{ record, values: valuesOf(record, one), wanted: one }] : []
    }),
    changed: wanted.flatMap((one) => {
      const record = known.get(one.id)
      const values = record ? valuesOf(record, one) : {}
      return record && Object.keys(values).length > 0 ? [{ record, values }] : []
    }),
    removed: records.filter(
      ({ id, base, values }) => !inFile.has(id) && (current.canManage || base === null) && values.is_active !== false,
    ),
  }
}

export function differences(current: Current, file: ConfigurationFile): Change[] {
  const changes: Change[] = []
  for (const kind of recordKinds) {
    const { added, broughtBack, changed, removed } = stepsOf(kind, current, file.records[kind])
    for (const { id, values } of [...added, ...broughtBack.map(({ wanted }) => wanted)])
      changes.push({ section: kind, kind: 'added', name: nameOf(kind, id, values), fields: fieldsOf(null, values) })
    for (const { record, values } of changed) {
      const before = Object.fromEntries(Object.keys(values).map((name) => [name, record.values[name]]))
      changes.push({ section: kind, kind: 'changed', name: nameOf(kind, record.id, record.values), fields: fieldsOf(before, values) })
    }
    for (const { id, values } of removed)
      changes.push({ section: kind, kind: 'removed', name: nameOf(kind, id, values), fields: fieldsOf(values, null) })
  }
  for (const { field, before, after } of fieldsOf(current.file.settings, file.settings))
    changes.push({ section: 'settings', kind: 'changed', name: field, fields: [{ field, before, after }] })
  const byRole = (layouts: ConfigurationFile['layouts']) =>
    new Map(layouts.map(({ role, ...layout }) => [role.trim().toUpperCase(), layout]))
  const [now, then] = [byRole(current.file.layouts), byRole(file.layouts)]
  for (const role of new Set([...now.keys(), ...then.keys()])) {
    const [before, after] = [now.get(role) ?? null, then.get(role) ?? null]
    const fields = fieldsOf(before, after)
    if (fields.length > 0) changes.push({ section: 'layout', kind: !before ? 'added' : after ? 'changed' : 'removed', name: role, fields })
  }
  return changes
}

const keyOf = (kind: RecordKind, id: number): string => `${kind} ${id}`

/** The edits that make the records those of the file. What is taken away goes first, children before what they belong to, so that codes are free. */
export function editsOf(current: Current, file: ConfigurationFile): Edit[] {
  const all = ofEach((kind) => stepsOf(kind, current, file.records[kind]))
  const newIds = ofEach((kind): ReadonlySet<unknown> => new Set(all[kind].added.map(({ id }) => id)))
  const steps = { ...all, filter: stepsOf('filter', current, file.records.filter, withNaming(newIds)) }
  const edits: Edit[] = []
  for (const kind of recordKinds.toReversed())
    for (const { id, version } of steps[kind].removed) edits.push({ kind: 'remove', entity: kind, id, version })
  for (const kind of recordKinds) {
    const reference = referenceOf[kind]
    const values = (given: Readonly<Record<string, unknown>>) =>
      (reference && newIds[reference.kind].has(given[reference.field])
        ? { ...given, [reference.field]: { key: keyOf(reference.kind, given[reference.field] as number) } }
        : given) as Values
    for (const one of steps[kind].added)
      edits.push({ kind: 'add', entity: kind, key: keyOf(kind, one.id), values: values(one.values), keyOf })
    for (const { record, values: given } of steps[kind].broughtBack) {
      edits.push({ kind: 'revert', entity: kind, id: record.id })
      if (Object.keys(given).length > 0) edits.push({ kind: 'change', entity: kind, id: record.id, values: values(given), keyOf })
    }
    for (const { record, values: given } of steps[kind].changed)
      edits.push({ kind: 'change', entity: kind, id: record.id, values: values(given), version: record.version, keyOf })
  }
  return edits
}

const ofEach = <T>(make: (kind: RecordKind) => T) =>
  Object.fromEntries(recordKinds.map((kind) => [kind, make(kind)])) as Record<RecordKind, T>

/** A filter whose JSON names what the file brings back changes too, though the file says what stands there: those get other ids. */
const withNaming =
  (newIds: Readonly<Record<RecordKind, ReadonlySet<unknown>>>) =>
  (record: PlantRecord, one: FileRecord): Values => {
    const all = { ...record.values, ...one.values } as Values
    const renamed = filterWithIds(all, (kind, id) => (newIds[kind].has(id) ? -id : id))
    const naming = Object.entries(all).filter(([name, value]) => canonical(renamed[name]) !== canonical(value))
    return { ...differing(record, one), ...Object.fromEntries(naming) }
  }

/** Ids that records got which the file knew under others. */
export function renumbered(file: ConfigurationFile, ids: ReadonlyMap<string, number>): Pick<ConfigurationFile, 'settings' | 'layouts'> {
  const as =
    (kind: RecordKind) =>
    (id: number): number =>
      ids.get(keyOf(kind, id)) ?? id
  const [line, shift, filter] = [as('line'), as('shift'), as('filter')]
  const reason = (code: number): number =>
    ids.get(keyOf(file.settings.downtime.reason_target === 'failure' ? 'failure' : 'incident', code)) ?? code
  const lines = <One extends { readonly line_ids: readonly number[] }>(one: One) => ({ ...one, line_ids: one.line_ids.map(line) })
  const byLine = <V, W>(map: Readonly<Record<string, V>>, value: (given: V) => W): Record<string, W> =>
    Object.fromEntries(Object.entries(map).map(([id, given]) => [String(line(Number(id))), value(given)]))
  const { settings } = file
  return {
    settings: {
      ...settings,
      planned_stop_codes: settings.planned_stop_codes.map(reason),
      line_shifts: byLine(settings.line_shifts, (shifts) => shifts?.map(shift) ?? null),
      holidays: settings.holidays.map(lines),
      extra_shifts: settings.extra_shifts.map(lines),
      plants: settings.plants.map(lines),
      no_data_after: byLine(settings.no_data_after, (seconds) => seconds),
    },
    layouts: file.layouts.map((layout) => ({
      ...layout,
      filters: layout.filters.map(filter),
      tabs: layout.tabs.map((tab) => ({ ...tab, line_ids: tab.line_ids?.map(line) ?? null })),
    })),
  }
}
