/** Live changes, as server-sent events and over WebSocket: the same messages of the same hub. They only say that something changed; the page then asks
 *  for its data like any other view. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { isSameOrigin, requireTenant } from '../../identity/index.ts'
import { type Metrics, Problem, rawReply, route, type SocketInput } from '../../platform/http/index.ts'
import type { Log } from '../../platform/log/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Plants } from '../model/index.ts'
import { createFollower } from './follower.ts'
import { LiveHub, maxStreams, maxStreamsPerOwner, type Outlet } from './hub.ts'
import { readLineMarks } from './marks.ts'
import type { EndReason } from './message.ts'
import { listenTo, socketOutlet, streamOutlet } from './outlets.ts'
import { maxPositionLength } from './position.ts'
import { problem } from './problems.ts'

const access = 'view_dashboard'

/** Timers of the live part never keep a process alive. */
function later(work: () => void, delayMs: number): () => void {
  const timer = setTimeout(work, delayMs).unref()
  return () => clearTimeout(timer)
}

export type LiveDeps = {
  readonly plants: Plants
  readonly log: Log
  readonly clock: Clock
  readonly metrics: Metrics
  readonly config: {
    readonly http: { readonly publicUrl: string; readonly allowedOrigins: readonly string[] }
    readonly live: { readonly heartbeatMs: number }
  }
}
export type Live = {
  /** Who looks now, in this process. */
  readonly watchersOf: (tenantId: number) => number
  /** Somebody in this process knows that the plant has new rows: they are told at once, not with the next look. */
  readonly nudge: (tenantId: number) => void
}

const Query = Type.Object({ last_event_id: Type.Optional(Type.String({ maxLength: maxPositionLength })) })
const shared = { method: 'GET', access, tags: ['plant'], query: Query, isStream: true, isEndless: true, keepsSessionAlive: false } as const
const rate = { bucket: 'live', perMinute: 120 }
const CompanyPath = Type.Object({ company: Type.String() })

export function registerLiveRoutes(app: FastifyInstance, ctx: LiveDeps): Live {
  const { heartbeatMs } = ctx.config.live
  const hub = new LiveHub({ nowMs: ctx.clock.nowMs, heartbeatMs })
  const follower = createFollower({
    readMarks: (tenantId) => ctx.plants.withPlant(tenantId, ({ db, model }) => readLineMarks(db, model.lines)),
    publish: (tenantId, news) => hub.publish(tenantId, news),
    schedule: later,
    onError: (tenantId, error) => ctx.log.warn({ tenantId, err: error }, 'live follower cannot read the plant'),
  })
  const endings = addFigures(ctx.metrics, { streams: () => hub.size, plants: () => follower.followed().length })

  const heartbeat = setInterval(() => void hub.beat(), heartbeatMs).unref()
  app.shell.stopping.addEventListener('abort', () => {
    clearInterval(heartbeat)
    hub.close()
    follower.close()
  })
  // Signing out, a new password, a lost role: whatever a person just changed is checked at once, the rest with the next heartbeat.
  app.addHook('onResponse', async (request) => {
    const userId = request.actor?.userId
    if (userId !== undefined && request.method !== 'GET' && request.method !== 'HEAD') await hub.recheckUser(userId)
  })

  const ownerOf = (request: FastifyRequest): string => {
    const { userId } = requireTenant(request)
    return app.shell.policy.subject(request)?.own?.name ?? `user ${userId}`
  }

  /** Before anything is opened. Throws 429 `too_many_streams`, 503 `live_full`. */
  const demandRoom = (request: FastifyRequest): void => {
    const open = hub.countOf(ownerOf(request))
    const wait = { headers: { 'retry-after': '60' } }
    if (open >= maxStreamsPerOwner) throw problem('too_many_streams', { parameters: { count: open }, ...wait })
    if (hub.size >= maxStreams) throw problem('live_full', { parameters: { count: hub.size }, ...wait })
  }

  const watch = (request: FastifyRequest, reply: FastifyReply, outlet: Outlet, seen: string | null): (() => void) => {
    const { userId, tenant, lineIds } = requireTenant(request)
    const release = follower.watch(tenant.tenantId)
    let seenLines = lineIds
    return hub.add(
      {
        tenantId: tenant.tenantId,
        userId,
        owner: ownerOf(request),
        outlet,
        seen,
        lineIds: () => seenLines,
        isStillAllowed: async () => {
          const actor = await allowedNow(app, request, reply)
          seenLines = actor?.lineIds ?? null
          return actor?.tenant?.tenantId === tenant.tenantId
        },
        onEnd: (reason) => {
          release()
          endings(reason)
        },
      },
      follower.viewOf(tenant.tenantId),
    )
  }

  const openStream = (request: FastifyRequest, reply: FastifyReply, query: { readonly last_event_id?: string }) => {
    demandRoom(request)
    const leave = watch(request, reply, streamOutlet(reply), seenBy(request, query))
    reply.raw.once('close', leave)
    // The browser may have left while its rights were read.
    if (request.raw.socket.destroyed) leave()
    return reply
  }

  route(app, {
    ...shared,
    rate,
    url: '/t/:company/events',
    summary: 'Live changes of the plant as server-sent events; `Last-Event-ID` or `last_event_id` asks for what was missed',
    params: CompanyPath,
    reply: { 200: rawReply('text/event-stream') },
    handler: ({ request, reply, query }) => openStream(request, reply, query),
  })
  route(app, {
    ...shared,
    rate,
    url: '/api/v1/events',
    summary: 'The same for programs: the company is the token’s, or that of `X-Company-ID`',
    reply: { 200: rawReply('text/event-stream') },
    handler: ({ request, reply, query }) => openStream(request, reply, query),
  })

  const socketRoute = {
    ...shared,
    rate,
    reply: {},
    socket: {
      admit: ({ request }: { readonly request: FastifyRequest }) => {
        demandKnownOrigin(ctx, request)
        demandRoom(request)
      },
      open: ({ request, reply, query, socket }: SocketInput<unknown, Static<typeof Query>>) => {
        listenTo(socket)
        socket.on('close', watch(request, reply, socketOutlet(socket), query.last_event_id ?? null))
      },
    },
  } as const
  route(app, { ...socketRoute, url: '/t/:company/ws', params: CompanyPath, summary: 'The same changes over WebSocket' })
  route(app, {
    ...socketRoute,
    url: '/api/v1/ws',
    summary: 'Live changes over WebSocket, for programs; a browser shows its token as the subprotocol `bearer.<token>` beside `andon.v1`',
  })
  return { watchersOf: (tenantId) => hub.watchersOf(tenantId), nudge: follower.nudge }
}

