/** Browsers of other origins, only those configured and only on the API (spec identity 4.8). */
import type { FastifyInstance, FastifyReply } from 'fastify'

const methods = 'GET, POST, PUT, PATCH, DELETE'
const requestHeaders = 'Authorization, Content-Type, X-Company-ID, X-CSRF-Token, X-Request-ID, X-API-Key, Idempotency-Key'
const exposedHeaders = 'X-Request-ID, X-Total-Count, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After'
const maximumAgeS = '600'

const isApi = (url: string): boolean => /^\/(api|auth)\//.test(url)

function allow(reply: FastifyReply, origin: string): void {
  reply.header('access-control-allow-origin', origin)
  reply.header('access-control-allow-credentials', 'true')
  reply.header('access-control-expose-headers', exposedHeaders)
  // The origin was named by the operator: it may read what same-origin policy of resources would withhold.
  reply.header('cross-origin-resource-policy', 'cross-origin')
}

export function addCors(app: FastifyInstance): void {
  const allowed = new Set(app.shell.settings.allowedOrigins)
  if (allowed.size === 0) return
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    if (!isApi(request.url)) return
    reply.header('vary', 'Origin')
    if (origin === undefined || !allowed.has(origin)) return
    allow(reply, origin)
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return
    reply.header('access-control-allow-methods', methods)
    reply.header('access-control-allow-headers', requestHeaders)
    reply.header('access-control-max-age', maximumAgeS)
    return reply.code(204).send()
  })
}
