/** Avatar and logo over the API, and the forms of their cards. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { FileMissingError, findFile, type StoredFile } from '../../platform/files/index.ts'
import { type Answer, emptyReply, Problem, problemFactory, rawReply, requireUpload, route, seeOther } from '../../platform/http/index.ts'
import { originOf, requirePerson, requireTenant } from '../access/index.ts'
import { markAlias } from '../login/index.ts'
import { identityPaths } from '../paths.ts'
import { pictureMessages } from './messages.ts'
import { avatarLink, logoLink, type PictureDeps, type PictureLink, pictureRule, setAvatar, setLogo } from './pictures.ts'
import { findAvatarId, findLogoId } from './queries.ts'

const problem = problemFactory({ picture_not_found: { status: 404, title: { es: 'No hay imagen', en: 'There is no picture' } } })
const text = Type.Union([Type.String(), Type.Null()])

/** Making a picture anew costs memory and time. */
const changeRate = { isShared: true, bucket: 'pictures', perMinute: 10, by: 'person' } as const

export function registerPictureRoutes(app: FastifyInstance, deps: PictureDeps): void {
  registerAvatarApi(app, deps)
  registerLogoApi(app, deps)
  registerForms(app, deps)
  registerPictures(app, deps)
}

const Avatar = Type.Object({ message: Type.String(), avatar_url: text, expires_at: text })
const Logo = Type.Object({ message: Type.String(), logo_url: text, expires_at: text })

type Done = 'saved' | 'removed'
const say = (request: FastifyRequest, done: Done | null): string =>
  done === null ? '' : pictureMessages[`notice.${done}`][request.language]
const ends = (link: PictureLink | null): string | null => link && new Date(link.expiresAtMs).toISOString()

function registerAvatarApi(app: FastifyInstance, deps: PictureDeps): void {
  const url = ['/api/v1/users/me/avatar', '/users/me/avatar']
  const common = { url, access: 'signed_in', tags: ['users'], reply: { 200: Avatar } } as const
  const shown = async (request: FastifyRequest, reply: FastifyReply, done: Done | null) => {
    markAlias(request, reply)
    const link = await avatarLink(deps, requirePerson(request).userId)
    return { message: say(request, done), avatar_url: link?.url ?? null, expires_at: ends(link) }
  }
  route(app, {
    ...common,
    method: 'GET',
    summary: 'Address of the own picture, good for an hour at most',
    handler: ({ request, reply }) => shown(request, reply, null),
  })
  route(app, {
    ...common,
    method: 'POST',
    summary: 'Sets the own picture: JPEG, PNG or WebP of up to 2 MB',
    upload: pictureRule,
    rate: changeRate,
    handler: async ({ request, reply }) => {
      await setAvatar(deps, requirePerson(request), requireUpload(request), originOf(request))
      return shown(request, reply, 'saved')
    },
  })
  route(app, {
    ...common,
    method: 'DELETE',
    summary: 'Takes the own picture away',
    rate: changeRate,
    handler: async ({ request, reply }) => {
      await setAvatar(deps, requirePerson(request), null, originOf(request))
      return shown(request, reply, 'removed')
    },
  })
}

function registerLogoApi(app: FastifyInstance, deps: PictureDeps): void {
  const common = { url: '/api/v1/companies/me/logo', tags: ['companies'], reply: { 200: Logo } } as const
  const shown = async (request: FastifyRequest, done: Done | null) => {
    const link = await logoLink(deps, requireTenant(request).tenant.tenantId)
    return { message: say(request, done), logo_url: link?.url ?? null, expires_at: ends(link) }
  }
  route(app, {
    ...common,
    method: 'GET',
    access: 'signed_in',
    summary: 'Address of the current company’s logo, good for an hour at most',
    handler: ({ request }) => shown(request, null),
  })
  route(app, {
    ...common,
    method: 'POST',
    access: 'manage_company',
    summary: 'Sets the logo of the current company: JPEG, PNG or WebP of up to 2 MB',
    upload: pictureRule,
    rate: changeRate,
    handler: async ({ request }) => {
      const actor = requireTenant(request)
      await setLogo(deps, actor, actor.tenant.tenantId, requireUpload(request), originOf(request))
      return shown(request, 'saved')
    },
  })
  route(app, {
    ...common,
    method: 'DELETE',
    access: 'manage_company',
    summary: 'Takes the logo of the current company away',
    rate: changeRate,
    handler: async ({ request }) => {
      const actor = requireTenant(request)
      await setLogo(deps, actor, actor.tenant.tenantId, null, originOf(request))
      return shown(request, 'removed')
    },
  })
}

const CsrfField = Type.Object({ csrf_token: Type.Optional(Type.String()) }, { default: {} })

