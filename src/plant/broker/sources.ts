/** Asking external sources: cached, one question at a time per source, few at once. Never throws, whatever the server does. */
import type { Db } from '../../platform/db/database.ts'
import { partOf } from '../../platform/json/index.ts'
import { guardedFetch, type Lookup, systemLookup } from '../../platform/net/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type ErrorWord, errorText, type SourceAnswer } from './answer.ts'
import { createGate } from './gate.ts'
import { listSources, type StoredSource } from './queries.ts'
import { createShares } from './shares.ts'

export type SourcesDeps = {
  readonly db: Db
  readonly secrets: Secrets
  readonly clock: Clock
  readonly log: { readonly error: (fields: object, message: string) => void }
  readonly options: {
    readonly openNetworks: readonly string[]
    /** Secrets by `{tenant id}:{variable}`. */
    readonly variables: ReadonlyMap<string, string>
    /** Of a dashboard, for a source. */
    readonly waitMs: number
    /** Of tests. */
    readonly find?: Lookup
  }
}

export type NamedAnswer = SourceAnswer & { readonly name: string }

export type Sources = {
  /** Asked now, past the cache; nothing of it is kept. */
  readonly test: (tenantId: number, source: StoredSource) => Promise<SourceAnswer>
  /** To choose from: those that are switched on. */
  readonly namesOf: (tenantId: number) => Promise<readonly { readonly key: string; readonly name: string }[]>
  /** For widgets, by id: from the cache while it holds, and after `waitMs` without what has not come; that comes to the next one who asks. */
  readonly answersOf: (tenantId: number, keys: readonly string[]) => Promise<ReadonlyMap<string, NamedAnswer>>
}

const maxBytes = 5 * 2 ** 20
/** Of what answers weigh in memory; none of them may weigh more than all of the cache. */
const cacheBytes = 16 * 2 ** 20
const entryBytes = 500
/** Any number of screens, and a refresh each second, ask a source this often at most. */
const leastHoldMs = 10_000

