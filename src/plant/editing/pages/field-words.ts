/** A record's field as its form calls it, for other pages that show records. Pure. */
import type { Entity } from '../../model/index.ts'
import type { JsonValue } from '../values.ts'
import { maybeWord, wordsOf } from './messages.ts'

/** Name of a field; one that no form knows (of a file) keeps its own. */
export function fieldName(entity: Entity, field: string, language: 'es' | 'en'): string {
  const word = maybeWord(`${entity}.${field}`)
  return word === null ? field : wordsOf({ language })(word)
}

/** Its value in words where a person would not read it; null leaves it to the page. */
export function fieldValue(field: string, value: JsonValue, language: 'es' | 'en'): string | null {
  const t = wordsOf({ language })
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  if (field !== 'days' || !Array.isArray(value)) return null
  const days = value.map((day) => maybeWord(`day.${String(day)}`))
  return days.every((day) => day !== null) ? days.map((day) => t(day)).join(', ') : null
}
