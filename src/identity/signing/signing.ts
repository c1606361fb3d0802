/** Who answers for an action: the person who is signed in, or whoever signs with a PIN on a screen that everybody shares. */
import type { FastifyRequest } from 'fastify'
import type { TenantDb } from '../../platform/db/database.ts'
import { Problem } from '../../platform/http/problem.ts'
import { onceOnly } from '../../platform/idempotency/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type AccessDeps, originOf, requireTenant } from '../access/index.ts'
import type { DisplayActor, TenantActor } from '../actor.ts'
import { recordAudit } from '../audit/index.ts'
import { listSigningMembers, verifyOperatorPin } from '../displays/index.ts'
import { problem as accessProblem } from '../problems.ts'
import { newPads, type Pad, uncover } from './pads.ts'
import { problem } from './problems.ts'

/** As a form of a screen sends it: who, and the PIN, plain or covered by a pad. */
export type Signature = {
  readonly signer?: number | undefined
  readonly pin?: string | undefined
  readonly pad_id?: string | undefined
  readonly covered_pin?: string | undefined
}

const padsAtOnce = 24

/** What a page needs to act: its CSRF token, and on a screen pads for what is signed without network. */
export type SigningKit = { readonly csrfToken: string; readonly pads: readonly Pad[] }

export function signingKit(deps: { readonly secrets: Secrets; readonly clock: Clock }, request: FastifyRequest): SigningKit {
  const actor = requireTenant(request)
  return {
    csrfToken: request.screenCsrf ?? request.signedIn?.csrfToken ?? '',
    pads: actor.kind === 'display' ? newPads(deps.secrets, actor.displayId, deps.clock.nowMs(), padsAtOnce) : [],
  }
}

/** The actor that the action is done and recorded as. On a screen: whoever signed, with their own rights and the screen's lines. `actionKey`: of the
 *  action and no other, the same each time that it is sent. Throws 403 `permission_denied`; on a screen 422 `signature_required`, `signature_used`,
 *  403 `pin_wrong`, 429 `pin_locked`. */
export async function signedActor(
  deps: AccessDeps,
  request: FastifyRequest,
  signature: Signature,
  actionKey: string,
): Promise<TenantActor> {
  const actor = requireTenant(request)
  if (actor.kind !== 'display') {
    if (!actor.permissions.has('annotate_downtime')) throw accessProblem('permission_denied')
    return actor
  }
  const db: TenantDb = { ...deps.db, tenantId: actor.tenant.tenantId }
  const pin = pinOf(deps, actor, signature)
  if (signature.signer === undefined || pin === null) throw problem('signature_required')
  if (signature.pad_id !== undefined && signature.covered_pin !== undefined)
    await usePad(db, deps, actor.displayId, signature.pad_id, actionKey)
  const member = (await listSigningMembers(db)).find(({ userId }) => userId === signature.signer)
  const display = { displayId: actor.displayId, tenantId: db.tenantId }
  const verdict = await verifyOperatorPin(deps.db, deps, display, { userId: signature.signer }, pin)
  if (verdict.kind === 'right' && member) {
    const { userId, name, role, roleName, permissions } = member
    return { ...actor, userId, username: name, role, roleName, permissions }
  }
  deps.log.warn(
    { event: 'pin_refused', display_id: actor.displayId, user_id: signature.signer, request_id: request.id, ip: request.ip },
    'PIN refused',
  )
  if (verdict.kind !== 'locked') {
    const left = verdict.kind === 'wrong' ? verdict.triesLeft : 0
    if (left === 0 && member) await noteLock(deps, request, member.userId, actor)
    throw problem('pin_wrong', { parameters: { left } })
  }
  const retryS = Math.max(1, Math.ceil((verdict.untilMs - deps.clock.nowMs()) / 1_000))
  throw problem('pin_locked', { parameters: { minutes: Math.ceil(retryS / 60) }, headers: { 'retry-after': String(retryS) } })
}

/** A pad signs one action. Whoever overheard it, where a plant's network is plain http, signs no other with it. */
async function usePad(db: TenantDb, deps: AccessDeps, displayId: number, padId: string, actionKey: string): Promise<void> {
  try {
    // kept for as long as a pad opens
    await onceOnly(db, deps, { key: padId, action: `signing.pad.${displayId}`, asked: actionKey }, async () => true)
  } catch (error) {
    if (error instanceof Problem && error.code === 'idempotency_key_reused') throw problem('signature_used', { cause: error })
    throw error
  }
}

const pinOf = (deps: AccessDeps, { displayId }: DisplayActor, { pin, pad_id: padId, covered_pin: covered }: Signature): string | null =>
  padId !== undefined && covered !== undefined
    ? uncover(deps.secrets, displayId, { padId, pin: covered }, deps.clock.nowMs())
    : pin === undefined || pin === ''
      ? null
      : pin

const noteLock = (deps: AccessDeps, request: FastifyRequest, userId: number, { tenant, username }: DisplayActor) =>
  recordAudit(deps.db, deps, { userId, tenant }, 'LOGIN_LOCKED', {
    entityType: 'operator_pin',
    entityId: userId,
    origin: originOf(request),
    data: { screen: username },
  })
