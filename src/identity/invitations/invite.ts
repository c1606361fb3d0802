/** Asking people into a company: by mail, or with a link that anybody may use. */
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { isUniqueViolation, transaction } from '../../platform/db/index.ts'
import type { Language } from '../../platform/i18n/i18n.ts'
import { newUuid } from '../../platform/ids/index.ts'
import type { Log } from '../../platform/log/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import { type AuditActor, type Origin, recordAudit } from '../audit/index.ts'
import { newLinkToken } from '../links/index.ts'
import { type MailDeps, sendMail } from '../mails/index.ts'
import { identityPaths } from '../paths.ts'
import { access, demandRoom, type Tenant } from '../tenants/index.ts'
import { findUser, maskEmail, normaliseEmail } from '../users/index.ts'
import {
  type Inviter,
  invitationLifeMs,
  type LinkInput,
  linkEndMs,
  linkFaults,
  mailFaults,
  type Offer,
  type OfferInput,
  parseOffer,
} from './invitation.ts'
import { problem } from './problems.ts'
import * as q from './queries.ts'

export type InviteDeps = MailDeps & { readonly db: Db; readonly secrets: Secrets; readonly log: Log }

/** `user`: null is the machine's operator. `name` is what the mail calls whoever invites. */
export type InvitingActor = Inviter & { readonly user: AuditActor; readonly name: string; readonly language: Language }

export type Invited = {
  readonly id: number
  readonly expiresAtMs: number
  /** Address of the page, with its token: shown once, kept nowhere. */
  readonly path: string
}

const pathOf = (token: string): string => `${identityPaths.acceptInvitation()}?token=${token}`

function offerOf(input: OfferInput, tenant: Tenant, inviter: Inviter, faults: Parameters<typeof problem>[1]): Offer {
  const parsed = parseOffer(input, tenant.config, inviter)
  const fields = [...(faults?.fields ?? []), ...(parsed.kind === 'faults' ? parsed.faults : [])]
  if (fields.length > 0) throw problem('validation_failed', { fields })
  if (parsed.kind === 'refused') throw problem(parsed.code)
  if (parsed.kind === 'faults') throw problem('validation_failed', { fields })
  return parsed.offer
}

export type InvitationInput = OfferInput & { readonly email: string }

/** Throws 422; 403 `role_above_own`, `permission_not_held`; 409 `already_member`, `invitation_pending`, `tenant_user_limit`. */
export async function invite(
  deps: InviteDeps,
  actor: InvitingActor,
  tenant: Tenant,
  input: InvitationInput,
  origin?: Origin,
): Promise<Invited> {
  const email = normaliseEmail(input.email)
  const offer = offerOf(input, tenant, actor, { fields: mailFaults(email) })
  try {
    const made = await transaction(deps.db, (tx) => inviteIn(tx, deps, actor, tenant, { email, offer }, origin))
    logSent(deps, actor, tenant)
    return made
  } catch (error) {
    // Two at once: the index let one through.
    if (isUniqueViolation(error) && !deps.db.kysely.isTransaction) throw problem('invitation_pending')
    throw error
  }
}

/** As `invite`, in the caller's transaction. */
export async function inviteIn(
  tx: Db,
  deps: InviteDeps,
  actor: InvitingActor,
  tenant: Tenant,
  { email, offer }: { readonly email: string; readonly offer: Offer },
  origin?: Origin,
): Promise<Invited> {
  const db = { ...tx, tenantId: tenant.tenantId }
  const nowMs = deps.clock.nowMs()
  await q.expireOf(db, email, nowMs)
  await demandRoom(db, tenant.config, (await q.countPending(db, nowMs)) + 1)
  const known = await findUser(tx, { email })
  const membership = known && !known.user.isDeleted ? await q.findMembership(db, known.user.userId) : null
  if (membership && membership.status !== 'rejected') throw problem('already_member')
  if (await q.hasPending(db, email)) throw problem('invitation_pending')
  const language = known?.user.preferredLanguage ?? actor.language
  const made = await insert(db, deps, actor, offer, { email, language, expiresAtMs: nowMs + invitationLifeMs, maxUses: 1 })
  await tell(db, deps, tenant, actor, { ...made, email, role: offer.role, language })
  await recordAudit(tx, deps, actor.user, 'INVITATION_SENT', {
    tenantId: tenant.tenantId,
    entityType: 'invitation',
    entityId: made.id,
    ...(origin && { origin }),
    data: { email: maskEmail(email), role: offer.role },
  })
  return made
}

const logSent = (deps: InviteDeps, actor: InvitingActor, tenant: Tenant): void =>
  deps.log.info({ event: 'invitation_sent', user_id: actor.user?.userId ?? null, tenant_id: tenant.tenantId }, 'invitation sent')

