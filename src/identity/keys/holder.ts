/** From a key's text to what it may do now. */
import { timingSafeEqual } from 'node:crypto'
import type { Db } from '../../platform/db/database.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import { permissions as allPermissions, keyPermissions, type Permission, type Role } from '../permissions.ts'
import { access, type Tenant } from '../tenants/index.ts'
import { hashedPart, isAllowedFrom, parseKey } from './key.ts'
import { type ApiKey, findKeyHolder, type KeyHolder, updateLastUsed } from './queries.ts'

type KeyStanding = {
  readonly key: ApiKey
  readonly userId: number
  readonly tenant: Tenant
  readonly role: Role
  readonly roleName: string
  readonly permissions: ReadonlySet<Permission>
}

type Known =
  | { readonly kind: 'known'; readonly standing: KeyStanding }
  | {
      readonly kind: 'refused'
      readonly reason: 'unknown' | 'revoked' | 'expired' | 'maker_gone' | 'company_inactive' | 'address'
      readonly keyId: number | null
    }

/** Written once a minute at most: a busy program must not wait for a writer at each request, as SQLite has one. */
const lastUsedGapMs = 60_000
const grantable: ReadonlySet<Permission> = new Set(keyPermissions)

/** What the key may do is what it was given and its maker may do at this moment, never more. */
export async function recogniseKey(
  db: Db,
  { secrets, nowMs }: { readonly secrets: Secrets; readonly nowMs: number },
  text: string,
  ip: string,
): Promise<Known> {
  const parsed = parseKey(text)
  const holder = parsed && (await findKeyHolder(db, parsed.prefix))
  if (!parsed || !holder || !isSame(secrets.hashToken('api-key', hashedPart(parsed)), holder.secretHash))
    return { kind: 'refused', reason: 'unknown', keyId: null }
  const reason = refusalOf(holder, nowMs, ip)
  if (reason) return { kind: 'refused', reason, keyId: holder.key.keyId }
  const { keyId, lastUsedAtMs } = holder.key
  if (lastUsedAtMs === null || nowMs - lastUsedAtMs >= lastUsedGapMs)
    await updateLastUsed({ ...db, tenantId: holder.tenant.tenantId }, keyId, nowMs)
  return { kind: 'known', standing: standingOf(holder) }
}

const isSame = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right))

function refusalOf({ key, user, tenant, membership }: KeyHolder, nowMs: number, ip: string) {
  if (key.revokedAtMs !== null) return 'revoked'
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) return 'expired'
  const isMakerIn = user.isSuperAdmin || membership?.status === 'active'
  if (!isMakerIn || !user.isActive || user.isDeleted || user.approvalStatus !== 'approved') return 'maker_gone'
  if (!tenant.isActive) return 'company_inactive'
  return isAllowedFrom(ip, key.allowedIps) ? null : 'address'
}

function standingOf({ key, user, tenant, membership }: KeyHolder): KeyStanding {
  const maker =
    user.isSuperAdmin || !membership
      ? { role: 'ADMIN' as const, roleName: 'ADMIN', permissions: new Set(allPermissions) }
      : { roleName: membership.roleName, ...access({ ...membership, tenant }) }
  const scopes = new Set(key.scopes)
  const held = [...maker.permissions].filter((code) => scopes.has(code) && grantable.has(code))
  return { key, userId: user.userId, tenant, role: maker.role, roleName: maker.roleName, permissions: new Set(held) }
}
