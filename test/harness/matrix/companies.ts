/** Two companies on one server, with people of every rank and one of everything that has an id; and who asks. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createUser } from '../../../src/identity/index.ts'
import { type Engine, insertId } from '../../../src/platform/db/index.ts'
import type { Client } from '../client.ts'
import { startTestServer, type TestServer } from '../server.ts'
import { smallPlant } from '../small-plant.ts'
import type { Ids } from './ids.ts'
import type { Try } from './requests.ts'

const nowMs = Date.UTC(2026, 9, 14, 15, 0, 0)
/** Of everybody in these companies. */
export const password = 'Segura123!'
const memberRoles = ['VIEWER', 'OPERATOR', 'MANAGER', 'ADMIN'] as const
type MemberRole = (typeof memberRoles)[number]

export type MatrixCompany = {
  readonly tenantId: number
  readonly slug: string
  /** In every name of the company and in no id: who reads it was told something. */
  readonly canary: string
  readonly ids: Ids
  readonly people: Readonly<Record<MemberRole, string>>
  /** Who made the company. */
  readonly owner: string
  readonly apiKey: string
}

export async function twoCompanies(t: TestContext) {
  const env = { RATE_LIMIT_PER_MINUTE: '100000', TENANT_RATE_LIMIT_PER_MINUTE: '1000000', ALLOW_COMPANY_CREATE: '1' }
  const server = await startTestServer({ nowMs, env }, t)
  const north = await matrixCompany(server, 'CANARIONORTE')
  const south = await matrixCompany(server, 'CANARIOSUR')
  const canaryLeak = (victim: MatrixCompany, text: string, headers: Headers): boolean =>
    text.includes(victim.canary) || [...headers.values()].some((value) => value.includes(victim.canary))
  return { server, north, south, canaryLeak }
}

export async function matrixCompany(server: TestServer, canary: string, engine: Engine = 'sqlite'): Promise<MatrixCompany> {
  const { db, clock } = server.ctx
  const plant = await smallPlant(server, engine, canary, 20)
  const tenant = await db.kysely
    .selectFrom('tenants')
    .select(['id', 'uuid', 'slug'])
    .where('slug', '=', plant.slug)
    .executeTakeFirstOrThrow()
  const people = {} as Record<MemberRole, string>
  for (const role of memberRoles) {
    const username = `${role.toLowerCase()}-${canary.toLowerCase()}`
    people[role] = username
    const person = { tenantId: tenant.id, username, email: `${username}@example.com`, password, role, fullName: `${canary} ${role}` }
    await createUser(db, { clock }, null, person)
  }
  const owner = server.newClient()
  await owner.signInApi(plant.username, plant.password)
  const made = async (path: string, body: object): Promise<Record<string, unknown>> => {
    if (!server.app.shell.routes.some(({ url }) => url === path)) return { id: 1, secret: 'andon_none' }
    const answer = await owner.json(path, body)
    assert.equal(answer.status, 201, `${path}: ${JSON.stringify(answer.body)}`)
    return answer.body as Record<string, unknown>
  }
  const invitation = await made('/api/v1/invitations', { email: `invitada-${plant.slug}@example.com`, role: 'VIEWER' })
  const key = await made('/api/v1/api-keys', { name: canary, scopes: ['view_dashboard', 'export_data'] })
  const display = await made('/api/v1/displays', { name: canary })
  const failure = await made('/api/v1/production/failures', { type_failure: canary })
  // Somebody who is asked about and never asks: what an administrator may do to people of their own must not end an asker.
  const person = { username: `persona-${canary.toLowerCase()}`, email: `persona-${canary.toLowerCase()}@example.com`, password }
  await createUser(db, { clock }, null, { tenantId: tenant.id, ...person, role: 'VIEWER', fullName: `${canary} persona` })
  const asked = await db.kysely
    .selectFrom('users')
    .select(['id', 'uuid', 'username'])
    .where('username', '=', person.username)
    .executeTakeFirstOrThrow()
  const note = await insertId(db, 'scrap_notes', {
    tenant_id: tenant.id,
    line_id: 1,
    product_id: null,
    quantity: 1,
    reason: canary,
    request_key: canary,
    noted_at: clock.nowMs(),
    noted_by: asked.id,
    withdrawn_at: null,
    withdrawn_by: null,
    created_at: clock.nowMs(),
    updated_at: clock.nowMs(),
  })
  const session = await db.kysely.selectFrom('sessions').select('uuid').where('tenant_id', '=', tenant.id).executeTakeFirstOrThrow()
  return {
    tenantId: tenant.id,
    slug: tenant.slug,
    canary,
    people,
    owner: plant.username,
    apiKey: String(key.secret ?? key.api_key ?? key.key),
    ids: {
      company: [tenant.uuid, String(tenant.id), tenant.slug],
      slug: [tenant.slug],
      user: [String(asked.id), asked.uuid, asked.username],
      session: [session.uuid],
      invitation: [String(invitation.invitation_id)],
      api_key: [String(key.id ?? key.key_id)],
      display: [String(display.id ?? display.display_id)],
      scrap_note: [String(note)],
      plant_edit: [String(failure.edit_id)],
      file: ['00000000-0000-4000-8000-000000000000'],
    },
  }
}

