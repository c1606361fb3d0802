/** Widgets side by side without holes: bands of a given width, the rest of a band given to its widest widget. */

export type Sized = { readonly columns: number }

/** Four figures beside each other need two columns. */
export const leastColumns = (render: unknown): number => (render === 'kpi_oee' ? 2 : 1)

/** As wide as the layout says; the card of four figures takes a row of its own unless it is told a width that holds them. */
export const drawnColumns = (render: unknown, colSpan: unknown): number => {
  const columns = typeof colSpan === 'number' && Number.isInteger(colSpan) ? Math.min(4, Math.max(1, colSpan)) : 1
  return columns < leastColumns(render) ? 4 : columns
}

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
