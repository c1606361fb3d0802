/** Every limit that a route declares holds: its paths share it, one call more is refused with the time at which a slot frees. Routes and limits
 *  join by themselves. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type People, password, startWithPeople } from '../src/identity/people.fixture.ts'
import type { RegisteredRoute } from '../src/platform/http/index.ts'
import type { Client } from './harness/client.ts'
import { sendHarmless } from './harness/harmless.ts'

type Bucket = { readonly name: string; readonly perMinute: number; readonly perHour: number; readonly routes: RegisteredRoute[] }

/** By bucket; routes of one bucket that declare other numbers are a fault. */
function bucketsOf(routes: readonly RegisteredRoute[]): Bucket[] {
  const buckets = new Map<string, Bucket>()
  for (const route of routes) {
    const { rate } = route
    if (!rate) continue
    const { bucket: name, perMinute = Number.POSITIVE_INFINITY } = rate
    const perHour = (rate.isShared && rate.perHour) || Number.POSITIVE_INFINITY
    const known = buckets.get(name) ?? { name, perMinute, perHour, routes: [] }
    assert.deepEqual([known.perMinute, known.perHour], [perMinute, perHour], `${name} has two limits: ${route.url}`)
    known.routes.push(route)
    buckets.set(name, known)
  }
  return [...buckets.values()]
}

/** Calls the bucket's routes in turn until one is refused or `most` passed; answers how many passed. */
async function callUntilRefused(client: Client, slug: string, { routes }: Bucket, most: number) {
  for (let made = 0; ; made += 1) {
    const route = routes[made % routes.length] as RegisteredRoute
    const { status, code, headers } = await sendHarmless(client, route, slug)
    if (status === 429) return { passed: made, code, retryAfterS: Number(headers.get('retry-after')) }
    if (made + 1 > most) return { passed: made + 1, code, retryAfterS: null }
  }
}

/** What is wrong with a limit, in words. */
async function faultsOf(server: People, client: Client, bucket: Bucket): Promise<string[]> {
  const { perMinute, perHour, name } = bucket
  const [limit, windowS] = perMinute < perHour ? [perMinute, 60] : [perHour, 3600]
  const first = await callUntilRefused(client, server.acme.slug, bucket, limit)
  const said = JSON.stringify([first.passed, first.code, first.retryAfterS])
  if (said !== JSON.stringify([limit, 'rate_limited', windowS])) return [`${name}: ${said} instead of ${limit} and ${windowS} s`]
  if (perHour === Number.POSITIVE_INFINITY || windowS === 3600) return []
  let passed = limit
  let refusal = first
  while (passed < perHour) {
    server.clock.advance(61_000)
    refusal = await callUntilRefused(client, server.acme.slug, bucket, perHour)
    passed += refusal.passed
    if (refusal.passed === 0) break
  }
  // The hour's refusal comes within the last minute's slots, or in the minute after them.
  if (refusal.retryAfterS !== null && refusal.retryAfterS <= 60) {
    server.clock.advance(61_000)
    refusal = await callUntilRefused(client, server.acme.slug, bucket, perHour)
    passed += refusal.passed
  }
  const isHeld = passed === perHour && (refusal.retryAfterS ?? 0) > 60
  return isHeld ? [] : [`${name}: ${passed} in an hour, then ${refusal.retryAfterS} s instead of ${perHour}`]
}

test('ID-25 K-07 PL-TODO-04 every limit that a route declares holds, over all of its paths, by minute and by hour', async (t) => {
  const env = { RATE_LIMIT_PER_MINUTE: '100000', TENANT_RATE_LIMIT_PER_MINUTE: '1000000', ACCESS_TOKEN_EXPIRE_MINUTES: '1440' }
  const server = await startWithPeople({ env }, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const buckets = bucketsOf(server.app.shell.routes)
  const faults: string[] = []
  for (const bucket of buckets) {
    server.clock.advance(3_700_000)
    await server.ctx.db.kysely.deleteFrom('rate_windows').execute()
    const { authorization = '' } = client.headers
    if ((await client.json('/api/v1/auth/context')).status !== 200) {
      client.headers.authorization = ''
      await client.signInApi('ana', password)
      await server.ctx.db.kysely.deleteFrom('rate_windows').execute()
      assert.notEqual(client.headers.authorization, authorization)
    }
    faults.push(...(await faultsOf(server, client, bucket)))
  }
  assert.deepEqual(faults, [])
  assert.ok(buckets.length > 30)
  t.diagnostic(buckets.map(({ name }) => name).join(' '))
})
