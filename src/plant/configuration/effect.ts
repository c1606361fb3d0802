/** What yesterday would have been with another plant: the same facts as the dashboard's, gathered twice, from two models. Nothing is written,
 *  and nothing that is kept under the real model is touched: every model has a number of its own in the memories of facts. */
import { type Clock, dayS, formatLocalDate, midnightOf, zoneOf } from '../../platform/time/index.ts'
import { gatherFacts, type KpiFacts } from '../facts/index.ts'
import type { Histories } from '../history/index.ts'
import type { OpenPlant, PlantModel, Plants } from '../model/index.ts'
import { parseScope } from '../scope/index.ts'

/** Ratios 0…, unrounded; null is "no data". */
export type EffectFigures = Pick<KpiFacts, 'oeeIndex' | 'availability' | 'effectiveness' | 'qualityRatio'> & {
  readonly plannedBusyTimeS: number
  readonly unplannedDowntimeS: number
}
export type BeforeAfter = { readonly before: EffectFigures; readonly after: EffectFigures }
export type Effect = {
  /** `YYYY-MM-DD`, yesterday where the plant is. */
  readonly day: string
  /** Ratio of sums over the active lines, as the dashboard says it. */
  readonly total: BeforeAfter
  /** Active lines before and after, by id; a line that comes or goes has null on the other side. */
  readonly lines: readonly {
    readonly lineId: number
    readonly lineName: string
    readonly before: EffectFigures | null
    readonly after: EffectFigures | null
  }[]
  readonly isChanged: boolean
}

export type EffectDeps = {
  readonly plants: Pick<Plants, 'withPlant'>
  readonly histories: Pick<Histories, 'of'>
  readonly clock: Clock
}

/** Null: no line is active before and after. `change` is pure. Throws what the plant's database throws, and 503 `range_too_large`. */
export const effectOnYesterday = (deps: EffectDeps, tenantId: number, change: (model: PlantModel) => PlantModel): Promise<Effect | null> =>
  deps.plants.withPlant(tenantId, (plant) => effectIn(deps, plant, change(plant.model)))

/** The same in a plant that is open. */
export async function effectIn(
  { histories, clock }: Pick<EffectDeps, 'histories' | 'clock'>,
  plant: OpenPlant,
  changed: PlantModel,
): Promise<Effect | null> {
  const nowMs = clock.nowMs() - (clock.nowMs() % 1_000)
  const day = yesterday(plant.model, nowMs)
  const isActive = (model: PlantModel): boolean => model.lines.some((line) => line.isActive)
  if (!isActive(plant.model) || !isActive(changed)) return null
  const gather = (model: PlantModel, history: ReturnType<Histories['of']> | null) =>
    gatherFacts(plant.db, model, parseScope(model, wholeDay(day), nowMs), {
      needs: { previous: false, status: false, recent: false },
      ...(history && { history }),
    })
  const history = histories.of(plant)
  const before = await gather(plant.model, history)
  const after = await gather(changed, foldsAlike(plant.model, changed) ? history : null)
  const [old, now] = [before, after].map(
    ({ lines }) => new Map(lines.map(({ line, kpi }) => [line.lineId, { line, figures: figuresOf(kpi) }])),
  )
  const ids = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].sort((a, b) => a - b)
  const total = { before: figuresOf(before.kpi), after: figuresOf(after.kpi) }
  const lines = ids.map((lineId) => ({
    lineId,
    lineName: (now?.get(lineId) ?? old?.get(lineId))?.line.lineName ?? '',
    before: old?.get(lineId)?.figures ?? null,
    after: now?.get(lineId)?.figures ?? null,
  }))
  return { day, total, lines, isChanged: [total, ...lines].some((one) => !isSame(one.before, one.after)) }
}

/** Every line over the whole day, whatever the customer's filters preset. */
const wholeDay = (day: string) => ({
  line_id: 'all',
  shift_id: 'all',
  start_date: day,
  end_date: day,
  start_time: '00:00',
  end_time: '23:59',
  interval: 'day',
  downtime_threshold: '',
})

function yesterday({ settings }: PlantModel, nowMs: number): string {
  const zone = zoneOf(settings.timeZone)
  return formatLocalDate(midnightOf(zone.toLocalS(Math.floor(nowMs / 1_000))) - dayS)
}

/** Day summaries of one model serve the other when days and tables are the same: all else is decided on reading. */
function foldsAlike(a: PlantModel, b: PlantModel): boolean {
  const tables = ({ lines }: PlantModel) => JSON.stringify(lines.map(({ lineId, detectionTable }) => [lineId, detectionTable?.name]))
  return a.settings.timeZone === b.settings.timeZone && tables(a) === tables(b)
}

const figuresOf = ({ oeeIndex, availability, effectiveness, qualityRatio, time }: KpiFacts): EffectFigures => ({
  oeeIndex,
  availability,
  effectiveness,
  qualityRatio,
  plannedBusyTimeS: time.plannedBusyTimeS,
  unplannedDowntimeS: time.unplannedDowntimeS,
})

const isSame = (a: EffectFigures | null, b: EffectFigures | null): boolean => JSON.stringify(a) === JSON.stringify(b)
