/** A dashboard, asked once: page and API make the same call. */
import type { TenantActor } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import type { Language, Text } from '../../platform/i18n/index.ts'
import { type Clock, formatLocalDate, formatLocalTime } from '../../platform/time/index.ts'
import { type FactNeeds, type Facts, gatherFacts } from '../facts/index.ts'
import type { Histories } from '../history/index.ts'
import type { PlantModel } from '../model/index.ts'
import type { Scope } from '../scope/index.ts'
import type { PlantDb } from '../source/index.ts'
import type { Answers } from './answers.ts'
import { scopeForActor, warningsForActor } from './bound-lines.ts'
import type { CatalogueRow } from './catalogue.ts'
import { filled, isBuiltInTab, type PlacedWidget, placeWidgets, plainEntry, type ResolvedLayout } from './layout.ts'
import type { Layouts } from './layouts.ts'
import { messages } from './messages.ts'
import { keptPlace, presentWidget } from './present.ts'
import { problem } from './problems.ts'
import { type RawRows, readRaw } from './raw.ts'
import type { UserQueryLog } from './user-queries.ts'
import { sourceIdOf } from './widgets/external-source.ts'
import { localIso } from './widgets/local-time.ts'
import type { WidgetResult } from './widgets/widget.ts'

export type OpenPlant = { readonly db: PlantDb; readonly model: PlantModel }

export type DashboardDeps = {
  readonly db: Db
  readonly plants: { readonly withPlant: <T>(tenantId: number, work: (plant: OpenPlant) => Promise<T>) => Promise<T> }
  readonly histories: Pick<Histories, 'of'>
  readonly clock: Clock
  readonly log: {
    readonly error: (data: object, message: string) => void
    readonly warn: (data: object, message: string) => void
  }
  readonly userQueries: UserQueryLog
  readonly layouts: Layouts
  readonly answers: Answers
  /** External sources, for the widgets that show them. */
  readonly sources: {
    readonly answersOf: (tenantId: number, keys: readonly string[]) => Promise<Facts['external']>
    readonly namesOf: (tenantId: number) => Promise<readonly { readonly key: string; readonly name: string }[]>
  }
}

export type DashboardOptions = {
  readonly language: Language
  /** Only the widgets of this tab: hidden tabs load when they are opened. */
  readonly tab?: string
  readonly widgetIds?: readonly number[]
  readonly includeRaw?: boolean
  /** Any widget of the catalogue, whatever the role's layout; `widgetIds` is mandatory. */
  readonly isPreview?: boolean
  /** Of the visible tab, but not due: their places are answered without their figures. */
  readonly skipIds?: readonly number[]
  /** A refresh that a machine makes: no `user_queries` row. */
  readonly isLive?: boolean
  readonly requestId?: string
}

export type DashboardMetadata = {
  readonly total_detections: number
  readonly total_downtime_events: number
  readonly lines_queried: readonly number[]
  readonly is_multi_line: boolean
  readonly widget_count: number
  readonly period: Period
  readonly interval: string
  readonly elapsed_seconds: number
  /** Platform time. */
  readonly timestamp: string
  /** Plant wall time of the same instant. */
  readonly now_local: string
  readonly time_zone: string
  readonly newest_detection: string | null
  readonly data_age_seconds: number | null
  /** What reproduces this view. */
  readonly filters: Readonly<Record<string, unknown>>
  readonly layout_step: string
  readonly warnings: readonly string[]
}

export type DashboardAnswer = {
  readonly widgets: Readonly<Record<string, WidgetResult>>
  /** Widget ids in the layout's order. */
  readonly order: readonly string[]
  readonly metadata: DashboardMetadata
  readonly scope: Scope
  readonly layout: ResolvedLayout
  readonly raw: RawRows | null
}

export type Period = { readonly start: string; readonly end: string; readonly start_time: string; readonly end_time: string }

/** As asked, the last minute included. */
export const periodOf = (scope: Scope): Period => ({
  start: formatLocalDate(scope.fromLocalS),
  end: formatLocalDate(scope.toLocalS - 60),
  start_time: formatLocalTime(scope.fromLocalS),
  end_time: formatLocalTime(scope.toLocalS - 60),
})

