/** Every way in which a request of one company can name something of another. */
import type { RegisteredRoute } from '../../../src/platform/http/index.ts'
import { fieldsOf, type IdKind, type Ids, kindOfParameter, parametersOf, plainWords } from './ids.ts'
import { sample } from './samples.ts'

export type Try = {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>> | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Where the foreign name stands. */
  readonly where: 'path' | 'query' | 'body' | 'header' | 'nowhere'
}

/** What nobody has classified, in words; empty when `triesOf` may be asked. */
export function unclassified(route: RegisteredRoute): string[] {
  const parameters = parametersOf(route.url).filter((name) => kindOfParameter(route.url, name) === null)
  const fields = (['query', 'body'] as const).flatMap((part) => fieldsOf(route, part).unknown.map((name) => `${part} ${name}`))
  return [...parameters.map((name) => `path :${name}`), ...fields].map((what) => `${route.method} ${route.url}: ${what}`)
}

/** `own` is the asking company's, `foreign` the other's. Each try has exactly one foreign name, everything else is the asker's own. */
export function triesOf(route: RegisteredRoute, own: Ids, foreign: Ids): Try[] {
  const body = route.body && route.method !== 'GET' ? (sample(route.body as never) as Record<string, unknown>) : undefined
  const plain = { method: route.method, body, headers: {} }
  const ownPath = fill(route.url, (kind) => own[kind][0])
  const named = parametersOf(route.url).flatMap((parameter) => {
    const kind = kindOfParameter(route.url, parameter)
    if (kind === null || kind === 'plain') return []
    return foreign[kind].map((value): Try => ({ ...plain, path: fill(route.url, (k) => own[k][0], { parameter, value }), where: 'path' }))
  })
  const asked = fieldsOf(route, 'query').ids.flatMap(([name, kind]) =>
    foreign[kind].map((value): Try => ({ ...plain, path: `${ownPath}?${new URLSearchParams({ [name]: value })}`, where: 'query' })),
  )
  const sent = fieldsOf(route, 'body').ids.flatMap(([name, kind]) =>
    foreign[kind].map((value): Try => ({ ...plain, path: ownPath, body: { ...body, [name]: typed(route, name, value) }, where: 'body' })),
  )
  // A page's address names its company; the header says nothing there.
  const headers = route.url.startsWith('/t/:company') ? [] : foreign.company.slice(0, 2)
  const header = headers.map((value): Try => ({ ...plain, path: ownPath, headers: { 'x-company-id': value }, where: 'header' }))
  return [...named, ...asked, ...sent, ...header]
}

function fill(
  url: string,
  own: (kind: IdKind) => string | undefined,
  foreign?: { readonly parameter: string; readonly value: string },
): string {
  return url
    .replace(/:(\w+)/g, (_, parameter: string) => {
      if (foreign?.parameter === parameter) return encodeURIComponent(foreign.value)
      const kind = kindOfParameter(url, parameter)
      return encodeURIComponent((kind === null || kind === 'plain' ? plainWords[parameter] : own(kind)) ?? '1')
    })
    .replace('*', 'x')
}

/** Integers stay integers: bodies are never converted. */
const typed = (route: RegisteredRoute, name: string, value: string): unknown => {
  const schema = (route.body as { properties?: Record<string, { type?: string; anyOf?: { type?: string }[] }> } | undefined)?.properties?.[
    name
  ]
  const types = [schema?.type, ...(schema?.anyOf ?? []).map(({ type }) => type)]
  return /^\d+$/.test(value) && types.includes('integer') ? Number(value) : value
}
