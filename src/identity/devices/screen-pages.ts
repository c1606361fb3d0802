/** `/display`, on the screen itself: it is paired there, or led to what it shows. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, htmlReply, route, type SharedRate, seeOther } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, pageOf } from '../access/index.ts'
import {
  type DisplayOfTenant,
  displayCookie,
  displayProblem,
  findPairing,
  pairDisplay,
  pairingCookie,
  recogniseDisplay,
} from '../displays/index.ts'
import { demandSignInForm, preSessionToken } from '../login/index.ts'
import { identityPaths } from '../paths.ts'
import { screenPage } from './display-views.ts'

const tags = ['pages']
const text = Type.Optional(Type.String())
/** A code has forty random bits and lives for a quarter of an hour. */
const pairRate: SharedRate = { isShared: true, bucket: 'display-pair', perMinute: 5, perHour: 60, by: 'address' }

const openedBy = ({ display, tenant }: DisplayOfTenant): string => identityPaths.screenPage({ company: tenant.slug, page: display.page })

export function registerScreenPages(app: FastifyInstance, deps: AccessDeps): void {
  const here = identityPaths.screen()
  const { http } = deps.config
  const linkOf = (request: FastifyRequest) => pairingCookie.read(request, http)
  const view = async (request: FastifyRequest, reply: FastifyReply, asksCode: boolean, refusal: string | null) => {
    const link = asksCode ? null : linkOf(request)
    const found = link === null ? null : await findPairing(deps, { linkToken: link })
    const offered = found && { name: found.display.name, company: found.tenant.name }
    return screenPage(pageOf(request), { csrfToken: preSessionToken(deps, request, reply), offered, refusal })
  }
  route(app, {
    method: 'GET',
    url: here,
    access: 'public',
    summary: 'Opened on a television or tablet: pairs it, or leads to what it shows',
    tags,
    query: Type.Object({ use: text }),
    reply: { 200: htmlReply, 303: emptyReply },
    handler: async ({ request, reply, query }) => {
      const cookie = displayCookie.read(request, http)
      const known = cookie === null || linkOf(request) !== null ? null : await recogniseDisplay(deps, cookie)
      if (known) return seeOther(request, openedBy(known))
      return view(request, reply, query.use === 'code', null)
    },
  })
  route(app, {
    method: 'GET',
    url: `${here}/pair`,
    access: 'public',
    summary: 'The link of a screen: its token leaves the address at once, nothing is used up yet',
    tags,
    query: Type.Object({ token: text }),
    rate: pairRate,
    reply: { 303: emptyReply },
    handler: ({ request, reply, query }) => {
      if (/^[\w-]{43}$/.test(query.token ?? '')) pairingCookie.set(reply, http, query.token ?? '')
      return seeOther(request, here)
    },
  })
  route(app, {
    method: 'POST',
    url: here,
    access: 'public',
    summary: 'Makes this screen the display of the link or code',
    tags,
    body: Type.Object({ code: text, csrf_token: text }, { default: {} }),
    form: true,
    rate: pairRate,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      demandSignInForm(deps, request)
      const link = linkOf(request)
      const paired =
        body.code !== undefined
          ? await pairDisplay(deps, { code: body.code }, originOf(request))
          : link === null
            ? null
            : await pairDisplay(deps, { linkToken: link }, originOf(request))
      pairingCookie.clear(reply, http)
      if (!paired) {
        const refusal = displayProblem('pairing_invalid')
        return answer(refusal.status, await view(request, reply, true, refusal.detail(request.language)))
      }
      displayCookie.set(reply, http, paired.cookie)
      deps.log.info(
        {
          event: 'display_paired',
          display: paired.display.uuid,
          tenant_id: paired.tenant.tenantId,
          request_id: request.id,
          ip: request.ip,
        },
        'display paired',
      )
      return seeOther(request, openedBy(paired))
    },
  })
}
