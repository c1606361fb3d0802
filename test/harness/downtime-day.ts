/** A company with a day of stops on line 1, looked at on the next day at 15:00: plant time is UTC, shifts are 06–14 and 14–22.
 *  Recorded: 06:00–06:10 with words, 08:00–08:03 without reason, 09:00–09:20 with a reason. Calculated, without reason: 10:59:30–11:20,
 *  13:59:30–14:10 over the change of shift, 17:59:30–18:30. */
import assert from 'node:assert/strict'
import { createUser, findTenant } from '../../src/identity/index.ts'
import { insertDetections } from '../../src/plant/source/index.ts'
import type { Engine } from '../../src/platform/db/index.ts'
import { openPlantKysely } from '../../src/platform/db/index.ts'
import type { TestServer } from './server.ts'
import { type SmallPlant, smallPlant } from './small-plant.ts'

const day = '2026-10-20'
/** The server's clock at first: the plant is made on its day. */
export const downtimeDayMs = Date.parse(`${day}T15:00:00Z`)

export type DowntimeDay = SmallPlant & {
  readonly tenantId: number
  /** Codes of incidents of two kinds of failure. */
  readonly jam: number
  readonly belt: number
  readonly power: number
  /** Makes somebody with this role; the password is the plant's. */
  readonly person: (username: string, role: string) => Promise<string>
}

export async function downtimeDay(server: TestServer, engine: Engine, canary = 'DIA'): Promise<DowntimeDay> {
  const plant = await smallPlant(server, engine, canary, 600)
  const opened = await openPlantKysely(plant.plantUrl)
  const { kysely } = opened
  const db = { tenantId: 0, engine: opened.engine, kysely }
  for (const [name, start, end] of [
    ['Mañana', '06:00:00', '14:00:00'],
    ['Tarde', '14:00:00', '22:00:00'],
  ] as const)
    await kysely
      .insertInto('shift')
      .values({
        shift_name: name,
        description: '',
        shift_status: 1,
        days_implemented: '[]',
        start_time: start,
        end_time: end,
        is_overnight: 0,
      })
      .execute()
  for (const name of ['Mecánica', 'Eléctrica'])
    await kysely.insertInto('failure').values({ type_failure: name, description: name }).execute()
  const failures = await kysely.selectFrom('failure').select(['failure_id', 'type_failure']).execute()
  const failureOf = (name: string): number => Number(failures.find((one) => one.type_failure === name)?.failure_id)
  for (const [failure, code, description] of [
    ['Mecánica', 'M1', 'Atasco en la salida'],
    ['Mecánica', 'M2', 'Banda cortada'],
    ['Eléctrica', 'E1', 'Corte de energía'],
  ] as const)
    await kysely
      .insertInto('incident')
      .values({ failure_id: failureOf(failure), incident_code: code, description, has_solution: 0 })
      .execute()
  const incidents = await kysely.selectFrom('incident').select(['incident_id', 'incident_code']).execute()
  const codeOf = (code: string): number => Number(incidents.find((one) => one.incident_code === code)?.incident_id)
  const pieces = (from: string, to: string) => {
    const rows = []
    for (let at = Date.parse(`${day}T${from}Z`); at < Date.parse(`${day}T${to}Z`); at += 30_000)
      rows.push({ detectedAt: new Date(at).toISOString().slice(0, 19).replace('T', ' '), areaId: 1, productId: 1 })
    return rows
  }
  const rows = [...pieces('11:20:00', '14:00:00'), ...pieces('14:10:00', '18:00:00'), ...pieces('18:30:00', '22:00:00')]
  await insertDetections(db, 'detection_line_l1', rows)
  for (const [start, end, code] of [
    ['08:00:00', '08:03:00', null],
    ['09:00:00', '09:20:00', codeOf('M1')],
  ] as const)
    await kysely
      .insertInto('downtime_events_l1')
      .values({
        last_detection_id: 1,
        start_time: `${day} ${start}`,
        end_time: `${day} ${end}`,
        duration: (Date.parse(`${day}T${end}Z`) - Date.parse(`${day}T${start}Z`)) / 1_000,
        reason_code: code,
        reason: null,
        is_manual: 0,
        created_at: `${day} ${end}`,
      })
      .execute()
  await opened.close()
  server.clock.advance(86_400_000)
  const tenant = await findTenant(server.ctx.db, plant.slug)
  assert.ok(tenant)
  const { tenantId } = tenant
  return {
    ...plant,
    tenantId,
    jam: codeOf('M1'),
    belt: codeOf('M2'),
    power: codeOf('E1'),
    async person(username, role) {
      const { db: platform, clock } = server.ctx
      const made = { username, email: `${username}@example.com`, password: plant.password, tenantId, role }
      await createUser(platform, { clock }, null, made)
      return username
    },
  }
}
