/** What goes wrong around the machines: a camera that saw nothing, a batch that the network delivered late. */
import { dayS, hourS, isoWeekdayOfDay as isoWeekday, type LocalS, minuteS } from '../../platform/time/index.ts'
import type { LineDay, ModelAnchor } from './machine.ts'
import type { LinePlan, PlantPlan } from './plant-plan.ts'

/** Applies the camera outage and the late batch, if they fall on this day. */
export function withTroubles(plan: PlantPlan, line: LinePlan, day: number, anchor: ModelAnchor, produced: LineDay): LineDay {
  const isHit = (trouble: { readonly lineId: number; readonly daysBack: number } | null): boolean =>
    trouble !== null && trouble.lineId === line.lineId && day === workdayBefore(anchor.newestDay - trouble.daysBack)
  const midnight = day * dayS
  if (plan.outage !== null && isHit(plan.outage)) {
    const { fromS, toS } = {
      fromS: midnight + plan.outage.fromHour * hourS,
      toS: midnight + (plan.outage.fromHour + plan.outage.hours) * hourS,
    }
    return {
      pieces: produced.pieces.filter(({ detectedS }) => detectedS < fromS || detectedS >= toS),
      stops: produced.stops.filter(({ startS, endS }) => endS <= fromS || startS >= toS),
    }
  }
  if (plan.lateBatch !== null && isHit(plan.lateBatch)) {
    const fromS = midnight + plan.lateBatch.fromHour * hourS
    const toS = fromS + plan.lateBatch.minutes * minuteS
    const arrivedS = toS + plan.lateBatch.delayS
    return {
      ...produced,
      pieces: produced.pieces.map((piece) => (piece.detectedS >= fromS && piece.detectedS < toS ? { ...piece, arrivedS } : piece)),
    }
  }
  return produced
}

/** The day itself, or the Friday before a weekend: troubles are to be seen on a normal day. */
export const workdayBefore = (day: number): number => day - Math.max(0, isoWeekday(day) - 5)

/** Wall times between which the outage's camera saw nothing. */
export function outageOf(
  plan: PlantPlan,
  anchor: ModelAnchor,
): { readonly fromS: LocalS; readonly toS: LocalS; readonly lineId: number } | null {
  if (plan.outage === null) return null
  const fromS = workdayBefore(anchor.newestDay - plan.outage.daysBack) * dayS + plan.outage.fromHour * hourS
  return { fromS, toS: fromS + plan.outage.hours * hourS, lineId: plan.outage.lineId }
}
