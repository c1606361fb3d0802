/** Serves files behind signed links. The link is the permission: no session is asked, so that pictures load in mail, PDF and other programs. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Db } from '../db/database.ts'
import { problemFactory, rawReply, route } from '../http/index.ts'
import type { Secrets } from '../secrets/index.ts'
import type { Clock } from '../time/clock.ts'
import { attachmentOf, filesPath, isValidLink } from './link.ts'
import { findFileByUuid } from './queries.ts'
import { FileMissingError, type FileStore } from './store.ts'

const problem = problemFactory({
  file_link_invalid: {
    status: 403,
    title: { es: 'Enlace no válido', en: 'Link not valid' },
    detail: { es: 'El enlace venció o fue alterado.', en: 'The link has expired or was altered.' },
  },
  file_not_found: { status: 404, title: { es: 'Archivo no encontrado', en: 'File not found' } },
})

export type FileRouteDeps = { readonly db: Db; readonly clock: Clock; readonly secrets: Secrets; readonly files: FileStore }

const shownTypes = new Set(['image/jpeg', 'image/png', 'image/webp'])
/** Nothing in it may run or load, whatever it turns out to be. */
const policy = "default-src 'none'; frame-ancestors 'none'; sandbox"

export function registerFileRoutes(app: FastifyInstance, { db, clock, secrets, files }: FileRouteDeps): void {
  route(app, {
    method: 'GET',
    url: filesPath,
    access: 'public',
    summary: 'A stored file, by a signed link that ends',
    tags: ['files'],
    params: Type.Object({ uuid: Type.String({ maxLength: 36 }) }),
    query: Type.Object({
      expires: Type.Integer({ default: 0 }),
      name: Type.String({ maxLength: 200, default: '' }),
      signature: Type.String({ maxLength: 64, default: '' }),
    }),
    rate: { bucket: 'files', perMinute: 600 },
    keepsSessionAlive: false,
    reply: { 200: rawReply('application/octet-stream') },
    handler: async ({ reply, params: { uuid }, query: { expires, name, signature } }) => {
      const nowMs = clock.nowMs()
      if (!isValidLink(secrets, { uuid, expiresS: expires, name }, signature, nowMs)) throw problem('file_link_invalid')
      const file = await findFileByUuid(db, uuid)
      if (!file) throw problem('file_not_found')
      const isShown = name === '' && shownTypes.has(file.mime)
      const disposition = isShown ? 'inline' : attachmentOf(name || file.uuid)
      const lifeS = Math.floor(expires - nowMs / 1000)
      const direct = isShown
        ? null
        : await files.directUrl(file.key, { lifeS: Math.max(1, Math.min(lifeS, 3_600)), mime: file.mime, disposition })
      if (direct !== null) return reply.redirect(direct, 302)
      const content = await files.open(file.key).catch((error) => {
        throw error instanceof FileMissingError ? problem('file_not_found', { cause: error }) : error
      })
      return reply
        .headers({
          'content-length': String(file.sizeBytes),
          'content-disposition': disposition,
          'content-security-policy': policy,
          'cache-control': `private, max-age=${Math.max(0, lifeS)}, immutable`,
        })
        .type(file.mime)
        .send(content)
    },
  })
}
