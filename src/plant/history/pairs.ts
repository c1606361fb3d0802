/** Area and product of rows as one small number: pairs are numbered in the order in which they first come. */
export function pairTable() {
  const [areaId, productId]: [number[], number[]] = [[], []]
  const index = new Map<number, Map<number, number>>()
  let [lastArea, lastProduct, lastIndex] = [Number.NaN, Number.NaN, -1]
  return {
    pairs: { areaId, productId },
    indexOf(area: number, product: number): number {
      if (area === lastArea && product === lastProduct) return lastIndex
      let ofArea = index.get(area)
      if (!ofArea) {
        ofArea = new Map()
        index.set(area, ofArea)
      }
      let at = ofArea.get(product)
      if (at === undefined) {
        at = areaId.length
        ofArea.set(product, at)
        areaId.push(area)
        productId.push(product)
      }
      lastArea = area
      lastProduct = product
      lastIndex = at
      return at
    },
  }
}
