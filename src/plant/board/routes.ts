/** `/t/{company}/tv` and `/tv`: the board on a television, and the one request that keeps it true. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { pageOf, requireTenant } from '../../identity/index.ts'
import { emptyReply, htmlReply, route, seeOther } from '../../platform/http/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import { plantPaths } from '../navigation.ts'
import type { Boards } from './board.ts'
import { type BoardView, boardBody, boardPage } from './view.ts'

const tags = ['pages']
const Company = Type.Object({ company: Type.String({ maxLength: 100 }) })
const Query = Type.Object({
  /** Numbers with commas between; absent = all that the screen shows. */
  lines: Type.Optional(Type.String({ maxLength: 400, pattern: '^[0-9]{1,9}(,[0-9]{1,9})*$' })),
  per_page: Type.Integer({ minimum: 1, maximum: 8, default: 6 }),
  seconds: Type.Integer({ minimum: 5, maximum: 600, default: 15 }),
  lang: Type.Optional(Type.String()),
  theme: Type.Optional(Type.String()),
})
type Query = { readonly lines?: string; readonly per_page: number; readonly seconds: number }
/** Each five seconds, from a few screens of one person; a paired screen counts by itself. */
const rate = { bucket: 'board', perMinute: 120 }

export type BoardRouteDeps = { readonly boards: Boards }

export function registerBoardRoutes(app: FastifyInstance, { boards }: BoardRouteDeps): void {
  const view = async (request: FastifyRequest, query: Query): Promise<BoardView> => {
    const { tenant, lineIds } = requireTenant(request)
    const page = pageOf(request)
    const { lines, per_page: perPage, seconds: everyS } = query
    const live = new URLSearchParams({ per_page: String(perPage), seconds: String(everyS), ...(lines !== undefined && { lines }) })
    return {
      page,
      company: tenant.slug,
      companyName: tenant.name,
      board: await boards.of(tenant.tenantId, shownLines(lineIds, lines)),
      perPage,
      everyS,
      liveUrl: `${plantPaths.tv(tenant.slug)}/live?${live}`,
      version: `${app.shell.app.version} ${page.asset('app.js')} ${page.asset('app.css')}`,
    }
  }
  route(app, {
    method: 'GET',
    url: '/tv',
    access: 'view_dashboard',
    summary: 'The board of the company that the screen or the session belongs to',
    tags,
    reply: { 303: emptyReply },
    handler: ({ request }) => seeOther(request, plantPaths.tv(requireTenant(request).tenant.slug)),
  })
  route(app, {
    method: 'GET',
    url: plantPaths.tv(':company'),
    access: 'view_dashboard',
    summary: 'Lines at a glance, for a television in the hall',
    tags,
    params: Company,
    query: Query,
    rate,
    reply: { 200: htmlReply },
    handler: async ({ request, query }): Promise<Html> => boardPage(await view(request, query)),
  })
  route(app, {
    method: 'GET',
    url: `${plantPaths.tv(':company')}/live`,
    access: 'view_dashboard',
    summary: 'The same again, asked by the page itself',
    tags,
    params: Company,
    query: Query,
    rate,
    keepsSessionAlive: false,
    reply: { 200: htmlReply },
    handler: async ({ request, query }): Promise<Html> => boardBody(await view(request, query)),
  })
}

/** Asked ones among those that a screen is bound to; null = all. A screen never shows a line that it is not bound to. */
export function shownLines(bound: readonly number[] | null, asked: string | undefined): readonly number[] | null {
  if (asked === undefined) return bound
  const ids = asked.split(',').map(Number)
  return bound === null ? ids : ids.filter((id) => bound.includes(id))
}
