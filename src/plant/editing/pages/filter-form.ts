/** A filter row's JSON as a form: what its kind knows has fields of its own, the rest stays JSON, key by key. Pure. */
import { type GivenValues, isObject, type JsonValue, type Values } from '../values.ts'
import { listOf, type Typed, textOf } from './form.ts'
import type { Word } from './messages.ts'

const groupNames = ['groups', 'alias', 'line_ids']
/** Keys with a field of their own. */
const known = ['required', 'placeholder', 'default_value', ...groupNames]
export const groupSlots = 6

type Group = { readonly alias: string; readonly lineIds: readonly number[] }

const numbers = (value: JsonValue | undefined): number[] => (Array.isArray(value) ? value.map(Number).filter(Number.isSafeInteger) : [])

const groupOf = ({ alias, line_ids }: Values): Group => ({ alias: typeof alias === 'string' ? alias : '', lineIds: numbers(line_ids) })

const hasOwnGroup = (extra: Values): boolean => extra.line_ids !== undefined

/** Both ways of writing groups: one beside the other keys, or a list. */
function groupsOf(extra: Values): Group[] {
  const list = Array.isArray(extra.groups) ? extra.groups.filter(isObject) : []
  return [...(hasOwnGroup(extra) ? [extra] : []), ...list].map(groupOf)
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

/** `had` is the JSON that the form showed: what it has no field for, and what nobody changed, stays. */
export function filterValues(typed: Typed, values: GivenValues, faults: Readonly<Record<string, Word>>): GivenValues {
  const had = readObject(textOf(typed, 'had'))
  const rest = values.additional_filter
  if (had === null || faults.additional_filter || (rest !== null && !isObject(rest as JsonValue))) return values
  const shown = filterTyped({ additional_filter: had })
  const [daysBack, initial, required, placeholder] = ['days_back', 'initial', 'required', 'placeholder'].map((name) => {
    const sent = textOf(typed, name).trim()
    return sent === textOf(shown, name).trim() ? undefined : sent
  })
  const next = {
    ...(rest as Values | null),
    ...(required === undefined
      ? only(had, 'required')
      : required === 'yes'
        ? { required: true }
        : required === 'no'
          ? { required: false }
          : {}),
    ...(placeholder === undefined ? only(had, 'placeholder') : placeholder === '' ? {} : { placeholder }),
    ...(daysBack === undefined && initial === undefined
      ? only(had, 'default_value')
      : initialOf(had.default_value, daysBack ?? '', initial ?? '')),
  }
  // Of a kind whose form does not ask for groups; what was written as JSON holds.
  const all = typed.group_alias === undefined ? { ...only(had, ...groupNames), ...next } : { ...next, ...groupKeys(had, typed) }
  return { ...values, additional_filter: Object.keys(all).length > 0 ? all : null }
}

const only = (had: Values, ...names: readonly string[]): Values =>
  Object.fromEntries(Object.entries(had).filter(([name]) => names.includes(name)))

/** Each group stays where and as it was written, since its place names it; new ones go to the end of the list. */
function groupKeys(had: Values, typed: Typed): Values {
  const aliases = listOf(typed, 'group_alias')
  let slot = 0
  const nextOf = (before: Values): Values[] => {
    const index = slot++
    const alias = (aliases[index] ?? '').trim()
    const lineIds = listOf(typed, 'group_line').flatMap((one) =>
      one.startsWith(`${index}:`) ? [Number(one.slice(String(index).length + 1))] : [],
    )
    const was = groupOf(before)
    if (alias === was.alias.trim() && isSameSet(lineIds, was.lineIds)) return [before]
    if (lineIds.length === 0) return []
    return [{ ...before, ...(alias === '' && before.alias === undefined ? {} : { alias }), line_ids: lineIds }]
  }
  const beside = only(had, 'alias', 'line_ids')
  const [own] = hasOwnGroup(had) ? nextOf(beside) : [beside]
  const listed = Array.isArray(had.groups) ? had.groups.flatMap((one) => (isObject(one) ? nextOf(one) : [one])) : []
  while (slot < aliases.length) listed.push(...nextOf({}).filter((group) => group.line_ids !== undefined))
  return { ...own, ...(listed.length > 0 ? { groups: listed } : Array.isArray(had.groups) ? {} : only(had, 'groups')) }
}

const isSameSet = (some: readonly number[], others: readonly number[]): boolean =>
  some.every((id) => others.includes(id)) && others.every((id) => some.includes(id))

function initialOf(had: JsonValue | undefined, daysBack: string, initial: string): Values {
  if (/^\d{1,4}$/.test(daysBack)) return { default_value: { ...(isObject(had) ? had : {}), days_back: Number(daysBack) } }
  if (initial === '') return {}
  return { default_value: initial === 'true' ? true : initial === 'false' ? false : /^\d{1,9}$/.test(initial) ? Number(initial) : initial }
}

function readObject(text: string): Values | null {
  try {
    const value = JSON.parse(text || '{}') as JsonValue
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
