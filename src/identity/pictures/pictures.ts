/** Pictures of people and companies: taken in, made anew, shown by links that end. */
import { buffer } from 'node:stream/consumers'
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { lockRow, transaction } from '../../platform/db/index.ts'
import { dropFile, expiryS, type FileStore, fileLink, findFile, keepFile, reencodeImage, saveFile } from '../../platform/files/index.ts'
import type { Upload } from '../../platform/http/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type AuditActor, type Origin, recordAudit } from '../audit/index.ts'
import * as q from './queries.ts'

export type PictureDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly secrets: Secrets
  readonly files: FileStore
  readonly config: { readonly http: { readonly publicUrl: string } }
}

/** What may be sent; what is kept is our own. */
export const pictureRule = { maxBytes: 2 * 2 ** 20, accepts: ['image/jpeg', 'image/png', 'image/webp'] } as const
const sidePx = 512

/** An address for whoever shows the picture elsewhere, good for an hour at most. */
export type PictureLink = { readonly url: string; readonly expiresAtMs: number }

const linkOf = ({ clock, secrets, config }: PictureDeps, uuid: string): PictureLink => {
  const expiresS = expiryS(clock.nowMs())
  return { url: config.http.publicUrl + fileLink(secrets, { uuid, expiresS, name: '' }), expiresAtMs: expiresS * 1000 }
}

/** Null without a picture. */
export async function avatarLink(deps: PictureDeps, userId: number): Promise<PictureLink | null> {
  const uuid = await q.avatarUuid(deps.db, userId)
  return uuid === null ? null : linkOf(deps, uuid)
}

/** Null without a logo. */
export async function logoLink(deps: PictureDeps, tenantId: number): Promise<PictureLink | null> {
  const fileId = await q.findLogoId({ ...deps.db, tenantId })
  const file = fileId === null ? null : await findFile(deps.db, tenantId, fileId)
  return file && linkOf(deps, file.uuid)
}

/** The bytes of a company's logo (PNG), for documents; null without one, also when the store has lost it: a document without logo is better than none. */
export async function companyLogo({ db, files }: Pick<PictureDeps, 'db' | 'files'>, tenantId: number): Promise<Buffer | null> {
  const fileId = await q.findLogoId({ ...db, tenantId })
  const file = fileId === null ? null : await findFile(db, tenantId, fileId)
  if (file?.mime !== 'image/png') return null
  try {
    return await buffer(await files.open(file.key))
  } catch {
    return null
  }
}

type Actor = NonNullable<AuditActor>

/** Null takes it away. Throws 422 `image_unreadable`. */
export async function setAvatar(deps: PictureDeps, actor: Actor, upload: Upload | null, origin: Origin): Promise<void> {
  const { userId } = actor
  const fileId = upload && (await keptCopy(deps, { tenantId: null, userId }, 'avatar', upload))
  await transaction(deps.db, async (tx) => {
    await lockRow(tx, 'users', { id: userId })
    const oldId = await q.findAvatarId(tx, userId)
    if (fileId !== null) await keepFile(tx, deps, null, fileId)
    await q.updateAvatarId(tx, userId, fileId, deps.clock.nowMs())
    await dropFile(tx, deps, null, oldId)
    await recordAudit(tx, deps, actor, 'USER_UPDATED', {
      entityType: 'user',
      entityId: userId,
      origin,
      data: { changed: ['avatar'], has_avatar: fileId !== null },
    })
  })
}

/** Null takes it away. Throws 422 `image_unreadable`. */
export async function setLogo(deps: PictureDeps, actor: Actor, tenantId: number, upload: Upload | null, origin: Origin): Promise<void> {
  const fileId = upload && (await keptCopy(deps, { tenantId, userId: actor.userId }, 'logo', upload))
  await transaction<TenantDb, void>({ ...deps.db, tenantId }, async (tx) => {
    await lockRow(tx, 'tenants', { id: tenantId })
    const oldId = await q.findLogoId(tx)
    if (fileId !== null) await keepFile(tx, deps, tenantId, fileId)
    await q.updateLogoId(tx, fileId, deps.clock.nowMs())
    await dropFile(tx, deps, tenantId, oldId)
    await recordAudit(tx, deps, actor, 'COMPANY_UPDATED', {
      tenantId,
      entityType: 'tenant',
      entityId: tenantId,
      origin,
      data: { changed: ['logo'], has_logo: fileId !== null },
    })
  })
}

/** People's pictures are small; a logo keeps its transparency and goes into PDF. */
async function keptCopy(
  deps: PictureDeps,
  owner: { readonly tenantId: number | null; readonly userId: number },
  kind: 'avatar' | 'logo',
  upload: Upload,
): Promise<number> {
  const picture = await reencodeImage(upload.path, { format: kind === 'avatar' ? 'webp' : 'png', maxSidePx: sidePx })
  return saveFile(deps.db, deps, owner, kind, picture)
}
