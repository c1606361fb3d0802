/** Area and product of rows as one small number: pairs are numbered in the order in which they first come. */
export function pairTable() {
  const [areaId, productId]: [number[], number[]] = [[], []]
  const index = new Map<number, Map<number, number>>()
  /** The pairs met last, by a hash of their ids: cameras take turns, so the very last one is seldom the next. */
  const recent = new Int32Array(64).fill(-1)
  const find = (area: number, product: number): number => {
    const ofArea = index.get(area) ?? new Map<number, number>()
    index.set(area, ofArea)
    const known = ofArea.get(product)
    if (known !== undefined) return known
    const at = areaId.length
    ofArea.set(product, at)
    areaId.push(area)
    productId.push(product)
    return at
  }
  return {
    pairs: { areaId, productId },
    indexOf(area: number, product: number): number {
      const hash = (area * 7 + product) & 63
      const held = recent[hash] as number
      if (held >= 0 && areaId[held] === area && productId[held] === product) return held
      const at = find(area, product)
      recent[hash] = at
      return at
    },
  }
}
