/** A company with a running line, reasons, an operator with a PIN and a screen in the hall. Plant time is UTC; it is 15:00 of a Tuesday. */
import assert from 'node:assert/strict'
import { setPin } from '../../src/identity/displays/index.ts'
import { createUser, findTenant } from '../../src/identity/index.ts'
import { insertDetections } from '../../src/plant/source/index.ts'
import type { Engine } from '../../src/platform/db/index.ts'
import { openPlantKysely } from '../../src/platform/db/index.ts'
import type { Client } from './client.ts'
import type { TestServer } from './server.ts'
import { type SmallPlant, smallPlant } from './small-plant.ts'

export const hallNowMs = Date.parse('2026-10-20T15:00:00Z')
export const pin = '2580'

export type Hall = {
  readonly plant: SmallPlant
  readonly tenantId: number
  readonly operatorId: number
  readonly operatorName: string
  /** Codes of incidents. */
  readonly jam: number
  readonly empty: number
  readonly addPieces: (times: readonly string[], lineId?: number) => Promise<void>
  /** A screen of its own; answers its cookie beside it. */
  readonly pairScreen: (
    values?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly screen: Client; readonly cookie: string; readonly uuid: string }>
  readonly revoke: (uuid: string) => Promise<void>
}

const html = { accept: 'text/html' }
const hidden = (page: string, name: string): string => page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? ''

/** Line 1: pieces each 30 s from 06:00 to 11:00 (a recorded stop 06:00–06:10), nothing until 12:00, pieces until 12:30, and none since: one stop that is
 *  over and one that goes on. */
export async function hall(server: TestServer, engine: Engine, canary = 'PLANTA'): Promise<Hall> {
  const plant = await smallPlant(server, engine, canary, 600)
  const opened = await openPlantKysely(plant.plantUrl)
  const { kysely } = opened
  await kysely.insertInto('failure').values({ type_failure: 'Mecánica', description: 'Fallas mecánicas' }).execute()
  const failure = await kysely.selectFrom('failure').select('failure_id').executeTakeFirstOrThrow()
  for (const [code, description] of [
    ['ATASCO', 'Atasco en la salida'],
    ['VACIO', 'Falta de producto'],
  ] as const)
    await kysely
      .insertInto('incident')
      .values({ failure_id: failure.failure_id, incident_code: code, description, has_solution: 0 })
      .execute()
  const incidents = await kysely.selectFrom('incident').select(['incident_id', 'incident_code']).execute()
  const codeOf = (code: string): number => Number(incidents.find((one) => one.incident_code === code)?.incident_id)
  const addPieces: Hall['addPieces'] = async (times, lineId = 1) => {
    const rows = times.map((detectedAt) => ({ detectedAt, areaId: lineId, productId: lineId }))
    const own = await openPlantKysely(plant.plantUrl)
    await insertDetections({ tenantId: 0, engine: own.engine, kysely: own.kysely }, `detection_line_l${lineId}`, rows)
    await own.close()
  }
  await opened.close()
  const noon = Date.parse('2026-10-20T12:00:00Z')
  await addPieces(Array.from({ length: 61 }, (_, at) => new Date(noon + at * 30_000).toISOString().slice(0, 19).replace('T', ' ')))
  const { db, clock } = server.ctx
  const tenant = await findTenant(db, plant.slug)
  assert.ok(tenant)
  const { tenantId } = tenant
  const person = { username: `olga-${plant.slug}`, email: `olga-${plant.slug}@example.com`, password: plant.password, tenantId }
  const { userId: operatorId } = await createUser(db, { clock }, null, { ...person, role: 'OPERATOR', fullName: 'Olga Ruiz' })
  await setPin({ ...db, tenantId }, { clock }, { userId: operatorId }, operatorId, pin)
  const owner = server.newClient()
  await owner.signIn(plant.username, plant.password)
  const here = `/t/${plant.slug}/admin/displays`
  const post = (client: Client, path: string, values: Readonly<Record<string, string>>) =>
    client.fetch(path, {
      method: 'POST',
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(values).toString(),
    })
  const csrf_token = hidden(await (await owner.fetch(here, { headers: html })).text(), 'csrf_token')
  return {
    plant,
    tenantId,
    operatorId,
    operatorName: 'Olga Ruiz',
    jam: codeOf('ATASCO'),
    empty: codeOf('VACIO'),
    addPieces,
    async pairScreen(values = {}) {
      const made = await (await post(owner, here, { csrf_token, name: 'Tableta 1', page: 'operator', ...values })).text()
      const code = made.match(/class="pair-code">([^<]+)</)?.[1] ?? ''
      const screen = server.newClient()
      const form = await (await screen.fetch('/display', { headers: html })).text()
      const paired = await post(screen, '/display', { code, csrf_token: hidden(form, 'csrf_token') })
      assert.equal(paired.status, 303)
      const { uuid } = await db.kysely
        .selectFrom('displays')
        .select('uuid')
        .where('tenant_id', '=', tenantId)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirstOrThrow()
      return { screen, cookie: screen.cookies.get('andon_display') ?? '', uuid }
    },
    async revoke(uuid) {
      assert.equal((await post(owner, `${here}/${uuid}/revoke`, { csrf_token })).status, 303)
    },
  }
}
