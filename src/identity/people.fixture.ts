/** A server with one company and its people, for tests. */
import type { TestContext } from 'node:test'
import { startTestServer, type TestServer, type TestServerOptions } from '../../test/harness/server.ts'
import { createTenantWithAdmin, createUser } from './tenants/index.ts'

export const password = 'ValidPass123!'
export const noon = Date.UTC(2026, 2, 2, 12)

export type Company = Awaited<ReturnType<typeof createTenantWithAdmin>>
export type People = TestServer & {
  readonly acme: Company
  readonly addPerson: (username: string, role: string, tenantId?: number) => Promise<number>
}

/** `ana` owns Acme; the clock stands at noon. */
export async function startWithPeople(options: TestServerOptions, t: TestContext): Promise<People> {
  const server = await startTestServer({ nowMs: noon, ...options }, t)
  const { db, clock } = server.ctx
  const acme = await createTenantWithAdmin(db, { clock }, { companyName: 'Acme', username: 'ana', email: 'ana@example.com', password })
  const addPerson = async (username: string, role: string, tenantId = acme.tenantId) =>
    (await createUser(db, { clock }, null, { tenantId, username, email: `${username}@example.com`, password, role })).userId
  return { ...server, acme, addPerson }
}

/** The fields of a JSON body, untyped as they are. */
export const fields = (body: unknown): Record<string, unknown> => body as Record<string, unknown>
