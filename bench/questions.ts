/** What is asked: no two questions of a measure are equal, so that an answer kept from before answers none of them. Pure. */
import type { LinePlan } from '../src/plant/demo/plant-plan.ts'
import { dayS, formatLocalDate, type LocalS } from '../src/platform/time/index.ts'

export type Kind = { readonly days: number; readonly scope: 'one' | 'all' }

export type Question = {
  readonly days: number
  /** Null = all. */
  readonly lineId: number | null
  /** The range ends this many days before the plant's end. */
  readonly daysBack: number
  readonly shiftId: number | null
  /** Null = each line's own. */
  readonly thresholdS: number | null
}

/** Plain SQL answers this one too: whole days up to the plant's end, no shift. */
export const plainQuestion = ({ days, scope }: Kind, lines: readonly LinePlan[]): Question => ({
  days,
  lineId: scope === 'one' ? (lines[0]?.lineId ?? 1) : null,
  daysBack: 0,
  shiftId: null,
  thresholdS: null,
})

const endsTried = 27

/** The `at`-th question of its kind: line after line, ranges that end on different days, every second one of a shift that works there. Other thresholds
 *  tell apart what would come again. */
export function questionAt({ days, scope }: Kind, lines: readonly LinePlan[], at: number): Question {
  const line = lines[at % lines.length]
  const shifts = scope === 'one' ? (line?.shiftIds ?? []) : [1, 2]
  // once every line has met every end of range, the threshold moves by a second
  const round = Math.floor(at / (scope === 'one' ? lines.length * endsTried : endsTried))
  return {
    days,
    lineId: scope === 'one' ? (line?.lineId ?? 1) : null,
    daysBack: (scope === 'one' ? at + Math.floor(at / lines.length) : at) % endsTried,
    shiftId: (at + Math.floor(at / endsTried)) % 2 === 0 ? null : (shifts[Math.floor(at / 2) % shifts.length] ?? null),
    thresholdS: round === 0 ? null : 300 + round,
  }
}

export const intervalOf = (days: number): 'hour' | 'day' => (days > 31 ? 'day' : 'hour')

/** As the API takes it. */
export const bodyOf = (widgetIds: readonly number[], endS: LocalS, question: Question) => {
  const toS = endS - question.daysBack * dayS
  return {
    daterange: {
      start_date: formatLocalDate(toS - question.days * dayS),
      end_date: formatLocalDate(toS - dayS),
      start_time: '00:00',
      end_time: '23:59',
    },
    line_id: question.lineId ?? 'all',
    interval: intervalOf(question.days),
    ...(question.shiftId !== null && { shift_id: question.shiftId }),
    ...(question.thresholdS !== null && { downtime_threshold: question.thresholdS }),
    widget_ids: widgetIds,
  }
}