/** Back to the card, which says what came of it. */
async function outcome(request: FastifyRequest, page: string, kind: 'avatar' | 'logo', change: () => Promise<Done>): Promise<Answer> {
  const word = await change().catch((error: unknown) => {
    if (error instanceof Problem && `notice.${error.code}` in pictureMessages) return error.code
    throw error
  })
  return seeOther(request, `${page}?${kind}=${word}#${kind}`)
}

function registerForms(app: FastifyInstance, deps: PictureDeps): void {
  const common = { method: 'POST', tags: ['pages'], rate: changeRate, reply: { 303: emptyReply } } as const
  const avatar = { ...common, access: 'signed_in' } as const
  const logo = { ...common, access: 'manage_company', params: Type.Object({ company: Type.String() }) } as const
  const changeAvatar = (request: FastifyRequest, done: Done) =>
    outcome(request, identityPaths.account(), 'avatar', async () => {
      await setAvatar(deps, requirePerson(request), done === 'saved' ? requireUpload(request) : null, originOf(request))
      return done
    })
  const changeLogo = (request: FastifyRequest, done: Done) => {
    const actor = requireTenant(request)
    return outcome(request, identityPaths.company({ company: actor.tenant.slug }), 'logo', async () => {
      await setLogo(deps, actor, actor.tenant.tenantId, done === 'saved' ? requireUpload(request) : null, originOf(request))
      return done
    })
  }
  route(app, {
    ...avatar,
    url: identityPaths.avatar(),
    summary: 'Sets the own picture from the form',
    upload: pictureRule,
    handler: ({ request }) => changeAvatar(request, 'saved'),
  })
  route(app, {
    ...avatar,
    url: `${identityPaths.avatar()}/remove`,
    summary: 'Takes the own picture away from the form',
    body: CsrfField,
    form: true,
    handler: ({ request }) => changeAvatar(request, 'removed'),
  })
  route(app, {
    ...logo,
    url: identityPaths.logo({ company: ':company' }),
    summary: 'Sets the company’s logo from the form',
    upload: pictureRule,
    handler: ({ request }) => changeLogo(request, 'saved'),
  })
  route(app, {
    ...logo,
    url: `${identityPaths.logo({ company: ':company' })}/remove`,
    summary: 'Takes the company’s logo away from the form',
    body: CsrfField,
    form: true,
    handler: ({ request }) => changeLogo(request, 'removed'),
  })
}

/** What our own pages show: asked with the session, kept by the browser for as long as the picture is the same. */
function registerPictures(app: FastifyInstance, deps: PictureDeps): void {
  const common = { method: 'GET', tags: ['pages'], rate: { bucket: 'files', perMinute: 600 }, reply: { 200: rawReply('image/*') } } as const
  const fileId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
  route(app, {
    ...common,
    url: `${identityPaths.avatar()}/:file`,
    access: 'any_session',
    summary: 'The own picture',
    params: Type.Object({ file: fileId }),
    handler: async ({ request, reply, params }) => {
      const current = await findAvatarId(deps.db, requirePerson(request).userId)
      return send(deps, reply, current === params.file ? await findFile(deps.db, null, current) : null)
    },
  })
  route(app, {
    ...common,
    url: '/t/:company/logo/:file',
    access: 'view_files',
    summary: 'The logo of a company',
    params: Type.Object({ company: Type.String(), file: fileId }),
    handler: async ({ request, reply, params }) => {
      const { tenantId } = requireTenant(request).tenant
      const current = await findLogoId({ ...deps.db, tenantId })
      return send(deps, reply, current === params.file ? await findFile(deps.db, tenantId, current) : null)
    },
  })
  route(app, {
    ...common,
    url: '/brand/:color.css',
    access: 'public',
    summary: 'A company’s colour as a style sheet: pages carry no styles of their own',
    params: Type.Object({ color: Type.String({ pattern: '^[0-9a-f]{6}$' }) }),
    reply: { 200: rawReply('text/css') },
    handler: ({ reply, params }) =>
      reply
        .header('cache-control', 'public, max-age=31536000, immutable')
        .type('text/css; charset=utf-8')
        .send(`:root{--brand:#${params.color}}\n`),
  })
}

async function send(deps: PictureDeps, reply: FastifyReply, file: StoredFile | null): Promise<FastifyReply> {
  if (!file) throw problem('picture_not_found')
  const content = await deps.files.open(file.key).catch((error) => {
    throw error instanceof FileMissingError ? problem('picture_not_found', { cause: error }) : error
  })
  return reply
    .headers({
      'content-length': String(file.sizeBytes),
      'content-disposition': 'inline',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'cache-control': 'private, max-age=86400, immutable',
    })
    .type(file.mime)
    .send(content)
}
