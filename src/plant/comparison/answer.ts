/** A comparison as the API gives it. Pure. */
import type { Language } from '../../platform/i18n/index.ts'
import { periodOf, productLabels } from '../dashboards/index.ts'
import { paretoLabel } from '../downtime-pages/index.ts'
import type { Comparison } from './service.ts'

export function comparisonAnswer(comparison: Comparison, language: Language) {
  const { current, previous, figures, products, reasons, isCut, isUneven } = comparison
  const labels = productLabels(
    products.map(({ product }) => product),
    language,
  )
  return {
    current: { period: periodOf(current.scope), figures: figures.current },
    previous: { period: periodOf(previous.scope), figures: figures.previous },
    deltas: figures.deltas,
    changes: figures.changes,
    products: products.map((row) => ({
      product_id: row.productId,
      label: labels.get(row.productId) ?? String(row.productId),
      current: row.current,
      previous: row.previous,
      delta: row.current - row.previous,
    })),
    reasons: reasons.map((row) => ({ key: row.key, label: paretoLabel(row, language), current: row.current, previous: row.previous })),
    is_cut: isCut,
    is_uneven: isUneven,
    lines_queried: current.scope.lines.map(({ lineId }) => lineId),
    warnings: warningsOf(comparison, language),
  }
}

export const warningsOf = ({ current, previous }: Comparison, language: Language): string[] => [
  ...new Set([...current.facts.warnings, ...previous.facts.warnings].map((warning) => warning[language])),
]
