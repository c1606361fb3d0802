/** One question of an integrator: scope, facts, and the row that remembers it. */
import type { TenantActor } from '../../identity/index.ts'
import type { Language } from '../../platform/i18n/index.ts'
import { type FactNeeds, type Facts, gatherFacts } from '../facts/index.ts'
import type { PlantModel } from '../model/index.ts'
import type { Scope } from '../scope/index.ts'
import { scopeForActor, warningsForActor } from './bound-lines.ts'
import { type DashboardDeps, linesOfTab, type OpenPlant, periodOf, refuseUnknownTab, wholeSecondMs } from './service.ts'

/** The model is the plant's; for a bound screen without the warnings that it may not read. */
export type Asked = { readonly scope: Scope; readonly facts: Facts; readonly model: PlantModel }
export const everyNeed: FactNeeds = { previous: true, status: true, recent: false }
export const onlyRange: FactNeeds = { previous: false, status: false, recent: false }

/** Throws invalid_filters (422), range_too_large and plant_unavailable (503). `more` reads further in the same opened plant. */
export const askPlant = async <More = undefined>(
  deps: DashboardDeps,
  actor: TenantActor,
  raw: Readonly<Record<string, unknown>>,
  needs: FactNeeds,
  more?: (plant: OpenPlant, asked: Asked) => Promise<More>,
  /** A refresh that a machine makes: no `user_queries` row. */
  isLive = false,
): Promise<Asked & { readonly more: More | undefined }> => {
  const startedAt = performance.now()
  const askedAtMs = wholeSecondMs(deps.clock.nowMs())
  const answer = await deps.plants.withPlant(actor.tenant.tenantId, async (plant) => {
    const scope = scopeForActor(deps.answers.scopeOf, actor, plant.model, raw, askedAtMs)
    const facts = await gatherFacts(plant.db, plant.model, scope, { needs, history: deps.histories.of(plant) })
    const model = actor.lineIds === null ? plant.model : { ...plant.model, warnings: warningsForActor(actor, plant.model) }
    const asked = { scope, facts, model }
    return { ...asked, more: await more?.(plant, asked) }
  })
  if (isLive) return answer
  deps.userQueries.record({
    userId: actor.userId,
    tenantId: actor.tenant.tenantId,
    username: actor.username,
    parameters: answer.scope.parameters,
    scope: answer.scope,
    durationMs: Math.round(performance.now() - startedAt),
    askedAtMs,
  })
  return answer
}

/** The question of a tab of the dashboard: where the tab has lines of its own, "all lines" are those. Throws unknown_tab (422), too. */
export async function askTab(
  deps: DashboardDeps,
  actor: TenantActor,
  raw: Readonly<Record<string, unknown>>,
  tab: string | undefined,
  needs: FactNeeds,
): Promise<Asked> {
  const layout = await deps.layouts.of(actor)
  refuseUnknownTab(layout, tab)
  const model = await deps.plants.withPlant(actor.tenant.tenantId, async (plant) => plant.model)
  return askPlant(deps, actor, linesOfTab(layout, tab, model, raw), needs)
}

/** What every answer says about its question. */
export const aboutAnswer = ({ scope, facts, model }: Asked, language: Language) => ({
  period: periodOf(scope),
  lines_queried: scope.lines.map(({ lineId }) => lineId),
  is_multi_line: scope.isMultiLine,
  warnings: [...new Set([...facts.warnings, ...model.warnings].map((warning) => warning[language]))],
})
