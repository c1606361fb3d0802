/** All widgets by class name. A name stored in the catalogue indexes this table; it never loads code. */
import { areaDetectionChart } from './area-detection-chart.ts'
import { clockHealth } from './clock-health.ts'
import { downtimeTable } from './downtime-table.ts'
import { entryOutputCompareChart } from './entry-output-compare-chart.ts'
import { eventFeed } from './event-feed.ts'
import { externalSource } from './external-source.ts'
import { kpiAvailability } from './kpi-availability.ts'
import { kpiOee } from './kpi-oee.ts'
import { kpiPerformance } from './kpi-performance.ts'
import { kpiQuality } from './kpi-quality.ts'
import { kpiRejectedRate } from './kpi-rejected-rate.ts'
import { kpiTotalDowntime } from './kpi-total-downtime.ts'
import { kpiTotalProduction } from './kpi-total-production.ts'
import { kpiTotalWeight } from './kpi-total-weight.ts'
import { kpiWeightEfficiency } from './kpi-weight-efficiency.ts'
import { lineStatusIndicator } from './line-status-indicator.ts'
import { metricsSummary } from './metrics-summary.ts'
import { productDistributionChart } from './product-distribution-chart.ts'
import { productRanking } from './product-ranking.ts'
import { productionTimeChart } from './production-time-chart.ts'
import { scatterChart } from './scatter-chart.ts'
import type { Widget } from './widget.ts'

export const widgets = {
  KpiOee: kpiOee,
  KpiAvailability: kpiAvailability,
  KpiPerformance: kpiPerformance,
  KpiQuality: kpiQuality,
  ProductionTimeChart: productionTimeChart,
  ProductDistributionChart: productDistributionChart,
  ProductRanking: productRanking,
  KpiTotalProduction: kpiTotalProduction,
  KpiTotalWeight: kpiTotalWeight,
  KpiTotalDowntime: kpiTotalDowntime,
  LineStatusIndicator: lineStatusIndicator,
  AreaDetectionChart: areaDetectionChart,
  EntryOutputCompareChart: entryOutputCompareChart,
  ScatterChart: scatterChart,
  DowntimeTable: downtimeTable,
  MetricsSummary: metricsSummary,
  EventFeed: eventFeed,
  KpiWeightEfficiency: kpiWeightEfficiency,
  KpiRejectedRate: kpiRejectedRate,
  ClockHealth: clockHealth,
  ExternalSource: externalSource,
} as const satisfies Record<string, Widget>

export type WidgetClass = keyof typeof widgets

export const findWidget = (className: string): Widget | null =>
  Object.hasOwn(widgets, className) ? widgets[className as WidgetClass] : null
