/** A company with a small plant, whose configuration is read, compared and taken in over the API. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { startTestServer } from '../../../test/harness/server.ts'
import { type SmallPlant, smallPlant } from '../../../test/harness/small-plant.ts'
import type { Engine } from '../../platform/db/index.ts'
import { saveAttachment } from '../source/index.ts'

const noon = Date.UTC(2026, 9, 19, 17, 0)
export const url = '/api/v1/plant/configuration'
export type File = {
  version: number
  company: { uuid: string }
  settings: Record<string, unknown>
  records: Record<string, { id: number; values: Record<string, unknown> }[]>
  layouts: { role: string; widgets: { widget: string }[]; filters: number[]; tabs: { key: string }[] }[]
}
export type Change = { section: string; kind: string; name: string; fields: { field: string; before: unknown; after: unknown }[] }
export const codeOf = ({ status, body }: { status: number; body: unknown }) => [status, (body as { code?: string }).code ?? 'ok']

export async function setUp(engine: Engine, t: TestContext, { isManaged }: { isManaged: boolean }) {
  const server = await startTestServer({ engine, nowMs: noon }, t)
  const plant: SmallPlant = await smallPlant(server, engine, 'canario', 5)
  const [{ id: tenantId } = { id: 0 }] = await server.ctx.db.kysely
    .selectFrom('tenants')
    .select('id')
    .where('slug', '=', plant.slug)
    .execute()
  await saveAttachment({ ...server.ctx.db, tenantId }, server.ctx.secrets, { url: plant.plantUrl, canManage: isManaged, nowMs: noon })
  const client = server.newClient()
  await client.signInApi(plant.username, plant.password)
  const read = async (): Promise<File> => (await client.json(url)).body as File
  const preview = async (file: unknown) => {
    const answer = await client.json(`${url}/preview`, { file })
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return answer.body as { base: string; changes: Change[] }
  }
  const apply = (file: unknown, base?: string) => client.json(`${url}/import`, { file, ...(base && { base }) })
  return { server, tenantId, plant, client, read, preview, apply }
}

export const records = (file: File, kind: string) => file.records[kind] ?? []
