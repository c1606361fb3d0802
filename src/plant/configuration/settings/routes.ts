/** `/api/v1/plant/settings`: what is set, changing it, and what a change would have done to yesterday. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { originOf, requireTenant } from '../../../identity/index.ts'
import { route } from '../../../platform/http/index.ts'
import type { Language } from '../../../platform/i18n/index.ts'
import { EffectSchema, effectBody } from '../effect-body.ts'
import { SettingsBody, SettingsInput } from './schema.ts'
import { previewPlantSettings, type ReadSettings, readPlantSettings, type SettingsDeps, savePlantSettings } from './service.ts'

const url = '/api/v1/plant/settings'
const tags = ['plant']
const access = 'configure_plant'
export const settingsRate = { bucket: 'plant-settings', perMinute: 60 }

const Settings = Type.Object({
  version: Type.String({ description: 'To be sent back with a change' }),
  settings: SettingsBody,
  edited: Type.Union([
    Type.Object({ by: Type.Union([Type.String(), Type.Null()]), at: Type.String({ format: 'date-time' }) }),
    Type.Null(),
  ]),
  warnings: Type.Array(Type.String()),
})

const told = ({ version, body, edited, warnings }: ReadSettings, language: Language) => ({
  version,
  settings: body,
  edited: edited && { by: edited.by, at: new Date(edited.atMs).toISOString() },
  warnings: warnings.map((warning) => warning[language]),
})

export function registerSettingsRoutes(app: FastifyInstance, deps: SettingsDeps): void {
  route(app, {
    method: 'GET',
    url,
    access,
    summary: "The plant's settings, with the version that a change must name",
    tags,
    rate: settingsRate,
    reply: { 200: Settings },
    handler: ({ request }) =>
      deps.plants.withPlant(requireTenant(request).tenant.tenantId, async ({ model }) =>
        told(await readPlantSettings(deps, model), request.language),
      ),
  })
  route(app, {
    method: 'PUT',
    url,
    access,
    summary: 'Changes the settings that are named; 409 when somebody changed them since `version`',
    tags,
    body: Type.Object({ version: Type.String({ maxLength: 64 }), ...SettingsInput.properties }),
    rate: settingsRate,
    reply: { 200: Settings },
    handler: async ({ request, body: { version, ...input } }) => {
      const actor = requireTenant(request)
      const { tenantId } = actor.tenant
      await deps.plants.withPlant(tenantId, ({ model }) =>
        savePlantSettings(deps, { actor, origin: originOf(request) }, model, version, input),
      )
      return deps.plants.withPlant(tenantId, async ({ model }) => told(await readPlantSettings(deps, model), request.language))
    },
  })
  route(app, {
    method: 'POST',
    url: `${url}/preview`,
    access,
    summary: 'What yesterday would have been with these settings; changes nothing',
    tags,
    body: SettingsInput,
    rate: settingsRate,
    reply: { 200: Type.Object({ effect: Type.Union([EffectSchema, Type.Null()]) }) },
    handler: ({ request, body }) =>
      deps.plants.withPlant(requireTenant(request).tenant.tenantId, async (plant) => {
        const { effect } = await previewPlantSettings(deps, plant, body)
        return { effect: effect && effectBody(effect) }
      }),
  })
}