export function createSources({ db, secrets, clock, log, options }: SourcesDeps): Sources {
  const gate = createGate({ perTenant: 2, total: 6, mostWaiting: 100 })
  const kept = createShares<SourceAnswer>({ mostBytes: cacheBytes, nowMs: clock.nowMs })
  /** Last time of each, oldest first: an answer that had no room is no reason to ask again. */
  const askedAt = new Map<string, number>()
  const running = new Map<string, Promise<SourceAnswer>>()

  const failed = (word: ErrorWord, parameters?: Readonly<Record<string, string>>, status: number | null = null): SourceAnswer => ({
    ok: false,
    status,
    data: null,
    error: errorText(word, parameters, status),
    askedAtMs: clock.nowMs(),
  })

  async function ask(tenantId: number, source: StoredSource): Promise<{ answer: SourceAnswer; bytes: number }> {
    if (source.isSealBroken) return { answer: failed('sealed'), bytes: 0 }
    const secret = secretOf(tenantId, source, options.variables)
    if (secret === undefined) {
      const name = source.authVariable ?? ''
      return { answer: failed('variable', { name, entry: `${tenantId}:${name}` }), bytes: 0 }
    }
    const found = await gate.enter(tenantId, (stay) => {
      // the look-up of a slow name goes on after the deadline, in one of the few threads that all of the process has for them
      const find: Lookup = (host) => {
        const looked = (options.find ?? systemLookup)(host)
        stay(looked)
        return looked
      }
      return guardedFetch(requestOf(source, secret), { ...options, find, timeoutMs: source.timeoutS * 1_000, maxBytes })
    })
    if (found === null) return { answer: failed('busy'), bytes: 0 }
    if (!found.ok) return { answer: failed(found.fault, {}, found.status), bytes: 0 }
    const bytes = weightOf(found.body)
    if (bytes > cacheBytes - entryBytes) return { answer: failed('too_many_values', {}, found.status), bytes: 0 }
    const whole = parsed(found.body)
    if (whole === undefined) return { answer: failed('not_json', {}, found.status), bytes: 0 }
    const data = partOf(whole, source.responseKey)
    if (data === undefined) return { answer: failed('no_such_key', { key: source.responseKey }, found.status), bytes: 0 }
    return { answer: { ok: true, status: found.status, data, error: null, askedAtMs: clock.nowMs() }, bytes }
  }

  async function safely(tenantId: number, source: StoredSource): Promise<{ answer: SourceAnswer; bytes: number }> {
    try {
      return await ask(tenantId, source)
    } catch (error) {
      log.error({ event: 'source_failed', tenantId, source: source.key, err: error }, 'an external source could not be asked')
      return { answer: failed('internal'), bytes: 0 }
    }
  }

  function wasJustAsked(key: string): boolean {
    for (const [one, atMs] of askedAt) {
      if (atMs + leastHoldMs > clock.nowMs()) break
      askedAt.delete(one)
    }
    return askedAt.has(key)
  }

  function fromCache(tenantId: number, source: StoredSource): Promise<SourceAnswer> | SourceAnswer {
    const key = `${tenantId} ${source.sourceId} ${source.version} ${source.answersVersion}`
    const known = kept.get(tenantId, key)
    if (known) return known
    const asking = running.get(key)
    if (asking) return asking
    if (wasJustAsked(key)) return failed('not_kept')
    const work = safely(tenantId, source).then(({ answer, bytes }) => {
      running.delete(key)
      const holdMs = answer.ok ? Math.max(leastHoldMs, source.cacheTtlS * 1_000) : leastHoldMs
      const nowMs = clock.nowMs()
      kept.set(tenantId, key, { value: answer, untilMs: nowMs + holdMs, bytes: bytes + entryBytes })
      askedAt.delete(key)
      askedAt.set(key, nowMs)
      return answer
    })
    running.set(key, work)
    return work
  }

  return {
    test: async (tenantId, source) => (await safely(tenantId, source)).answer,
    async namesOf(tenantId) {
      const sources = await listSources({ ...db, tenantId }, secrets)
      return sources.filter(({ isEnabled }) => isEnabled).map(({ key, name }) => ({ key, name }))
    },
    async answersOf(tenantId, keys) {
      const wanted = [...new Set(keys)]
      if (wanted.length === 0) return new Map()
      try {
        const sources = await listSources({ ...db, tenantId }, secrets, wanted)
        const answers = await Promise.all(
          wanted.map(async (key): Promise<[string, NamedAnswer]> => {
            const source = sources.find((one) => one.key === key)
            if (!source) return [key, { ...failed('not_found'), name: key }]
            const { name } = source
            if (!source.isEnabled) return [key, { ...failed('disabled'), name }]
            return [key, { ...(await orLate(fromCache(tenantId, source), options.waitMs, () => failed('waiting'))), name }]
          }),
        )
        return new Map(answers)
      } catch (error) {
        log.error({ event: 'sources_failed', tenantId, err: error }, 'external sources could not be read')
        return new Map(wanted.map((key) => [key, { ...failed('internal'), name: key }]))
      }
    },
  }
}

/** A dashboard does not wait for somebody else's server. */
async function orLate(answer: Promise<SourceAnswer> | SourceAnswer, waitMs: number, late: () => SourceAnswer): Promise<SourceAnswer> {
  if (!(answer instanceof Promise)) return answer
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<SourceAnswer>((resolve) => {
    timer = setTimeout(() => resolve(late()), waitMs)
  })
  return Promise.race([answer, limit]).finally(() => clearTimeout(timer))
}

/** Undefined: it names a variable that this company may not use. Null: none. */
function secretOf(tenantId: number, { authType, authVariable, hidden }: StoredSource, variables: ReadonlyMap<string, string>) {
  if (authType === 'none') return null
  if (authVariable === null) return hidden.secret
  return variables.get(`${tenantId}:${authVariable}`) || undefined
}

function requestOf(source: StoredSource, secret: string | null) {
  const { headers, params, body } = source.hidden
  const url = new URL(source.baseUrl)
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
  const auth: Record<string, string> =
    secret === null
      ? {}
      : source.authType === 'bearer'
        ? { authorization: `Bearer ${secret}` }
        : source.authType === 'api_key'
          ? { 'X-API-Key': secret }
          : { authorization: `Basic ${Buffer.from(secret).toString('base64')}` }
  const type: Record<string, string> = body === null ? {} : { 'content-type': 'application/json' }
  return { url: url.href, method: source.method, headers: { ...type, ...headers, ...auth }, body }
}

/** About what it takes in memory: 5 MB of `[[],[],…` become 70 when they are read. */
function weightOf(body: Buffer): number {
  let weight = body.length
  for (const byte of body) {
    if (byte === 0x5b || byte === 0x7b) weight += 32
    else if (byte === 0x3a) weight += 16
    else if (byte === 0x2c) weight += 8
  }
  return weight
}

/** Undefined: no JSON. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, '')) as unknown
  } catch {
    return undefined
  }
}
