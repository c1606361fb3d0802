/** Every route × every kind of asker × every way to name something of another company: refused, nothing told, nothing changed.
 *  Routes join by themselves; one whose parts nobody has classified (test/harness/matrix/ids.ts) fails. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RegisteredRoute } from '../src/platform/http/index.ts'
import { type Asker, askersOf, type MatrixCompany, twoCompanies } from './harness/matrix/companies.ts'
import { type Try, triesOf, unclassified } from './harness/matrix/requests.ts'
import { changedTables, ownedTables, stateOf } from './harness/matrix/state.ts'

/** What a foreign name in the path, or a foreign company in the header, may be answered with. */
const refusals = new Set([400, 401, 403, 404, 405, 409, 413, 415, 422])

/** Public pages and files know no asker; what they show is public. */
const isAnswerable = (route: RegisteredRoute, { where }: Try): boolean => route.access === 'public' || where === 'query' || where === 'body'

test('ID-38 no route, whoever asks and however, tells or changes anything of another company', async (t) => {
  const { server, north, south, canaryLeak } = await twoCompanies(t)
  const { routes } = server.app.shell
  const isStream = ({ reply }: RegisteredRoute) =>
    (reply[200] as { contentMediaType?: string } | undefined)?.contentMediaType === 'text/event-stream'
  assert.deepEqual(routes.flatMap(unclassified), [], 'routes with parts that nobody has classified')
  const tables = await ownedTables(server.ctx.db)
  const askers = await askersOf(server, north, south)
  const leaks: string[] = []
  let tries = 0

  const ask = async (asker: Asker, route: RegisteredRoute, one: Try): Promise<void> => {
    tries += 1
    const label = `${asker.name}: ${one.method} ${one.path} (foreign name in ${one.where})`
    const response = await asker.send(one)
    const text = isStream(route) && response.status === 200 ? await firstEvent(response) : await response.text()
    if (response.status >= 500 && response.status !== 503) leaks.push(`${label} answered ${response.status}`)
    if (!isAnswerable(route, one) && !refusals.has(response.status) && !isSignInPage(response))
      leaks.push(`${label} answered ${response.status}`)
    if (canaryLeak(asker.victim, text, response.headers)) leaks.push(`${label} told something of ${asker.victim.slug}`)
  }

  const readState = async (tenantId: number) => {
    await server.ctx.userQueries.drain() // written behind the answers of the company's own askers
    return stateOf(server.ctx.db, tables, tenantId)
  }
  const askAll = async (route: RegisteredRoute, victim: MatrixCompany): Promise<void> => {
    const before = await readState(victim.tenantId)
    const ofVictim = askers.filter((asker) => asker.victim === victim)
    for (const asker of ofVictim) {
      for (const one of triesOf(route, asker.company.ids, victim.ids)) await ask(asker, route, one)
      await asker.recover()
    }
    const changed = changedTables(before, await readState(victim.tenantId))
    const names = ofVictim.map(({ name }) => name).join(', ')
    if (changed.length > 0) leaks.push(`${route.method} ${route.url} changed ${changed.join(', ')} of ${victim.slug} (asked by ${names})`)
  }

  for (const route of routes) {
    for (const victim of [south, north]) await askAll(route, victim)
    server.clock.advance(61_000) // past every window of a minute
  }
  for (const { slug, canary } of [north, south]) {
    const told = server.logLines.filter((line) => JSON.stringify(line).includes(canary))
    if (told.length > 0) leaks.push(`the log tells something of ${slug}: ${JSON.stringify(told[0])}`)
  }
  t.diagnostic(`${tries} tries over ${routes.length} routes, ${leaks.length} leaks`)
  assert.deepEqual(leaks, [])
  assert.ok(tries > 3_000, `only ${tries} tries`)
})

/** A visit without session is led to the sign-in. */
const isSignInPage = (response: Response): boolean =>
  response.status === 303 && /\/(login|companies|select-company)\b/.test(response.headers.get('location') ?? '')

async function firstEvent(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const chunk = await Promise.race([reader?.read(), sleep(200)])
  await reader?.cancel()
  return chunk?.value ? Buffer.from(chunk.value).toString() : ''
}
