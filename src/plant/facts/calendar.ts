/** When the lines of a request were planned to run. Lines that work the same shifts and days share the spans, and so do questions whose ranges lie in the same months. */
import { dayS, intersect, type Span, type Zone } from '../../platform/time/index.ts'
import type { Memory } from '../history/index.ts'
import type { PlantModel } from '../model/model.ts'
import { breakSpans, plannedPieces, plannedWindows, type Scope } from '../scope/index.ts'
import { modelNumber } from './model-number.ts'
import { type LineRange, lineRange } from './ranges.ts'

export type Calendar = {
  readonly range: (lineId: number, asked: Span) => LineRange
  /** Connected pieces of planned time over all active shifts that touch the span, whole. */
  readonly pieces: (lineId: number, span: Span) => readonly Span[]
  readonly breaks: (span: Span) => readonly Span[]
  /** W of every instant, with the scope's shift; not for `extend` with a chosen shift, where it depends on the range. */
  readonly windows: (lineId: number, span: Span) => readonly Span[]
}

export const isExtending = (model: PlantModel, { shiftId }: Scope): boolean =>
  model.settings.shiftRangeMode === 'extend' && shiftId !== null

/** Without a memory everything is worked out for the span that is asked. */
export function calendarOf(model: PlantModel, zone: Zone, scope: Scope, memory: Memory | null): Calendar {
  if (!memory)
    return {
      range: (lineId, asked) => lineRange(model, scope, plannedWindows(model, zone, lineId, scope.shiftId, asked), asked),
      pieces: (lineId, span) => plannedPieces(model, zone, lineId, span),
      breaks: (span) => breakSpans(model, zone, span),
      windows: (lineId, span) => plannedWindows(model, zone, lineId, scope.shiftId, span),
    }
  const once = new Map<string, unknown>()
  const shared = <Value>(key: string, make: () => Value): Value => {
    if (!once.has(key)) once.set(key, make())
    return once.get(key) as Value
  }
  /** Lines with the same one are planned alike. */
  const patternOf = (lineId: number): string => {
    const { shiftIdsByLine, holidays, extraShifts } = model.settings
    const own = shiftIdsByLine.get(lineId)
    const days = [...holidays, ...extraShifts].flatMap(({ lineIds }, i) => (lineIds?.has(lineId) ? [i] : []))
    return `${own ? [...own].sort((a, b) => a - b).join(',') : 'all'}/${days.join(',')}`
  }
  /** `make` of the whole months around the span. */
  const kept = (kind: string, span: Span, make: (around: Span) => Span[]): readonly Span[] => {
    const around = { fromS: Math.floor(span.fromS / blockS) * blockS, toS: Math.ceil(span.toS / blockS) * blockS }
    if (!(around.toS - around.fromS < longestS)) return make(span)
    const key = `${model.tenantId} calendar ${modelNumber(model)} ${kind} ${around.fromS} ${around.toS}`
    return shared(key, () => {
      const known = memory.get<readonly Span[]>(key, '')
      if (known) return known
      const made = make(around)
      memory.set(key, '', made, 50 * made.length)
      return made
    })
  }
  const windows = (lineId: number, span: Span): readonly Span[] =>
    shared(`windows ${patternOf(lineId)} ${span.fromS} ${span.toS}`, () =>
      isExtending(model, scope)
        ? plannedWindows(model, zone, lineId, scope.shiftId, span)
        : cut(
            kept(`windows ${patternOf(lineId)} ${scope.shiftId}`, span, (around) =>
              plannedWindows(model, zone, lineId, scope.shiftId, around),
            ),
            span,
          ),
    )
  return {
    range: (lineId, asked) =>
      shared(`range ${patternOf(lineId)} ${asked.fromS} ${asked.toS}`, () => lineRange(model, scope, windows(lineId, asked), asked)),
    pieces: (lineId, span) =>
      shared(`pieces ${patternOf(lineId)} ${span.fromS} ${span.toS}`, () =>
        touching(
          kept(`pieces ${patternOf(lineId)}`, span, (around) => plannedPieces(model, zone, lineId, around)),
          span,
        ),
      ),
    breaks: (span) =>
      touching(
        kept('breaks', span, (around) => breakSpans(model, zone, around)),
        span,
      ),
    windows,
  }
}

const blockS = 64 * dayS
/** Spans without beginning are not cut into blocks. */
const longestS = 20_000 * dayS

/** The spans are sorted and disjoint. */
function touching(spans: readonly Span[], { fromS, toS }: Span): readonly Span[] {
  let [from, to] = [0, spans.length]
  while (from < to && (spans[from] as Span).toS <= fromS) from++
  while (to > from && (spans[to - 1] as Span).fromS >= toS) to--
  return spans.slice(from, to)
}

const cut = (spans: readonly Span[], span: Span): readonly Span[] => intersect(touching(spans, span), [span])
