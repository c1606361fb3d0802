/** What is attacked: a server with two companies, and visitors of the first. Requests skip the network, so that paths arrive as they are written. */
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../../../src/platform/db/index.ts'
import { createClient } from '../client.ts'
import { forgetLimits, type MatrixCompany, matrixCompany, password } from '../matrix/companies.ts'
import { ownedTables, type State, stateOf } from '../matrix/state.ts'
import { startTestServer, type TestServer } from '../server.ts'
import type { Request } from './spots.ts'

/** Wednesday, past noon: the plants of the harness have pieces of this day. */
export const nowMs = Date.UTC(2026, 9, 14, 15, 0, 0)
const manyRequests = { RATE_LIMIT_PER_MINUTE: '100000', TENANT_RATE_LIMIT_PER_MINUTE: '1000000', ALLOW_COMPANY_CREATE: '1' }

export type Answer = { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly text: string }

export type Visitor = {
  readonly send: (request: Request, headers?: Readonly<Record<string, string>>) => Promise<Answer>
  /** Cookie and CSRF token as they are now; both empty for nobody. */
  readonly credentials: () => { readonly cookie: string; readonly csrfToken: string }
  /** Signs in again when the session is over. */
  readonly recover: () => Promise<void>
}

export type Target = {
  readonly server: TestServer
  readonly north: MatrixCompany
  readonly south: MatrixCompany
  /** Owns the north. */
  readonly owner: Visitor
  /** SUPER_ADMIN at work in the north. */
  readonly root: Visitor
  readonly nobody: Visitor
  readonly signIn: (username: string) => Promise<Visitor>
  /** Puts the north back to what it was, and lets all limits begin anew. */
  readonly restore: () => Promise<void>
  readonly southState: () => Promise<State>
}

export async function startTarget(t: TestContext, engine: Engine = 'sqlite', env: Readonly<Record<string, string>> = {}): Promise<Target> {
  const server = await startTestServer({ engine, nowMs, env: { ...manyRequests, ...env } }, t)
  const north = await matrixCompany(server, 'CANARIONORTE', engine)
  const south = await matrixCompany(server, 'CANARIOSUR', engine)
  const { kysely } = server.ctx.db
  const { id } = await kysely.selectFrom('users').select('id').where('username', '=', north.people.ADMIN).executeTakeFirstOrThrow()
  await kysely.updateTable('users').set({ is_super_admin: 1 }).where('id', '=', id).execute()
  const tables = await ownedTables(server.ctx.db)
  const restoreRows = await keep(server, north.tenantId)
  return {
    server,
    north,
    south,
    owner: await visitor(server, north.owner),
    root: await visitor(server, north.people.ADMIN),
    nobody: anonymous(server),
    signIn: (username) => visitor(server, username),
    restore: async () => {
      await restoreRows()
      await forgetLimits(server)
      await kysely.deleteFrom('login_failures').execute()
      server.clock.advance(61_000) // past every window of a minute
    },
    southState: async () => {
      await server.ctx.userQueries.drain()
      return stateOf(server.ctx.db, tables, south.tenantId)
    },
  }
}

/** A person of their own address at every request: limits per address are another test's. */
const anyAddress = () => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`

export const anonymous = (server: TestServer): Visitor => ({
  send: (request, headers) => inject(server, request, { accept: 'application/json', ...headers }),
  credentials: () => ({ cookie: '', csrfToken: '' }),
  recover: async () => {},
})

async function visitor(server: TestServer, username: string): Promise<Visitor> {
  const known = { cookie: '', csrfToken: '' }
  const begin = async () => {
    const client = createClient(server.url)
    await client.signIn(username, password)
    known.cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    known.csrfToken = ((await client.json('/api/v1/auth/csrf')).body as { csrf_token: string }).csrf_token
  }
  await begin()
  const send: Visitor['send'] = (request, headers = {}) =>
    inject(server, request, {
      accept: 'application/json',
      cookie: known.cookie,
      ...(request.method !== 'GET' && { origin: server.ctx.config.http.publicUrl, 'x-csrf-token': known.csrfToken }),
      ...headers,
    })
  const recover = async () => {
    const session = await send({ method: 'GET', path: '/api/v1/auth/session', body: undefined })
    if (session.status !== 200) await begin()
  }
  return { send, credentials: () => known, recover }
}

async function inject(server: TestServer, request: Request, headers: Readonly<Record<string, string>>, tries = 100): Promise<Answer> {
  const { method, path, body } = request
  const response = await server.app.inject({
    method: method as 'GET',
    url: path,
    headers: {
      host: new URL(server.ctx.config.http.publicUrl).host,
      'x-forwarded-for': anyAddress(),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  // A machine that is busy with something else: the server refuses for a moment, which says nothing of the attack.
  if (response.statusCode === 503 && tries > 0 && response.payload.includes('overloaded')) {
    await sleep(100)
    return inject(server, request, headers, tries - 1)
  }
  return { status: response.statusCode, headers: response.headers, text: response.payload }
}

const keptTables = ['tenants', 'users', 'memberships', 'invitations', 'api_keys', 'displays', 'plant_attachments'] as const

/** Rows that requests change so that later ones would not get as far: names, roles, standing. */
async function keep({ ctx: { db } }: TestServer, tenantId: number) {
  const { kysely } = db
  type Row = { readonly id: number }
  const rowsOf = async (name: (typeof keptTables)[number]): Promise<Row[]> => {
    const table = name as 'memberships' // all of them have an id, and but for two a company
    const rows = kysely.selectFrom(table).selectAll()
    if (name === 'tenants') return rows.where('id', '=', tenantId).execute()
    if (name !== 'users') return rows.where('tenant_id', '=', tenantId).execute()
    return rows.where('id', 'in', kysely.selectFrom('memberships').select('user_id').where('tenant_id', '=', tenantId)).execute()
  }
  const before = new Map<(typeof keptTables)[number], Row[]>()
  for (const table of keptTables) before.set(table, await rowsOf(table))
  assert.ok((before.get('users')?.length ?? 0) > 5, 'the company has people')
  const put = async (name: string, row: Row, isPresent: boolean) => {
    const table = name as 'memberships'
    if (isPresent)
      await kysely
        .updateTable(table)
        .set(row as never)
        .where('id', '=', row.id)
        .execute()
    else
      await kysely
        .insertInto(table)
        .values(row as never)
        .execute()
  }
  return async () => {
    for (const [table, rows] of before) {
      const now = new Map((await rowsOf(table)).map((row) => [row.id, JSON.stringify(row)]))
      for (const row of rows) if (now.get(row.id) !== JSON.stringify(row)) await put(table, row, now.has(row.id))
    }
  }
}
