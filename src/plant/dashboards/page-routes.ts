/** `/t/{company}/dashboard`: the page, the fragment that filters and tabs ask for, and the live refresh. All are the API's one call, drawn. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { pageOf, requireTenant } from '../../identity/index.ts'
import { answer, fieldErrorsOf, htmlReply, Problem, route } from '../../platform/http/index.ts'
import type { Language } from '../../platform/i18n/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { type Html, html } from '../../platform/ui/index.ts'
import { loadingLines } from '../history/index.ts'
import type { Line, PlantModel } from '../model/index.ts'
import { plantNavigation } from '../navigation.ts'
import { describeFilters, type FilterDescription } from '../scope/index.ts'
import { modelForActor } from './bound-lines.ts'
import { LiveQuery, type PageParameters, PageQuery, readPageQuery } from './page-query.ts'
import { isWithoutLines, refusalOf } from './refusal.ts'
import { answerIn, type DashboardAnswer, type DashboardDeps } from './service.ts'
import { boardView, offersRows } from './views/board.ts'
import { dashboardView } from './views/dashboard-page.ts'
import { rangePartial } from './views/filter-panel.ts'
import { historyBanner, historyLoaded } from './views/history-banner.ts'
import type { Board, DashboardPage, FilterPanel, HistoryLoading } from './views/model.ts'

const tags = ['dashboard']
const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })
/** One refresh each 1.5 s at most, from a few windows of the same person. */
const liveRate = { bucket: 'live', perMinute: 120 }

export const registerDashboardPages = (app: FastifyInstance, deps: DashboardDeps): void => {
  route(app, {
    method: 'GET',
    url: '/t/:company/dashboard',
    access: 'view_dashboard',
    summary: 'The dashboard; with HX-Request only the part that filters and tabs replace',
    tags,
    params: CompanyPath,
    query: PageQuery,
    rate: { bucket: 'dashboard', perMinute: 60 },
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => {
      const asked = await ask(deps, request, query, false)
      if (!request.isHtmx) return answer(asked.status, dashboardView(asked.model), asked.problem?.options.headers)
      const board = sharedBoard(deps, asked)
      const whole = asked.model.panel.filters.length > 0 ? html`${board}${rangePartial(asked.model)}` : board
      return answer(asked.status, whole, asked.problem?.options.headers)
    },
  })
  route(app, {
    method: 'GET',
    url: '/t/:company/dashboard/live',
    access: 'view_dashboard',
    summary: 'The same part again, asked by the page itself when a line changed',
    tags,
    params: CompanyPath,
    query: LiveQuery,
    rate: liveRate,
    keepsSessionAlive: false,
    reply: { 200: htmlReply },
    handler: async ({ request, query }): Promise<Html> => {
      const { skip, ...address } = query
      const asked = await ask(deps, request, address, true, skip?.split(',').map(Number))
      if (asked.problem) throw asked.problem
      return sharedBoard(deps, asked)
    },
  })
  route(app, {
    method: 'GET',
    url: '/t/:company/dashboard/history',
    access: 'view_dashboard',
    summary: 'How far the history of the chosen lines is loaded, asked by the page itself until it is',
    tags,
    params: CompanyPath,
    query: PageQuery,
    rate: liveRate,
    keepsSessionAlive: false,
    reply: { 200: htmlReply },
    handler: async ({ request, query }): Promise<Html> => {
      const actor = requireTenant(request)
      const { tenant } = actor
      const model = await deps.plants.withPlant(tenant.tenantId, async (plant) => modelForActor(actor, plant.model))
      const asked = readPageQuery(query, 0)
      const loading = await historyLoading(deps, tenant.tenantId, chosenLines(model, asked.raw))
      const base = { page: pageOf(request), companySlug: tenant.slug, query: asked.query, tab: asked.tab }
      return loading ? historyBanner(base, loading) : historyLoaded(base)
    },
  })
}

/** Null = all of them are complete. Lines count alike, whatever their size. */
async function historyLoading(
  { db }: Pick<DashboardDeps, 'db'>,
  tenantId: number,
  lines: readonly Pick<Line, 'lineId' | 'lineName'>[],
): Promise<HistoryLoading | null> {
  const fractions = new Map((await loadingLines({ ...db, tenantId })).map((line) => [line.lineId, line.loadedFraction]))
  const waiting = lines.filter(({ lineId }) => fractions.has(lineId))
  if (waiting.length === 0) return null
  const sum = lines.reduce((total, { lineId }) => total + (fractions.get(lineId) ?? 1), 0)
  return { loadedFraction: sum / lines.length, lineNames: waiting.map(({ lineName }) => lineName) }
}

/** As the page's address names them; all of them when it names none, or not well. */
function chosenLines(model: PlantModel, raw: Readonly<Record<string, unknown>>): readonly Line[] {
  const ids = new Set(
    String(raw.line_ids ?? raw.line_id ?? '')
      .split(',')
      .map(Number),
  )
  const chosen = model.lines.filter(({ lineId }) => ids.has(lineId))
  return chosen.length > 0 ? chosen : model.lines
}

