/** Which layout somebody gets: their own, their role's row, the company's default row, ours. Never another company's. Pure. */
import type { Role } from '../../identity/index.ts'
import type { Text } from '../../platform/i18n/index.ts'
import { type CatalogueRow, resolveWidget } from './catalogue.ts'
import { builtInTabs, filled, type ParsedLayout, parseLayout, placeWidgets, plainEntry, type ResolvedLayout } from './layout.ts'
import { messages } from './messages.ts'
import type { WidgetClass } from './widgets/registry.ts'

/** `layout` is the parsed JSON, undefined when the text was not JSON. */
export type TemplateRow = { readonly templateId: number; readonly roleAccess: string; readonly layout: unknown }

const forOperators: readonly WidgetClass[] = [
  'LineStatusIndicator',
  'KpiTotalProduction',
  'KpiTotalDowntime',
  'ProductionTimeChart',
  'DowntimeTable',
  'MetricsSummary',
  'EventFeed',
  'KpiOee',
  'KpiAvailability',
  'KpiPerformance',
  'KpiQuality',
]
const notForViewers: readonly WidgetClass[] = ['EventFeed', 'ScatterChart', 'ClockHealth']

const isShownTo = (role: Role, className: WidgetClass): boolean => {
  // shows nothing until a layout says which source
  if (className === 'ExternalSource') return false
  if (role === 'OPERATOR') return forOperators.includes(className)
  if (role === 'VIEWER') return !notForViewers.includes(className)
  return true
}

/** Every widget that suits the role, in the registry's order; all filters of the company. */
const builtInLayout = (role: Role, catalogue: readonly CatalogueRow[]): ParsedLayout => {
  const firstOf = new Map<string, CatalogueRow>()
  for (const row of catalogue) {
    const className = resolveWidget(row.widgetName)?.className
    if (className !== undefined && !firstOf.has(className) && isShownTo(role, className as WidgetClass)) firstOf.set(className, row)
  }
  const ordered = [...firstOf.values()].sort(
    (a, b) => (resolveWidget(a.widgetName)?.order ?? 0) - (resolveWidget(b.widgetName)?.order ?? 0),
  )
  return { entries: ordered.map(({ widgetId }) => plainEntry(widgetId)), filterIds: null, tabs: builtInTabs, warnings: [] }
}

/** Words tried in order: the role as stored (an owner without a row of its own uses the administrator's), then the company's default. */
const candidates = (roleName: string): readonly { readonly word: string; readonly step: 'role' | 'tenant_default' }[] => [
  { word: roleName, step: 'role' },
  ...(roleName.toUpperCase() === 'OWNER' ? ([{ word: 'ADMIN', step: 'role' }] as const) : []),
  { word: 'DEFAULT', step: 'tenant_default' },
  { word: 'VIEWER', step: 'tenant_default' },
]

const sameWord = (a: string, b: string): boolean => a.trim().toUpperCase() === b.trim().toUpperCase()

export const chooseLayout = (input: {
  readonly roleName: string
  readonly role: Role
  readonly templates: readonly TemplateRow[]
  readonly catalogue: readonly CatalogueRow[]
  /** What the person made for themselves, parsed; undefined when it was not JSON. Null = nothing. */
  readonly own?: { readonly layout: unknown } | null
}): ResolvedLayout => {
  const { roleName, role, templates, catalogue, own } = input
  const warnings: Text[] = catalogue.length === 0 ? [messages['warning.empty_catalogue']] : []
  const resolved = (parsed: ParsedLayout, step: ResolvedLayout['step'], templateId: number | null): ResolvedLayout => {
    const placed = placeWidgets(parsed.entries, catalogue, parsed.tabs)
    return {
      step,
      roleName,
      templateId,
      widgets: placed.widgets,
      filterIds: parsed.filterIds,
      tabs: parsed.tabs,
      warnings: [...warnings, ...parsed.warnings, ...placed.warnings],
    }
  }
  if (own) {
    const parsed = parseLayout(own.layout)
    if (parsed !== null) return resolved(parsed, 'person', null)
    warnings.push(messages['warning.unreadable_layout'])
  }
  for (const { word, step } of candidates(roleName)) {
    const matching = templates.filter(({ roleAccess }) => sameWord(roleAccess, word)).sort((a, b) => b.templateId - a.templateId)
    if (matching.length > 1) warnings.push(filled(messages['warning.several_templates'], { count: matching.length, role: word }))
    const newest = matching[0]
    if (newest === undefined) continue
    const parsed = parseLayout(newest.layout)
    if (parsed !== null) return resolved(parsed, step, newest.templateId)
    warnings.push(messages['warning.unreadable_layout'])
  }
  return resolved(builtInLayout(role, catalogue), 'built_in', null)
}
