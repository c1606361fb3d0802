/** `/api/v1/tenants/{ref}/plant`: a company's plant database as the platform's operator looks after it. Its address never comes back. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { originOf, requireActor } from '../../identity/index.ts'
import { answer, emptyReply, route } from '../../platform/http/index.ts'
import type { Language } from '../../platform/i18n/i18n.ts'
import { type Plants, performanceUnits, readSettings } from '../model/index.ts'
import { type Check, verifyTenant, worst } from '../system/index.ts'
import { attachPlant, type By, detachPlant, giveOwnPlant, mustFindTenant, type PlantDeps, plantState, rotatePlant } from './plant.ts'

export type TenantDeps = PlantDeps & { readonly plants: Plants }

const tags = ['tenants']
const access = 'manage_tenants'
export const RefPath = Type.Object({ ref: Type.String({ maxLength: 100 }) })
/** Each try opens a connection to wherever it was told. */
export const tryRate = { isShared: true, bucket: 'plant-try', perMinute: 20, by: 'person' } as const
const nullable = Type.Union([Type.String(), Type.Null()])

const PlantObject = Type.Object({
  tenant_id: Type.Integer(),
  is_attached: Type.Boolean(),
  is_readable: Type.Boolean({ description: 'False: the stored address cannot be opened, since SECRET_KEY changed' }),
  address: Type.Union([Type.String(), Type.Null()], { description: 'Where, which database, as whom; never the password' }),
  can_manage: Type.Boolean(),
  is_own: Type.Boolean({ description: 'Made by Andon' }),
  timezone: nullable,
  performance_unit: Type.String(),
})

const Status = Type.Union([Type.Literal('ok'), Type.Literal('warn'), Type.Literal('error')])
const Verification = Type.Object({
  status: Status,
  checks: Type.Array(
    Type.Object({
      id: Type.String(),
      status: Status,
      title: Type.String(),
      finding: Type.String(),
      advice: nullable,
      counts: Type.Record(Type.String(), Type.Number()),
    }),
  ),
})

export const byOperator = (request: FastifyRequest): By => ({ actor: requireActor(request), origin: originOf(request), mayBeFile: false })

async function plantObject(deps: TenantDeps, ref: string | number) {
  const tenant = await mustFindTenant(deps.db, ref)
  const state = await plantState(deps, tenant.tenantId)
  const { performanceUnit } = readSettings(tenant.config, 'UTC').settings
  const isAttached = state.kind === 'attached'
  return {
    tenant_id: tenant.tenantId,
    is_attached: state.kind !== 'none',
    is_readable: state.kind !== 'sealed',
    address: isAttached ? state.address : null,
    can_manage: isAttached && state.canManage,
    is_own: isAttached && state.isOwn,
    timezone: typeof tenant.config.timezone === 'string' ? tenant.config.timezone : null,
    performance_unit: performanceUnit,
  }
}

const told = (checks: readonly Check[], language: Language) => ({
  status: worst(checks),
  checks: checks.map((check) => ({
    id: check.id,
    status: check.status,
    title: check.title[language],
    finding: check.finding[language],
    advice: check.advice?.[language] ?? null,
    counts: check.counts,
  })),
})

export function registerTenantPlantRoutes(app: FastifyInstance, deps: TenantDeps): void {
  const url = '/api/v1/tenants/:ref/plant'
  route(app, {
    method: 'GET',
    url,
    access,
    summary: "A company's plant database: where and how, never with which password",
    tags,
    params: RefPath,
    reply: { 200: PlantObject },
    handler: ({ params }) => plantObject(deps, params.ref),
  })
  route(app, {
    method: 'POST',
    url,
    access,
    summary: 'Attach a plant database, tried before it is kept; without `url`, one made by Andon',
    tags,
    params: RefPath,
    body: Type.Object({
      url: Type.Optional(Type.String({ maxLength: 2000, description: 'mysql://… or postgres://…' })),
      can_manage: Type.Optional(Type.Boolean({ description: 'Andon may create tables and change metadata' })),
      timezone: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      performance_unit: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: performanceUnits.join(', ') })),
    }),
    rate: tryRate,
    reply: { 201: PlantObject },
    handler: async ({ request, params, body }) => {
      const by = byOperator(request)
      if (body.url === undefined) await giveOwnPlant(deps, by, params.ref)
      else
        await attachPlant(deps, by, params.ref, {
          url: body.url,
          canManage: body.can_manage ?? false,
          timeZone: body.timezone ?? null,
          performanceUnit: body.performance_unit ?? null,
        })
      return plantObject(deps, params.ref)
    },
  })
  route(app, {
    method: 'PUT',
    url: `${url}/credentials`,
    access,
    summary: 'Another account for the same database, tried before it is kept; nobody is without a working one meanwhile',
    tags,
    params: RefPath,
    body: Type.Object({ user: Type.String({ maxLength: 200 }), password: Type.String({ maxLength: 500 }) }),
    rate: tryRate,
    reply: { 200: PlantObject },
    handler: async ({ request, params, body }) => {
      await rotatePlant(deps, byOperator(request), params.ref, body)
      return plantObject(deps, params.ref)
    },
  })
  route(app, {
    method: 'DELETE',
    url,
    access,
    summary: "Detach the plant; `confirmation` is the company's name. The customer's database is not touched",
    tags,
    params: RefPath,
    body: Type.Object({ confirmation: Type.String({ maxLength: 200 }) }),
    reply: { 204: emptyReply },
    handler: async ({ request, params, body }) => {
      await detachPlant(deps, byOperator(request), params.ref, body.confirmation)
      return answer(204)
    },
  })
  route(app, {
    method: 'GET',
    url: `${url}/verification`,
    access,
    summary: "Checks of a company's plant database: what each means and what to do",
    tags,
    params: RefPath,
    rate: tryRate,
    reply: { 200: Verification },
    handler: async ({ request, params }) => {
      const { tenantId } = await mustFindTenant(deps.db, params.ref)
      return told(await verifyTenant(deps, tenantId), request.language)
    },
  })
}
