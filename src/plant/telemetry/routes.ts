/** `/t/{company}/system/box` and `GET /api/v1/system/telemetry`: the vision box of a plant. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { pageOf, requireTenant } from '../../identity/index.ts'
import { htmlReply, Problem, route } from '../../platform/http/index.ts'
import { type Clock, zoneOf } from '../../platform/time/index.ts'
import type { OpenPlant, Plants } from '../model/index.ts'
import { plantNavigation } from '../navigation.ts'
import { readTelemetry } from './read.ts'
import { isStale, type Sample } from './telemetry.ts'
import { telemetryView } from './view.ts'

export type TelemetryDeps = { readonly plants: Pick<Plants, 'withPlant'>; readonly clock: Clock }

const nullable = <S extends ReturnType<typeof Type.Number> | ReturnType<typeof Type.String>>(schema: S) => Type.Union([schema, Type.Null()])
const instant = Type.String({ format: 'date-time' })
const figures = {
  measured_at: instant,
  cpu_percent: nullable(Type.Number()),
  gpu_percent: nullable(Type.Number()),
  ram_percent: nullable(Type.Number()),
  cpu_celsius: nullable(Type.Number()),
  gpu_celsius: nullable(Type.Number()),
}
const Body = Type.Object({
  newest: Type.Union([Type.Object({ ...figures, gpu_name: nullable(Type.String()), is_stale: Type.Boolean() }), Type.Null()]),
  history: Type.Array(Type.Object(figures)),
  events: Type.Array(
    Type.Object({
      at: instant,
      camera_id: Type.Integer(),
      action: Type.String(),
      reason: Type.String(),
      gpu_percent: nullable(Type.Number()),
    }),
  ),
  cameras: Type.Array(
    Type.Object({
      camera_id: Type.Integer(),
      area_id: Type.Integer(),
      area_name: nullable(Type.String()),
      line_name: nullable(Type.String()),
      is_active: Type.Boolean(),
    }),
  ),
})

const iso = (atMs: number): string => new Date(atMs).toISOString()
const body = ({ atMs, cpu, gpu, ram, cpuTemp, gpuTemp }: Sample) => ({
  measured_at: iso(atMs),
  cpu_percent: cpu,
  gpu_percent: gpu,
  ram_percent: ram,
  cpu_celsius: cpuTemp,
  gpu_celsius: gpuTemp,
})

export function registerTelemetryRoutes(app: FastifyInstance, { plants, clock }: TelemetryDeps): void {
  const read = async ({ db, model }: OpenPlant, nowMs: number) => {
    const { timeZone } = model.settings
    return { timeZone, telemetry: await readTelemetry(db, model, zoneOf(timeZone), nowMs) }
  }
  const common = { access: 'configure_plant', tags: ['system'], rate: { bucket: 'system', perMinute: 20 } } as const
  route(app, {
    ...common,
    method: 'GET',
    url: '/api/v1/system/telemetry',
    summary:
      'The vision box: newest load and temperature, a day of them, what its cameras did and which area each sees; empty without its tables',
    reply: { 200: Body },
    handler: ({ request }) =>
      plants.withPlant(requireTenant(request).tenant.tenantId, async (plant) => {
        const nowMs = clock.nowMs()
        const { telemetry } = await read(plant, nowMs)
        const { newest, history, events, cameras } = telemetry
        return {
          newest: newest && { ...body(newest), gpu_name: newest.gpuName, is_stale: isStale(telemetry, nowMs) },
          history: history.map(body),
          events: (events ?? []).map(({ atMs, cameraId, action, reason, gpu }) => ({
            at: iso(atMs),
            camera_id: cameraId,
            action,
            reason,
            gpu_percent: gpu,
          })),
          cameras: (cameras ?? []).map(({ cameraId, areaId, areaName, lineName, isActive }) => ({
            camera_id: cameraId,
            area_id: areaId,
            area_name: areaName,
            line_name: lineName,
            is_active: isActive,
          })),
        }
      }),
  })
  route(app, {
    ...common,
    method: 'GET',
    url: '/t/:company/system/box',
    summary: 'Page: the vision box of the plant',
    params: Type.Object({ company: Type.String({ maxLength: 100 }) }),
    reply: { 200: htmlReply },
    handler: async ({ request }) => {
      const actor = requireTenant(request)
      const page = pageOf(request)
      const nowMs = clock.nowMs()
      const found = await plants
        .withPlant(actor.tenant.tenantId, (plant) => read(plant, nowMs))
        .catch((error: unknown) => {
          if (error instanceof Problem) return null // the page must work exactly then
          throw error
        })
      return telemetryView({
        page,
        nav: plantNavigation(page, actor.tenant.slug, actor, 'system'),
        telemetry: found?.telemetry ?? null,
        timeZone: found?.timeZone ?? 'UTC',
        nowMs,
      })
    },
  })
}
