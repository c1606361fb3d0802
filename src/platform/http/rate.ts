/** The general limit, counted in this process: a sliding window per person, or per address before sign-in. Sign-in has its own, in the database. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { problem } from './problems.ts'
import type { RateRule } from './route.ts'

const windowMs = 60_000
const maximumKeys = 20_000

export type Taken = { readonly isAllowed: boolean; readonly remaining: number; readonly resetS: number }

/** Instants of the last minute per key. Refused calls are not counted, so a slot frees exactly when the oldest leaves the window. */
export class SlidingWindow {
  readonly #hits = new LRUCache<string, number[]>({ max: maximumKeys })

  /** `resetS`: whole seconds until the next slot frees (at least 1). */
  take(key: string, limit: number, nowMs: number): Taken {
    const hits = (this.#hits.get(key) ?? []).filter((at) => at > nowMs - windowMs)
    const isAllowed = hits.length < limit
    if (isAllowed) hits.push(nowMs)
    this.#hits.set(key, hits)
    const oldest = hits[0] ?? nowMs
    return { isAllowed, remaining: limit - hits.length, resetS: Math.max(1, Math.ceil((oldest + windowMs - nowMs) / 1000)) }
  }
}

/** IPv6 hosts get a whole /64: one machine, one key. IPv4 mapped into IPv6 counts as IPv4. */
export function clientGroup(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped?.[1]) return mapped[1]
  if (!ip.includes(':')) return ip
  const [head = '', tail] = ip.split('%')[0]?.split('::') ?? []
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`
}

const general = 'general'

export function createRateLimit(app: FastifyInstance) {
  const { settings, clock, policy } = app.shell
  const window = new SlidingWindow()
  /** Headers to add, or throws rate_limited (429). */
  return (request: FastifyRequest, rule: RateRule | undefined): Readonly<Record<string, string>> => {
    if (rule === false) return {}
    const subject = policy.subject(request)
    const nowMs = clock.nowMs()
    const limit = rule?.perMinute ?? settings.rateLimitPerMinute
    // A person is one, from however many addresses: a stolen session must not multiply its tries.
    const who = subject ? `user ${subject.userId}` : clientGroup(request.ip)
    const own = window.take(`${rule?.bucket ?? general}|${who}`, limit, nowMs)
    const tenantId = subject?.tenantId ?? null
    const shared = tenantId === null || !own.isAllowed ? null : window.take(`tenant|${tenantId}`, settings.tenantRateLimitPerMinute, nowMs)
    const headers = {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(own.remaining),
      'x-ratelimit-reset': String(own.resetS),
    }
    const refused = !own.isAllowed ? own : shared?.isAllowed === false ? shared : null
    if (refused)
      throw problem('rate_limited', {
        parameters: { retryAfterS: refused.resetS },
        headers: { ...headers, 'retry-after': String(refused.resetS) },
        extra: { retry_after_s: refused.resetS },
      })
    return headers
  }
}
