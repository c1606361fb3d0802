/** A record and the form that changes it, one into the other. What was typed and makes no sense goes on as it is: the service says what is wrong. Pure. */
import type { Entity } from '../../model/index.ts'
import { definitions } from '../definitions.ts'
import type { Field } from '../fields.ts'
import type { GivenValues, JsonValue, Values } from '../values.ts'
import { filterTyped, filterValues } from './filter-form.ts'
import type { Word } from './messages.ts'

/** As the browser sends it: a name once or several times. */
export type Typed = Readonly<Record<string, string | readonly string[] | undefined>>
export type Parsed = { readonly values: GivenValues; readonly faults: Readonly<Record<string, Word>> }

export const textOf = (typed: Typed, name: string): string => {
  const value = typed[name]
  return typeof value === 'string' ? value : (value?.at(-1) ?? '')
}
export const listOf = (typed: Typed, name: string): readonly string[] => {
  const value = typed[name]
  return typeof value === 'string' ? [value] : (value ?? [])
}

/** What the form shows of a record. */
export function typedOf(entity: Entity, values: Values): Typed {
  const typed = Object.fromEntries(definitions[entity].fields.map((field) => [field.name, shown(field, values[field.name] ?? null)]))
  return entity === 'filter' ? { ...typed, ...filterTyped(values) } : typed
}

function shown({ kind }: Field, value: JsonValue): string | readonly string[] {
  if (value === null) return ''
  if (kind === 'json') return JSON.stringify(value, null, 2)
  if (Array.isArray(value)) return value.map(String)
  return value === true ? '1' : value === false ? '' : String(value)
}

/** `before`: the record that the form showed, null of a new one. What is sent as it was shown is not named: nobody changed it. */
export function parseForm(entity: Entity, typed: Typed, before: Values | null = null): Parsed {
  const was = before && typedOf(entity, before)
  const faults: Record<string, Word> = {}
  const values: Record<string, GivenValues[string]> = {}
  for (const field of definitions[entity].fields) {
    const value = was && isAsShown(field, typed, was) ? undefined : parsed(field, typed)
    if (value === notJson) faults[field.name] = 'fault.json'
    else values[field.name] = value as JsonValue | undefined
  }
  return { values: entity === 'filter' ? filterValues(typed, values, faults) : values, faults }
}

/** Browsers send an input's text without its line breaks, and a colour in small letters. JSON and what is ticked is compared as a value. */
function isAsShown({ kind, name }: Field, typed: Typed, was: Typed): boolean {
  if (kind === 'flag' || kind === 'days' || kind === 'json') return false
  const asSent = (text: string): string => text.replace(/[\r\n]+/g, '').trim()
  const [sent, shownText] = [kind === 'color' ? colorSent(typed, name) : textOf(typed, name), textOf(was, name)].map(asSent)
  return kind === 'color' ? sent?.toLowerCase() === shownText?.toLowerCase() : sent === shownText
}

/** `keep`: a colour by name that the customer wrote. */
const colorSent = (typed: Typed, name: string): string => textOf(typed, textOf(typed, name).trim() === 'other' ? 'other_color' : name)

const notJson = Symbol('text that is no JSON')

function parsed({ kind, name, initial }: Field, typed: Typed): JsonValue | undefined | typeof notJson {
  const text = textOf(typed, name).trim()
  switch (kind) {
    case 'number':
    case 'reference':
      if (text === '') return initial === undefined ? null : initial
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text
    case 'flag':
      return text === '1'
    case 'days':
      return listOf(typed, name).map(Number)
    case 'json':
      return text === '' ? null : readJson(text)
    case 'color':
      return typed[name] === undefined || text === 'keep' ? undefined : colorSent(typed, name)
    case 'decimal':
      return text === '' ? initial : text
    default:
      return text
  }
}

function readJson(text: string): JsonValue | typeof notJson {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return notJson
  }
}