type Chosen = { readonly widgets: readonly PlacedWidget[]; readonly warnings: readonly Text[] }

/** Asked for by id: those of the layout; the others are named in a warning, not served. */
const chosenWidgets = (layout: ResolvedLayout, { widgetIds, tab }: DashboardOptions): Chosen => {
  const inLayout = new Set(layout.widgets.map(({ widgetId }) => widgetId))
  const outside = (widgetIds ?? []).filter((id) => !inLayout.has(id))
  return {
    widgets: layout.widgets.filter(
      (placed) => (widgetIds === undefined || widgetIds.includes(placed.widgetId)) && (tab === undefined || placed.tab === tab),
    ),
    warnings: outside.map((id) => filled(messages['warning.widget_outside_layout'], { id })),
  }
}

const previewWidgets = (catalogue: readonly CatalogueRow[], widgetIds: readonly number[]): Chosen => {
  if (widgetIds.length === 0) throw problem('widget_ids_required')
  const placed = placeWidgets([...new Set(widgetIds)].map(plainEntry), catalogue)
  if (placed.widgets.length === 0) throw problem('unknown_widgets')
  return placed
}

/** Widgets of the visible tab over one gathering of facts; equal questions of one second get the same object. Throws invalid_filters and unknown_tab (422), widget_ids_required and unknown_widgets (400, preview),
 *  raw_not_allowed (403), range_too_large and plant_unavailable (503). */
export const dashboardData = async (
  deps: DashboardDeps,
  actor: TenantActor,
  raw: Readonly<Record<string, unknown>>,
  options: DashboardOptions,
): Promise<DashboardAnswer> => {
  const layout = await deps.layouts.of(actor)
  const { tab } = options
  refuseUnknownTab(layout, tab)
  return deps.plants.withPlant(actor.tenant.tenantId, (plant) => answerIn(deps, actor, { plant, layout }, raw, options))
}

/** Throws unknown_tab (422). */
export function refuseUnknownTab(layout: ResolvedLayout, tab: string | undefined): void {
  if (tab !== undefined && !isBuiltInTab(tab) && !layout.tabs.some(({ key }) => key === tab))
    throw problem('unknown_tab', { parameters: { tab } })
}

/** The same in a plant that is open, for a layout that was read. */
export const answerIn = async (
  deps: DashboardDeps,
  actor: TenantActor,
  { plant, layout }: { readonly plant: OpenPlant; readonly layout: ResolvedLayout },
  raw: Readonly<Record<string, unknown>>,
  options: DashboardOptions,
): Promise<DashboardAnswer> => {
  const { includeRaw, isPreview, widgetIds, tab, language } = options
  if (includeRaw && !actor.permissions.has('view_production_data')) throw problem('raw_not_allowed')
  const startedAt = performance.now()
  const askedAtMs = wholeSecondMs(deps.clock.nowMs())
  const chosen = isPreview ? previewWidgets(await deps.layouts.catalogueOf(actor), widgetIds ?? []) : chosenWidgets(layout, options)
  const skipped = new Set(options.skipIds ?? [])
  const { model } = plant
  const asked = linesOfTab(layout, tab, model, raw)
  const scope = scopeForActor(deps.answers.scopeOf, actor, model, asked, askedAtMs)
  const asksFor = chosen.widgets.filter(({ widgetId }) => !skipped.has(widgetId))
  const facts = await gatherFacts(plant.db, model, scope, {
    needs: needsOf(asksFor),
    history: deps.histories.of(plant),
    external: externalOf(deps, actor, asksFor),
  })
  const rawRows = includeRaw ? await readRaw(plant.db, model, scope, facts.stops) : null
  const make = (): DashboardAnswer => {
    const input = { facts, scope, model, language }
    const results = chosen.widgets.map((placed) =>
      skipped.has(placed.widgetId)
        ? keptPlace(placed)
        : presentWidget(placed, input, { log: deps.log, requestId: options.requestId ?? null }),
    )
    const warnings = [
      ...layout.warnings,
      ...chosen.warnings,
      ...facts.warnings,
      ...warningsForActor(actor, model),
      ...(rawRows?.warnings ?? []),
    ]
    const elapsedMs = performance.now() - startedAt
    const about = { scope, facts, model, layout, askedAtMs, elapsedMs, warnings, widgetCount: results.length, language }
    return {
      widgets: Object.fromEntries(results.map((result) => [String(result.widget_id), result])),
      order: results.map((result) => String(result.widget_id)),
      metadata: metadataOf(about),
      scope,
      layout,
      raw: rawRows,
    }
  }
  const isShared = !includeRaw && !isPreview
  const answer = isShared
    ? deps.answers.answerOf(
        { facts, model, layout, options: JSON.stringify([language, tab, widgetIds, options.skipIds, actor.lineIds]) },
        scope,
        make,
      )
    : make()
  if (!options.isLive) {
    deps.userQueries.record({
      userId: actor.userId,
      tenantId: actor.tenant.tenantId,
      username: actor.username,
      parameters: scope.parameters,
      scope,
      durationMs: Math.round(performance.now() - startedAt),
      askedAtMs,
    })
  }
  return answer
}

