/** A filter row's JSON as a form: what its kind knows has fields of its own, the rest stays JSON, key by key. Pure. */
import type { GivenValues, JsonValue, Values } from '../values.ts'
import { listOf, type Typed, textOf } from './form.ts'
import type { Word } from './messages.ts'

type JsonObject = { readonly [name: string]: JsonValue }
const isObject = (value: JsonValue | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keys with a field of their own. */
const known = ['required', 'placeholder', 'default_value', 'groups', 'alias', 'line_ids']
export const groupSlots = 6

export type Group = { readonly alias: string; readonly lineIds: readonly number[] }

const numbers = (value: JsonValue | undefined): number[] => (Array.isArray(value) ? value.map(Number).filter(Number.isSafeInteger) : [])

/** Both ways of writing groups: one beside the other keys, or a list. */
export function groupsOf(extra: JsonValue | undefined): Group[] {
  if (!isObject(extra)) return []
  const list = Array.isArray(extra.groups) ? extra.groups.filter(isObject) : []
  return [...(extra.line_ids === undefined ? [] : [extra]), ...list].map((group) => ({
    alias: typeof group.alias === 'string' ? group.alias : '',
    lineIds: numbers(group.line_ids),
  }))
}

/** What the form shows besides the plain fields. A value that is no object is shown whole as JSON. */
export function filterTyped({ additional_filter: extra }: Values): Typed {
  if (extra !== null && !isObject(extra)) return {}
  const all = extra ?? {}
  const rest = Object.fromEntries(Object.entries(all).filter(([name]) => !known.includes(name)))
  const groups = groupsOf(all)
  const initial = all.default_value
  return {
    additional_filter: Object.keys(rest).length > 0 ? JSON.stringify(rest, null, 2) : '',
    required: all.required === true ? 'yes' : all.required === false ? 'no' : '',
    placeholder: typeof all.placeholder === 'string' ? all.placeholder : '',
    days_back: isObject(initial) && typeof initial.days_back === 'number' ? String(initial.days_back) : '',
    initial: typeof initial === 'string' || typeof initial === 'number' || typeof initial === 'boolean' ? String(initial) : '',
    group_alias: groups.map(({ alias }) => alias),
    group_line: groups.flatMap(({ lineIds }, index) => lineIds.map((id) => `${index}:${id}`)),
    had: JSON.stringify(all),
  }
}

/** `had` is the JSON that the form showed: what it has no field for stays. */
export function filterValues(typed: Typed, values: GivenValues, faults: Readonly<Record<string, Word>>): GivenValues {
  const had = readObject(textOf(typed, 'had'))
  const rest = values.additional_filter
  if (had === null || faults.additional_filter || (rest !== null && !isObject(rest as JsonValue))) return values
  const {
    days_back: daysBack,
    initial,
    required,
    placeholder,
  } = Object.fromEntries(['days_back', 'initial', 'required', 'placeholder'].map((name) => [name, textOf(typed, name).trim()]))
  const groups = listOf(typed, 'group_alias')
    .map((alias, index) => ({
      alias: alias.trim(),
      line_ids: listOf(typed, 'group_line').flatMap((one) =>
        one.startsWith(`${index}:`) ? [Number(one.slice(String(index).length + 1))] : [],
      ),
    }))
    .filter(({ alias, line_ids }) => alias !== '' && line_ids.length > 0)
  const default_value = initialOf(had.default_value, daysBack ?? '', initial ?? '')
  const next: Record<string, JsonValue> = {
    ...(rest as JsonObject | null),
    ...(required === 'yes' ? { required: true } : required === 'no' ? { required: false } : {}),
    ...(placeholder ? { placeholder } : {}),
    ...(default_value === undefined ? {} : { default_value }),
    ...groupKeys(had, groups),
  }
  return { ...values, additional_filter: Object.keys(next).length > 0 ? next : null }
}

/** A single group keeps the way it was written. */
function groupKeys(had: JsonObject, groups: readonly { readonly alias: string; readonly line_ids: readonly number[] }[]): JsonObject {
  const [only] = groups
  if (!only) return {}
  return groups.length === 1 && had.line_ids !== undefined ? { ...only } : { groups }
}

function initialOf(had: JsonValue | undefined, daysBack: string, initial: string): JsonValue | undefined {
  if (/^\d{1,4}$/.test(daysBack)) return { ...(isObject(had) ? had : {}), days_back: Number(daysBack) }
  if (initial !== '') return initial === 'true' ? true : initial === 'false' ? false : /^\d{1,9}$/.test(initial) ? Number(initial) : initial
  // Of a shape that the form does not show: it was not asked about.
  const isShown = had === undefined || had === null || typeof had !== 'object' || (isObject(had) && had.days_back !== undefined)
  return isShown ? undefined : had
}

function readObject(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text || '{}') as JsonValue
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
