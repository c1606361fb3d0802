/** Where a request takes text: every string of path, query and body that a route declares, found in its schemas. */
import type { RegisteredRoute } from '../../../src/platform/http/index.ts'
import { type IdKind, type Ids, kindOfParameter, parametersOf, plainWords } from '../matrix/ids.ts'
import { sample } from '../matrix/samples.ts'

export type Spot = { readonly part: 'path' | 'query' | 'body'; readonly at: readonly string[] }

type Schema = {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

const stringsIn = (schema: Schema, at: readonly string[]): (readonly string[])[] => {
  if (schema.const !== undefined || schema.enum) return []
  if (schema.anyOf) return stringsIn(schema.anyOf.find(({ type, enum: words }) => type === 'string' && !words) ?? {}, at)
  if (schema.type === 'object') return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => stringsIn(inner, [...at, name]))
  if (schema.type === 'array') return stringsIn(schema.items ?? {}, [...at, '0'])
  return schema.type === 'string' ? [at] : []
}

export const spotsOf = (route: RegisteredRoute): readonly Spot[] => [
  ...parametersOf(route.url).map((name): Spot => ({ part: 'path', at: [name] })),
  ...stringsIn((route.query ?? {}) as Schema, []).map((at): Spot => ({ part: 'query', at })),
  ...stringsIn((route.body ?? {}) as Schema, []).map((at): Spot => ({ part: 'body', at })),
]

export type Request = {
  readonly method: string
  /** Path and query, percent-encoded. */
  readonly path: string
  readonly body: unknown
}

/** A request that fits the schemas and names what is the company's own, with `text` in each of `spots`. */
export function requestWith(route: RegisteredRoute, own: Ids, spots: readonly Spot[], text: string): Request {
  const isHere = (part: Spot['part'], name: string) => spots.some((spot) => spot.part === part && spot.at[0] === name)
  const path = route.url
    .replace(/:(\w+)/g, (_, name: string) => encoded(isHere('path', name) ? text : ownName(route.url, name, own)))
    .replace('*', 'x')
  const query = spots.filter(({ part }) => part === 'query').map(({ at }) => `${encoded(at[0] ?? '')}=${encoded(text)}`)
  const hasBody = route.body !== undefined && route.method !== 'GET'
  const body = hasBody ? structuredClone(sample(route.body as never)) : undefined
  // The samples' password is the right one: it would be changed.
  if (hasBody && 'current_password' in (body as object)) put(body as object, ['current_password'], 'Equivocada123!')
  if (hasBody) for (const { part, at } of spots) if (part === 'body') put(body as object, at, text)
  return { method: route.method, path: query.length > 0 ? `${path}?${query.join('&')}` : path, body }
}

const ownName = (url: string, name: string, own: Ids): string => {
  const kind = kindOfParameter(url, name)
  return (kind === null || kind === 'plain' ? plainWords[name] : own[kind as IdKind][0]) ?? '1'
}

/** Half of a surrogate pair has no UTF-8: browsers send the replacement character, others send its three bytes. */
const encoded = (text: string): string =>
  [...text].map((character) => (character.isWellFormed() ? encodeURIComponent(character) : '%ED%A0%80')).join('')

function put(target: object, [name = '', ...rest]: readonly string[], text: string): void {
  const holder = target as Record<string, unknown>
  if (rest.length === 0) {
    holder[name] = text
    return
  }
  const inner = holder[name]
  const made = typeof inner === 'object' && inner !== null ? inner : rest[0] === '0' ? [] : {}
  holder[name] = made
  put(made, rest, text)
}
