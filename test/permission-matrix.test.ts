/** Identity 2.4 over HTTP: every guarded route × every role and every single permission. Who lacks the route's word gets 403
 *  `permission_denied`, whoever has it never does. Routes and permissions join by themselves. Requests are harmless: they name what is
 *  not there, or send a body that no route takes; access is decided before either is looked at. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type People, password, startWithPeople } from '../src/identity/people.fixture.ts'
import type { RegisteredRoute } from '../src/platform/http/index.ts'
import type { Client } from './harness/client.ts'
import { sendHarmless } from './harness/harmless.ts'
import { memberRoles, permissionTable } from './harness/permission-table.ts'

/** Somebody by what they are in the company; `holds` is what they may. */
type Persona = {
  readonly name: string
  readonly membership: { readonly role: string; readonly permissions: string; readonly modules: string | null }
  readonly isSuperAdmin?: true
  readonly holds: (word: string) => boolean
}

const byRole: readonly Persona[] = [
  ...memberRoles.map((role) => ({
    name: role,
    membership: { role, permissions: '[]', modules: null },
    holds: (word: string) => permissionTable.get(word)?.has(role) === true,
  })),
  { name: 'SUPER_ADMIN', membership: { role: 'VIEWER', permissions: '[]', modules: null }, isSuperAdmin: true, holds: () => true },
]
const byGrant: readonly Persona[] = [...permissionTable.keys()].map((code) => ({
  name: `a VIEWER without modules, granted ${code} alone`,
  membership: { role: 'VIEWER', permissions: JSON.stringify([code]), modules: '[]' },
  // Files belong to no module: a VIEWER without modules still sees them.
  holds: (word) => word === code || word === 'view_files',
}))

/** Files of logs and lists: whoever may see them and take data out. */
const alsoNeeded: readonly (readonly [url: RegExp, word: string])[] = [
  [/audit\/export\.csv$/, 'view_audit_log'],
  [/user-(logins|queries)\/export\.csv$/, 'view_query_log'],
  [/users\/export\.csv$/, 'manage_users'],
]
const wordsOf = ({ url, access }: RegisteredRoute): string[] => [
  access,
  ...alsoNeeded.filter(([pattern]) => pattern.test(url)).map(([, word]) => word),
]

const isGuarded = ({ access }: RegisteredRoute): boolean => access !== 'public'
const isPermissionWord = ({ access }: RegisteredRoute): boolean => permissionTable.has(access)

async function walk(server: People, client: Client, persona: Persona, routes: readonly RegisteredRoute[]): Promise<string[]> {
  const { kysely } = server.ctx.db
  const { acme } = server
  await kysely.updateTable('memberships').set(persona.membership).where('user_id', '=', acme.userId).execute()
  await kysely
    .updateTable('users')
    .set({ is_super_admin: persona.isSuperAdmin ? 1 : 0 })
    .where('id', '=', acme.userId)
    .execute()
  server.clock.advance(61_000) // past every window of a minute
  const wrong: string[] = []
  for (const [index, route] of routes.entries()) {
    if (index % 5 === 0) await kysely.deleteFrom('rate_windows').execute() // the walk must not run into limits
    const { status, code } = await sendHarmless(client, route, acme.slug)
    const isDenied = status === 403 && code === 'permission_denied'
    const label = `${persona.name}: ${route.method} ${route.url} (${route.access}) answered ${status} ${code ?? ''}`
    if (status === 401 || status === 429 || status >= 500) wrong.push(label)
    else if (isDenied === wordsOf(route).every(persona.holds)) wrong.push(label)
  }
  return wrong
}

test('ID-41 K-12 K-21 K-42 PL-TODO-05 each cell of the matrix over HTTP: every guarded route × every role × every permission by itself', async (t) => {
  const server = await startWithPeople(
    { env: { RATE_LIMIT_PER_MINUTE: '100000', TENANT_RATE_LIMIT_PER_MINUTE: '1000000', ACCESS_TOKEN_EXPIRE_MINUTES: '1440' } },
    t,
  )
  const routes = server.app.shell.routes.filter(isPermissionWord)
  assert.deepEqual(
    server.app.shell.routes
      .filter((route) => isGuarded(route) && !isPermissionWord(route))
      .map(({ access }) => access)
      .filter((word) => word !== 'signed_in' && word !== 'any_session'),
    [],
    'words of access that are in no matrix',
  )
  const client = server.newClient()
  await client.signInApi('ana', password)
  const wrong: string[] = []
  for (const persona of byRole) wrong.push(...(await walk(server, client, persona, routes)))
  // One route of each word tells which permission it asks for; the words of the others are the same declaration.
  const oneOfEach = [...new Map(routes.map((route) => [route.access, route])).values()]
  for (const persona of byGrant) wrong.push(...(await walk(server, client, persona, oneOfEach)))
  assert.deepEqual(wrong, [])
  assert.ok(routes.length > 100 && oneOfEach.length > 12)
  t.diagnostic(`${routes.length} routes × ${byRole.length} roles, ${oneOfEach.length} words × ${byGrant.length} permissions`)
})

test('ID-41 K-21 K-32 PL-TODO-01 without a session nothing but what is public answers', async (t) => {
  const server = await startWithPeople({ env: { RATE_LIMIT_PER_MINUTE: '100000' } }, t)
  const open: string[] = []
  for (const route of server.app.shell.routes.filter(isGuarded)) {
    const { status } = await sendHarmless(server.newClient(), route, server.acme.slug)
    if (status !== 401) open.push(`${route.method} ${route.url} (${route.access}) answered ${status}`)
  }
  assert.deepEqual(open, [])
})