export type Asker = {
  readonly name: string
  readonly company: MatrixCompany
  readonly victim: MatrixCompany
  readonly send: (one: Try) => Promise<Response>
  /** Signs in again after a request that ended the asker's own session. */
  readonly recover: () => Promise<void>
}

/** Nobody, somebody half signed in, a refresh token, each rank of the north, an API key of it, and the administrator of the south. */
export async function askersOf(server: TestServer, north: MatrixCompany, south: MatrixCompany): Promise<Asker[]> {
  const ofNorth = { company: north, victim: south }
  const fixed = (name: string, headers: Readonly<Record<string, string>>): Asker => {
    const client = server.newClient()
    Object.assign(client.headers, headers)
    return { name, ...ofNorth, send: (one) => send(client, one), recover: async () => forgetLimits(server) }
  }
  const person = async (name: string, username: string, sides: Pick<Asker, 'company' | 'victim'>): Promise<Asker> => {
    let client = server.newClient()
    await client.signInApi(username, password)
    const recover = async () => {
      await forgetLimits(server)
      const known = await patiently(
        () => client.json('/api/v1/auth/me'),
        async () => true,
      )
      if (known.status === 200) return
      client = server.newClient()
      await client.signInApi(username, password)
    }
    return { name, ...sides, send: (one) => send(client, one), recover }
  }
  const manager = server.newClient()
  const { refreshToken } = await manager.signInApi(north.people.MANAGER, password)
  return [
    fixed('nobody', {}),
    fixed('half signed in', { authorization: `Bearer ${await mfaToken(server, north)}` }),
    fixed('a refresh token', { authorization: `Bearer ${refreshToken}` }),
    ...(await Promise.all(memberRoles.map((role) => person(role, north.people[role], ofNorth)))),
    fixed('an API key', { 'x-api-key': north.apiKey }),
    await person('the other administrator', south.people.ADMIN, { company: south, victim: north }),
  ]
}

/** A busy machine answers before it looks at the request: the question is still open, and is asked again. */
async function patiently<R extends { readonly status: number }>(
  ask: () => Promise<R>,
  isBusy: (answer: R) => Promise<boolean>,
): Promise<R> {
  for (let again = 0; ; again += 1) {
    const answer = await ask()
    if (answer.status !== 503 || again === 30 || !(await isBusy(answer))) return answer
    await sleep(1_000)
  }
}

const send = (client: Client, { method, path, body, headers }: Try): Promise<Response> =>
  patiently(
    () =>
      client.fetch(path, {
        method,
        headers: { ...(body && { 'content-type': 'application/json' }), accept: 'application/json', ...headers },
        ...(body && { body: JSON.stringify(body) }),
      }),
    async (answer) => (await answer.clone().text()).includes('"overloaded"'),
  )

/** The tries of one route must not use up those of the next. */
export const forgetLimits = async ({ ctx }: TestServer): Promise<void> => void (await ctx.db.kysely.deleteFrom('rate_windows').execute())

/** Of somebody whose second factor is still to come. */
async function mfaToken(server: TestServer, { tenantId, canary }: MatrixCompany): Promise<string> {
  const { db, clock } = server.ctx
  const username = `doble-${canary.toLowerCase()}`
  await createUser(db, { clock }, null, { tenantId, username, email: `${username}@example.com`, password, role: 'VIEWER' })
  const client = server.newClient()
  await client.signInApi(username, password)
  const setup = (await client.json('/api/v1/auth/mfa/totp/setup', { password })).body as { secret: string }
  const { TOTP, Secret } = await import('otpauth')
  const totp = new TOTP({ secret: Secret.fromBase32(setup.secret) })
  const confirmed = await client.json('/api/v1/auth/mfa/totp/confirm', { code: totp.generate({ timestamp: clock.nowMs() }) })
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body))
  const login = await server.newClient().json('/api/v1/auth/login', { username, password })
  const { mfa_token: token } = login.body as { mfa_token?: string }
  assert.ok(token, 'the second factor is asked for')
  return token
}
