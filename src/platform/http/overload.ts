/** What a process refuses when more is asked of it than it can do. Ordinary routes go first, ingest and sign-in (`sheds: 'last'`) while nothing else is left
 *  to refuse, and what monitors ask never: a busy process that looks dead would be killed and make the others busier. */
import fastifyUnderPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { problem } from './problems.ts'
import type { Sheds } from './route.ts'

export type Load = {
  /** Being answered now, long files too, apart from those that listen. */
  readonly ordinary: number
  readonly last: number
  /** How late the event loop's turns come, smoothed. */
  readonly delayMs: number
}
export type LoadLimits = { readonly requestsAtOnce: number; readonly delayMs: number }

/** So many are always begun, however late the turns: else a machine that is slow by itself would answer nobody. */
const leastAtOnce = 16
/** `last` may fill this many times the places, and wait for turns this many times as late. */
const patienceOfLast = 4

/** The later the turns come, the fewer ordinary requests are begun: all of them are in each other's way. */
export function roomOf({ requestsAtOnce, delayMs: limitMs }: LoadLimits, delayMs: number): number {
  const left = Math.max(0, 1 - (3 * delayMs) / limitMs)
  return Math.max(Math.min(leastAtOnce, requestsAtOnce), Math.round(requestsAtOnce * left))
}

export function isRefused(sheds: Sheds | undefined, { ordinary, last, delayMs }: Load, limits: LoadLimits): boolean {
  if (sheds === 'never') return false
  if (sheds === 'last') return last >= patienceOfLast * limits.requestsAtOnce || delayMs > patienceOfLast * limits.delayMs
  return delayMs > limits.delayMs || ordinary >= roomOf(limits, delayMs)
}

const sampleMs = 200
/** Of a new sample: a single long turn is no overload, a second of them is. */
const weight = 0.3
// What blocks in the first seconds is the start itself, modules being loaded and compiled: it says nothing of the load.
const startGraceMs = 5_000
const retryAfterS = 5
const toldEveryMs = 10_000

const isFile = (url: string | undefined): boolean => url?.endsWith('/*') === true

export async function addOverload(app: FastifyInstance): Promise<void> {
  const { overloadDelayMs, overloadRequests } = app.shell.settings
  const limits = { requestsAtOnce: overloadRequests, delayMs: overloadDelayMs }
  // It measures the event loop; what follows from that is decided here.
  await app.register(fastifyUnderPressure, { sampleInterval: sampleMs })
  const counts = { ordinary: 0, last: 0 }
  const shed = { ordinary: 0, last: 0 }
  const startedMs = performance.now()
  let [delayMs, sampledMs, toldMs] = [0, startedMs, Number.NEGATIVE_INFINITY]
  const sampler = setInterval(() => {
    const { eventLoopDelay } = app.memoryUsage()
    const nowMs = performance.now()
    // Infinite: no turn at all since the last sample.
    const sample = Number.isFinite(eventLoopDelay) ? eventLoopDelay : nowMs - sampledMs
    sampledMs = nowMs
    delayMs = nowMs - startedMs < startGraceMs ? 0 : delayMs + weight * (sample - delayMs)
  }, sampleMs).unref()
  app.addHook('onClose', async () => clearInterval(sampler))

  app.addHook('onRequest', async (request, reply) => {
    const { config, url } = request.routeOptions
    // a sign-in page without its style is none
    const sheds = config.sheds ?? (isFile(url) ? 'last' : undefined)
    if (sheds === 'never') return
    const kind = sheds ?? 'ordinary'
    if (isRefused(sheds, { ...counts, delayMs }, limits)) {
      shed[kind] += 1
      if (performance.now() - toldMs > toldEveryMs) {
        toldMs = performance.now()
        request.log.warn({ event: 'overloaded', ...counts, delay_ms: Math.round(delayMs), shed: { ...shed } }, 'overloaded, refusing')
      }
      throw problem('overloaded', { headers: { 'retry-after': String(retryAfterS) } })
    }
    if (config.isEndless) return
    counts[kind] += 1
    reply.raw.once('close', () => {
      counts[kind] -= 1
    })
  })

  const { metrics } = app.shell
  const byKind = (of: Readonly<Record<'ordinary' | 'last', number>>) =>
    (['ordinary', 'last'] as const).map((kind) => [{ kind }, of[kind]] as const)
  const figure = { labelNames: ['kind'] } as const
  metrics.addFigure({
    ...figure,
    name: 'andon_requests_shed_total',
    help: 'Requests refused with 503 because of overload',
    kind: 'counter',
    read: () => byKind(shed),
  })
  metrics.addFigure({
    ...figure,
    name: 'andon_requests_in_flight',
    help: 'Requests being answered, without live streams',
    kind: 'gauge',
    read: () => byKind(counts),
  })
  metrics.addFigure({
    name: 'andon_loop_delay_seconds',
    help: 'How late turns of the event loop come, smoothed',
    kind: 'gauge',
    read: () => [[{}, delayMs / 1000]],
  })
}
