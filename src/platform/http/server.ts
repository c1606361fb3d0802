/** The HTTP server: fastify with our headers, limits, access, errors and logs. Modules add their routes; `route()` is the only way in. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import fastifyCompress from '@fastify/compress'
import fastifyCookie from '@fastify/cookie'
import fastifyFormbody from '@fastify/formbody'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import { readAssets, serveAssets } from './assets.ts'
import { addCors } from './cors.ts'
import { registerDocs } from './docs.ts'
import { plainErrorViews } from './error-views.ts'
import { addErrorHandlers, allowedMethods, asProblem, bareProblem, handlerLimitS } from './errors.ts'
import { addHeaders, plainPolicy, securityHeaders } from './headers.ts'
import { registerHealth } from './health.ts'
import { registerMetrics } from './metrics.ts'
import { addOverload } from './overload.ts'
import { problem } from './problems.ts'
import { createRateLimit, localSharedLimit } from './rate.ts'
import { decorateRequests, requestId } from './request.ts'
import type { ServerDeps } from './shell.ts'
import { addSockets } from './sockets.ts'
import { addUploads } from './upload.ts'

/** Slow clients are looked for every few seconds: who sends a byte now and then holds a connection no longer than the limit and that. */
const patience = { headersMs: 15_000, requestMs: handlerLimitS * 1000, checkEveryMs: 5_000, silentMs: 120_000 }
const bodyLimitBytes = 1_048_576
/** For the last words to be taken. */
const goodbyeMs = 1_000

// A proxy that keeps the sub-path and one that strips it both work.
const withoutBasePath = (url: string, basePath: string): string => {
  if (basePath === '' || !url.startsWith(basePath)) return url
  const rest = url.slice(basePath.length)
  return rest === '' || rest.startsWith('?') ? `/${rest}` : rest.startsWith('/') ? rest : url
}

const brokenBy: Readonly<Record<string, Parameters<typeof problem>[0]>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'client_too_slow',
}

/** What is not even HTTP: answered by hand, since no request came into being. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  if (isAnswering(socket)) return void socket.destroy()
  const refusal = bareProblem(problem(brokenBy[error.code ?? ''] ?? 'malformed_request'))
  const body = JSON.stringify({ type: `urn:andon:problem:${refusal.code}`, ...refusal })
  const headers = {
    ...securityHeaders,
    'content-security-policy': plainPolicy,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(body.length),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('')}\r\n${body}`)
  // Who goes on sending, a byte now and then, would keep the connection.
  setTimeout(() => socket.destroy(), goodbyeMs).unref()
}

/** What Node itself asks before it answers a broken request. */
const isAnswering = (socket: Socket): boolean =>
  (socket as Socket & { readonly _httpMessage?: ServerResponse | null })._httpMessage?.headersSent === true

/** Only routes that take a socket are asked for one. Other offers (`h2c`, which Java's client makes with every request) are left alone, as RFC 9110 7.8 has it:
 *  the request is answered like any other. */
function socketOffers({ routes, basePath }: FastifyInstance['shell']): (request: IncomingMessage) => boolean {
  const methodsOf = allowedMethods(routes.filter(({ takesSocket }) => takesSocket))
  return ({ method, headers, url = '/' }) =>
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    methodsOf(withoutBasePath(url, basePath).split('?', 1)[0] ?? '/').includes('GET')
}

