/** `GET /t/{company}/events`: server-sent events. They only say that something changed; the page then asks for its data like any other view. */
import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { type Metrics, rawReply, route } from '../../platform/http/index.ts'
import type { Log } from '../../platform/log/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Plants } from '../model/index.ts'
import { createFollower } from './follower.ts'
import { heartbeatMs, LiveHub, maxStreams, maxStreamsPerUser } from './hub.ts'
import { readLineMarks } from './marks.ts'
import { problem } from './problems.ts'

const access = 'view_dashboard'

/** Timers of the live part never keep a process alive. */
function later(work: () => void, delayMs: number): () => void {
  const timer = setTimeout(work, delayMs).unref()
  return () => clearTimeout(timer)
}

export type LiveDeps = { readonly plants: Plants; readonly log: Log; readonly clock: Clock; readonly metrics: Metrics }
/** Who looks now, in this process. */
export type Live = { readonly watchersOf: (tenantId: number) => number }

export function registerLiveRoutes(app: FastifyInstance, ctx: LiveDeps): Live {
  const hub = new LiveHub(ctx.clock.nowMs)
  const follower = createFollower({
    readMarks: (tenantId) => ctx.plants.withPlant(tenantId, ({ db, model }) => readLineMarks(db, model.lines)),
    publish: (tenantId, news) => hub.publish(tenantId, news),
    schedule: later,
    onError: (tenantId, error) => ctx.log.warn({ tenantId, err: error }, 'live follower cannot read the plant'),
  })

  ctx.metrics.addFigure({
    name: 'andon_live_streams',
    help: 'Open event streams of browsers',
    kind: 'gauge',
    read: () => [[{}, hub.size]],
  })
  ctx.metrics.addFigure({
    name: 'andon_live_followed_plants',
    help: 'Plants that are polled each second because somebody looks',
    kind: 'gauge',
    read: () => [[{}, follower.followed().length]],
  })

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

  route(app, {
    method: 'GET',
    url: '/t/:company/events',
    access,
    summary: 'Live changes of the plant as server-sent events',
    tags: ['plant'],
    params: Type.Object({ company: Type.String() }),
    reply: { 200: rawReply('text/event-stream') },
    isStream: true,
    keepsSessionAlive: false,
    rate: { bucket: 'live', perMinute: 120 },
    handler: ({ request, reply }) => {
      const { userId, tenant } = requireTenant(request)
      const openByUser = hub.countOf(userId)
      if (openByUser >= maxStreamsPerUser || hub.size >= maxStreams)
        throw problem('too_many_streams', { parameters: { count: openByUser }, headers: { 'retry-after': '60' } })
      const stream = new PassThrough()
      const release = follower.watch(tenant.tenantId)
      const leave = hub.add(
        {
          tenantId: tenant.tenantId,
          userId,
          outlet: {
            write: (text) => void stream.write(text),
            pendingBytes: () => stream.readableLength + stream.writableLength + reply.raw.writableLength,
            end: () => {
              stream.end()
              // A reader that no longer reads would hold the connection open for ever.
              if (reply.raw.writableLength > 0) reply.raw.destroy()
            },
          },
          isStillAllowed: async () => {
            await app.shell.policy.authorise(request, reply, access)
            return request.actor?.tenant?.tenantId === tenant.tenantId
          },
          onEnd: release,
        },
        follower.stateOf(tenant.tenantId),
      )
      reply.raw.once('close', leave)
      // The browser may have left while its rights were read.
      if (request.raw.socket.destroyed) leave()
      // `no-transform` and the header of nginx: proxies must neither compress nor collect a stream.
      return reply
        .header('cache-control', 'no-store, no-transform')
        .header('x-accel-buffering', 'no')
        .type('text/event-stream; charset=utf-8')
        .send(stream)
    },
  })
  return { watchersOf: (tenantId) => hub.watchersOf(tenantId) }
}
