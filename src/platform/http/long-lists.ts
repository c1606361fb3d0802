/** Lists that are longer than their schema lets them be, found before anything looks at each of their items: half a million take a second. Pure. */
import type { JsonSchema } from './projection.ts'

export type LongList = { readonly at: string; readonly limit: number }

/** The first one (`at`: RFC 6901); null when there is none. */
export function longList(schema: JsonSchema, value: unknown, at = ''): LongList | null {
  if (typeof value !== 'object' || value === null) return null
  const branches = schema.anyOf ?? [schema]
  if (Array.isArray(value)) {
    const lists = branches.filter(({ type }) => type === 'array')
    const limit = Math.max(...lists.map(({ maxItems = Number.POSITIVE_INFINITY }) => maxItems))
    if (lists.length > 0 && value.length > limit) return { at, limit }
    const items = lists.length === 1 ? lists[0]?.items : undefined
    return items && holdsLists(items) ? firstOf(value.entries(), (item, i) => longList(items, item, `${at}/${i}`)) : null
  }
  const fields = branches.flatMap(({ properties }) => Object.entries(properties ?? {}))
  return firstOf(fields, (inner, name) => longList(inner, (value as Record<string, unknown>)[name], `${at}/${pointer(name)}`))
}

const pointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

const holdsLists = ({ type, properties, anyOf }: JsonSchema): boolean =>
  type === 'array' || [...Object.values(properties ?? {}), ...(anyOf ?? [])].some(holdsLists)

function firstOf<Key, Value>(entries: Iterable<[Key, Value]>, find: (value: Value, key: Key) => LongList | null): LongList | null {
  for (const [key, value] of entries) {
    const found = find(value, key)
    if (found) return found
  }
  return null
}
