/** Half-open intervals of elapsed (epoch) seconds and their algebra. Every list that goes out is sorted, disjoint and without empty spans;
 *  `union` makes such a list from any, the others ask for one. Edges may be ±Infinity. */

/** `[fromS, toS)` of elapsed (epoch) seconds. */
export type Span = { readonly fromS: number; readonly toS: number }

/** Touching spans become one: `[6,14) ∪ [14,22) = [6,22)`. */
export function union(spans: readonly Span[]): Span[] {
  const sorted = spans.filter((span) => span.fromS < span.toS).sort((a, b) => a.fromS - b.fromS)
  const joined: { fromS: number; toS: number }[] = []
  for (const { fromS, toS } of sorted) {
    const last = joined.at(-1)
    if (last && fromS <= last.toS) last.toS = Math.max(last.toS, toS)
    else joined.push({ fromS, toS })
  }
  return joined
}

export function intersect(a: readonly Span[], b: readonly Span[]): Span[] {
  const common: Span[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const left = a[i] as Span
    const right = b[j] as Span
    const fromS = Math.max(left.fromS, right.fromS)
    const toS = Math.min(left.toS, right.toS)
    if (fromS < toS) common.push({ fromS, toS })
    if (left.toS < right.toS) i++
    else j++
  }
  return common
}

export function subtract(a: readonly Span[], b: readonly Span[]): Span[] {
  const rest: Span[] = []
  let j = 0
  for (const { fromS, toS } of a) {
    let at = fromS
    while (j < b.length && (b[j] as Span).toS <= fromS) j++
    for (let k = j; k < b.length && (b[k] as Span).fromS < toS; k++) {
      const hole = b[k] as Span
      if (hole.fromS > at) rest.push({ fromS: at, toS: hole.fromS })
      at = Math.max(at, hole.toS)
    }
    if (at < toS) rest.push({ fromS: at, toS })
  }
  return rest
}

export const totalS = (spans: readonly Span[]): number => spans.reduce((sum, span) => sum + (span.toS - span.fromS), 0)

/** The one span that holds `atS`, if any. */
export const spanAt = (spans: readonly Span[], atS: number): Span | undefined => spans.find((span) => span.fromS <= atS && atS < span.toS)
