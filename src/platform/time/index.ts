/** Time: the clock, plant wall time and its zones, spans. Knows no plant. */
export { type Clock, fixedClock, nextTurn, systemClock } from './clock.ts'
export { latestLeaseMs, skewMs } from './lease.ts'
export {
  civilFromDays,
  dayOf,
  dayS,
  daysFromCivil,
  formatDurationS,
  formatLocal,
  formatLocalDate,
  formatLocalTime,
  hourS,
  isoWeekdayOfDay,
  type LocalS,
  localParts,
  midnightOf,
  minuteS,
  parseLocal,
} from './local.ts'
export { intersect, type Span, spanAt, subtract, totalS, union } from './span.ts'
export { firstYear, lastYear, type RepeatedHour, type Zone, zoneOf } from './zone.ts'
