/** Output per product and bucket, with the stops laid over it when one line is shown. */
import type { Stop } from '../../facts/index.ts'
import { withAlpha } from './colors.ts'
import type { Overlay, ProductionTimeChartData } from './data.ts'
import { bucketIsos, bucketLabels, localTime, overlayIndex, overlayPlace } from './local-time.ts'
import { minutes } from './numbers.ts'
import { productColor, productLabels } from './product-series.ts'
import { hasIncident, lineNames, stopReason } from './stop-words.ts'
import type { Widget, WidgetInput } from './widget.ts'

const onlyProductColor = '#3b82f6'

/** A stop belongs to the buckets that contain it; one that ends on a bucket's start does not reach into it. */
const overlay = (input: WidgetInput, stop: Stop, lineName: string): Overlay => {
  const starts = input.facts.series.bucketStartsLocalS
  const xMin = overlayIndex(starts, stop.startLocalS)
  const from = overlayPlace(starts, input.scope.interval, stop.startLocalS)
  return {
    xMin,
    xMax: Math.max(xMin, overlayIndex(starts, stop.endLocalS - 1)),
    from,
    // a repeated hour may end before it began
    to: Math.max(from, overlayPlace(starts, input.scope.interval, stop.endLocalS)),
    start_time: localTime(stop.startLocalS),
    end_time: localTime(stop.endLocalS),
    duration_min: minutes(stop.durationS),
    reason: stopReason(stop, input.language),
    has_incident: hasIncident(stop),
    source: stop.source,
    visual_type: stop.visualType,
    is_manual: stop.source === 'manual',
    line_name: lineName,
  }
}

export const productionTimeChart = {
  className: 'ProductionTimeChart',
  displayName: { es: 'Producción por tiempo', en: 'Production over time' },
  explanation: {
    es: 'Unidades producidas por intervalo y producto (misma base que la producción total). La suma de los intervalos es el total del período. Con una sola línea se superponen sus paradas.',
    en: 'Units produced per interval and product (same basis as total production). The intervals add up to the total of the period. With a single line its stops are laid over the chart.',
  },
  render: 'chart',
  chart: 'line_chart',
  heightPx: 600,
  tab: 'produccion',
  columnSpan: 4,
  rowSpan: 2,
  order: 4,
  downtimeOnly: false,
  compute: (input) => {
    const { facts, scope, model, language } = input
    const { bucketStartsLocalS: starts, outputByProduct } = facts.series
    const products = facts.products.filter(({ productId }) => outputByProduct.has(productId))
    if (products.length === 0) return null
    const labels = bucketLabels(starts, scope.interval, language)
    const names = productLabels(products, language)
    const isSingle = products.length === 1
    const isStacked = scope.curveType === 'stacked'
    const datasets = products
      .map((product) => {
        const color = isSingle && product.productColor === null ? onlyProductColor : productColor(product)
        return {
          label: names.get(product.productId) ?? String(product.productId),
          product_id: product.productId,
          data: [...(outputByProduct.get(product.productId) ?? [])],
          borderColor: color,
          backgroundColor: withAlpha(color, isStacked ? 0.25 : isSingle ? 0.1 : 0.08),
          fill: isStacked || isSingle,
        }
      })
      .sort((a, b) => a.label.localeCompare(b.label, language))
    const details: Record<string, Record<string, number>> = {}
    for (const [index, label] of labels.entries()) {
      const made: [string, number][] = []
      for (const { label: name, data } of datasets) if ((data[index] ?? 0) > 0) made.push([name, data[index] ?? 0])
      if (made.length > 0) details[label] = Object.fromEntries(made)
    }
    const lines = lineNames(model)
    return {
      labels,
      bucket_starts: bucketIsos(starts),
      datasets,
      curve_type: scope.curveType,
      interval: scope.interval,
      class_details: details,
      downtime_events_total: scope.isMultiLine ? 0 : facts.stopTotals.count,
      downtime_events: scope.isMultiLine ? [] : facts.longestStops.map((stop) => overlay(input, stop, lines.get(stop.lineId) ?? '')),
      show_downtime: scope.showDowntime && !scope.isMultiLine,
      highlight_peaks: scope.highlightPeaks,
    }
  },
} satisfies Widget<ProductionTimeChartData>
