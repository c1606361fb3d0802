/** Two periods side by side: ratios of sums over each, never a mean of percentages, and what changed. Pure. */

import { trendPoints } from '../dashboards/index.ts'
import type { ParetoRow } from '../downtime/index.ts'
import type { Facts, ProductCount } from '../facts/index.ts'
import { difference, percent, roundHalfAway } from '../kpi/index.ts'

/** `percent`: 0…100, one decimal, uncapped, its difference in points. The others: quantities, their difference and its share of the other period. */
export type FigureKind = 'percent' | 'pieces' | 'kg' | 'stops' | 'seconds' | 'rate'

/** In the order of the page. `more`: a rise is good news; `less`: a fall is; null: it says nothing by itself. */
export const comparedFigures = {
  oee: { kind: 'percent', better: 'more' },
  availability: { kind: 'percent', better: 'more' },
  performance: { kind: 'percent', better: 'more' },
  quality: { kind: 'percent', better: 'more' },
  total_production: { kind: 'pieces', better: 'more' },
  production_per_planned_hour: { kind: 'rate', better: 'more' },
  total_weight_kg: { kind: 'kg', better: 'more' },
  downtime_count: { kind: 'stops', better: 'less' },
  downtime_seconds: { kind: 'seconds', better: 'less' },
  mtbf_seconds: { kind: 'seconds', better: 'more' },
  mttr_seconds: { kind: 'seconds', better: 'less' },
  planned_busy_time_seconds: { kind: 'seconds', better: null },
} as const satisfies Record<string, { readonly kind: FigureKind; readonly better: 'more' | 'less' | null }>
export type FigureKey = keyof typeof comparedFigures
export const figureKeys = Object.keys(comparedFigures) as FigureKey[]

export type Compared = Readonly<Record<FigureKey, number | null>>
export type ComparedFacts = Pick<Facts, 'kpi' | 'downtime'>

const kilograms = (centikg: number): number => roundHalfAway(centikg / 100, 2)
const perPlannedHour = ({ kpi }: ComparedFacts): number | null =>
  kpi.time.plannedBusyTimeS === 0 ? null : (kpi.totalProduction * 3_600) / kpi.time.plannedBusyTimeS
const oneDecimal = (value: number | null): number | null => (value === null ? null : roundHalfAway(value, 1))

export const comparedOf = (facts: ComparedFacts): Compared => {
  const { kpi, downtime } = facts
  return {
    oee: percent(kpi.oeeIndex),
    availability: percent(kpi.availability),
    performance: percent(kpi.effectiveness),
    quality: percent(kpi.qualityRatio),
    total_production: kpi.totalProduction,
    production_per_planned_hour: oneDecimal(perPlannedHour(facts)),
    total_weight_kg: kilograms(kpi.totalWeightCentikg),
    downtime_count: downtime.stopCount,
    downtime_seconds: downtime.downtimeS,
    mtbf_seconds: oneDecimal(kpi.mtbfS),
    mttr_seconds: oneDecimal(kpi.mttrS),
    planned_busy_time_seconds: kpi.time.plannedBusyTimeS,
  }
}

/** `a − b`, from what is not rounded yet; null where either side has no figure. */
export const deltasOf = (a: ComparedFacts, b: ComparedFacts): Compared => ({
  oee: trendPoints(a.kpi.oeeIndex, b.kpi.oeeIndex),
  availability: trendPoints(a.kpi.availability, b.kpi.availability),
  performance: trendPoints(a.kpi.effectiveness, b.kpi.effectiveness),
  quality: trendPoints(a.kpi.qualityRatio, b.kpi.qualityRatio),
  total_production: a.kpi.totalProduction - b.kpi.totalProduction,
  production_per_planned_hour: difference(perPlannedHour(a), perPlannedHour(b), 1),
  total_weight_kg: kilograms(a.kpi.totalWeightCentikg - b.kpi.totalWeightCentikg),
  downtime_count: a.downtime.stopCount - b.downtime.stopCount,
  downtime_seconds: a.downtime.downtimeS - b.downtime.downtimeS,
  mtbf_seconds: difference(a.kpi.mtbfS, b.kpi.mtbfS, 1),
  mttr_seconds: difference(a.kpi.mttrS, b.kpi.mttrS, 1),
  planned_busy_time_seconds: a.kpi.time.plannedBusyTimeS - b.kpi.time.plannedBusyTimeS,
})

/** Share of change, −0.25 = a quarter less; null for percentages (their difference is in points), without a figure, or from nothing. */
export const changesOf = (a: Compared, b: Compared): Compared =>
  Object.fromEntries(figureKeys.map((key) => [key, comparedFigures[key].kind === 'percent' ? null : changeOf(a[key], b[key])])) as Compared

export const changeOf = (a: number | null, b: number | null): number | null => (a === null || b === null || b === 0 ? null : (a - b) / b)

export type Mood = 'good' | 'bad' | 'neutral'
/** By sign: what is good news of this figure. */
export function moodOf(key: FigureKey, delta: number | null): Mood {
  const { better } = comparedFigures[key]
  if (delta === null || delta === 0 || better === null) return 'neutral'
  return delta > 0 === (better === 'more') ? 'good' : 'bad'
}

export type ComparedProduct = {
  readonly productId: number
  readonly product: ProductCount
  readonly current: number
  readonly previous: number
}

/** Of both periods; most of the current one first, then of the other. */
export function compareProducts(a: readonly ProductCount[], b: readonly ProductCount[]): ComparedProduct[] {
  const before = new Map(b.map((product) => [product.productId, product]))
  const now = new Map(a.map((product) => [product.productId, product]))
  return [...new Map([...before, ...now]).values()]
    .map((product) => ({
      productId: product.productId,
      product,
      current: now.get(product.productId)?.count ?? 0,
      previous: before.get(product.productId)?.count ?? 0,
    }))
    .sort((x, y) => y.current - x.current || y.previous - x.previous || x.productId - y.productId)
}

type CountAndTime = { readonly count: number; readonly seconds: number }
export type ComparedReason = {
  readonly key: string
  readonly label: string | null
  readonly current: CountAndTime
  readonly previous: CountAndTime
}

const nothing: CountAndTime = { count: 0, seconds: 0 }
const bare = (row: ParetoRow | undefined): CountAndTime => (row ? { count: row.count, seconds: row.seconds } : nothing)

/** Heaviest of the current period first, then of the other. */
export function compareParetos(a: readonly ParetoRow[], b: readonly ParetoRow[]): ComparedReason[] {
  const before = new Map(b.map((row) => [row.key, row]))
  const now = new Map(a.map((row) => [row.key, row]))
  return [...new Map([...before, ...now]).values()]
    .map(({ key, label }) => ({ key, label, current: bare(now.get(key)), previous: bare(before.get(key)) }))
    .sort((x, y) => y.current.seconds - x.current.seconds || y.previous.seconds - x.previous.seconds || (x.key < y.key ? -1 : 1))
}