/** Who asks, read anew; null when the session or the right is gone. Throws what says nothing about rights, such as a database that is away. */
async function allowedNow(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply) {
  // the answer has begun: this is no visit that could be led anywhere
  request.raw.headers.accept = 'text/event-stream'
  try {
    await app.shell.policy.authorise(request, reply, access)
    return request.actor
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return null
    throw error
  }
}

/** A browser sends the header by itself; a page that opens a new stream knows the last id, and can only write it into the address. */
const seenBy = ({ headers }: FastifyRequest, query: { readonly last_event_id?: string }): string | null => {
  const header = headers['last-event-id']
  return (typeof header === 'string' && header !== '' ? header : query.last_event_id) ?? null
}

/** Cookies are held to our own origin by the access policy; what shows a token may come from the origins that the operator named, or from no browser. */
function demandKnownOrigin({ config }: LiveDeps, request: FastifyRequest): void {
  const { origin } = request.headers
  const { publicUrl, allowedOrigins } = config.http
  if (origin === undefined || allowedOrigins.includes(origin) || isSameOrigin(request, publicUrl)) return
  throw problem('origin_refused')
}

/** Answers what counts the ends. */
function addFigures(metrics: Metrics, now: { readonly streams: () => number; readonly plants: () => number }): (reason: EndReason) => void {
  const ends = new Map<EndReason, number>()
  metrics.addFigure({
    name: 'andon_live_streams',
    help: 'Open event streams and sockets of browsers and programs',
    kind: 'gauge',
    read: () => [[{}, now.streams()]],
  })
  metrics.addFigure({
    name: 'andon_live_followed_plants',
    help: 'Plants that are polled because somebody looks',
    kind: 'gauge',
    read: () => [[{}, now.plants()]],
  })
  metrics.addFigure({
    name: 'andon_live_ended_total',
    help: 'Streams that ended: left, refused (no right any more), unproven (rights could not be read), slow (reads nothing), restart',
    kind: 'counter',
    labelNames: ['reason'],
    read: () => [...ends].map(([reason, count]) => [{ reason }, count] as const),
  })
  return (reason) => void ends.set(reason, (ends.get(reason) ?? 0) + 1)
}
