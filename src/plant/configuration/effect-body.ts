/** The effect on yesterday as the API says it. */
import { type Static, Type } from 'typebox'
import type { BeforeAfter, Effect, EffectFigures } from './effect.ts'

const ratio = Type.Union([Type.Number(), Type.Null()])
const Figures = Type.Object({
  oee_index: ratio,
  availability: ratio,
  effectiveness: ratio,
  quality_ratio: ratio,
  planned_busy_time_seconds: Type.Integer(),
  unplanned_downtime_seconds: Type.Integer(),
})
const orNull = Type.Union([Figures, Type.Null()])

/** Ratios 0…, unrounded; null is "no data". */
export const EffectSchema = Type.Object({
  day: Type.String({ description: 'YYYY-MM-DD, yesterday where the plant is' }),
  is_changed: Type.Boolean(),
  total: Type.Object({ before: Figures, after: Figures }),
  lines: Type.Array(Type.Object({ line_id: Type.Integer(), line_name: Type.String(), before: orNull, after: orNull })),
})

const figures = (of: EffectFigures): Static<typeof Figures> => ({
  oee_index: of.oeeIndex,
  availability: of.availability,
  effectiveness: of.effectiveness,
  quality_ratio: of.qualityRatio,
  planned_busy_time_seconds: of.plannedBusyTimeS,
  unplanned_downtime_seconds: of.unplannedDowntimeS,
})
const both = ({ before, after }: BeforeAfter) => ({ before: figures(before), after: figures(after) })

export const effectBody = ({ day, total, lines, isChanged }: Effect): Static<typeof EffectSchema> => ({
  day,
  is_changed: isChanged,
  total: both(total),
  lines: lines.map(({ lineId, lineName, before, after }) => ({
    line_id: lineId,
    line_name: lineName,
    before: before && figures(before),
    after: after && figures(after),
  })),
})