async function insert(
  db: TenantDb,
  deps: InviteDeps,
  actor: InvitingActor,
  offer: Offer,
  more: Pick<q.NewInvitation, 'email' | 'language' | 'expiresAtMs' | 'maxUses'>,
): Promise<Invited> {
  const token = newLinkToken()
  const tokenHash = deps.secrets.hashToken('token-hash', token)
  const { role, permissions: grants, modules } = offer
  const row = { uuid: newUuid(), role, grants, modules, tokenHash, invitedBy: actor.user?.userId ?? null, ...more }
  const id = await q.insertInvitation(db, row, deps.clock.nowMs())
  return { id, expiresAtMs: more.expiresAtMs, path: pathOf(token) }
}

type Told = Invited & { readonly email: string; readonly role: string; readonly language: string | null }

async function tell(db: TenantDb, deps: InviteDeps, tenant: Tenant, actor: InvitingActor, invited: Told): Promise<void> {
  const language = invited.language === 'en' ? 'en' : 'es'
  await sendMail(db, deps, { email: invited.email, language }, 'invitation', {
    company: tenant.name,
    role: shownRole(invited.role, tenant),
    inviter: actor.name,
    expiresAt: new Date(invited.expiresAtMs).toISOString(),
    path: invited.path,
  })
}

/** A company's own word is shown as it is; ours are translated by the mail. */
const shownRole = (role: string, tenant: Tenant): string => {
  const base = access({ roleName: role, grants: [], modules: null, tenant }).role
  return role === base ? base : role
}

/** Throws 422, 403 as above, 409 `tenant_user_limit` when nobody more may come. The membership of who uses it waits for approval. */
export async function createLink(
  deps: InviteDeps,
  actor: InvitingActor,
  tenant: Tenant,
  input: OfferInput & LinkInput,
  origin?: Origin,
): Promise<Invited & { readonly maxUses: number }> {
  const nowMs = deps.clock.nowMs()
  const offer = offerOf(input, tenant, actor, { fields: linkFaults(input, tenant.config, nowMs) })
  const expiresAtMs = linkEndMs(input.expiresAt, tenant.config, nowMs)
  const { maxUses } = input
  const made = await transaction(deps.db, async (tx) => {
    const db = { ...tx, tenantId: tenant.tenantId }
    await demandRoom(db, tenant.config)
    const link = await insert(db, deps, actor, offer, { email: null, language: null, expiresAtMs, maxUses })
    await recordAudit(tx, deps, actor.user, 'INVITATION_SENT', {
      tenantId: tenant.tenantId,
      entityType: 'invitation',
      entityId: link.id,
      ...(origin && { origin }),
      data: { link: true, role: offer.role, uses: maxUses },
    })
    return link
  })
  logSent(deps, actor, tenant)
  return { ...made, maxUses }
}

/** A new link and a new week; the former link stops working. Throws 404 `invitation_not_found`, 409 `invitation_over`, `tenant_user_limit`,
 *  403 when the inviter could not offer that role. */
export async function resend(deps: InviteDeps, actor: InvitingActor, tenant: Tenant, id: number, origin?: Origin): Promise<Invited> {
  const nowMs = deps.clock.nowMs()
  try {
    const made = await transaction(deps.db, async (tx) => {
      const db = { ...tx, tenantId: tenant.tenantId }
      const found = await q.findInvitation(db, id)
      if (!found) throw problem('invitation_not_found')
      const { email, role } = found
      if (email === null) throw problem('invitation_over')
      const allowed = parseOffer({ role, permissions: found.grants, modules: found.modules }, tenant.config, actor)
      if (allowed.kind === 'refused') throw problem(allowed.code)
      await q.expireOf(db, email, nowMs)
      const token = newLinkToken()
      const expiresAtMs = nowMs + invitationLifeMs
      const tokenHash = deps.secrets.hashToken('token-hash', token)
      if (!(await q.renew(db, id, { tokenHash, email, expiresAtMs, nowMs }))) throw problem('invitation_over')
      await demandRoom(db, tenant.config, await q.countPending(db, nowMs))
      const again = { id, expiresAtMs, path: pathOf(token) }
      await tell(db, deps, tenant, actor, { ...again, email, role, language: found.language })
      await recordAudit(tx, deps, actor.user, 'INVITATION_SENT', {
        tenantId: tenant.tenantId,
        entityType: 'invitation',
        entityId: id,
        ...(origin && { origin }),
        data: { email: maskEmail(email), role, again: true },
      })
      return again
    })
    logSent(deps, actor, tenant)
    return made
  } catch (error) {
    if (isUniqueViolation(error)) throw problem('invitation_pending') // another one of the same person waits
    throw error
  }
}

/** Throws 404 `invitation_not_found`, 409 `invitation_over`. */
export async function revoke(deps: InviteDeps, actor: InvitingActor, tenantId: number, id: number, origin?: Origin): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const db = { ...tx, tenantId }
    const found = await q.findInvitation(db, id)
    if (!found) throw problem('invitation_not_found')
    if (!(await q.revoke(db, id, deps.clock.nowMs()))) throw problem('invitation_over')
    await recordAudit(tx, deps, actor.user, 'INVITATION_REVOKED', {
      tenantId,
      entityType: 'invitation',
      entityId: id,
      ...(origin && { origin }),
      data: found.email === null ? { link: true } : { email: maskEmail(found.email) },
    })
  })
}
