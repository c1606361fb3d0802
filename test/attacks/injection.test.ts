/** SQL and identifier injection: hostile text in every text that any route takes, in all at once and in each alone, on the three engines. */
import assert from 'node:assert/strict'
import type { RegisteredRoute } from '../../src/platform/http/index.ts'
import { requestWith, type Spot, spotsOf } from '../harness/attacks/spots.ts'
import { type Answer, startTarget, type Target, type Visitor } from '../harness/attacks/target.ts'
import { forEachEngine } from '../harness/engines.ts'
import { changedTables } from '../harness/matrix/state.ts'

/** Ends a text, a name and a parenthesis of each engine, is always true, and comments the rest away. */
const alone = `x'"\`) or 1=1 or (1=1 -- \\`
const together = [
  `' or '1'='1`,
  `%' or 1=1 -- `,
  `\\' or 1=1 -- `,
  `'; delete from users; --`,
  `') union select password_hash from users -- `,
  `users.id desc, (select 1)`,
  `1e999`,
  'x\u0000y',
  'x\ud800y',
  'ñ'.repeat(3_000),
]

const platformWords = new Set(['manage_tenants', 'view_platform', 'manage_catalogs', 'view_all_audit'])

/** Reads first, what ends things last; PUT is PATCH's other name. */
const inOrder = (routes: readonly RegisteredRoute[]): RegisteredRoute[] => {
  const patches = new Set(routes.filter(({ method }) => method === 'PATCH').map(({ url }) => url))
  const rank = ({ method }: RegisteredRoute) => ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].indexOf(method)
  return routes
    .filter(({ method, url, isAlias, isStream }) => !isAlias && isStream !== true && !(method === 'PUT' && patches.has(url)))
    .sort((a, b) => rank(a) - rank(b))
}

const isPassword = ({ at }: Spot): boolean => /password$/.test(at.at(-1) ?? '')
const isSuccess = ({ status }: Answer): boolean => status < 400

forEachEngine('ID-39 hostile text in every text of every route neither breaks, tells, grants nor changes anything', async (engine, t) => {
  const target = await startTarget(t, engine)
  const faults: string[] = []
  let tries = 0
  const manner = { isCompared: engine === 'sqlite', knownBodies: new Set<unknown>() }
  const before = await target.southState()
  for (const route of inOrder(target.server.app.shell.routes)) {
    const visitor = route.access === 'public' ? target.nobody : platformWords.has(route.access) ? target.root : target.owner
    tries += await attack(target, route, visitor, manner, faults)
    if (route.method !== 'GET') await target.restore()
    else target.server.clock.advance(61_000)
    await visitor.recover()
  }
  assert.deepEqual(changedTables(before, await target.southState()), [], 'rows of the other company')
  t.diagnostic(`${tries} requests`)
  assert.deepEqual(faults, [])
  assert.ok(tries > 1_500, `only ${tries} requests`)
})

type Manner = {
  /** Each text is also sent as a harmless one, which must not be refused where the hostile one is let through. */
  readonly isCompared: boolean
  /** Bodies whose texts were already attacked one by one. */
  readonly knownBodies: Set<unknown>
}

async function attack(target: Target, route: RegisteredRoute, visitor: Visitor, { isCompared, knownBodies }: Manner, faults: string[]) {
  const { north, south } = target
  let tries = 0
  const ask = async (spots: readonly Spot[], text: string): Promise<Answer> => {
    tries += 1
    const request = requestWith(route, north.ids, spots, text)
    let answer = await visitor.send(request)
    if (answer.status === 429) {
      target.server.clock.advance(3_600_000)
      await visitor.recover()
      answer = await visitor.send(request)
    }
    const where = `${route.method} ${route.url} ${spots.map(({ part, at }) => `${part}.${at.join('.')}`).join(' ')} = ${JSON.stringify(text.slice(0, 40))}`
    if (answer.status >= 500 || answer.status === 429) faults.push(`${where} answered ${answer.status}`)
    if (visitor !== target.root && answer.text.includes(south.canary)) faults.push(`${where} told something of the other company`)
    return answer
  }
  const spots = spotsOf(route)
  if (spots.length === 0) return 0
  const isKnown = route.body !== undefined && knownBodies.has(route.body)
  if (route.body) knownBodies.add(route.body)
  // Passwords are hashed, which takes its time: routes that ask for one get the shortest list, and passwords themselves reach no statement.
  const hashes = spots.some(isPassword)
  for (const text of hashes ? together.slice(-3) : together) await ask(spots, text)
  // Pages of a company share the check of its name, and several routes one body.
  for (const spot of spots
    .filter(({ part, at }) => !(part === 'path' && at[0] === 'company') && !(part === 'body' && isKnown))
    .filter((spot) => !isPassword(spot))) {
    const hostile = await ask([spot], alone)
    if (!isCompared || !isSuccess(hostile)) continue
    let harmless = await ask([spot], `texto ${tries}`)
    if (!isSuccess(harmless)) {
      // what the hostile one made may be in the way
      await target.restore()
      await visitor.recover()
      harmless = await ask([spot], `texto ${tries}`)
    }
    if (!isSuccess(harmless) && harmless.status !== 409)
      faults.push(`${route.method} ${route.url} ${spot.at.join('.')}: hostile text got further than harmless`)
  }
  return tries
}
