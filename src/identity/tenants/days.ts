/** Days and instants as a company means them. Pure. */
import { dayS, parseLocal, zoneOf } from '../../platform/time/index.ts'
import type { TenantConfig } from './tenant.ts'

/** Where the company's days begin; UTC when it has not said, or a zone that there is not. */
export function companyTimeZone(config: TenantConfig | null): string {
  const zone = config?.timezone
  try {
    return typeof zone === 'string' ? zoneOf(zone).timeZone : 'UTC'
  } catch {
    return 'UTC'
  }
}

const isDay = /^\d{4}-\d{2}-\d{2}$/
const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

/** What was typed as an instant (ISO 8601 with its zone), or as a day, of which it is the first moment or the moment after: "until Friday"
 *  holds on all of Friday where the company is. Null: neither. */
export function momentMs(typed: string, timeZone: string, ofDay: 'begin' | 'end'): number | null {
  if (isDay.test(typed)) {
    const midnightS = parseLocal(typed)
    return midnightS === null ? null : zoneOf(timeZone).toEpochS(midnightS + (ofDay === 'end' ? dayS : 0)) * 1000
  }
  const atMs = isInstant.test(typed) ? Date.parse(typed) : Number.NaN
  return Number.isNaN(atMs) ? null : atMs
}
