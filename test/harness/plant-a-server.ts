/** plant-a attached to a test server, and its administrator signed in. */
import type { TestContext } from 'node:test'
import { createTenantWithAdmin } from '../../src/identity/index.ts'
import { saveAttachment } from '../../src/plant/source/index.ts'
import type { Engine } from '../../src/platform/db/index.ts'
import type { Client } from './client.ts'
import { loadPlantA, plantAConfig, plantANowMs } from './plant-a.ts'
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts'

export const plantAPassword = 'Segura123!'

export type PlantAServer = {
  readonly server: TestServer
  readonly client: Client
  readonly slug: string
  readonly tenantId: number
  readonly plantUrl: string
}

export async function plantAServer(engine: Engine, t: TestContext, env: TestServerOptions['env'] = {}): Promise<PlantAServer> {
  const plant = await loadPlantA(engine)
  t.after(plant.drop)
  const server = await startTestServer(
    { engine, nowMs: plantANowMs, env: { RATE_LIMIT_PER_MINUTE: '100000', TENANT_RATE_LIMIT_PER_MINUTE: '100000', ...env } },
    t,
  )
  const { db, clock, secrets } = server.ctx
  const person = { username: 'ana', email: 'ana@example.com', password: plantAPassword }
  const made = await createTenantWithAdmin(db, { clock }, { companyName: 'Planta A', ...person, config: await plantAConfig() })
  await saveAttachment({ ...db, tenantId: made.tenantId }, secrets, { url: plant.url, canManage: false, nowMs: clock.nowMs() })
  const client = server.newClient()
  await client.signInApi(person.username, plantAPassword)
  return { server, client, slug: made.slug, tenantId: made.tenantId, plantUrl: plant.url }
}
