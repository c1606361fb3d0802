/** Monthly partitions (spec plant 2.5): the optimiser does not prune by year×100+month, so a query names the partitions itself. */
import { type LocalS, localParts } from '../../platform/time/index.ts'
import type { DetectionTable } from '../model/model.ts'

/** Longer lists are slower to plan than they save. */
const maxMonths = 12

const yearMonth = (localS: LocalS): number => {
  const { year, month } = localParts(localS)
  return year * 100 + month
}
const monthNumber = (localS: LocalS): number => {
  const { year, month } = localParts(localS)
  return year * 12 + month
}

/** Names of the partitions that can hold rows of `[fromLocalS, toLocalS)`; null = name none (not partitioned, or more than 12 months).
 *  Rows older than every month sit in the oldest partition, rows newer than the last named one in `pmax`. An open end also takes all newer ones. */
export function partitionsFor(table: DetectionTable, fromLocalS: LocalS, toLocalS: LocalS, hasOpenEnd = false): string[] | null {
  if (!table.partitions || !Number.isFinite(fromLocalS)) return null
  if (monthNumber(toLocalS - 1) - monthNumber(fromLocalS) >= maxMonths) return null
  const first = yearMonth(fromLocalS)
  const last = hasOpenEnd ? Number.POSITIVE_INFINITY : yearMonth(toLocalS - 1)
  const names: string[] = []
  let fromYearMonth = Number.NEGATIVE_INFINITY
  for (const { name, belowYearMonth } of table.partitions) {
    const below = belowYearMonth ?? Number.POSITIVE_INFINITY
    if (fromYearMonth <= last && below > first) names.push(name)
    fromYearMonth = below
  }
  return names.length > 0 ? names : null
}
