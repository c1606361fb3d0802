/** Two periods of the same lines, asked once: page, API and files draw this. */
import type { TenantActor } from '../../identity/index.ts'
import { type Asked, askPlant, type DashboardDeps, onlyRange } from '../dashboards/index.ts'
import { paretoOf } from '../downtime/index.ts'
import { gatherFacts } from '../facts/index.ts'
import { checkFilters, parseScope, type Scope } from '../scope/index.ts'
import {
  type Compared,
  type ComparedProduct,
  type ComparedReason,
  changesOf,
  comparedOf,
  compareParetos,
  compareProducts,
  deltasOf,
} from './compare.ts'
import { type ComparisonPreset, comparedRange, cutToElapsed, rangeParameters } from './ranges.ts'

export type ComparisonWish = {
  /** Range to compare with, as `daterange`; wins over the preset. */
  readonly daterange: unknown
  readonly preset: ComparisonPreset
  /** While the current period runs, the other ends as far from its start. */
  readonly isCut: boolean
}

export type Comparison = {
  readonly current: Asked
  readonly previous: Asked
  readonly figures: { readonly current: Compared; readonly previous: Compared; readonly deltas: Compared; readonly changes: Compared }
  readonly products: readonly ComparedProduct[]
  readonly reasons: readonly ComparedReason[]
  /** The other period was cut, because the current one is not over. */
  readonly isCut: boolean
  /** One is longer than the other: quantities are not alike. */
  readonly isUneven: boolean
}

/** Throws invalid_filters (422; of the second range, too), range_too_large and plant_unavailable (503). */
export async function comparePeriods(
  deps: DashboardDeps,
  actor: TenantActor,
  raw: Readonly<Record<string, unknown>>,
  wish: ComparisonWish,
): Promise<Comparison> {
  let isCut = false
  const current = await askPlant(deps, actor, raw, onlyRange, async (plant, { scope }) => {
    const nowMs = scope.now.epochS * 1_000
    const scopeOf = (daterange: unknown): Scope => {
      const { interval, ...asked } = withRange(raw, scope, daterange)
      // of a range too long for buckets of that size there is no chart, and the figures all the same
      return checkFilters(plant.model, { ...asked, interval }, nowMs).scope ?? parseScope(plant.model, asked, nowMs)
    }
    const whole = wish.daterange ?? rangeParameters(comparedRange(scope, wish.preset))
    let other = scopeOf(whole)
    const cut = wish.isCut ? cutToElapsed(other, scope, scope.now.localS) : null
    if (cut) other = scopeOf(rangeParameters(cut))
    isCut = cut !== null
    const facts = await gatherFacts(plant.db, plant.model, other, { needs: onlyRange, history: deps.histories.of(plant) })
    return { scope: other, facts, model: plant.model }
  })
  const previous = current.more
  if (!previous) throw new Error('comparison without a second range')
  const [a, b] = [comparedOf(current.facts), comparedOf(previous.facts)]
  return {
    current,
    previous,
    figures: { current: a, previous: b, deltas: deltasOf(current.facts, previous.facts), changes: changesOf(a, b) },
    products: compareProducts(current.facts.products, previous.facts.products),
    reasons: compareParetos(paretoOf(current.facts.stops, 'reason', 'seconds'), paretoOf(previous.facts.stops, 'reason', 'seconds')),
    isCut,
    isUneven: elapsedS(current.scope) !== elapsedS(previous.scope),
  }
}

/** Wall time, so that a day of 23 hours is as long as any other. */
const elapsedS = ({ fromLocalS, toLocalS, now }: Scope): number => Math.ceil((Math.min(toLocalS, now.localS) - fromLocalS) / 60) * 60

/** The same lines, also for a screen that is bound to some, and the same buckets; the first range's own dates must not reach the second. */
const withRange = (raw: Readonly<Record<string, unknown>>, scope: Scope, daterange: unknown) => {
  const { start_date: _a, end_date: _b, start_time: _c, end_time: _d, line_id: _e, ...others } = raw
  return { ...others, line_ids: scope.lines.map(({ lineId }) => lineId), daterange, interval: scope.interval }
}
