/** `GET /api/v1/system/clock-health`: the cameras' clocks, line by line. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { route } from '../../platform/http/index.ts'
import { type Clock, formatLocal, zoneOf } from '../../platform/time/index.ts'
import { readContext } from '../detections/index.ts'
import type { Histories } from '../history/index.ts'
import type { OpenPlant, Plants } from '../model/index.ts'
import { ClockHealthSchema, clockHealthBody } from './body.ts'
import type { LineClock } from './clock-health.ts'
import { readClocks } from './read.ts'

export type ClockHealthDeps = {
  readonly plants: Pick<Plants, 'withPlant'>
  readonly histories: Pick<Histories, 'of'>
  readonly clock: Clock
}

/** Of the active lines of an open plant; a history that is still loading, or cannot be had, is done without. */
export async function plantClocks(
  { histories, clock }: Pick<ClockHealthDeps, 'histories' | 'clock'>,
  plant: OpenPlant,
): Promise<LineClock[]> {
  const { db, model } = plant
  const lines = model.lines.filter(({ isActive, detectionTable }) => isActive && detectionTable !== null)
  const history = histories.of(plant)
  const views = new Map(
    await Promise.all(
      [...history.answers(lines)].map(
        async ([lineId, answer]) =>
          [
            lineId,
            await answer.then(
              (one) => one?.view ?? null,
              () => null,
            ),
          ] as const,
      ),
    ),
  )
  const context = readContext(db, zoneOf(model.settings.timeZone), Math.floor(clock.nowMs() / 1000), {})
  return readClocks({ context, model, memory: history.memory, viewOf: ({ lineId }) => views.get(lineId) ?? null }, lines)
}

const Body = Type.Object({ ...ClockHealthSchema.properties, now_local: Type.String(), time_zone: Type.String() })

export const registerClockHealthRoutes = (app: FastifyInstance, deps: ClockHealthDeps): void =>
  route(app, {
    method: 'GET',
    url: '/api/v1/system/clock-health',
    access: 'configure_plant',
    summary: 'Clocks of the cameras per line: ahead, behind, whole hours off, late rows, one that is silent while others see pieces',
    tags: ['system'],
    rate: { bucket: 'system', perMinute: 20 },
    reply: { 200: Body },
    handler: ({ request }) =>
      deps.plants.withPlant(requireTenant(request).tenant.tenantId, async (plant) => {
        const zone = zoneOf(plant.model.settings.timeZone)
        const nowLocal = formatLocal(zone.toLocalS(Math.floor(deps.clock.nowMs() / 1000))).replace(' ', 'T')
        const clocks = await plantClocks(deps, plant)
        return { ...clockHealthBody(clocks, request.language), now_local: nowLocal, time_zone: zone.timeZone }
      }),
  })
