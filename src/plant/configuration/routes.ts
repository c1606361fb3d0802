/** `/t/{company}/plant`: what the plant is made of, and the way to each page that changes it. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { pageOf, requireTenant } from '../../identity/index.ts'
import { htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import { plantPaths } from '../navigation.ts'
import { registerCalendarPages } from './calendar/pages.ts'
import { overviewPage } from './overview.ts'
import { registerSettingsPages } from './settings/pages.ts'
import { registerSettingsRoutes } from './settings/routes.ts'
import type { SettingsDeps } from './settings/service.ts'

export type ConfigurationDeps = SettingsDeps

export const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })

/** `/api/v1/plant/*`. */
export function registerConfigurationRoutes(app: FastifyInstance, deps: ConfigurationDeps): void {
  registerSettingsRoutes(app, deps)
}

export function registerConfigurationPages(app: FastifyInstance, deps: ConfigurationDeps): void {
  registerSettingsPages(app, deps)
  registerCalendarPages(app, deps)
  route(app, {
    method: 'GET',
    url: plantPaths.plant(':company'),
    access: 'configure_plant',
    summary: 'Page: what the plant is made of, and the way to each page that changes it',
    tags: ['pages'],
    params: CompanyPath,
    reply: { 200: htmlReply },
    handler: async ({ request }) => {
      const actor = requireTenant(request)
      try {
        return await deps.plants.withPlant(actor.tenant.tenantId, async ({ model, canManage }) =>
          overviewPage(pageOf(request), actor, { model, canManage }),
        )
      } catch (error) {
        // who may give the company its plant is led there
        const isMissing = error instanceof Problem && error.code === 'plant_not_attached'
        if (!isMissing || !actor.permissions.has('manage_company')) throw error
        return seeOther(request, plantPaths.attach(actor.tenant.slug))
      }
    },
  })
}
