/** Prometheus figures of one process. Open to the machine itself or to whoever holds METRICS_TOKEN; nobody else learns that it exists. */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { problem } from './problems.ts'
import { rawReply, route } from './route.ts'

export type Metrics = {
  readonly registry: Registry
  readonly observeRequest: (labels: { method: string; route: string; status: number }, durationS: number) => void
  /** A figure that its owner keeps, read when somebody asks for metrics. */
  readonly addFigure: (figure: Figure) => void
}

type Labels = Readonly<Record<string, string | number>>
export type Figure = {
  /** With its unit; a counter ends in `_total`. */
  readonly name: string
  readonly help: string
  readonly kind: 'gauge' | 'counter'
  readonly labelNames?: readonly string[]
  readonly read: () => Iterable<readonly [Labels, number]> | Promise<Iterable<readonly [Labels, number]>>
}

function addFigure(registry: Registry, { name, help, kind, labelNames = [], read }: Figure): void {
  const options = { name, help, labelNames: [...labelNames], registers: [registry] }
  if (kind === 'gauge') {
    new Gauge({
      ...options,
      async collect() {
        this.reset()
        for (const [labels, value] of await read()) this.set(labels, value)
      },
    })
    return
  }
  new Counter({
    ...options,
    async collect() {
      this.reset()
      for (const [labels, value] of await read()) this.inc(labels, value)
    },
  })
}

/** `withProcess` adds memory, CPU and event loop: once per process, since its observers live as long as the process. */
export function createMetrics({ withProcess }: { readonly withProcess: boolean }): Metrics {
  const registry = new Registry()
  if (withProcess) collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  return {
    registry,
    observeRequest: (labels, durationS) => durations.observe(labels, durationS),
    addFigure: (figure) => addFigure(registry, figure),
  }
}

const isLoopback = (address: string | undefined): boolean => address === '::1' || /^(::ffff:)?127\./.test(address ?? '')

// A proxy on the same machine also comes from loopback: what it forwards is not local.
const isLocal = (request: FastifyRequest): boolean =>
  isLoopback(request.raw.socket.remoteAddress) &&
  ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'].every((name) => request.headers[name] === undefined)

function holdsToken(request: FastifyRequest, token: string): boolean {
  const given = Buffer.from(request.headers.authorization?.replace(/^Bearer /, '') ?? '')
  const expected = Buffer.from(token)
  return token !== '' && given.length === expected.length && timingSafeEqual(given, expected)
}

export function registerMetrics(app: FastifyInstance): void {
  const { metrics, settings } = app.shell
  app.addHook('onResponse', async (request, reply) => {
    metrics.observeRequest(
      { method: request.method, route: request.routeOptions.url ?? 'unknown', status: reply.statusCode },
      reply.elapsedTime / 1000,
    )
  })
  route(app, {
    method: 'GET',
    url: '/metrics',
    access: 'public',
    summary: 'Prometheus metrics (this machine, or METRICS_TOKEN as bearer)',
    tags: ['system'],
    rate: false,
    sheds: 'never',
    reply: { 200: rawReply('text/plain') },
    handler: async ({ request, reply }) => {
      if (!isLocal(request) && !holdsToken(request, settings.metricsToken)) throw problem('not_found')
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
    },
  })
}
