/** Who asks without being a person: a program with a key, a screen with its cookie. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { cut } from '../audit/index.ts'
import { type DisplayDeps, displayCookie, noteSeen, recogniseDisplay } from '../displays/index.ts'
import { recogniseKey } from '../keys/index.ts'
import { problem } from '../problems.ts'
import { csrfToken, sessionKeys } from '../sessions/index.ts'
import { parseCompanyId, type Tenant } from '../tenants/index.ts'
import type { AccessDeps } from './policy.ts'

/** The key that a request shows, in its own header or as a bearer; null when it shows none. Never from the address. */
export function presentedKey(request: FastifyRequest): string | null {
  const { authorization } = request.headers
  const own = request.headers['x-api-key']
  const bearer = /^Bearer (andon_\S+)$/i.exec(authorization ?? '')?.[1]
  if (own === undefined) return bearer ?? null
  // Two credentials in one request: nobody could say whose it is.
  if (typeof own !== 'string' || authorization !== undefined) throw problem('api_key_invalid')
  return own
}

/** Throws 401 `api_key_invalid`, 403 `address_not_allowed`, `tenant_mismatch`. */
export async function identifyKey(deps: AccessDeps, request: FastifyRequest, text: string): Promise<void> {
  const known = await recogniseKey(deps.db, { secrets: deps.secrets, nowMs: deps.clock.nowMs() }, text, request.ip)
  if (known.kind === 'refused') {
    const { reason, keyId } = known
    deps.log.warn({ event: 'api_key_refused', reason, key_id: keyId, request_id: request.id, ip: request.ip }, 'API key refused')
    throw problem(reason === 'address' ? 'address_not_allowed' : 'api_key_invalid')
  }
  const { key, userId, tenant, role, roleName, permissions } = known.standing
  demandSameCompany(request, tenant)
  request.actor = {
    kind: 'api_key',
    sessionUuid: null,
    sessionKind: null,
    userId,
    username: key.name,
    isSuperAdmin: false,
    keyId: key.keyId,
    perMinute: key.perMinute,
    language: request.language,
    tenant: placeOf(tenant),
    role,
    roleName,
    permissions,
    lineIds: null,
  }
}

const placeOf = ({ tenantId, uuid, slug, name }: Tenant) => ({ tenantId, uuid, slug, name })

/** A key and a screen have one company; whatever else the request names is a mistake, or worse. */
function demandSameCompany(request: FastifyRequest, tenant: Tenant): void {
  const { company } = (request.params ?? {}) as { company?: unknown }
  if (request.routeOptions.url?.startsWith('/t/:company') && company !== tenant.slug) throw problem('company_not_found')
  const header = request.headers['x-company-id']
  if (header === undefined) return
  const named = typeof header === 'string' ? parseCompanyId(header) : null
  if (!named) throw problem('invalid_company_id')
  const isSame = 'uuid' in named ? named.uuid === tenant.uuid : named.tenantId === tenant.tenantId
  if (!isSame) throw problem('tenant_mismatch')
}

const fromDisplays = new Set(['view_dashboard'] as const)

/** True when the cookie is a screen's that may still look. Throws as `identifyKey` does for the company. */
export async function identifyDisplay(deps: AccessDeps & DisplayDeps, request: FastifyRequest, reply: FastifyReply, cookie: string) {
  const found = await recogniseDisplay(deps, cookie)
  if (!found) return false
  const { display, tenant } = found
  demandSameCompany(request, tenant)
  request.screenCsrf = csrfToken(sessionKeys(deps.secrets), cookie)
  request.actor = {
    kind: 'display',
    sessionUuid: null,
    sessionKind: null,
    userId: display.createdBy,
    username: display.name,
    isSuperAdmin: false,
    displayId: display.displayId,
    language: request.language,
    tenant: placeOf(tenant),
    role: 'VIEWER',
    roleName: 'VIEWER',
    permissions: fromDisplays,
    lineIds: display.lineIds,
  }
  const isPage = request.method === 'GET' && !request.isHtmx && (request.headers.accept ?? '').includes('text/html')
  await noteSeen(deps, display, { ip: cut(request.ip, 45) ?? '', ...(isPage && { page: cut(request.url, 300) ?? '' }) })
  // Browsers forget a cookie after a year or so: each page that the screen opens makes it young again.
  if (isPage) displayCookie.set(reply, deps.config.http, cookie)
  return true
}