/** On a tab with a group of lines, "all lines" (also by saying nothing) are those that still run; a line or group that is named wins. */
export const linesOfTab = (
  { tabs }: ResolvedLayout,
  tab: string | undefined,
  model: PlantModel,
  raw: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const group = tabs.find(({ key }) => key === tab)?.lineIds ?? null
  const { line_id: lineId, line_ids: lineIds, ...rest } = raw
  const isNamed = String(lineIds ?? '') !== '' || !['', 'all'].includes(String(lineId ?? ''))
  if (group === null || isNamed) return raw
  const active = model.lines.filter(({ lineId: id, isActive }) => isActive && group.includes(id)).map(({ lineId: id }) => id)
  return active.length > 0 ? { ...rest, line_ids: active.join(',') } : raw
}

/** Plant time has whole seconds: questions of one second are asked at the same instant. */
export const wholeSecondMs = (nowMs: number): number => nowMs - (nowMs % 1_000)

/** Reads that none of the chosen widgets shows are not made. The newest row always is: every widget shows its data's age. */
const needsOf = (chosen: readonly PlacedWidget[]): FactNeeds => ({
  previous: chosen.some(({ widget }) => widget?.needs?.includes('previous')),
  recent: chosen.some(({ widget }) => widget?.needs?.includes('recent')),
  clocks: chosen.some(({ widget }) => widget?.needs?.includes('clocks')),
})

/** Sources that the chosen widgets show; undefined when none does. */
function externalOf({ sources }: DashboardDeps, { tenant }: TenantActor, chosen: readonly PlacedWidget[]) {
  const keys = chosen.flatMap(({ widget, config }) => (widget?.className === 'ExternalSource' ? (sourceIdOf(config) ?? []) : []))
  if (keys.length === 0) return undefined
  return { keys: [...new Set(keys)].sort(), ask: (wanted: readonly string[]) => sources.answersOf(tenant.tenantId, wanted) }
}

const metadataOf = (input: {
  readonly scope: Scope
  readonly facts: Facts
  readonly model: PlantModel
  readonly layout: ResolvedLayout
  readonly askedAtMs: number
  readonly elapsedMs: number
  readonly warnings: readonly Text[]
  readonly widgetCount: number
  readonly language: Language
}): DashboardMetadata => {
  const { scope, facts, model } = input
  const newest = facts.newestDetectionLocalS
  return {
    total_detections: facts.summary.totalDetections,
    total_downtime_events: facts.stopTotals.count,
    lines_queried: scope.lines.map(({ lineId }) => lineId),
    is_multi_line: scope.isMultiLine,
    widget_count: input.widgetCount,
    period: periodOf(scope),
    interval: scope.interval,
    elapsed_seconds: Math.round(input.elapsedMs) / 1000,
    timestamp: new Date(input.askedAtMs).toISOString(),
    now_local: localIso(scope.now.localS),
    time_zone: model.settings.timeZone,
    newest_detection: newest === null ? null : localIso(newest),
    data_age_seconds: newest === null ? null : Math.max(0, scope.now.localS - newest),
    filters: scope.parameters,
    layout_step: input.layout.step,
    warnings: [...new Set(input.warnings.map((warning) => warning[input.language]))],
  }
}
