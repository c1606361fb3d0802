/** A path that is written in another way reaches nothing that the plain path would refuse. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rawClient } from '../harness/attacks/raw.ts'
import { requestWith } from '../harness/attacks/spots.ts'
import { startTarget } from '../harness/attacks/target.ts'

const spellings = (path: string): readonly string[] => {
  const last = path.lastIndexOf('/')
  const [head, tail] = [path.slice(0, last), path.slice(last + 1)]
  return [
    `/${path}`,
    `${head}//${tail}`,
    `${head}%2f${tail}`,
    `${head}%252f${tail}`,
    `${head}\\${tail}`,
    path.toUpperCase(),
    `${path}/`,
    `${path};x=1`,
    `${path}.`,
    `${path}/.`,
    `${path}%00`,
    `${path}%20`,
    `${path}%23`,
    `/.${path}`,
    `/health/..${path}`,
    `/assets/..${path}`,
    `/assets/%2e%2e${path}`,
    `/login/..;${path}`,
    `http://evil.example${path}`,
  ]
}

test('ID-41 no spelling of a path reaches what the plain one refuses', async (t) => {
  const { server, north, signIn } = await startTarget(t)
  const viewer = await signIn(north.people.VIEWER)
  const raw = rawClient(server.url)
  t.after(raw.close)
  const askers: readonly (readonly [string, () => Record<string, string>])[] = [
    ['nobody', () => ({})],
    ['a viewer', () => ({ cookie: viewer.credentials().cookie })],
  ]
  const faults: string[] = []
  let tries = 0
  const guarded = server.app.shell.routes.filter(({ access, isAlias, isStream }) => access !== 'public' && !isAlias && isStream !== true)
  for (const route of guarded) {
    const { path } = requestWith(route, north.ids, [], '')
    for (const [asker, headers] of askers) {
      const ask = async (spelling: string) => {
        tries += 1
        const address = `10.3.${(tries >> 8) & 255}.${tries & 255}`
        return raw.send(route.method, spelling, { ...headers(), 'x-forwarded-for': address })
      }
      if ((await ask(path)).status < 300) continue // theirs anyway
      for (const spelling of spellings(path)) {
        const { status, location } = await ask(spelling)
        const isLed = status === 303 && /^\/(login|account|companies|t\/[\w-]+\/(admin|operator$|tv$))/.test(location)
        if (status >= 500 || (status < 400 && !isLed)) faults.push(`${asker}: ${route.method} ${spelling} answered ${status} ${location}`)
      }
    }
    server.clock.advance(1_000)
  }
  t.diagnostic(`${tries} tries`)
  assert.deepEqual(faults, [])
  assert.ok(tries > 3_000, `only ${tries} tries`)
})
