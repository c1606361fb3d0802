/** `/t/{company}/operator`: the page of one line, what keeps it true, and what is done there. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  type AccessDeps,
  listSigners,
  originOf,
  pageOf,
  requireTenant,
  type Signature,
  signedActor,
  signingKit,
  type TenantActor,
} from '../../identity/index.ts'
import {
  answer,
  emptyReply,
  htmlReply,
  Problem,
  preferenceCookie,
  readPreference,
  route,
  type SharedRate,
  seeOther,
} from '../../platform/http/index.ts'
import { formatText } from '../../platform/i18n/index.ts'
import { newUuid } from '../../platform/ids/index.ts'
import { formatLocalTime, zoneOf } from '../../platform/time/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import type { BoardDeps, Boards } from '../board/index.ts'
import { plantPaths } from '../navigation.ts'
import { listScrap } from '../scrap/index.ts'
import { reasonTree } from '../stops/index.ts'
import { type Acting, addScrap, addStop, explainStop, takeScrapBack } from './actions.ts'
import { Done, ExplainBody, ScrapBody, StopBody, WithdrawalBody } from './bodies.ts'
import { liveView } from './live-view.ts'
import { chosenStop, listedStops, type OperatorModel } from './model.ts'
import { chooserPage, type OperatorPage, operatorPage } from './view.ts'

export type OperatorDeps = AccessDeps & BoardDeps & { readonly boards: Boards }

const tags = ['pages']
const base = plantPaths.operator(':company')
const Company = Type.Object({ company: Type.String({ maxLength: 100 }) })
const text = Type.Optional(Type.String({ maxLength: 100 }))
const lineNumber = Type.Optional(Type.String({ maxLength: 9, pattern: '^[0-9]*$' }))
const Query = Type.Object({ line: lineNumber, stop: text, choose: text, done: text, lang: text, theme: text })
type Query = { readonly line?: string; readonly stop?: string; readonly choose?: string; readonly done?: string }
/** Each five seconds, and after each action. */
const liveRate = { bucket: 'operator-live', perMinute: 120 }
/** A PIN has its own limit; this one is for whoever sends without end. A tablet that was without network sends a shift's worth at once. */
const actionRate: SharedRate = { isShared: true, bucket: 'operator-actions', perMinute: 60, by: 'person' }

const lineCookie = 'andon_line'
const mostNotes = 5

export function registerOperatorRoutes(app: FastifyInstance, deps: OperatorDeps): void {
  registerPages(app, deps)
  registerActions(app, deps)
}

function registerPages(app: FastifyInstance, deps: OperatorDeps): void {
  route(app, {
    method: 'GET',
    url: '/operator',
    access: 'view_dashboard',
    summary: "The operator's view of the company that the screen or the session belongs to",
    tags,
    reply: { 303: emptyReply },
    handler: ({ request }) => seeOther(request, plantPaths.operator(requireTenant(request).tenant.slug)),
  })
  route(app, {
    method: 'GET',
    url: base,
    access: 'view_dashboard',
    summary: 'One line for whoever works at it: its state, its shift, and what can be done there; without a line, the choice of one',
    tags,
    params: Company,
    query: Query,
    rate: liveRate,
    reply: { 200: htmlReply },
    handler: ({ request, reply, query }) => {
      if (query.line) keepLine(app, request, reply, query.line)
      return pageFor(app, deps, request, query, null)
    },
  })
  route(app, {
    method: 'GET',
    url: `${base}/live`,
    access: 'view_dashboard',
    summary: 'State, figures and stops of the line again, asked by the page itself',
    tags,
    params: Company,
    query: Query,
    rate: liveRate,
    keepsSessionAlive: false,
    reply: { 200: htmlReply },
    handler: async ({ request, query }): Promise<Html> => {
      const actor = requireTenant(request)
      const found = await modelFor(deps, actor, Number(query.line ?? 0), query.stop)
      if (!found)
        return chooserPage(await viewOf(app, deps, request, null, query), await deps.boards.of(actor.tenant.tenantId, actor.lineIds))
      const view = await viewOf(app, deps, request, found.model, query)
      return liveView({
        ...view,
        model: found.model,
        here: view.page.url(`${plantPaths.operator(actor.tenant.slug)}?line=${found.model.line.lineId}`),
      })
    },
  })
  route(app, {
    method: 'GET',
    url: `${base}/signing`,
    access: 'view_dashboard',
    summary: 'What the page needs to act: its token, and on a screen pads that cover PINs while the network is away',
    tags,
    params: Company,
    rate: liveRate,
    keepsSessionAlive: false,
    reply: {
      200: Type.Object({
        csrf_token: Type.String(),
        now_ms: Type.Integer(),
        pads: Type.Array(Type.Object({ id: Type.String(), key: Type.String() })),
      }),
    },
    handler: ({ request }) => {
      const { csrfToken, pads } = signingKit(deps, request)
      return { csrf_token: csrfToken, now_ms: deps.clock.nowMs(), pads: pads.map(({ id, key }) => ({ id, key })) }
    },
  })
}

