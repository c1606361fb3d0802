/** What the page shows, read once. Refusals become part of it, so that the filters can be set right. */
import type { FastifyRequest } from 'fastify'
import { requireTenant } from '../../identity/index.ts'
import type { Problem } from '../../platform/http/index.ts'
import type { Language } from '../../platform/i18n/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { type Asked, aboutAnswer, type Refusal, refusedBoard } from '../dashboards/index.ts'
import type { PlantModel } from '../model/index.ts'
import { describeFilters, type FilterClass, type FilterDescription } from '../scope/index.ts'
import { askBuckets, askRows, cursorPosition, type DetectionDeps, totalOf } from './ask.ts'
import { type DetectionQuery, type PageAsked, readDetectionQuery } from './page-query.ts'
import type { PageWish } from './row-page.ts'
import type { DetectionBoard } from './views/model.ts'

export const rowsShown = 100
const bucketsShown = 100

export type PageData = {
  readonly status: number
  readonly asked: PageAsked
  readonly filters: readonly FilterDescription[]
  readonly board: DetectionBoard | Refusal | 'no_lines'
  readonly problem: Problem | null
}

export async function loadPage(deps: DetectionDeps, request: FastifyRequest, query: DetectionQuery): Promise<PageData> {
  const actor = requireTenant(request)
  const { language } = request
  const nowMs = deps.clock.nowMs()
  let asked = readDetectionQuery(query, 0)
  let filters: readonly FilterDescription[] = []
  try {
    const model = await deps.plants.withPlant(actor.tenant.tenantId, async (plant) => plant.model)
    asked = readDetectionQuery(query, zoneOf(model.settings.timeZone).toLocalS(Math.floor(nowMs / 1_000)))
    filters = filtersOf(model, asked, language, nowMs)
    const { view, raw } = asked
    const found = view.view === 'buckets' ? await askBuckets(deps, actor, raw) : await askRows(deps, actor, raw, wishOf(asked))
    const board = boardOf(deps, found, language)
    if ('buckets' in found) {
      const newest = found.buckets.toReversed()
      const pages = Math.max(1, Math.ceil(newest.length / bucketsShown))
      const page = Math.min(view.page, pages)
      const shown = newest.slice((page - 1) * bucketsShown, page * bucketsShown)
      return {
        status: 200,
        asked,
        filters,
        board: { ...board, list: { kind: 'buckets', shown, page, pages, total: newest.length } },
        problem: null,
      }
    }
    return { status: 200, asked, filters, board: { ...board, list: { kind: 'rows', ...found.page } }, problem: null }
  } catch (error) {
    return { asked, filters, ...refusedBoard(error, filters, language) }
  }
}

/** Throws 400 `invalid_cursor`. */
export const wishOf = ({ view }: PageAsked): PageWish => ({
  order: view.order,
  after: view.after === '' ? null : cursorPosition(view.after, view.order),
  offset: 0,
  limit: rowsShown,
})

const shownFilters = ['DateRangeFilter', 'ProductionLineFilter', 'ShiftFilter', 'AreaFilter', 'ProductFilter', 'OnlyFilter'] as const
/** Here even where the customer has no row of them: rows are looked for by area and product. */
const always: readonly FilterClass[] = [
  'DateRangeFilter',
  'ProductionLineFilter',
  'ShiftFilter',
  'IntervalFilter',
  'AreaFilter',
  'ProductFilter',
]

function filtersOf(model: PlantModel, { view }: PageAsked, language: Language, nowMs: number): FilterDescription[] {
  const rows = always.map((filterName, i) => ({
    filterId: -1 - i,
    filterName,
    description: '',
    isActive: true,
    displayOrder: i + 1,
    defaultValue: null,
    additionalFilter: null,
  }))
  const own = describeFilters(model, null, language, nowMs)
  const builtIn = describeFilters({ ...model, filters: rows }, null, language, nowMs)
  const names: readonly FilterClass[] = view.view === 'buckets' ? [...shownFilters, 'IntervalFilter'] : shownFilters
  return names.flatMap((name) => [...own, ...builtIn].find((filter) => filter.class_name === name) ?? [])
}

function boardOf(deps: DetectionDeps, asked: Asked, language: Language): Omit<DetectionBoard, 'list'> {
  const { scope, facts, model } = asked
  const sumOf = (kind: 'input' | 'scrap'): number => facts.lines.reduce((sum, { counts }) => sum + counts[kind], 0)
  return {
    scope,
    model,
    shiftName: model.shifts.find(({ shiftId }) => shiftId === scope.shiftId)?.shiftName ?? null,
    total: totalOf(asked),
    production: facts.kpi.totalProduction,
    input: sumOf('input'),
    scrap: sumOf('scrap'),
    weightCentikg: facts.summary.totalWeightCentikg,
    products: facts.summary.uniqueProducts,
    firstLocalS: facts.summary.firstDetectionLocalS,
    lastLocalS: facts.summary.lastDetectionLocalS,
    mostRows: deps.config.exports.maxRows,
    warnings: aboutAnswer(asked, language).warnings,
  }
}
