/** What the page shows, read once: the API's own answer, and what only pages say beside it. */
import type { FastifyRequest } from 'fastify'
import { requireTenant, type TenantActor } from '../../identity/index.ts'
import type { Problem } from '../../platform/http/index.ts'
import type { Language } from '../../platform/i18n/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { type Asked, aboutAnswer, askPlant, type DashboardDeps, modelForActor, type Refusal, refusedBoard } from '../dashboards/index.ts'
import { paretoOf } from '../downtime/index.ts'
import type { PlantModel } from '../model/index.ts'
import { describeFilters, type FilterDescription } from '../scope/index.ts'
import { pendingReasons, type StopDeps, storedIn } from '../stops/index.ts'
import { downtimeFigures } from './figures.ts'
import { isWaiting, listPage } from './list.ts'
import { type DowntimeQuery, type PageAsked, readDowntimeQuery } from './page-query.ts'
import { refText } from './stop-ref.ts'
import { timelinePage } from './timeline.ts'
import type { DowntimeBoard, Rights } from './views/model.ts'

export type DowntimeDeps = DashboardDeps & StopDeps

/** Strips of a page: a day of three shifts on four lines. */
const stripsShown = 12

const needs = { previous: false, status: true, recent: false }

export const rightsOf = ({ permissions }: Pick<TenantActor, 'permissions'>): Rights => ({
  mayExplain: permissions.has('annotate_downtime'),
  mayChange: permissions.has('recalculate_downtime'),
  mayDelete: permissions.has('manage_company'),
})

export type PageData = {
  readonly status: number
  readonly asked: PageAsked
  readonly filters: readonly FilterDescription[]
  readonly board: DowntimeBoard | Refusal | 'no_lines'
  readonly problem: Problem | null
}

/** Refusals become part of the page, so that the filters can be set right. */
export async function loadPage(deps: DowntimeDeps, request: FastifyRequest, query: DowntimeQuery, isLive: boolean): Promise<PageData> {
  const actor = requireTenant(request)
  const { language } = request
  const nowMs = deps.clock.nowMs()
  let asked = readDowntimeQuery(query, 0)
  let filters: readonly FilterDescription[] = []
  try {
    const model = await deps.plants.withPlant(actor.tenant.tenantId, async (plant) => plant.model)
    asked = readDowntimeQuery(query, zoneOf(model.settings.timeZone).toLocalS(Math.floor(nowMs / 1_000)))
    if (!isLive) filters = filtersOf(modelForActor(actor, model), language, nowMs)
    const answer = await askPlant(deps, actor, asked.raw, needs, undefined, isLive)
    return { status: 200, asked, filters, board: await boardOf(deps, actor, answer, asked, language), problem: null }
  } catch (error) {
    return { asked, filters, ...refusedBoard(error, filters, language) }
  }
}

const shownFilters = ['DateRangeFilter', 'ProductionLineFilter', 'ShiftFilter'] as const

/** The customer's own rows of these, and the built-in ones for those without a row. */
function filtersOf(model: PlantModel, language: Language, nowMs: number): FilterDescription[] {
  const own = describeFilters(model, null, language, nowMs)
  const builtIn = describeFilters({ ...model, filters: [] }, null, language, nowMs)
  return shownFilters.flatMap((name) => [...own, ...builtIn].find((filter) => filter.class_name === name) ?? [])
}

async function boardOf(
  deps: DowntimeDeps,
  actor: TenantActor,
  answer: Asked,
  { view }: PageAsked,
  language: Language,
): Promise<DowntimeBoard> {
  const { scope, facts, model } = answer
  const { tenantId } = actor.tenant
  const lineIds = scope.lines.map(({ lineId }) => lineId)
  const [places, pending] = await Promise.all([storedIn(deps, tenantId, lineIds), pendingReasons({ ...deps.db, tenantId }, lineIds)])
  const first = facts.stops.findLast(isWaiting)
  return {
    scope,
    model,
    shiftName: model.shifts.find(({ shiftId }) => shiftId === scope.shiftId)?.shiftName ?? null,
    figures: downtimeFigures(model, zoneOf(model.settings.timeZone), scope, facts),
    timeline: timelinePage(model, scope, facts, view.strips, stripsShown),
    pareto: paretoOf(facts.stops, view.by, view.measure),
    list: listPage(facts.stops, view, view.page),
    firstWaiting: first ? { lineId: first.lineId, ref: refText(first) } : null,
    platformLines: scope.lines.filter(({ lineId }) => places.get(lineId) === 'platform').map(({ lineName }) => lineName),
    pending,
    warnings: aboutAnswer(answer, language).warnings,
    dataAgeS: facts.newestDetectionLocalS === null ? null : Math.max(0, scope.now.localS - facts.newestDetectionLocalS),
  }
}
