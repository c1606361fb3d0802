/** What the editor stands on: the widgets and filters there are, and the layout as it is stored. */
import type { FastifyRequest } from 'fastify'
import { requireTenant, type TenantActor } from '../../identity/index.ts'
import type { Language } from '../../platform/i18n/index.ts'
import {
  type DashboardDeps,
  drawnColumns,
  type LayoutJson,
  type LayoutOwner,
  layoutJsonOf,
  leastColumns,
  modelIfAny,
  type ResolvedLayout,
  readLayoutJson,
  readStoredLayout,
  resolveWidget,
} from '../dashboards/index.ts'
import type { PlantModel } from '../model/index.ts'
import { describeFilters } from '../scope/index.ts'
import type { Catalogue } from './draft.ts'
import type { EditorModel, Entry } from './model.ts'

/** Whose layout, and what they would see without it. */
export type Place = {
  readonly owner: LayoutOwner
  readonly role: string | null
  readonly action: string
  readonly shown: (actor: TenantActor) => Promise<ResolvedLayout>
}

export type Ground = {
  readonly actor: TenantActor
  readonly language: Language
  readonly plant: PlantModel | null
  readonly entries: readonly Entry[]
  readonly catalogue: Catalogue
  readonly filters: EditorModel['filters']
  readonly timeZone: string
  readonly sources: EditorModel['sources']
}

export async function groundOf(deps: DashboardDeps, request: FastifyRequest): Promise<Ground> {
  const actor = requireTenant(request)
  const { language } = request
  const { tenantId } = actor.tenant
  const [rows, plant, sources] = await Promise.all([
    deps.layouts.catalogueOf(actor),
    modelIfAny(deps, tenantId),
    deps.sources.namesOf(tenantId),
  ])
  const known = rows.map((row) => ({ row, widget: resolveWidget(row.widgetName) }))
  return {
    actor,
    language,
    plant,
    entries: known.map(({ row, widget }) => ({
      id: row.widgetId,
      // of several rows of one widget, which
      name: widget ? widget.displayName[language] + (/ \d$/.exec(row.widgetName)?.[0] ?? '') : row.description || row.widgetName,
      explanation: widget?.explanation[language] ?? '',
      render: widget?.render ?? null,
    })),
    catalogue: new Map(
      known.map(({ row, widget }) => [
        row.widgetId,
        {
          colSpan: drawnColumns(widget?.render, widget?.columnSpan),
          rowSpan: widget?.rowSpan ?? 1,
          tab: widget?.tab ?? 'produccion',
          leastColSpan: leastColumns(widget?.render),
        },
      ]),
    ),
    filters: plant
      ? describeFilters(plant, null, language, deps.clock.nowMs())
          .filter(({ filter_id }) => filter_id > 0)
          .map(({ filter_id, label }) => ({ id: filter_id, label }))
      : [],
    timeZone: plant?.settings.timeZone ?? 'UTC',
    sources,
  }
}

/** Without what the company no longer has: nobody could take it off in the editor, and saving refuses it. A plant that does not answer says nothing. */
export function standing(layout: LayoutJson, { catalogue, plant }: Ground): LayoutJson {
  const widgets = layout.widgets.filter(({ widget_id }) => catalogue.has(widget_id))
  if (!plant) return { ...layout, widgets }
  const filters = layout.filters.filter((id) => plant.filters.some(({ filterId }) => filterId === id))
  const tabs = layout.tabs.map((tab) => {
    const lines = tab.line_ids?.filter((id) => plant.lines.some(({ lineId }) => lineId === id)) ?? []
    return { ...tab, line_ids: lines.length > 0 ? lines : null }
  })
  return { widgets, filters, tabs }
}

export type Opened = {
  readonly draft: LayoutJson
  readonly version: number
  readonly step: ResolvedLayout['step']
  readonly isStored: boolean
  readonly saved: { readonly by: string; readonly atMs: number } | null
  readonly warnings: readonly string[]
}

/** As it is stored, read past every cache: what the editor shows must be the version that it says it saw. */
export async function openLayout(deps: DashboardDeps, ground: Ground, place: Place): Promise<Opened> {
  const { actor, language } = ground
  const stored = await readStoredLayout({ ...deps.db, tenantId: actor.tenant.tenantId }, place.owner)
  const shown = await place.shown(actor)
  const own = readLayoutJson(stored.layout)
  const layout =
    own ??
    layoutJsonOf(
      shown,
      ground.filters.map(({ id }) => id),
    )
  return {
    draft: standing(layout, ground),
    version: stored.version,
    step: own === null ? shown.step : place.role === null ? 'person' : 'role',
    isStored: stored.layout !== null,
    saved: stored.saved,
    warnings: shown.warnings.map((warning) => warning[language]),
  }
}
