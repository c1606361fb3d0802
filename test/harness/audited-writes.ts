/** Every successful unsafe request leaves an audit row of its own request id: each test server is held to it when it closes, so that all
 *  tests together search all their requests. `ANDON_RECORD_WRITES=<file>` appends what was audited, to renew `audited-writes.txt`. */
import { appendFileSync } from 'node:fs'
import process from 'node:process'
import type { Db } from '../../src/platform/db/index.ts'
import type { RegisteredRoute } from '../../src/platform/http/index.ts'

/** Routes that leave no row, and why. */
export const unaudited: readonly (readonly [url: RegExp, why: string])[] = [
  [/\/plant\/(settings|configuration)\/preview$/, 'what would be: nothing changes'],
  [
    /\/(dashboard\/data|dashboard\/preview|downtime\/(list|summary|pareto|timeline)|plants\/comparison|metrics\/\w+|filters\/validate)$/,
    'questions by POST: user_queries has them',
  ],
  [
    /\/(data\/detections(\/(paginated|aggregated|count))?|v1\/detections\/(query|count|summary))$/,
    'questions by POST: user_queries has them',
  ],
  [/\/ingest\/detections$/, 'production, by the thousand: ingest_activity says who sent how many'],
  [/\/system\/(cache\/)?refresh$/, 'forgets what is read again: nothing that is kept changes'],
  [/\/(auth\/refresh|refresh-token|auth\/session\/renewal)$/, 'TOKEN_REFRESH is off: a session renews itself all day'],
  [/(\/mfa\/totp\/setup|\/account\/second-factor)$/, 'a secret that counts once a code proved it: MFA_ENABLED'],
  [/(\/auth\/resend-verification|\/verify-email\/resend)$/, 'anybody may ask for any address: the mail alone tells'],
]

/** Routes that also succeed where nothing was to be done, and then leave no row. */
const mayChangeNothing: readonly (readonly [url: RegExp, when: string])[] = [
  [/\/(login|token|auth\/session)$/, 'the second factor is still owed: nobody is in yet'],
  [/\/(logout|logout[_-]all|auth\/session|account\/sessions)$/, 'the session had ended, or there was no other'],
  [/\/register$/, 'the address has an account already: its owner is told by mail, nobody else'],
  [/^\/(api\/v1\/|admin\/|t\/:company\/admin\/)?users\b/, 'approved, disabled or named so already'],
  [/\/(companies|company|empresas)\b/, 'called so already'],
  [/^\/api\/v1\/(tenants|catalogs|api-keys)\b/, 'called so already'],
  [/\/production\/\w+\/:id/, 'as it was already'],
  [/^\/api\/v1\/(system\/)?downtime\b/, 'sent again under its key, only rehearsed, or so already'],
  [/^\/api\/v1\/dashboard\/(my-layout|template)$/, 'taken away where there was none'],
  [/^\/verify-email$/, 'the form leads on to a page that says the link is dead'],
  [/^\/(account|platform|t\/:company)\//, 'a form that leads back to its page with what was wrong'],
]

const isListed = (list: readonly (readonly [RegExp, string])[], url: string): boolean => list.some(([pattern]) => pattern.test(url))

/** PUT is PATCH under another name wherever both are. */
export const writeName = ({ method, url }: Pick<RegisteredRoute, 'method' | 'url'>): string =>
  `${method === 'PUT' ? 'PATCH' : method} ${url}`

export const leavesNoRow = ({ url }: Pick<RegisteredRoute, 'url'>): boolean => isListed(unaudited, url)

type Request = { readonly method: string; readonly path: string; readonly status: number; readonly requestId: string }

const requestsOf = (lines: readonly Readonly<Record<string, unknown>>[]): Request[] =>
  lines
    .filter(({ event, method }) => event === 'request' && !['GET', 'HEAD', 'OPTIONS'].includes(String(method)))
    .map(({ method, path, status, request_id }) => ({
      method: String(method),
      path: String(path),
      status: Number(status),
      requestId: String(request_id),
    }))
    .filter(({ status }) => status < 400)

/** The route of a path: of several that fit, the one with the fewest parameters. */
const matcher = (routes: readonly RegisteredRoute[]) => {
  const known = routes
    .map((route) => ({ route, pattern: new RegExp(`^${route.url.replace(/:\w+/g, '[^/]+').replace('*', '.*')}/?$`) }))
    .sort((a, b) => a.route.url.split(':').length - b.route.url.split(':').length)
  return ({ method, path }: Request) => known.find(({ route, pattern }) => route.method === method && pattern.test(path))?.route ?? null
}

/** Successful unsafe requests without a row, in words. A database that the test took away answers nothing and is not asked. */
export async function silentWrites(
  db: Db,
  routes: readonly RegisteredRoute[],
  lines: readonly Readonly<Record<string, unknown>>[],
): Promise<string[]> {
  const requests = requestsOf(lines)
  if (requests.length === 0) return []
  const rows = await db.kysely
    .selectFrom('audit_logs')
    .select('request_id')
    .execute()
    .catch(() => null)
  if (rows === null) return []
  const audited = new Set(rows.map(({ request_id: id }) => id))
  const routeOf = matcher(routes)
  const record = process.env.ANDON_RECORD_WRITES
  return requests.flatMap((request) => {
    const route = routeOf(request)
    if (!route || isListed(unaudited, route.url)) return []
    if (audited.has(request.requestId)) {
      if (record) appendFileSync(record, `${writeName(route)}\n`)
      return []
    }
    return isListed(mayChangeNothing, route.url)
      ? []
      : [`${request.method} ${request.path} answered ${request.status} without an audit row`]
  })
}
