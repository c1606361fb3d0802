import { intersect, type Span, type Zone } from '../../platform/time/index.ts'
import type { PlantModel } from '../model/model.ts'
import type { Scope } from '../scope/index.ts'

/** One range as one line sees it. */
export type LineRange = {
  /** As asked; with `extend` and a chosen shift, up to the end of its last instance. May end after now. */
  readonly range: Span
  /** The same up to now; `fromS >= toS` when it has not begun. */
  readonly elapsed: Span
  /** Planned windows: whole for telling where a row lies, and up to now for times. */
  readonly windows: readonly Span[]
  readonly elapsedWindows: readonly Span[]
}

/** `windows` are the planned ones of `asked`. */
export function lineRange(model: PlantModel, scope: Scope, windows: readonly Span[], asked: Span): LineRange {
  const nowS = scope.now.epochS
  const isExtended = model.settings.shiftRangeMode === 'extend' && scope.shiftId !== null
  const range = isExtended ? { fromS: asked.fromS, toS: Math.max(asked.toS, windows.at(-1)?.toS ?? asked.toS) } : asked
  return {
    range,
    elapsed: { fromS: range.fromS, toS: Math.min(range.toS, nowS) },
    windows,
    elapsedWindows: intersect(windows, [{ fromS: Number.NEGATIVE_INFINITY, toS: nowS }]),
  }
}

/** The range of equal length in wall time just before (compare.md 13); empty when all of it lies in an hour that spring skips. */
export const precedingRange = (zone: Zone, scope: Scope): Span => ({
  fromS: Math.min(scope.range.fromS, zone.toEpochS(scope.fromLocalS - (scope.toLocalS - scope.fromLocalS))),
  toS: scope.range.fromS,
})
