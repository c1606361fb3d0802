/** Products by units produced, most first. */

import { translator } from '../../../platform/i18n/index.ts'
import { roundHalfAway } from '../../kpi/index.ts'
import { messages } from '../messages.ts'
import type { ProductRankingData } from './data.ts'
import { kilograms } from './numbers.ts'
import { productColor } from './product-series.ts'
import type { Widget } from './widget.ts'

const columns = ['product_name', 'product_code', 'count', 'total_weight', 'percentage'] as const

export const productRanking = {
  className: 'ProductRanking',
  displayName: { es: 'Ranking de productos', en: 'Product ranking' },
  explanation: {
    es: 'Unidades producidas por producto, de mayor a menor; peso de catálogo; porcentaje sobre la producción filtrada.',
    en: 'Units produced per product, most first; catalogue weight; percentage of the filtered production.',
  },
  render: 'ranking',
  tab: 'produccion',
  columnSpan: 1,
  rowSpan: 2,
  order: 6,
  downtimeOnly: false,
  compute: ({ facts: { products }, language }) => {
    const t = translator(messages, language)
    const total = products.reduce((sum, { count }) => sum + count, 0)
    if (total === 0) return null
    return {
      columns: columns.map((key) => ({ key, label: t(`column.${key}`) })),
      rows: products.map((product) => ({
        product_id: product.productId,
        product_name: product.productName ?? t('product.unknown'),
        product_code: product.productCode,
        product_color: productColor(product),
        stored_color: product.productColor,
        count: product.count,
        total_weight: kilograms(product.weightCentikg),
        percentage: roundHalfAway((product.count / total) * 100, 1),
      })),
      total_production: total,
    }
  },
} satisfies Widget<ProductRankingData>
