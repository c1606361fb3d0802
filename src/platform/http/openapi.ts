/** OpenAPI 3.1 from the registered routes: TypeBox schemas are JSON Schema 2020-12 already, so nothing is translated. */
import type { TSchema } from 'typebox'
import { Type } from 'typebox'
import { emptyReply, type RegisteredRoute } from './route.ts'

export const ProblemDocument = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    instance: Type.String(),
    request_id: Type.String(),
    fields: Type.Optional(Type.Array(Type.Object({ path: Type.String(), rule: Type.String(), message: Type.String() }))),
  },
  { additionalProperties: true, description: 'A refusal (RFC 9457)' },
)

type ObjectSchema = TSchema & { readonly properties?: Readonly<Record<string, TSchema>>; readonly required?: readonly string[] }

const parametersOf = (schema: TSchema | undefined, where: 'path' | 'query') => {
  const { properties = {}, required = [] } = (schema ?? {}) as ObjectSchema
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }))
}

// A path step without a schema of its own is still a parameter.
const bareParameters = (url: string, params: TSchema | undefined) => {
  const declared = Object.keys((params as ObjectSchema | undefined)?.properties ?? {})
  return [...url.matchAll(/:(\w+)/g)]
    .map(([, name]) => name as string)
    .filter((name) => !declared.includes(name))
    .map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
}

type Schemas = {
  /** The schema itself, or a reference to it when several operations share it (aliases do, and answers of one kind). */
  readonly use: (schema: TSchema, name: string) => unknown
  readonly components: Readonly<Record<string, TSchema>>
}

/** Bodies and replies that occur more than once are written once. Equal text is equal schema: TypeBox copies what it composes. */
function sharedSchemas(routes: readonly RegisteredRoute[]): Schemas {
  const counts = new Map<string, number>()
  for (const { body, reply } of routes)
    for (const schema of [body, ...Object.values(reply)]) {
      const text = JSON.stringify(schema)
      counts.set(text, (counts.get(text) ?? 0) + 1)
    }
  const names = new Map<string, string>()
  const components: Record<string, TSchema> = {}
  return {
    components,
    use: (schema, name) => {
      const text = JSON.stringify(schema)
      if ((counts.get(text) ?? 0) < 2 || text.length < 200) return schema
      const known = names.get(text) ?? name
      names.set(text, known)
      components[known] = schema
      return { $ref: `#/components/schemas/${known}` }
    },
  }
}

const statusTexts: Readonly<Record<string, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No content',
  303: 'See other',
  503: 'Unavailable',
}

const replyOf = (status: string, schema: TSchema, use: (schema: TSchema) => unknown) => {
  const description = statusTexts[status] ?? 'Answer'
  if (schema === emptyReply) return { description }
  const { contentMediaType } = schema as { readonly contentMediaType?: string }
  return {
    description,
    content: contentMediaType ? { [contentMediaType]: { schema: { type: 'string' } } } : { 'application/json': { schema: use(schema) } },
  }
}

const operationId = ({ method, url }: RegisteredRoute): string =>
  `${method.toLowerCase()}${url
    .split(/[^A-Za-z0-9_]+/)
    .filter(Boolean)
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('')}` || 'root'

const operation = (route: RegisteredRoute, { use }: Schemas) => ({
  operationId: operationId(route),
  summary: route.summary,
  tags: route.tags,
  ...(route.isAlias && { deprecated: true }),
  'x-access': route.access,
  security: route.access === 'public' ? [] : [{ bearer: [] }, { session: [] }],
  parameters: [...bareParameters(route.url, route.params), ...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
  ...(route.body && {
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: use(route.body, `${operationId(route)}Body`) },
        ...(route.form && { 'application/x-www-form-urlencoded': { schema: use(route.body, `${operationId(route)}Body`) } }),
      },
    },
  }),
  ...(route.upload && {
    requestBody: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
        },
      },
    },
  }),
  responses: {
    ...Object.fromEntries(
      Object.entries(route.reply).map(([status, schema]) => [
        status,
        replyOf(status, schema as TSchema, (shown) => use(shown, `${operationId(route)}${status}`)),
      ]),
    ),
    default: { $ref: '#/components/responses/Problem' },
  },
})

/** `/t/:company/x` → `/t/{company}/x`. */
export const openApiPath = (url: string): string => url.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}')

export function openApiDocument(
  routes: readonly RegisteredRoute[],
  info: { readonly name: string; readonly version: string; readonly basePath: string },
) {
  const paths: Record<string, Record<string, unknown>> = {}
  const schemas = sharedSchemas(routes)
  const sorted = [...routes].sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : a.method < b.method ? -1 : 1))
  for (const route of sorted) {
    const path = openApiPath(route.url)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: { title: info.name, version: info.version },
    servers: [{ url: info.basePath || '/' }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        session: { type: 'apiKey', in: 'cookie', name: 'andon_sid' },
      },
      schemas: schemas.components,
      responses: { Problem: { description: 'A refusal', content: { 'application/problem+json': { schema: ProblemDocument } } } },
    },
  }
}
