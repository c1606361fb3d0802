/** What a layout of this company may name. */
import type { TenantActor } from '../../identity/index.ts'
import { Problem } from '../../platform/http/index.ts'
import type { PlantModel } from '../model/index.ts'
import type { KnownIds } from './layout-faults.ts'
import type { DashboardDeps } from './service.ts'

type Deps = Pick<DashboardDeps, 'plants' | 'layouts'>

/** Null: the plant does not answer, or there is none yet. */
export async function modelIfAny({ plants }: Pick<Deps, 'plants'>, tenantId: number): Promise<PlantModel | null> {
  try {
    return await plants.withPlant(tenantId, async ({ model }) => model)
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}

export async function knownIds(deps: Deps, actor: TenantActor): Promise<KnownIds> {
  const [catalogue, model] = await Promise.all([deps.layouts.catalogueOf(actor), modelIfAny(deps, actor.tenant.tenantId)])
  return {
    widgetIds: new Set(catalogue.map(({ widgetId }) => widgetId)),
    filterIds: model && new Set(model.filters.map(({ filterId }) => filterId)),
    lineIds: model && new Set(model.lines.map(({ lineId }) => lineId)),
  }
}
