/** `/api/v1/broker/*`: external sources for integrators. No answer shows a secret: of headers and parameters only the names. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { originOf, requireTenant } from '../../identity/index.ts'
import { answer, emptyReply, route } from '../../platform/http/index.ts'
import { previewOf } from './answer.ts'
import { importRate, longestMap } from './map.ts'
import type { StoredSource } from './queries.ts'
import {
  type BrokerDeps,
  clearAnswers,
  importMap,
  mustFind,
  type Person,
  removeSource,
  saveSource,
  sourcesOf,
  testSource,
} from './service.ts'
import { keyPattern } from './source.ts'

const access = 'configure_plant'
const tags = ['broker']
const url = '/api/v1/broker'
const rate = { bucket: 'broker', perMinute: 60 } as const
/** Each asks somebody's server. */
const testRate = { bucket: 'broker-test', perMinute: 20 } as const
const text = Type.String()
const integer = Type.Integer()
const names = Type.Array(text)
const nullableText = Type.Union([text, Type.Null()])
const ApiPath = Type.Object({ api_key: Type.String({ pattern: keyPattern, description: 'Id of the source' }) })

const SourceBody = Type.Object({
  id: text,
  name: text,
  base_url: text,
  method: text,
  timeout: integer,
  auth_type: text,
  auth_env_var: nullableText,
  has_auth: Type.Boolean(),
  header_names: names,
  param_names: names,
  has_body: Type.Boolean(),
  response_key: text,
  cache_ttl: integer,
  enabled: Type.Boolean(),
  version: integer,
})

const bodyOf = (source: StoredSource): Static<typeof SourceBody> => ({
  id: source.key,
  name: source.name,
  base_url: source.baseUrl,
  method: source.method,
  timeout: source.timeoutS,
  auth_type: source.authType,
  auth_env_var: source.authVariable,
  has_auth: source.authType !== 'none',
  header_names: Object.keys(source.hidden.headers),
  param_names: Object.keys(source.hidden.params),
  has_body: source.hidden.body !== null,
  response_key: source.responseKey,
  cache_ttl: source.cacheTtlS,
  enabled: source.isEnabled,
  version: source.version,
})

/** Types are judged field by field, with what is wrong under its name. */
const open = (description: string) => Type.Optional(Type.Unknown({ description }))
const Entry = Type.Object({
  name: open('What people read'),
  base_url: open('https address; its query goes to the parameters'),
  method: open('GET or POST'),
  timeout: open('Seconds, 1 to 30; default 10'),
  auth_type: open('bearer, api_key (X-API-Key), basic or none'),
  auth_secret: open('The key, or for basic `user:password`; left out: as it is'),
  auth_env_var: open('Variable with the secret, where the operator allows it'),
  headers: open('Names and texts; left out: as they are'),
  params: open('Of the query; left out: as they are'),
  body: open('Text or object, with POST; left out: as it is'),
  response_key: open('Dot path of the part that counts'),
  cache_ttl: open('Seconds that an answer holds; 0 = none'),
  enabled: open('Default true'),
})
const List = Type.Object({ items: Type.Array(SourceBody), meta: Type.Object({ total: integer }) })
const TestBody = Type.Object({
  api_id: text,
  ok: Type.Boolean(),
  status: Type.Union([integer, Type.Null()]),
  error: nullableText,
  data_preview: Type.Unknown(),
  truncated: Type.Boolean(),
})

const personOf = (request: FastifyRequest): Person => ({ actor: requireTenant(request), origin: originOf(request) })

