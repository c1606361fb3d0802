import type { Span } from '../../platform/time/index.ts'

/** A stretch of the range, inside the planned windows or outside. */
export type Stretch = Span & { readonly isPlanned: boolean }

/** The range cut at the windows' edges, in order; with a shift chosen only what is inside. */
export function stretchesOf(range: Span, windows: readonly Span[], isShiftChosen: boolean): Stretch[] {
  const stretches: Stretch[] = []
  const add = (fromS: number, toS: number, isPlanned: boolean): void => {
    if (fromS < toS && (isPlanned || !isShiftChosen)) stretches.push({ fromS, toS, isPlanned })
  }
  let atS = range.fromS
  for (const window of windows) {
    const fromS = Math.max(window.fromS, range.fromS)
    const toS = Math.min(window.toS, range.toS)
    if (fromS >= toS) continue
    add(atS, fromS, false)
    add(fromS, toS, true)
    atS = toS
  }
  add(atS, range.toS, false)
  return stretches
}