function registerActions(app: FastifyInstance, deps: OperatorDeps): void {
  const perform = async (
    request: FastifyRequest,
    body: Signature & { readonly line_id: number; readonly idempotency_key: string },
    work: (acting: Acting) => Promise<Done>,
  ) => {
    const isForm = !(request.headers.accept ?? '').includes('application/json')
    try {
      const actor = await signedActor(deps, request, body, body.idempotency_key)
      const screen = request.actor?.kind === 'display' ? request.actor.username : null
      const done = await work({ actor, origin: originOf(request), screen })
      return isForm
        ? seeOther(request, `${plantPaths.operator(actor.tenant.slug)}?line=${body.line_id}&done=${done.outcome}`)
        : answer(200, done)
    } catch (error) {
      if (!isForm || !(error instanceof Problem)) throw error
      return answer(error.status, await pageFor(app, deps, request, { line: String(body.line_id) }, error), error.options.headers)
    }
  }
  const common = {
    method: 'POST',
    access: 'view_dashboard',
    tags,
    params: Company,
    form: true,
    rate: actionRate,
    reply: { 200: Done, 303: emptyReply },
  } as const
  route(app, {
    ...common,
    url: `${base}/explanations`,
    summary: 'Says why a stop was; on a screen signed with a PIN',
    body: ExplainBody,
    handler: ({ request, body }) => perform(request, body, (acting) => explainStop(deps, acting, body)),
  })
  route(app, {
    ...common,
    url: `${base}/stops`,
    summary: 'Adds a stop of the last 24 hours; on a screen signed with a PIN',
    body: StopBody,
    handler: ({ request, body }) => perform(request, body, (acting) => addStop(deps, acting, body)),
  })
  route(app, {
    ...common,
    url: `${base}/scrap`,
    summary: 'Notes pieces that went to scrap; on a screen signed with a PIN',
    body: ScrapBody,
    handler: ({ request, body }) => perform(request, body, (acting) => addScrap(deps, acting, body)),
  })
  route(app, {
    ...common,
    url: `${base}/scrap/withdrawals`,
    summary: 'Takes a scrap note back; on a screen signed with a PIN',
    body: WithdrawalBody,
    handler: ({ request, body }) => perform(request, body, (acting) => takeScrapBack(deps, acting, body)),
  })
}

/** For the next time that this browser opens the page. */
function keepLine({ shell }: FastifyInstance, request: FastifyRequest, reply: FastifyReply, line: string): void {
  const { isSecure } = shell.settings
  const { name, path } = preferenceCookie(lineCookie, isSecure, shell.basePath)
  if (readPreference(request, lineCookie) !== line)
    reply.setCookie(name, line, { path, maxAge: 31_536_000, sameSite: 'lax', secure: isSecure, httpOnly: true })
}

