/** The ids in a filter's JSON: lines of its groups, and what it begins with or offers. Pure. */
import type { Entity } from '../model/index.ts'
import { classOf } from '../scope/index.ts'
import { isObject, type JsonValue, type Values } from './values.ts'

/** An id as it is now. */
export type Ids = (entity: Entity, id: number) => number

type Change = (value: JsonValue) => JsonValue

/** Numbers, and texts that are numbers. */
const idIn =
  (of: (id: number) => number): Change =>
  (value) => {
    if (typeof value === 'number') return of(value)
    return typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? String(of(Number(value))) : value
  }
const each =
  (change: Change): Change =>
  (value) =>
    Array.isArray(value) ? value.map(change) : value
/** The members that are there. */
const members =
  (changes: Readonly<Record<string, Change>>): Change =>
  (value) =>
    isObject(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, inner]) => [name, Object.hasOwn(changes, name) ? (changes[name]?.(inner) ?? inner) : inner]),
        )
      : value

/** A filter's values with the ids that its JSON names as they are now. Every value may be text as well as number, as people wrote it. */
export function filterWithIds(values: Values, ids: Ids): Values {
  const line = idIn((id) => ids('line', id))
  const shift = idIn((id) => ids('shift', id))
  const extra = values.additional_filter ?? null
  const type = classOf({ filterName: String(values.filter_name ?? ''), additionalFilter: extra })
  const chosen: Change =
    type === 'ShiftFilter' ? shift : type === 'ProductionLineFilter' ? (value) => line(groupChosen(value, ids)) : (value) => value
  const group = { line_ids: each(line) }
  const json = {
    ...group,
    groups: each(members(group)),
    default_value: chosen,
    static_options: each((option) => (isObject(option) ? members({ value: chosen })(option) : chosen(option))),
  }
  return members({ default_value: chosen, additional_filter: members(json) })(values) as Values
}

/** `group_7`, `group_7_0`: a group of lines of filter 7. */
const groupChosen = (value: JsonValue, ids: Ids): JsonValue =>
  typeof value === 'string' ? value.replace(/^group_([1-9]\d{0,14})(?=$|_)/, (_, id) => `group_${ids('filter', Number(id))}`) : value
