/** What is searched for is a text: no character of it is a wildcard, an operator or the end of a statement, on any engine. */
import assert from 'node:assert/strict'
import { password, startWithPeople } from '../../src/identity/people.fixture.ts'
import { rawClient } from '../harness/attacks/raw.ts'
import { forEachEngine } from '../harness/engines.ts'

const names = {
  ana: 'Ana 100% real',
  beto: 'Beto snake_case',
  caro: 'Caro back\\slash',
  dina: `Dina O'Neil "la jefa"`,
  eva: 'Eva Plain',
} as const

const found: readonly (readonly [q: string, people: readonly (keyof typeof names)[]])[] = [
  ['%', ['ana']],
  ['100%', ['ana']],
  ['0% r', ['ana']],
  ['%%', []],
  ['_', ['beto']],
  ['e_c', ['beto']],
  ['e_p', []],
  ['___', []],
  ['\\', ['caro']],
  ['\\\\', []],
  ['\\_', []],
  ['\\%', []],
  ["'", ['dina']],
  ["o'neil", ['dina']],
  ["''", []],
  ['"la', ['dina']],
  [`' or '1'='1`, []],
  [`%' or 1=1 -- `, []],
  [`') or 1=1 -- `, []],
  [`\\' or 1=1 -- `, []],
  ['[a-z]', []],
  ['.*', []],
  ['*', []],
  ['ñ'.repeat(150), []],
  ['\u202e', []],
  ['eva plain', ['eva']],
]

/** Lists with filters, and what nothing is called: such a filter leaves nothing, whatever is in it. */
const filtered: readonly (readonly [path: string, filters: readonly string[]])[] = [
  ['/api/v1/users', ['q', 'role', 'status']],
  ['/api/v1/audit', ['action', 'entity', 'user', 'ip', 'entity_type', 'user_id', 'q']],
  ['/api/v1/platform/audit', ['action', 'entity', 'user', 'ip']],
  ['/api/v1/user-logins', ['user', 'ip', 'q']],
  ['/api/v1/user-queries', ['user', 'q']],
  ['/api/v1/invitations', ['status', 'q']],
  ['/api/v1/tenants', ['q', 'is_active']],
  ['/api/v1/catalogs/countries', ['search']],
  ['/api/v1/catalogs/regions', ['search', 'country']],
  ['/api/v1/catalogs/provinces', ['search', 'country']],
  ['/api/v1/catalogs/cities', ['search']],
  ['/api/v1/catalogs/industries', ['search']],
  ['/locations/cities', ['search']],
]
const hostile = [
  `' or '1'='1`,
  `%' or 1=1 -- `,
  `\\' or 1=1 -- `,
  `'; drop table users; --`,
  '\u0000',
  'x\u0000',
  'ñ'.repeat(2_000),
  '" or ""="',
]
/** Not UTF-8, half a surrogate pair, an overlong slash, a broken escape. */
const broken = ['%ff%fe', '%ED%A0%80', '%c0%af', '%', '%zz', '%u0000']

forEachEngine('ID-48 a search finds what contains the text itself, and nothing else', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { RATE_LIMIT_PER_MINUTE: '100000' } }, t)
  const { kysely } = server.ctx.db
  for (const username of ['beto', 'caro', 'dina', 'eva']) await server.addPerson(username, 'VIEWER')
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  for (const [username, fullName] of Object.entries(names)) {
    const { status } = await ana.json(`/api/v1/users/${username === 'ana' ? 'me' : username}`, { full_name: fullName }, { method: 'PATCH' })
    assert.equal(status, 200, username)
  }
  const ask = async (path: string) => {
    server.clock.advance(2_000) // below sixty in a minute
    return ana.json(path)
  }
  for (const [q, people] of found) {
    const { status, body } = await ask(`/api/v1/users?${new URLSearchParams({ q })}`)
    const items = (body as { items?: { username: string }[] }).items?.map(({ username }) => username).sort()
    assert.deepEqual([status, items], [200, people], q.slice(0, 20))
  }
  await kysely.updateTable('users').set({ is_super_admin: 1 }).where('username', '=', 'ana').execute()
  const raw = rawClient(server.url)
  t.after(raw.close)
  const faults: string[] = []
  /** Names of places are looked for by their letters; elsewhere nothing is called as the hostile texts are. */
  const lettersOf = async (path: string, name: string, text: string): Promise<number> => {
    if (name !== 'search') return 0
    const letters = text.replace(/[^\p{L}\p{N} ]/gu, '').trim()
    return sizeOf((await ask(`${path}?${new URLSearchParams({ search: letters })}`)).body)
  }
  for (const [path, filters] of filtered) {
    const { status, body } = await ask(path)
    assert.equal(status, 200, path)
    const all = sizeOf(body)
    for (const name of filters) {
      const nothing = await ask(`${path}?${new URLSearchParams({ [name]: 'nadie-se-llama-asi' })}`)
      if (nothing.status === 200 && sizeOf(nothing.body) === all && all > 0) continue // no filter of this list: dropped
      for (const text of hostile) {
        const answer = await ask(`${path}?${new URLSearchParams({ [name]: text })}`)
        const isHarmless = answer.status === 200 ? sizeOf(answer.body) === (await lettersOf(path, name, text)) : answer.status === 422
        if (!isHarmless) faults.push(`${path} ${name}=${text.slice(0, 20)} answered ${answer.status} with ${sizeOf(answer.body)} of ${all}`)
      }
      for (const text of broken) {
        const answer = await raw.send('GET', `${path}?${name}=${text}`, {
          accept: 'application/json',
          authorization: ana.headers.authorization ?? '',
        })
        if (answer.status >= 500) faults.push(`${path} ${name}=${text} answered ${answer.status}`)
      }
    }
  }
  assert.deepEqual(faults, [])
})

const sizeOf = (body: unknown): number => {
  const { items, meta } = (Array.isArray(body) ? { items: body, meta: {} } : body) as { items?: unknown[]; meta?: { total?: number } }
  return meta?.total ?? items?.length ?? 0
}
