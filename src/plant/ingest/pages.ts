/** `/t/{company}/plant/ingest`. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { identityPaths, pageOf, requireTenant, type TenantActor } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import { htmlReply, Problem, route } from '../../platform/http/index.ts'
import { configurationPaths } from '../configuration/index.ts'
import type { Plants } from '../model/index.ts'
import { listActivity } from './activity.ts'
import { ledgerStatement } from './ledger.ts'
import { ingestUrl } from './routes.ts'
import { ingestState } from './state.ts'
import { type IngestView, ingestPage } from './view.ts'

export type IngestPageDeps = {
  readonly db: Db
  readonly plants: Pick<Plants, 'withPlant'>
  readonly config: { readonly http: { readonly publicUrl: string } }
}

const shownArrivals = 20

export const registerIngestPages = (app: FastifyInstance, deps: IngestPageDeps): void =>
  route(app, {
    method: 'GET',
    url: configurationPaths.ingest(':company'),
    access: 'configure_plant',
    summary: 'Page: how detections are sent to Andon, and what came lately',
    tags: ['pages'],
    params: Type.Object({ company: Type.String({ maxLength: 100 }) }),
    reply: { 200: htmlReply },
    handler: async ({ request }) => {
      const actor = requireTenant(request)
      return ingestPage(pageOf(request), actor, await viewOf(deps, request, actor))
    },
  })

async function viewOf(deps: IngestPageDeps, request: FastifyRequest, { tenant, permissions }: TenantActor): Promise<IngestView> {
  const { tenantId, slug } = tenant
  const activity = await listActivity({ ...deps.db, tenantId }, shownArrivals)
  const state = await stateOf(deps, tenantId)
  return {
    state,
    activity,
    endpoint: deps.config.http.publicUrl + ingestUrl,
    keysHref: permissions.has('manage_api_keys') ? pageOf(request).url(identityPaths.apiKeys({ company: slug })) : null,
    timeZone: state?.timeZone ?? 'UTC',
  }
}

/** Null: what came lately is shown although the plant's database is away. */
async function stateOf({ plants }: IngestPageDeps, tenantId: number): Promise<IngestView['state']> {
  try {
    return await plants.withPlant(tenantId, async (plant) => ({
      ...(await ingestState(plant)),
      timeZone: plant.model.settings.timeZone,
      products: [...plant.model.products.values()].filter(({ isRetired }) => !isRetired),
      ledgerSql: `${ledgerStatement(plant.db.engine)};`,
    }))
  } catch (error) {
    if (error instanceof Problem && error.code === 'plant_unavailable') return null
    throw error
  }
}
