/** How products are named and coloured in charts: the same product looks the same in every chart of the answer. */
import type { Language } from '../../../platform/i18n/index.ts'
import { translator } from '../../../platform/i18n/index.ts'
import type { ProductCount } from '../../facts/index.ts'
import { messages } from '../messages.ts'
import { displayColor } from './colors.ts'

/** Two products may share a name, and then a code too: labels stay unique by adding the code, then the id. */
export const productLabels = (products: readonly ProductCount[], language: Language): ReadonlyMap<number, string> => {
  const t = translator(messages, language)
  const nameOf = (product: ProductCount): string => product.productName ?? t('product.unknown')
  const forms: readonly ((product: ProductCount) => string)[] = [
    nameOf,
    (product) => (product.productCode === '' ? nameOf(product) : `${nameOf(product)} (${product.productCode})`),
    (product) => `${nameOf(product)} #${product.productId}`,
    // Left to a product whose name ends like another's id.
    (product) => `${nameOf(product)} (${product.productCode}) #${product.productId}`,
  ]
  const labels = new Map<number, string>()
  for (const form of forms) {
    const taken = new Set(labels.values())
    const pending = products.filter(({ productId }) => !labels.has(productId))
    const uses = new Map<string, number>()
    for (const product of pending) uses.set(form(product), (uses.get(form(product)) ?? 0) + 1)
    for (const product of pending) {
      const label = form(product)
      if (uses.get(label) === 1 && !taken.has(label)) labels.set(product.productId, label)
    }
  }
  return labels
}

/** The palette index of a product without a usable colour is its id, so that filters do not recolour it. */
export const productColor = (product: Pick<ProductCount, 'productColor' | 'productId'>): string =>
  displayColor(product.productColor, product.productId)
