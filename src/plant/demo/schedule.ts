/** When a line is to work, pause and change its product, before anything goes wrong. */
import { dayS, hourS, isoWeekdayOfDay as isoWeekday, type LocalS, minuteS } from '../../platform/time/index.ts'
import type { CauseKind, LinePlan, PlantPlan } from './plant-plan.ts'
import type { Random } from './random.ts'

/** A shift that the line works. Nights and weekends are quiet: fewer people, slower cycles. */
export type Window = { readonly fromS: LocalS; readonly toS: LocalS; readonly isQuiet: boolean; readonly followsWork: boolean }

/** The shift instances that a line works in one production day, in order. */
export function windowsOf(plan: PlantPlan, line: LinePlan, day: number): Window[] {
  const midnight = day * dayS
  const worked = plan.shifts
    .filter(({ shiftId, isoWeekdays }) => line.shiftIds.includes(shiftId) && isoWeekdays.includes(isoWeekday(day)))
    .map(({ startHour, endHour }) => ({
      fromS: midnight + startHour * hourS,
      toS: midnight + (endHour > startHour ? endHour : endHour + 24) * hourS,
      startHour,
    }))
    .sort((one, other) => one.fromS - other.fromS)
  return worked.map(({ fromS, toS, startHour }, at) => ({
    fromS,
    toS,
    isQuiet: startHour >= 18 || isoWeekday(day) > 5,
    followsWork: worked[at - 1]?.toS === fromS,
  }))
}

export type Halt = { readonly kind: CauseKind; readonly durationS: number }
export type Appointment = { readonly atS: LocalS; readonly halt: Halt }
export type Campaign = { readonly productId: number; readonly untilS: LocalS }

/** Planned pauses of a shift, in their order. */
export function agendaOf(random: Random, window: Window, day: number, line: LinePlan): Appointment[] {
  const agenda: Appointment[] = []
  const hours = (window.toS - window.fromS) / hourS
  for (let meal = 1; meal <= Math.round(hours / 8); meal += 1) {
    const middleS = window.fromS + (meal * (window.toS - window.fromS)) / (Math.round(hours / 8) + 1)
    agenda.push({ atS: middleS + random.between(-15, 15) * minuteS, halt: { kind: 'break', durationS: random.between(24, 31) * minuteS } })
  }
  const hourOfDay = (window.fromS % dayS) / hourS
  if (isoWeekday(day) === 1 && hourOfDay === 6)
    agenda.push({ atS: window.fromS + 90, halt: { kind: 'cleaning', durationS: random.between(32, 45) * minuteS } })
  // Every second week, each line on a weekday of its own.
  if (day % 14 === (line.lineId * 3) % 14 && hourOfDay === 6)
    agenda.push({ atS: window.fromS + 2 * hourS, halt: { kind: 'maintenance', durationS: random.between(70, 110) * minuteS } })
  return agenda.sort((one, other) => one.atS - other.atS)
}

/** Products in the order of their campaigns and the wall times of the changes. */
export function campaignsOf(random: Random, line: LinePlan, window: Window): Campaign[] {
  const lengthS = window.toS - window.fromS
  const changes =
    line.products.length > 1
      ? random.pick([
          { count: 0, weight: 4 },
          { count: 1, weight: 5 },
          { count: 2, weight: 1 },
        ]).count
      : 0
  const campaigns: Campaign[] = []
  for (let at = 0; at <= changes; at += 1) {
    const before = campaigns.at(-1)?.productId
    const { productId } = random.pick(line.products.filter((product) => product.productId !== before))
    const share = (at + 1) / (changes + 1)
    campaigns.push({
      productId,
      untilS: at === changes ? Number.POSITIVE_INFINITY : window.fromS + lengthS * (share + random.between(-0.1, 0.1)),
    })
  }
  return campaigns
}
