/** Single days that differ from the weekly shifts: holidays take planned time away, extra shifts add some. */
import { civilFromDays, dayS, type Span, type Zone } from '../../platform/time/index.ts'
import type { ExtraShift, Holiday, PlantSettings } from '../model/model.ts'

export type Exceptions = {
  /** Whether no shift starts on this local day. */
  readonly isClosed: (day: number) => boolean
  readonly extraShifts: readonly ExtraShift[]
}

/** Of one line; `lineId` null: what holds for all lines. Null = the weekly shifts say everything. */
export function exceptionsOf({ holidays, extraShifts }: PlantSettings, lineId: number | null): Exceptions | null {
  const isMine = ({ lineIds }: Holiday | ExtraShift): boolean => lineIds === null || (lineId !== null && lineIds.has(lineId))
  const closed = holidays.filter(isMine)
  const extra = extraShifts.filter(isMine)
  if (closed.length === 0 && extra.length === 0) return null
  const days = new Set(closed.filter(({ isYearly }) => !isYearly).map(({ day }) => day))
  const yearly = new Set(closed.filter(({ isYearly }) => isYearly).map(({ day }) => dateOfYear(day)))
  return { isClosed: (day) => days.has(day) || (yearly.size > 0 && yearly.has(dateOfYear(day))), extraShifts: extra }
}

function dateOfYear(day: number): number {
  const date = civilFromDays(day)
  return date.month * 100 + date.day
}

/** Those that touch `span`, whole. */
export const extraSpans = (zone: Zone, extraShifts: readonly ExtraShift[], span: Span): Span[] =>
  extraShifts
    .map(({ day, startS, endS }) => ({
      fromS: zone.toEpochS(day * dayS + startS),
      toS: zone.toEpochS((endS <= startS ? day + 1 : day) * dayS + endS),
    }))
    .filter(({ fromS, toS }) => fromS < toS && fromS < span.toS && toS > span.fromS)
