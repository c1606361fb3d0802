/** A server with a company whose plant is there to be edited, its administrator and somebody who only looks. */
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { editingNowMs, makeEditablePlantDatabase } from '../../../test/harness/editable-plant.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { createTenantWithAdmin, createUser } from '../../identity/index.ts'
import { type Engine, openPlantKysely } from '../../platform/db/index.ts'
import { saveAttachment } from '../source/index.ts'

export const password = 'Segura123!'

export async function startEditing(engine: Engine, t: TestContext, canManage: boolean) {
  const server = await startTestServer({ engine, nowMs: editingNowMs }, t)
  const { db, clock, secrets } = server.ctx
  const plantUrl = await makeEditablePlantDatabase(engine, t)
  const name = `jefa${randomBytes(3).toString('hex')}`
  const person = { username: name, email: `${name}@example.com`, password }
  const { tenantId, slug } = await createTenantWithAdmin(
    db,
    { clock },
    { companyName: `Planta ${name}`, ...person, config: { timezone: 'UTC', limits: { max_lines: 2 } } },
  )
  await saveAttachment({ ...db, tenantId }, secrets, { url: plantUrl, canManage, nowMs: clock.nowMs() })
  const viewer = { username: `v${name}`, email: `v${name}@example.com`, password, role: 'VIEWER', fullName: 'V' } as const
  await createUser(db, { clock }, null, { tenantId, ...viewer })
  const signedIn = async (username: string) => {
    const client = server.newClient()
    await client.signInApi(username, password)
    return client
  }
  const [admin, reader] = [await signedIn(name), await signedIn(viewer.username)]
  const call = async (method: string, path: string, body?: object) => {
    const answer = await admin.json(`/api/v1/production/${path}`, body, { method })
    return {
      status: answer.status,
      body: answer.body as Record<string, unknown> & { items: Record<string, unknown>[] },
      headers: answer.headers,
    }
  }
  /** Straight into the customer's database, past Andon. */
  const onPlant = async <T>(work: (kysely: Awaited<ReturnType<typeof openPlantKysely>>['kysely']) => Promise<T>): Promise<T> => {
    const opened = await openPlantKysely(plantUrl)
    try {
      return await work(opened.kysely)
    } finally {
      await opened.close()
    }
  }
  return { server, name, slug, reader, call, onPlant }
}

/** The same, with the administrator at its pages: paths below `/t/{company}/plant/`. */
export async function startEditingPages(t: TestContext, canManage: boolean) {
  const started = await startEditing('sqlite', t, canManage)
  const { server, name, slug } = started
  const client = server.newClient()
  await client.signIn(name, password)
  const base = `/t/${slug}/plant`
  const get = async (path: string) => {
    const response = await client.fetch(`${base}/${path}`)
    return { status: response.status, text: await response.text() }
  }
  const post = async (path: string, values: Readonly<Record<string, string | readonly string[]>>) => {
    const body = new URLSearchParams(
      Object.entries(values).flatMap(([key, value]) => [value].flat().map((one): [string, string] => [key, one])),
    )
    const response = await client.fetch(`${base}/${path}`, { method: 'POST', body })
    return { status: response.status, location: response.headers.get('location') ?? '', text: await response.text() }
  }
  return { ...started, get, post }
}
