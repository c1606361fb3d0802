/** Screens of the plant: pairing one, and recognising it ever after. A screen looks and changes nothing; it has no person and no session. */
import { randomBytes, randomInt } from 'node:crypto'
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import * as q from './queries.ts'

export type DisplayDeps = { readonly db: Db; readonly clock: Clock; readonly secrets: Secrets }

const pairingLifeMs = 15 * 60_000
const dayMs = 86_400_000
/** Seen is written at most this often, unless the page changed. */
const seenGapMs = 60_000

export type Pairing = { readonly linkToken: string; readonly code: string; readonly expiresAtMs: number }

// No letters and digits that look alike across a hall.
const codeLetters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const newCode = (): string => Array.from({ length: 8 }, () => codeLetters[randomInt(codeLetters.length)]).join('')
export const shownCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`
const plainCode = (typed: string): string => typed.toUpperCase().replace(/[^A-Z0-9]/g, '')

const hashOf = ({ secrets }: Pick<DisplayDeps, 'secrets'>, token: string): string => secrets.hashToken('token-hash', `display:${token}`)

/** A link and a short code that pair one screen within fifteen minutes. Runs in the caller's transaction. */
export async function openPairing(tx: Db, deps: DisplayDeps, display: Pick<q.Display, 'tenantId' | 'displayId'>): Promise<Pairing> {
  const nowMs = deps.clock.nowMs()
  const pairing = { linkToken: randomBytes(32).toString('base64url'), code: newCode(), expiresAtMs: nowMs + pairingLifeMs }
  const { tenantId } = display
  await q.updatePairing(
    { ...tx, tenantId },
    display.displayId,
    { linkHash: hashOf(deps, pairing.linkToken), codeHash: hashOf(deps, pairing.code), expiresAtMs: pairing.expiresAtMs },
    nowMs,
  )
  return pairing
}

export type PairingKey = { readonly linkToken: string } | { readonly code: string }

const keyOf = (deps: DisplayDeps, given: PairingKey) =>
  'linkToken' in given
    ? ({ by: 'pairing_hash', hash: hashOf(deps, given.linkToken) } as const)
    : ({ by: 'pairing_code_hash', hash: hashOf(deps, plainCode(given.code)) } as const)

/** What a link or code would pair; null when it is unknown, used, over, or the company is not active. Changes nothing. */
export async function findPairing(deps: DisplayDeps, given: PairingKey): Promise<q.DisplayOfTenant | null> {
  const { by, hash } = keyOf(deps, given)
  const found = await q.findDisplayByHash(deps.db, by, hash)
  const expiresAtMs = found?.display.pairingExpiresAtMs ?? 0
  return found?.tenant.isActive && found.display.revokedAtMs === null && expiresAtMs > deps.clock.nowMs() ? found : null
}

/** Makes the asking screen this display: answers the value of its cookie. Null as in `findPairing`; of two screens only one is paired. */
export async function pairDisplay(
  deps: DisplayDeps,
  given: PairingKey,
  origin: Origin,
): Promise<(q.DisplayOfTenant & { readonly cookie: string }) | null> {
  const found = await findPairing(deps, given)
  if (!found) return null
  const { tenantId, displayId, uuid, name, createdBy } = found.display
  const cookie = randomBytes(32).toString('base64url')
  return transaction(deps.db, async (tx) => {
    const isPaired = await q.pair(
      { ...tx, tenantId },
      displayId,
      { ...keyOf(deps, given), tokenHash: hashOf(deps, cookie) },
      deps.clock.nowMs(),
    )
    if (!isPaired) return null
    await recordAudit(tx, deps, { userId: createdBy }, 'UPDATE', {
      tenantId,
      entityType: 'display',
      entityId: uuid,
      origin,
      data: { changed: ['paired'], name },
    })
    return { ...found, cookie }
  })
}

/** The screen that holds the cookie; null when it was revoked, paired anew elsewhere, off for too long, or its company is not active. */
export async function recogniseDisplay(deps: DisplayDeps, cookie: string): Promise<q.DisplayOfTenant | null> {
  const found = await q.findDisplayByHash(deps.db, 'token_hash', hashOf(deps, cookie))
  if (!found?.tenant.isActive || found.display.revokedAtMs !== null) return null
  const { idleDays, lastSeenAtMs, pairedAtMs } = found.display
  const isForgotten = idleDays !== null && deps.clock.nowMs() - (lastSeenAtMs ?? pairedAtMs ?? 0) >= idleDays * dayMs
  return isForgotten ? null : found
}

/** `page`: path and query when it opened a page; a refresh of one tells only that the screen is on. */
export async function noteSeen(
  deps: DisplayDeps,
  display: q.Display,
  seen: { readonly page?: string; readonly ip: string },
): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const isNewPage = seen.page !== undefined && seen.page !== display.lastPage
  if (!isNewPage && nowMs - (display.lastSeenAtMs ?? 0) < seenGapMs) return
  await q.updateSeen({ ...deps.db, tenantId: display.tenantId }, display.displayId, seen, nowMs)
}