function createFastify(deps: ServerDeps): FastifyInstance {
  const { basePath, trustProxyHops } = deps.settings
  const { headersMs, requestMs, checkEveryMs, silentMs } = { ...patience, ...deps.patience }
  let isOffered: ((request: IncomingMessage) => boolean) | undefined
  const app = fastify({
    loggerInstance: deps.log.child({ logger: 'http' }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestId,
    requestIdHeader: false,
    // fastify counts the socket itself as hop 0: with n proxies in front the n right-most addresses are trusted.
    trustProxy: trustProxyHops === 0 ? false : (_address, hop) => hop < trustProxyHops,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestMs,
    handlerTimeout: handlerLimitS * 1000,
    // A client that takes nothing of its answer for this long has left; what still moves, however slowly, stays.
    connectionTimeout: silentMs,
    http: {
      headersTimeout: headersMs,
      connectionsCheckingInterval: checkEveryMs,
      shouldUpgradeCallback: (request) => {
        isOffered ??= socketOffers(app.shell)
        return isOffered(request)
      },
    },
    forceCloseConnections: 'idle',
    // What still arrives on open connections while we close is answered like any other request.
    return503OnClosing: false,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    rewriteUrl: (raw) => withoutBasePath(raw.url ?? '/', basePath),
    clientErrorHandler: answerBrokenRequest,
    // The router could not read the address: there is no route, and hooks do not run.
    frameworkErrors: (error, request, unroutedReply) => {
      const reply: FastifyReply = unroutedReply as unknown as FastifyReply
      const { title, detail, status, code } = bareProblem(asProblem(error))
      reply.headers({ ...securityHeaders, 'content-security-policy': plainPolicy, 'cache-control': 'no-store', 'x-request-id': request.id })
      reply.code(status).type('application/problem+json; charset=utf-8')
      reply.send(JSON.stringify({ type: `urn:andon:problem:${code}`, title, status, detail, code, request_id: request.id }))
    },
  })
  return app
}

/** Access, then the limit: both before the body is validated. A refused request uses up a slot too. Limits per address come first of all. */
function addAccess(app: FastifyInstance): void {
  const { policy } = app.shell
  const limit = createRateLimit(app)
  app.addHook('onRequest', async (request, reply) => {
    const { access, rate } = request.routeOptions.config
    if (access !== undefined) reply.headers(await limit.early(request, rate))
  })
  app.addHook('preHandler', async (request, reply) => {
    const { access, rate } = request.routeOptions.config
    if (access === undefined) return
    let refusal: unknown = null
    try {
      await policy.authorise(request, reply, access)
    } catch (error) {
      refusal = error
    }
    if (reply.sent) return reply
    reply.headers(await limit.late(request, rate))
    if (refusal !== null) throw refusal
  })
}

const fileRoutes = ['/assets/*', '/docs-viewer/*']

/** A route that bypassed `route()` has no access rule: the server refuses to start with it. */
function demandAccess(app: FastifyInstance): void {
  const undeclared: string[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.access === undefined && !fileRoutes.includes(url)) undeclared.push(`${String(method)} ${url}`)
  })
  app.addHook('onReady', async () => {
    if (undeclared.length > 0) throw new Error(`Routes without declared access: ${undeclared.join(', ')}`)
  })
}

const slowRequestMs = 1_000
const quietRoutes = new Set([...fileRoutes, '/health', '/healthz', '/ready', '/metrics', '/api/v1/health'])

function addRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const subject = app.shell.policy.subject(request)
    const isSlow = reply.elapsedTime > slowRequestMs && request.routeOptions.config.isStream !== true
    const level = isSlow ? 'warn' : quietRoutes.has(request.routeOptions.url ?? '') ? 'debug' : 'info'
    request.log[level](
      {
        event: 'request',
        ...(subject && { user_id: subject.userId, tenant_id: subject.tenantId }),
        ip: request.ip,
        method: request.method,
        path: request.fullPath,
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime),
      },
      isSlow ? 'slow request' : 'request',
    )
  })
}

/** A server with health, metrics and documentation routes, ready for the modules' own; the caller adds them and calls `ready()` or `listen()`. */
export async function buildServer(deps: ServerDeps): Promise<FastifyInstance> {
  const app = createFastify(deps)
  const stopping = new AbortController()
  app.decorate('shell', {
    banners: () => [],
    errorViews: plainErrorViews,
    sharedLimit: localSharedLimit(deps.clock),
    patience,
    ...deps,
    basePath: deps.settings.basePath,
    assets: readAssets(deps.distDir, deps.settings.basePath),
    routes: [],
    stopping: stopping.signal,
  })
  app.addHook('preClose', async () => stopping.abort())
  demandAccess(app)
  decorateRequests(app)
  // First of all hooks: a request that a plugin refuses gets its headers too.
  addHeaders(app)
  await app.register(fastifyCookie)
  await app.register(fastifyFormbody, { bodyLimit: bodyLimitBytes })
  await addUploads(app)
  await app.register(fastifyCompress, { threshold: 1024, encodings: ['br', 'gzip', 'deflate'] })
  await addOverload(app)
  await addSockets(app)
  addCors(app)
  addAccess(app)
  addRequestLog(app)
  addErrorHandlers(app)
  registerHealth(app)
  registerMetrics(app)
  await registerDocs(app)
  await serveAssets(app, deps.distDir)
  return app
}

/** Stops accepting, ends streams, lets running requests finish; what is left after `limitMs` is cut. */
export async function closeServer(app: FastifyInstance, limitMs = 5_000): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), limitMs)
  try {
    await app.close()
  } finally {
    clearTimeout(cut)
  }
}
