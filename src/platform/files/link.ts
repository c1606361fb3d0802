/** Links to files: whoever holds one may read that file until it ends. Signed, so nothing in it can be changed. Pure. */
import { timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../secrets/index.ts'

export type FileLink = {
  readonly uuid: string
  /** Epoch seconds. */
  readonly expiresS: number
  /** What a download is called; '' = shown, not saved, when it is an image. */
  readonly name: string
}

export const filesPath = '/files/:uuid'

const signatureOf = (secrets: Pick<Secrets, 'hashToken'>, { uuid, expiresS, name }: FileLink): string =>
  secrets.hashToken('file-link', JSON.stringify([uuid, expiresS, name]))

/** Path and query, below BASE_PATH. */
export const fileLink = (secrets: Pick<Secrets, 'hashToken'>, link: FileLink): string => {
  const query = new URLSearchParams({
    expires: String(link.expiresS),
    ...(link.name !== '' && { name: link.name }),
    signature: signatureOf(secrets, link),
  })
  return `/files/${link.uuid}?${query}`
}

/** The same link for five minutes, so that browsers can keep what is behind it: good for 55 to 60 minutes. */
export const expiryS = (nowMs: number): number => Math.floor(nowMs / 300_000) * 300 + 3_600

export function isValidLink(secrets: Pick<Secrets, 'hashToken'>, link: FileLink, signature: string, nowMs: number): boolean {
  const expected = Buffer.from(signatureOf(secrets, link))
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected) && nowMs < link.expiresS * 1000
}

/** RFC 6266: a name for old readers, and the whole one. */
export const attachmentOf = (name: string): string => {
  const clean = name.replace(/[\p{Cc}"\\/]/gu, '_').slice(0, 150) || 'file'
  return `attachment; filename="${clean.replace(/[^\x20-\x7e]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(clean).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`
}
