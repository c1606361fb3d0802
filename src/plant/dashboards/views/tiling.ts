/** Widgets side by side without holes: bands of a given width, the rest of a band given to its widest widget. */

export type Sized = { readonly columns: number }

/** Spans in the order given; each at least as wide as asked (and at most `width`). */
export function tile(items: readonly Sized[], width: number): number[] {
  const spans: number[] = []
  let band: number[] = []
  const sum = () => band.reduce((total, span) => total + span, 0)
  const close = () => {
    const widest = band.lastIndexOf(Math.max(...band))
    spans.push(...band.map((span, i) => (i === widest ? span + width - sum() : span)))
    band = []
  }
  for (const { columns } of items) {
    const span = Math.min(columns, width)
    if (sum() + span > width) close()
    band.push(span)
  }
  if (band.length > 0) close()
  return spans
}
