/** Seeded random numbers: the same words give the same plant, on any machine and in any order of asking. */

export type Random = {
  /** Uniform in [0, 1). */
  readonly next: () => number
  readonly between: (low: number, high: number) => number
  /** Whole number in [low, high], both included. */
  readonly whole: (low: number, high: number) => number
  /** Waiting time of a memoryless event, in the unit of `mean`. */
  readonly exponential: (mean: number) => number
  /** Skewed to the right like repair times: half of the draws are below `median`. */
  readonly logNormal: (median: number, spread: number) => number
  readonly happens: (probability: number) => boolean
  /** One item, by the items' weights. */
  readonly pick: <Item extends { readonly weight: number }>(items: readonly Item[]) => Item
}

/** FNV-1a: spreads a name over 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}

/** sfc32 (Chris Doty-Humphrey's PractRand): four words of state, warmed up so that near seeds part. */
export function randomOf(...names: readonly (string | number)[]): Random {
  const name = names.join('\u0000')
  let [a, b, c, counter] = [hash(`a${name}`), hash(`b${name}`), hash(`c${name}`), 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 0x1_0000_0000
  }
  for (let round = 0; round < 12; round += 1) next()
  const between = (low: number, high: number) => low + (high - low) * next()
  return {
    next,
    between,
    whole: (low, high) => Math.floor(between(low, high + 1)),
    exponential: (mean) => -mean * Math.log(1 - next()),
    logNormal: (median, spread) => median * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())),
    happens: (probability) => next() < probability,
    pick: (items) => {
      let left = next() * items.reduce((sum, item) => sum + item.weight, 0)
      for (const item of items) {
        left -= item.weight
        if (left < 0) return item
      }
      const last = items.at(-1)
      if (last === undefined) throw new RangeError('nothing to pick from')
      return last
    },
  }
}
