/** `/api/v1/api-keys`. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, listAnswer, PageMeta, PagingQuery, pagingOf, route, type SharedRate } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, requireTenant, timeZoneOf } from '../access/index.ts'
import { countKeys, findKey, type KeyChange, type ListedKey, listKeys } from '../keys/index.ts'
import { momentMs } from '../tenants/index.ts'
import { changeKey, createKey, defaultPerMinute, revokeKey } from './key-admin.ts'
import { problem } from './problems.ts'

const tags = ['api-keys']
export const keyRate: SharedRate = { isShared: true, bucket: 'api-keys', perMinute: 30, by: 'person' }

const textOrNull = Type.Union([Type.String(), Type.Null()])
const Key = Type.Object({
  id: Type.String(),
  name: Type.String(),
  prefix: Type.String(),
  scopes: Type.Array(Type.String()),
  allowed_ips: Type.Union([Type.Array(Type.String()), Type.Null()]),
  rate_limit_per_minute: Type.Integer(),
  expires_at: textOrNull,
  last_used_at: textOrNull,
  revoked_at: textOrNull,
  created_at: Type.String(),
  created_by: Type.String(),
})
const NewKey = Type.Object({ ...Key.properties, key: Type.String({ description: 'The whole key, shown once' }) })

const iso = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString())
const keyObject = (key: ListedKey) => ({
  id: key.uuid,
  name: key.name,
  prefix: key.prefix,
  scopes: [...key.scopes],
  allowed_ips: key.allowedIps && [...key.allowedIps],
  rate_limit_per_minute: key.perMinute,
  expires_at: iso(key.expiresAtMs),
  last_used_at: iso(key.lastUsedAtMs),
  revoked_at: iso(key.revokedAtMs),
  created_at: new Date(key.createdAtMs).toISOString(),
  created_by: key.createdBy,
})

const fields = {
  name: Type.String({ minLength: 1, maxLength: 100 }),
  scopes: Type.Array(Type.String(), { minItems: 1, maxItems: 200 }),
  allowed_ips: Type.Union([Type.Array(Type.String(), { maxItems: 50 }), Type.Null()]),
  rate_limit_per_minute: Type.Integer(),
  expires_at: Type.Union([Type.String({ description: 'Instant (ISO 8601), or a day (`2026-12-31`, included)' }), Type.Null()]),
}
const CreateBody = Type.Object({
  name: fields.name,
  scopes: fields.scopes,
  allowed_ips: Type.Optional(fields.allowed_ips),
  rate_limit_per_minute: Type.Optional(fields.rate_limit_per_minute),
  expires_at: Type.Optional(fields.expires_at),
})
const ChangeBody = Type.Partial(Type.Object(fields))

/** When a key ends: at an instant, or with a day of the company. Null = never. Throws 422 for what is neither. */
export function endOf(request: FastifyRequest, text: string | null): number | null {
  if (text === null) return null
  const atMs = momentMs(text, timeZoneOf(request), 'end')
  if (atMs !== null) return atMs
  throw problem('validation_failed', {
    fields: [{ path: 'expires_at', rule: 'date', message: { es: 'Se espera una fecha ISO 8601', en: 'An ISO 8601 date is expected' } }],
  })
}

export const ofTenant = (deps: AccessDeps, request: FastifyRequest) => {
  const actor = requireTenant(request)
  return { actor, db: { ...deps.db, tenantId: actor.tenant.tenantId }, origin: originOf(request) }
}

export function registerKeyRoutes(app: FastifyInstance, deps: AccessDeps): void {
  const ById = Type.Object({ id: Type.String({ maxLength: 36 }) })
  route(app, {
    method: 'GET',
    url: '/api/v1/api-keys',
    access: 'manage_api_keys',
    summary: "The company's API keys, revoked ones too, the newest first",
    tags,
    query: Type.Object(PagingQuery),
    reply: { 200: Type.Object({ items: Type.Array(Key), meta: PageMeta }) },
    handler: async ({ request, query }) => {
      const { db } = ofTenant(deps, request)
      const paging = pagingOf(query)
      const [keys, total] = await Promise.all([listKeys(db, paging), countKeys(db)])
      return listAnswer(keys.map(keyObject), paging, total)
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/api-keys',
    access: 'manage_api_keys',
    summary: 'A new key, for programs. It can do what its scopes and its maker may do, and dies with the membership of its maker',
    tags,
    body: CreateBody,
    rate: keyRate,
    reply: { 201: NewKey },
    handler: async ({ request, body }) => {
      const { actor, db, origin } = ofTenant(deps, request)
      const { key, text } = await createKey(
        db,
        deps,
        actor,
        {
          name: body.name,
          scopes: body.scopes,
          allowedIps: body.allowed_ips ?? null,
          perMinute: body.rate_limit_per_minute ?? defaultPerMinute,
          expiresAtMs: endOf(request, body.expires_at ?? null),
        },
        origin,
      )
      return answer(201, { ...keyObject(key), key: text })
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/api-keys/:id',
    access: 'manage_api_keys',
    summary: 'One key, without its secret',
    tags,
    params: ById,
    reply: { 200: Key },
    handler: async ({ request, params }) => {
      const key = await findKey(ofTenant(deps, request).db, params.id)
      if (!key) throw problem('api_key_not_found')
      return keyObject(key)
    },
  })
  route(app, {
    method: 'PATCH',
    url: '/api/v1/api-keys/:id',
    access: 'manage_api_keys',
    summary: 'Changes name, scopes, networks, limit or end of a key',
    tags,
    params: ById,
    body: ChangeBody,
    rate: keyRate,
    reply: { 200: Key },
    handler: async ({ request, params, body }) => {
      const { actor, db, origin } = ofTenant(deps, request)
      const change: KeyChange = {
        ...(body.name !== undefined && { name: body.name.trim() }),
        ...(body.scopes !== undefined && { scopes: body.scopes }),
        ...(body.allowed_ips !== undefined && { allowedIps: body.allowed_ips }),
        ...(body.rate_limit_per_minute !== undefined && { perMinute: body.rate_limit_per_minute }),
        ...(body.expires_at !== undefined && { expiresAtMs: endOf(request, body.expires_at) }),
      }
      return keyObject(await changeKey(db, deps, actor, params.id, change, origin))
    },
  })
  route(app, {
    method: 'DELETE',
    url: '/api/v1/api-keys/:id',
    access: 'manage_api_keys',
    summary: 'Revokes a key: dead at its next use',
    tags,
    params: ById,
    rate: keyRate,
    reply: { 204: emptyReply },
    handler: async ({ request, params }) => {
      const { actor, db, origin } = ofTenant(deps, request)
      await revokeKey(db, deps, actor, params.id, origin)
      return undefined
    },
  })
}
