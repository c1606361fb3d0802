/** From a catalogue row to a widget. Rows hold a class name, or a Spanish display name from earlier catalogues (spec plant 5.3). Pure. */
import { findWidget, type WidgetClass, widgets } from './widgets/registry.ts'
import type { Widget } from './widgets/widget.ts'

export type CatalogueRow = { readonly widgetId: number; readonly widgetName: string; readonly description: string }

/** What `seed-widget-catalog` and the first migration put there: class name and the words people see. */
export const builtInCatalogue: readonly { readonly widgetName: string; readonly description: string }[] = [
  ...(Object.keys(widgets) as WidgetClass[]).map((widgetName) => ({ widgetName, description: widgets[widgetName].displayName.es })),
  // a layout has each row once: three, so that a dashboard can show three sources
  ...['Fuente externa 2', 'Fuente externa 3'].map((name) => ({ widgetName: name, description: name })),
]

const normalised = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** First rule whose every word occurs, in this order: `kpi` before the general ones, since "KPI de producción" is no chart. */
const keywordRules: readonly (readonly [words: readonly RegExp[], className: WidgetClass])[] = [
  [[/kpi/, /oee/], 'KpiOee'],
  [[/kpi/, /disponibilidad/], 'KpiAvailability'],
  [[/kpi/, /eficiencia/, /peso/], 'KpiWeightEfficiency'],
  [[/kpi/, /rendimiento/], 'KpiPerformance'],
  [[/kpi/, /rechaz|descarte/], 'KpiRejectedRate'],
  [[/kpi/, /calidad/], 'KpiQuality'],
  [[/kpi/, /produccion/], 'KpiTotalProduction'],
  [[/kpi/, /peso/], 'KpiTotalWeight'],
  [[/kpi/, /parada/], 'KpiTotalDowntime'],
  [[/tabla/], 'DowntimeTable'],
  [[/ranking/], 'ProductRanking'],
  [[/\btop\b/, /producto/], 'ProductRanking'],
  [[/estado/, /linea/], 'LineStatusIndicator'],
  [[/resumen/], 'MetricsSummary'],
  [[/comparacion/], 'EntryOutputCompareChart'],
  [[/entrada/, /salida/], 'EntryOutputCompareChart'],
  [[/dispersion/], 'ScatterChart'],
  [[/distribucion|torta/], 'ProductDistributionChart'],
  [[/deteccion/, /area/], 'AreaDetectionChart'],
  [[/barra/], 'AreaDetectionChart'],
  [[/produccion/, /tiempo/], 'ProductionTimeChart'],
  [[/temporal/], 'ProductionTimeChart'],
  [[/evento/], 'EventFeed'],
  [[/reloj/], 'ClockHealth'],
  [[/fuente/, /externa/], 'ExternalSource'],
]

/** Class name as written, then without case, then the Spanish words; null is shown as "Widget en desarrollo". */
export const resolveWidget = (widgetName: string): Widget | null => {
  const exact = findWidget(widgetName.trim())
  if (exact) return exact
  const name = normalised(widgetName)
  const byCase = (Object.keys(widgets) as WidgetClass[]).find((className) => className.toLowerCase() === name.trim())
  if (byCase) return widgets[byCase]
  const rule = keywordRules.find(([words]) => words.every((word) => word.test(name)))
  return rule ? widgets[rule[1]] : null
}

/** Rows of the built-in catalogue that `existing` lacks, by the widget they resolve to. */
export const missingRows = (existing: readonly CatalogueRow[]): readonly { widgetName: string; description: string }[] => {
  const present = new Set(existing.flatMap(({ widgetName }) => resolveWidget(widgetName)?.className ?? []))
  const names = new Set(existing.map(({ widgetName }) => widgetName))
  return builtInCatalogue.filter(({ widgetName }) => !names.has(widgetName) && !present.has(widgetName))
}
