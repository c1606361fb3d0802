/** Which reasons, or kinds of failure, weigh most. Pure. */

import { isCounted, isExplained } from './explained.ts'
import type { Stop } from './stop.ts'

export const paretoGroups = ['reason', 'failure'] as const
export type ParetoGroup = (typeof paretoGroups)[number]
export const paretoMeasures = ['seconds', 'count'] as const
export type ParetoMeasure = (typeof paretoMeasures)[number]

/** `none`: nobody said why. `text`: words without a code. A number: the code. A failure's own text: every code of that kind. */
export type ParetoKey = string
export const [unexplainedKey, textKey] = ['none', 'text']

export type ParetoRow = {
  readonly key: ParetoKey
  /** Words of the code or the kind of failure; null for `none` and `text`. */
  readonly label: string | null
  readonly failureType: string | null
  readonly count: number
  /** What the stops cost of planned time; overlapping ones each count, so the rows can add up to more than the time lost. */
  readonly seconds: number
  /** 0…1 of all rows, by the measure that orders them. */
  readonly share: number
  /** 0…1, this row and those before it. */
  readonly cumulative: number
}

export const reasonKey = (stop: Pick<Stop, 'recorded'>): ParetoKey => {
  if (!isExplained(stop)) return unexplainedKey
  const code = stop.recorded?.reasonCode ?? null
  return code === null ? textKey : String(code)
}

/** Codes that belong to no kind of failure stand by themselves. */
export const failureKey = (stop: Pick<Stop, 'recorded'>): ParetoKey => stop.recorded?.failureType ?? reasonKey(stop)

export const keyBy = { reason: reasonKey, failure: failureKey } as const satisfies Record<ParetoGroup, (stop: Stop) => ParetoKey>

/** Unplanned stops that cost planned time; the heaviest first, equal ones by key. */
export function paretoOf(stops: readonly Stop[], by: ParetoGroup, measure: ParetoMeasure): ParetoRow[] {
  const groups = new Map<ParetoKey, { label: string | null; failureType: string | null; count: number; seconds: number }>()
  for (const stop of stops) {
    if (!isCounted(stop)) continue
    const key = keyBy[by](stop)
    const group = groups.get(key) ?? { ...wordsOf(stop, key, by), count: 0, seconds: 0 }
    group.count += 1
    group.seconds += stop.countedS
    groups.set(key, group)
  }
  const sorted = [...groups]
    .map(([key, group]) => ({ key, ...group }))
    .sort((a, b) => b[measure] - a[measure] || b.seconds - a.seconds || (a.key < b.key ? -1 : 1))
  const total = sorted.reduce((sum, row) => sum + row[measure], 0)
  let before = 0
  return sorted.map((row) => {
    before += row[measure]
    return { ...row, share: row[measure] / total, cumulative: before / total }
  })
}

function wordsOf({ recorded }: Stop, key: ParetoKey, by: ParetoGroup): Pick<ParetoRow, 'label' | 'failureType'> {
  const failureType = recorded?.failureType ?? null
  if (key === unexplainedKey || key === textKey) return { label: null, failureType: null }
  return { label: by === 'failure' ? (failureType ?? recorded?.label ?? key) : (recorded?.label ?? key), failureType }
}
