/** Making, changing and revoking API keys of a company. */
import type { TenantDb } from '../../platform/db/database.ts'
import { lockRow, transaction } from '../../platform/db/index.ts'
import type { ProblemField } from '../../platform/http/index.ts'
import { newUuid } from '../../platform/ids/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { TenantActor } from '../actor.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import {
  countUsableKeys,
  findKey,
  hashedPart,
  insertKey,
  type KeyChange,
  keyText,
  type ListedKey,
  markRevoked,
  newKey,
  parseNetwork,
  updateKey,
} from '../keys/index.ts'
import { keyPermissions } from '../permissions.ts'
import { problem } from './problems.ts'

export type KeyDeps = { readonly clock: Clock; readonly secrets: Secrets }

export type KeyInput = {
  readonly name: string
  readonly scopes: readonly string[]
  /** Null = from anywhere. */
  readonly allowedIps: readonly string[] | null
  readonly perMinute: number
  /** Null = never. */
  readonly expiresAtMs: number | null
}

export const defaultPerMinute = 60
export const mostPerMinute = 6_000
const mostKeys = 100
const mostNetworks = 50
const grantable: ReadonlySet<string> = new Set(keyPermissions)

/** Every fault at once. Pure. */
export function keyFaults(input: Partial<KeyInput>, nowMs: number): ProblemField[] {
  const faults: ProblemField[] = []
  const fault = (path: string, rule: string, es: string, en: string) => faults.push({ path, rule, message: { es, en } })
  const { name, scopes, allowedIps, perMinute, expiresAtMs } = input
  if (name !== undefined && (name.trim() === '' || [...name].length > 100 || /\p{Cc}/u.test(name)))
    fault('name', 'length', 'Debe tener entre 1 y 100 caracteres', 'Must have 1 to 100 characters')
  if (scopes !== undefined && (scopes.length === 0 || scopes.some((code) => !grantable.has(code))))
    fault(
      'scopes',
      'scope',
      'Elija al menos un permiso, de los que admite una clave',
      'Choose at least one permission that a key may carry',
    )
  if (allowedIps && (allowedIps.length > mostNetworks || allowedIps.some((text) => parseNetwork(text) === null)))
    fault('allowed_ips', 'network', 'Use direcciones o redes como 10.0.0.0/8', 'Use addresses or networks such as 10.0.0.0/8')
  if (perMinute !== undefined && !(Number.isInteger(perMinute) && perMinute >= 1 && perMinute <= mostPerMinute))
    fault('rate_limit_per_minute', 'range', `Debe estar entre 1 y ${mostPerMinute}`, `Must be between 1 and ${mostPerMinute}`)
  if (expiresAtMs !== undefined && expiresAtMs !== null && !(expiresAtMs > nowMs))
    fault('expires_at', 'future', 'Debe ser una fecha futura', 'Must be in the future')
  return faults
}

function demandValid(actor: TenantActor, input: Partial<KeyInput>, nowMs: number): void {
  const fields = keyFaults(input, nowMs)
  if (fields.length > 0) throw problem('validation_failed', { fields })
  const above = (input.scopes ?? []).filter((code) => !(actor.permissions as ReadonlySet<string>).has(code))
  if (above.length > 0) throw problem('scope_above_own', { parameters: { scopes: above.join(', ') } })
}

/** `text` is the whole key: it is shown now and never again. Throws 422, 403 `scope_above_own`, 409 `api_key_limit`. */
export async function createKey(
  db: TenantDb,
  deps: KeyDeps,
  actor: TenantActor,
  input: KeyInput,
  origin: Origin,
): Promise<{ readonly key: ListedKey; readonly text: string }> {
  const nowMs = deps.clock.nowMs()
  demandValid(actor, input, nowMs)
  const parts = newKey()
  const uuid = newUuid()
  const key = await transaction(db, async (tx) => {
    await lockRow(tx, 'tenants', { id: db.tenantId })
    if ((await countUsableKeys(tx, nowMs)) >= mostKeys) throw problem('api_key_limit', { parameters: { limit: mostKeys } })
    await insertKey(
      tx,
      {
        uuid,
        userId: actor.userId,
        name: input.name.trim(),
        prefix: parts.prefix,
        secretHash: deps.secrets.hashToken('api-key', hashedPart(parts)),
        scopes: [...new Set(input.scopes)].sort(),
        allowedIps: input.allowedIps,
        perMinute: input.perMinute,
        expiresAtMs: input.expiresAtMs,
      },
      nowMs,
    )
    await recordAudit(tx, deps, actor, 'API_KEY_CREATED', {
      entityType: 'api_key',
      entityId: uuid,
      origin,
      data: { name: input.name.trim(), scopes: input.scopes },
    })
    return findKey(tx, uuid)
  })
  if (!key) throw new Error('the key was inserted')
  return { key, text: keyText(parts) }
}

/** Throws 404 `api_key_not_found` (another company's, and a revoked one), 422, 403 `scope_above_own`. */
export async function changeKey(
  db: TenantDb,
  deps: KeyDeps,
  actor: TenantActor,
  uuid: string,
  change: KeyChange,
  origin: Origin,
): Promise<ListedKey> {
  const nowMs = deps.clock.nowMs()
  const key = await findKey(db, uuid)
  if (!key || key.revokedAtMs !== null) throw problem('api_key_not_found')
  demandValid(actor, change, nowMs)
  return transaction(db, async (tx) => {
    if (!(await updateKey(tx, key.keyId, change, nowMs))) throw problem('api_key_not_found')
    await recordAudit(tx, deps, actor, 'UPDATE', {
      entityType: 'api_key',
      entityId: uuid,
      origin,
      data: { changed: Object.keys(change), ...(change.scopes && { scopes: change.scopes }) },
    })
    const changed = await findKey(tx, uuid)
    if (!changed) throw problem('api_key_not_found')
    return changed
  })
}

/** Dead at its next use. Throws 404 `api_key_not_found`. */
export async function revokeKey(db: TenantDb, deps: KeyDeps, actor: TenantActor, uuid: string, origin: Origin): Promise<void> {
  const key = await findKey(db, uuid)
  if (!key) throw problem('api_key_not_found')
  await transaction(db, async (tx) => {
    if (!(await markRevoked(tx, key.keyId, deps.clock.nowMs()))) throw problem('api_key_not_found')
    await recordAudit(tx, deps, actor, 'API_KEY_REVOKED', { entityType: 'api_key', entityId: uuid, origin, data: { name: key.name } })
  })
}
