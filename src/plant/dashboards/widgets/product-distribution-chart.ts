/** Share of each product in what was produced. */
import { roundHalfAway } from '../../kpi/index.ts'
import type { ProductDistributionChartData } from './data.ts'
import { kilograms } from './numbers.ts'
import { productColor, productLabels } from './product-series.ts'
import type { Widget } from './widget.ts'

export const productDistributionChart = {
  className: 'ProductDistributionChart',
  displayName: { es: 'Distribución', en: 'Distribution' },
  explanation: {
    es: 'Participación de cada producto en las unidades producidas (misma base que la producción total), con los filtros aplicados.',
    en: 'Share of each product in the units produced (same basis as total production), filters applied.',
  },
  render: 'chart',
  chart: 'pie_chart',
  heightPx: 320,
  tab: 'produccion',
  columnSpan: 3,
  rowSpan: 2,
  order: 5,
  downtimeOnly: false,
  compute: ({ facts: { products }, language }) => {
    const total = products.reduce((sum, { count }) => sum + count, 0)
    if (total === 0) return null
    const names = productLabels(products, language)
    const rows = products.map((product) => ({
      product_id: product.productId,
      label: names.get(product.productId) ?? String(product.productId),
      color: productColor(product),
      count: product.count,
      weight_kg: kilograms(product.weightCentikg),
      pct: roundHalfAway((product.count / total) * 100, 1),
    }))
    return {
      labels: rows.map(({ label }) => label),
      datasets: [{ data: rows.map(({ count }) => count), backgroundColor: rows.map(({ color }) => color) }],
      table_rows: rows,
      total,
    }
  },
} satisfies Widget<ProductDistributionChartData>
