/** Actions that wait for the server: kept in this browser until it said yes or no, sent in order, each under a key of its own, so that an answer that
 *  was lost on the way does not do it twice. They survive a reload, a restart of the server and a night, unless storage is full or refused. */
import { nowMs } from '../clock.ts'
import { language } from '../dom.ts'
import { type Covered, csrfToken, fetchKit } from './kit.ts'
import { dropText, isInPageOnly, keepText, keptText, placesUnder } from './store.ts'

export type Action = {
  readonly key: string
  readonly company: string
  /** Who asked: `display:7`, `user:3`. Nobody sends another's. */
  readonly identity: string
  readonly url: string
  readonly fields: Readonly<Record<string, string | number>>
  /** What a person reads of it. */
  readonly label: string
  readonly covered: Covered | null
  /** What the server said when it refused; null while it waits. */
  readonly refusal: { readonly code: string; readonly detail: string } | null
}
export type Kept = Action & { readonly place: string }

export type QueueDeps = {
  readonly company: string
  readonly identity: string
  readonly signingUrl: string
  /** What is kept changed, or how sending stands. */
  readonly onChange: () => void
  readonly onDone: (action: Action, outcome: string) => void
  readonly onSignedOut: () => void
}

type Refusal = { readonly code?: string; readonly detail?: string; readonly fields?: readonly { readonly message?: string }[] }

/** What was wrong with the fields says more than that something was. */
const saying = (detail: string, fields: NonNullable<Refusal['fields']>): string =>
  fields.length > 0 ? fields.map(({ message = '' }) => message).join(' · ') : detail

const prefix = 'andon.operator.action.'
const longestBackoffMs = 30_000

export function createQueue(deps: QueueDeps) {
  let isSending = false
  let failures = 0
  let timer = 0
  let count = 0
  /** Not before then (`nowMs`): the server asked for patience. */
  const notBefore = new Map<string, number>()

  const list = (): Kept[] => {
    const kept: Kept[] = []
    for (const place of placesUnder(prefix)) {
      try {
        const action = JSON.parse(keptText(place) ?? '') as Action
        if (action.company === deps.company) kept.push({ ...action, place })
      } catch {
        // not ours
      }
    }
    return kept.sort((a, b) => (a.place < b.place ? -1 : 1))
  }

  /** False when this browser's storage keeps nothing more: the action then waits in the page, and ends with it. */
  const keep = (action: Action, place = ''): boolean => {
    count += 1
    const own = place || `${prefix}${String(Date.now()).padStart(15, '0')}.${String(count).padStart(4, '0')}.${action.key.slice(0, 8)}`
    const isStored = keepText(own, JSON.stringify(action))
    deps.onChange()
    return isStored
  }

  const drop = ({ place }: Kept): void => {
    dropText(place)
    deps.onChange()
  }

  const later = (delayMs: number): void => {
    clearTimeout(timer)
    timer = window.setTimeout(() => void flush(), delayMs)
  }

  const waitS = ({ key }: Action): number => Math.max(0, Math.ceil(((notBefore.get(key) ?? 0) - nowMs()) / 1_000))

  async function flush(): Promise<void> {
    if (isSending) return
    isSending = true
    deps.onChange()
    try {
      for (const action of list()) {
        if (action.refusal || action.identity !== deps.identity || waitS(action) > 0) continue
        if (!(await send(action))) {
          failures += 1
          later(Math.min(longestBackoffMs, 1_000 * 2 ** failures))
          return
        }
        failures = 0
      }
    } finally {
      isSending = false
      deps.onChange()
    }
    const soonest = Math.min(...list().map((action) => waitS(action) || Number.POSITIVE_INFINITY))
    if (Number.isFinite(soonest)) later(soonest * 1_000)
  }

  /** False: nobody answered, or could not: the same again later. */
  async function send(action: Kept, isSecond = false): Promise<boolean> {
    let response: Response
    try {
      response = await fetch(action.url, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'accept-language': language(),
          'content-type': 'application/json',
          'x-csrf-token': csrfToken(),
        },
        body: JSON.stringify({ ...action.fields, ...action.covered, idempotency_key: action.key }),
        redirect: 'manual',
      })
    } catch {
      return false
    }
    if (response.ok) {
      const { outcome } = (await response.json().catch(() => ({ outcome: 'stored' }))) as { outcome: string }
      drop(action)
      deps.onDone(action, outcome)
      return true
    }
    const { code = '', detail = '', fields = [] } = (await response.json().catch(() => ({}))) as Refusal
    if (response.status === 401 || response.type === 'opaqueredirect') {
      deps.onSignedOut()
      return false
    }
    if (code === 'csrf_failed' && !isSecond && (await fetchKit(deps.signingUrl, deps.identity))) return send(action, true)
    if (response.status >= 500) return false
    if (response.status === 429 || code === 'request_running') {
      notBefore.set(action.key, nowMs() + Math.max(2, Number(response.headers.get('retry-after')) || 10) * 1_000)
      deps.onChange()
      return true // the others go on
    }
    const { place, ...kept } = action
    keep({ ...kept, refusal: { code: code || String(response.status), detail: saying(detail, fields) } }, place)
    return true
  }

  const endsWithPage = (): boolean => list().some(({ place }) => isInPageOnly(place))

  return { list, keep, drop, flush, endsWithPage, waitS, isSending: () => isSending, retryNow: () => later(0) }
}
