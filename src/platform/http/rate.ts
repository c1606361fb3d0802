/** Limits of routes: the general one and those of reads, counted in this process, and those that all processes count together. */
import { isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { hourMs, minuteMs, type RateWindow, type SharedLimit, type Taken, takeSlot } from '../limits/index.ts'
import { problem } from './problems.ts'
import type { RateRule, SharedRate } from './route.ts'

const maximumKeys = 20_000

/** Instants of the last minute per key, oldest first from `first` on. */
type Hits = { readonly atMs: number[]; first: number }

/** Refused calls are not counted, so a slot frees exactly when the oldest leaves the window. A company's window holds thousands of
 *  instants: what left it is skipped, and dropped once it is half of all. */
export class SlidingWindow {
  readonly #hits = new LRUCache<string, Hits>({ max: maximumKeys })

  /** At most `limit` in any minute. */
  take(key: string, limit: number, nowMs: number): Taken {
    const hits = this.#hits.get(key) ?? { atMs: [], first: 0 }
    // a clock that was set back leaves hits in the future: they happened, and no later than now
    for (let at = hits.atMs.length - 1; at >= hits.first && (hits.atMs[at] ?? 0) > nowMs; at -= 1) hits.atMs[at] = nowMs
    while (hits.first < hits.atMs.length && (hits.atMs[hits.first] ?? 0) <= nowMs - minuteMs) hits.first += 1
    if (hits.first * 2 > hits.atMs.length) {
      hits.atMs.splice(0, hits.first)
      hits.first = 0
    }
    const isAllowed = hits.atMs.length - hits.first < limit
    if (isAllowed) hits.atMs.push(nowMs)
    this.#hits.set(key, hits)
    const remaining = Math.max(0, limit - (hits.atMs.length - hits.first))
    return { isAllowed, limit, remaining, freesAtMs: (hits.atMs[hits.first] ?? nowMs) + minuteMs }
  }
}

/** For a server of one process: counts like the database would. */
export function localSharedLimit({ nowMs }: { readonly nowMs: () => number }): SharedLimit {
  const known = new LRUCache<string, readonly number[]>({ max: maximumKeys })
  return async (key, windows) => {
    const { hits, ...taken } = takeSlot(known.get(key) ?? [], windows, nowMs())
    known.set(key, hits)
    return taken
  }
}

/** IPv6 hosts get a whole /64: one machine, one key. IPv4 mapped into IPv6 counts as IPv4. Some proxies name the client with its port, which is another
 *  for each connection; what is no address at all counts as one. */
export function clientGroup(named: string): string {
  const [, ipv4] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(named) ?? []
  if (ipv4 !== undefined) return ipv4
  const [, ip = named] = /^\[(.+)\](?::\d+)?$/.exec(named) ?? []
  if (isIP(ip) === 0) return 'unknown'
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
type Headers = Readonly<Record<string, string>>

const isShared = (rule: RateRule | undefined): rule is SharedRate => typeof rule === 'object' && rule.isShared === true

const windowsOf = (rule: SharedRate): readonly RateWindow[] => [
  ...(rule.perMinute === undefined ? [] : [{ limit: rule.perMinute, windowMs: minuteMs }]),
  ...(rule.perHour === undefined ? [] : [{ limit: rule.perHour, windowMs: hourMs }]),
]

export function createRateLimit(app: FastifyInstance) {
  const { settings, clock, policy, sharedLimit } = app.shell
  const window = new SlidingWindow()
  // A person is one, from however many addresses: a stolen session must not multiply its tries.
  const personOrAddress = (request: FastifyRequest): string => {
    const subject = policy.subject(request)
    return subject ? (subject.own?.name ?? `user ${subject.userId}`) : clientGroup(request.ip)
  }
  const countShared = async (request: FastifyRequest, rule: SharedRate, who: string): Promise<Headers> => {
    const taken = await sharedLimit(`${rule.bucket}|${who}`, windowsOf(rule))
    const headers = shown(taken, clock.nowMs())
    if (taken.isAllowed) return headers
    const event = rule.event ?? 'rate_limited'
    request.log.warn({ event, bucket: rule.bucket, ip: request.ip, path: request.fullPath }, 'rate limited')
    throw refusal(taken, headers, clock.nowMs())
  }
  return {
    /** Before the body is read. Headers to add, or throws rate_limited (429). */
    early: async (request: FastifyRequest, rule: RateRule | undefined): Promise<Headers> => {
      if (!isShared(rule) || rule.by !== 'address') return {}
      return countShared(request, rule, clientGroup(request.ip))
    },
    /** Once it is known who asks. Likewise. */
    late: async (request: FastifyRequest, rule: RateRule | undefined): Promise<Headers> => {
      if (rule === false || (isShared(rule) && rule.by === 'address')) return {}
      if (isShared(rule)) {
        const named = typeof rule.by === 'function' ? await rule.by(request) : null
        return countShared(request, rule, named ?? personOrAddress(request))
      }
      const nowMs = clock.nowMs()
      const subject = policy.subject(request)
      const who = personOrAddress(request)
      const all = subject?.own && rule ? window.take(`${general}|${who}`, subject.own.perMinute, nowMs) : null
      if (all?.isAllowed === false) throw refusal(all, shown(all, nowMs), nowMs)
      const limit = rule?.perMinute ?? subject?.own?.perMinute ?? settings.rateLimitPerMinute
      const own = window.take(`${rule?.bucket ?? general}|${who}`, limit, nowMs)
      const tenantId = rule?.isApart ? null : (subject?.tenantId ?? null)
      const company =
        tenantId === null || !own.isAllowed ? null : window.take(`tenant|${tenantId}`, settings.tenantRateLimitPerMinute, nowMs)
      const headers = shown(own, nowMs)
      const refused = !own.isAllowed ? own : company?.isAllowed === false ? company : null
      if (refused) throw refusal(refused, headers, nowMs)
      return headers
    },
  }
}

/** Whole seconds, at least 1. */
const secondsUntil = (atMs: number, nowMs: number): number => Math.max(1, Math.ceil((atMs - nowMs) / 1000))

const shown = ({ limit, remaining, freesAtMs }: Taken, nowMs: number): Headers => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(secondsUntil(freesAtMs, nowMs)),
})

function refusal({ freesAtMs }: Taken, headers: Headers, nowMs: number) {
  const seconds = secondsUntil(freesAtMs, nowMs)
  return problem('rate_limited', {
    parameters: { retryAfterS: seconds },
    headers: { ...headers, 'retry-after': String(seconds) },
    extra: { retry_after_s: seconds },
  })
}