/** `data` is null when `problem` is not. */
type Asked = {
  readonly status: number
  readonly model: DashboardPage
  readonly problem: Problem | null
  readonly data: DashboardAnswer | null
}

async function ask(
  deps: DashboardDeps,
  request: FastifyRequest,
  query: PageQuery,
  isLive: boolean,
  skipIds?: readonly number[],
): Promise<Asked> {
  const actor = requireTenant(request)
  const { language } = request
  const page = pageOf(request)
  const mayExport = actor.permissions.has('export_data')
  const base = { page, mayExport, companySlug: actor.tenant.slug, nav: plantNavigation(page, actor.tenant.slug, actor, 'dashboard') }
  const layout = await deps.layouts.of(actor)
  const allowed = layout.filterIds === null ? null : new Set(layout.filterIds)
  const nowMs = deps.clock.nowMs()
  let filters: readonly FilterDescription[] = []
  let parameters = readPageQuery(query, 0)
  let plantModel: PlantModel | null = null
  try {
    return await deps.plants.withPlant(actor.tenant.tenantId, async (plant) => {
      const { model } = plant
      const known = modelForActor(actor, model)
      plantModel = known
      // a refresh leaves the panel as it is
      if (!isLive) filters = describeFilters(known, allowed, language, nowMs)
      parameters = readPageQuery(query, zoneOf(model.settings.timeZone).toLocalS(Math.floor(nowMs / 1_000)))
      const tab = (layout.tabs.find(({ key }) => key === parameters.tab) ?? layout.tabs[0])?.key ?? 'produccion'
      const options = { language, tab, isLive, requestId: request.id, ...(skipIds && { skipIds }) }
      const data = await answerIn(deps, actor, { plant, layout }, parameters.raw, options)
      const panel: FilterPanel = { filters, values: data.scope.parameters, preset: parameters.preset, errors: new Map() }
      const loading = await historyLoading(deps, actor.tenant.tenantId, data.scope.lines)
      const shown = { ...base, panel, board: boardOf(data, tab, model), loading, query: parameters.query }
      return { status: 200, problem: null, model: shown, data }
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const isWithoutPlant = error.code === 'plant_not_attached'
    if (isWithoutPlant || isWithoutLines(error)) {
      const kind = isWithoutPlant ? ('no_plant' as const) : ('no_lines' as const)
      const mayAttach = actor.permissions.has('manage_company') && (isWithoutPlant || (plantModel as PlantModel | null)?.lines.length === 0)
      const board = { kind, mayCheck: actor.permissions.has('configure_plant'), mayAttach }
      const panel: FilterPanel = { filters, values: parameters.raw, preset: parameters.preset, errors: new Map() }
      return { status: 200, problem: null, data: null, model: { ...base, board, panel, loading: null, query: parameters.query } }
    }
    const loading = plantModel ? await historyLoading(deps, actor.tenant.tenantId, chosenLines(plantModel, parameters.raw)) : null
    return { status: error.status, problem: error, data: null, model: { ...refused(base, error, filters, parameters, language), loading } }
  }
}

/** The board is the same for everybody who gets the same answer at the same address, but for the nonce; a screen's has no link to a person's own. */
function sharedBoard({ answers }: DashboardDeps, { model, data }: Asked): Html {
  if (!data || model.loading) return boardView(model)
  const { page, companySlug, query, mayExport } = model
  const view = `${companySlug}?${query}${page.user && !page.user.isScreen ? ' person' : ''}${mayExport ? ' export' : ''}${offersRows(model) ? ' rows' : ''}`
  return answers.htmlOf(data, view, page.nonce, (nonce) => boardView({ ...model, page: { ...page, nonce } }))
}

export const boardOf = (data: DashboardAnswer, tab: string, model: PlantModel): Board => ({
  tab,
  tabs: data.layout.tabs,
  widgets: data.order.flatMap((id) => data.widgets[id] ?? []),
  scope: data.scope,
  shiftName: model.shifts.find((shift) => shift.shiftId === data.scope.shiftId)?.shiftName ?? null,
  totalDetections: data.metadata.total_detections,
  elapsedMs: data.metadata.elapsed_seconds * 1_000,
  warnings: data.metadata.warnings,
  dataAgeS: data.metadata.data_age_seconds,
})

/** The page with its panel as the person left it and each refused parameter named; also when the plant cannot be reached. */
function refused(
  base: Pick<DashboardPage, 'page' | 'companySlug' | 'nav' | 'mayExport'>,
  problem: Problem,
  filters: readonly FilterDescription[],
  parameters: PageParameters,
  language: Language,
): Omit<DashboardPage, 'loading'> {
  return {
    ...base,
    board: refusalOf(problem, filters, language),
    query: parameters.query,
    panel: {
      filters,
      values: parameters.raw,
      preset: parameters.preset,
      errors: new Map(Object.entries(fieldErrorsOf(problem, language))),
    },
  }
}