async function pageFor(
  app: FastifyInstance,
  deps: OperatorDeps,
  request: FastifyRequest,
  query: Query,
  refusal: Problem | null,
): Promise<Html> {
  const actor = requireTenant(request)
  const remembered = query.choose === undefined ? readPreference(request, lineCookie) : undefined
  const asked = query.line || remembered || ''
  const found = await modelFor(deps, actor, Number(asked), query.stop)
  const view = { ...(await viewOf(app, deps, request, found?.model ?? null, query, refusal)), isGone: !found && asked !== '' && !refusal }
  return found ? operatorPage(view, found.model) : chooserPage(view, await deps.boards.of(actor.tenant.tenantId, actor.lineIds))
}

/** Null: no such line here, or none named where there are several. */
async function modelFor(
  deps: OperatorDeps,
  actor: TenantActor,
  lineId: number,
  stop: string | undefined,
): Promise<{ model: OperatorModel } | null> {
  const { tenant, lineIds } = actor
  const only = lineIds?.length === 1 ? lineIds[0] : undefined
  const wanted = only ?? (lineIds === null || lineIds.includes(lineId) ? lineId : 0)
  if (wanted === undefined || wanted < 1) return null
  const board = await deps.boards.of(tenant.tenantId, [wanted])
  const line = board.lines[0]
  if (!line) return null
  const db = { ...deps.db, tenantId: tenant.tenantId }
  const { fromS, toS } = line.shift.span
  const [tree, notes] = await Promise.all([
    reasonTree(deps, actor, wanted),
    listScrap(db, [wanted], { fromMs: fromS * 1_000, toMs: toS * 1_000 }, mostNotes),
  ])
  const stops = listedStops(line)
  return { model: { board, line, stops, target: chosenStop(stops, stop), tree, notes } }
}

async function viewOf(
  app: FastifyInstance,
  deps: OperatorDeps,
  request: FastifyRequest,
  model: OperatorModel | null,
  query: Query,
  refusal: Problem | null = null,
): Promise<OperatorPage> {
  const actor = requireTenant(request)
  const { tenant } = actor
  const page = pageOf(request)
  const db = { ...deps.db, tenantId: tenant.tenantId }
  const plant = model?.board.model ?? (await deps.boards.of(tenant.tenantId, actor.lineIds)).model
  const zone = zoneOf(plant.settings.timeZone)
  const isScreen = actor.kind === 'display'
  return {
    page,
    company: tenant.slug,
    identity: isScreen ? `display:${actor.displayId}` : `user:${actor.userId}`,
    signers: isScreen ? await listSigners(db) : null,
    mayAct: isScreen || actor.permissions.has('annotate_downtime'),
    lines: plant.lines.filter(({ isActive, lineId }) => isActive && (actor.lineIds === null || actor.lineIds.includes(lineId))),
    liveUrl: `${plantPaths.operator(tenant.slug)}/live?line=${model?.line.lineId ?? ''}`,
    version: `${app.shell.app.version} ${page.asset('app.js')} ${page.asset('app.css')}`,
    key: newUuid(),
    zone: { timeOf: (epochMs) => formatLocalTime(zone.toLocalS(Math.floor(epochMs / 1_000))) },
    done: query.done === 'stored' || query.done === 'pending' ? query.done : null,
    isGone: false,
    refusal: refusal && {
      title: formatText(refusal.spec.title, request.language, refusal.options.parameters),
      detail: refusalDetail(refusal, request),
    },
  }
}

/** The fields that were wrong say more than "check the fields". */
function refusalDetail(refusal: Problem, { language }: FastifyRequest): string {
  const fields = (refusal.options.fields ?? []).map((field) => formatText(field.message, language, field.parameters))
  return fields.length > 0 ? fields.join(' · ') : refusal.detail(language)
}