export function registerBrokerRoutes(app: FastifyInstance, deps: BrokerDeps): void {
  const listed = (sources: readonly StoredSource[]) =>
    answer(200, { items: sources.map(bodyOf), meta: { total: sources.length } }, { 'x-total-count': String(sources.length) })
  route(app, {
    method: 'GET',
    url: `${url}/apis`,
    access,
    summary: 'External HTTP sources of the company',
    tags,
    rate,
    reply: { 200: List },
    handler: async ({ request }) => listed(await sourcesOf(deps, requireTenant(request))),
  })
  route(app, {
    method: 'GET',
    url: `${url}/apis/enabled`,
    access,
    summary: 'External HTTP sources that are switched on',
    tags,
    rate,
    reply: { 200: List },
    handler: async ({ request }) => listed((await sourcesOf(deps, requireTenant(request))).filter(({ isEnabled }) => isEnabled)),
  })
  route(app, {
    method: 'GET',
    url: `${url}/apis/:api_key`,
    access,
    summary: 'One external source',
    tags,
    params: ApiPath,
    rate,
    reply: { 200: SourceBody },
    handler: async ({ request, params }) => bodyOf(await mustFind(deps, requireTenant(request), params.api_key)),
  })
  route(app, {
    method: 'PUT',
    url: `${url}/apis/:api_key`,
    access,
    summary: 'Adds or changes an external source',
    tags,
    params: ApiPath,
    body: Type.Object({
      ...Entry.properties,
      version: Type.Optional(Type.Integer({ description: 'As it was read: refused with 409 when it changed since' })),
    }),
    rate,
    reply: { 200: SourceBody },
    handler: async ({ request, params, body: { version, ...entry } }) =>
      bodyOf(await saveSource(deps, personOf(request), params.api_key, entry, version)),
  })
  route(app, {
    method: 'DELETE',
    url: `${url}/apis/:api_key`,
    access,
    summary: 'Removes an external source',
    tags,
    params: ApiPath,
    rate,
    reply: { 204: emptyReply },
    handler: async ({ request, params }) => {
      await removeSource(deps, personOf(request), params.api_key)
      return answer(204)
    },
  })
  route(app, {
    method: 'POST',
    url: `${url}/import`,
    access,
    summary: 'Adds and changes the sources of a YAML or JSON map; entries that are not valid are left out and told',
    tags,
    body: Type.Object({ map: Type.String({ maxLength: longestMap }) }),
    rate: importRate,
    reply: { 200: Type.Object({ saved: names, warnings: names }) },
    handler: ({ request, body }) => importMap(deps, personOf(request), body.map, request.language),
  })
  route(app, {
    method: 'POST',
    url: `${url}/test/:api_key`,
    access,
    summary: 'Asks a source now, past the cache, and shows the first of what it says',
    tags,
    params: ApiPath,
    body: Type.Object({}, { default: {} }),
    rate: testRate,
    reply: { 200: TestBody },
    handler: async ({ request, params }) => {
      const { ok, status, data, error } = await testSource(deps, personOf(request), params.api_key)
      const { preview, truncated } = previewOf(data)
      return { api_id: params.api_key, ok, status, error: error?.[request.language] ?? null, data_preview: preview, truncated }
    },
  })
  route(app, {
    method: 'POST',
    url: `${url}/cache/clear`,
    access,
    summary: 'Forgets what a source said, or all of them, in every process',
    tags,
    query: Type.Object({ api_id: Type.Optional(Type.String({ pattern: keyPattern })) }),
    body: Type.Object({}, { default: {} }),
    rate,
    reply: { 200: Type.Object({ cleared: integer }) },
    handler: async ({ request, query }) => ({ cleared: await clearAnswers(deps, personOf(request), query.api_id ?? null) }),
  })
  route(app, {
    method: 'POST',
    url: `${url}/config/reload`,
    access,
    summary: 'Asks every source anew: what is stored is read at each request, so that nothing else is kept',
    tags,
    body: Type.Object({}, { default: {} }),
    rate,
    reply: { 200: Type.Object({ status: text, total: integer, enabled: integer }) },
    handler: async ({ request }) => {
      const person = personOf(request)
      await clearAnswers(deps, person, null)
      const sources = await sourcesOf(deps, person.actor)
      return { status: 'reloaded', total: sources.length, enabled: sources.filter(({ isEnabled }) => isEnabled).length }
    },
  })
}
