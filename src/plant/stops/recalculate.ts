/** Automatic stops of a range calculated anew: what nobody explained or made is replaced, everything else stays (spec plant 7.4). */
import { randomUUID } from 'node:crypto'
import { recordAudit } from '../../identity/index.ts'
import { intersect, type LocalS, type Span, union, zoneOf } from '../../platform/time/index.ts'
import { isExplained, type StoredEvent } from '../downtime/index.ts'
import { type CalculatedStops, calculateStops } from '../facts/index.ts'
import type { Line } from '../model/index.ts'
import { listSuppressed, noteChange } from '../stop-store/index.ts'
import { versionOfEvent } from './content.ts'
import { changeLine, type LinePlant, type LineStore } from './line-store.ts'
import { inLine, lineOf, nowSOf, type StopDeps } from './open.ts'
import { problem } from './problems.ts'
import { auditorOf, type By } from './saving.ts'
import { settledUntilS } from './settled.ts'
import type { Editor } from './stored-stop.ts'
import { automaticStop } from './target.ts'

/** A machine made it, and nobody said anything about it. */
export const isReplaceable = (event: StoredEvent): boolean => !event.isManual && !isExplained({ recorded: event })

export type Plan = {
  readonly insert: readonly Span[]
  readonly update: readonly { readonly event: StoredEvent; readonly span: Span }[]
  readonly remove: readonly StoredEvent[]
  readonly kept: readonly StoredEvent[]
}

/** Pure. `stored`: what touches the range; `wanted`: what should be there beside what stays. A stop that moved keeps its row. */
export function planOf(stored: readonly StoredEvent[], wanted: readonly Span[]): Plan {
  const replaceable = stored.filter(isReplaceable)
  const isSame = (a: Span, b: Span): boolean => a.fromS === b.fromS && a.toS === b.toS
  const same = replaceable.filter(({ span }) => wanted.some((one) => isSame(one, span)))
  const open = replaceable.filter((event) => !same.includes(event))
  const update: { event: StoredEvent; span: Span }[] = []
  const insert: Span[] = []
  for (const span of wanted) {
    if (same.some((event) => isSame(event.span, span))) continue
    const at = open.findIndex((event) => event.span.fromS < span.toS && event.span.toS > span.fromS)
    const [event] = at < 0 ? [] : open.splice(at, 1)
    if (event) update.push({ event, span })
    else insert.push(span)
  }
  return { insert, update, remove: open, kept: stored.filter((event) => !isReplaceable(event) || same.includes(event)) }
}

/** Stops that are over and can be stored, of those that touch the span. */
export const storable = ({ stops, firstS, rules }: CalculatedStops, nowS: number): Span[] =>
  stops
    .filter(({ span, isLive }) => !isLive && span.toS <= settledUntilS(rules.thresholdS, nowS) && span.fromS >= (firstS ?? 0))
    .map(({ span }) => span)

const touches = (span: Span, range: Span): boolean => span.fromS < range.toS && span.toS > range.fromS
const maxAttempts = 3

/** Calculates before the transaction and looks in it whether the rows are still those; else everything anew. */
export async function replaceAutomatic(
  deps: StopDeps,
  plant: LinePlant,
  line: Line,
  {
    range,
    thresholdS,
    isDryRun,
    by,
  }: { readonly range: Span; readonly thresholdS: number | null; readonly isDryRun: boolean; readonly by: By },
): Promise<Plan> {
  const nowS = nowSOf(deps)
  for (let attempt = 1; ; attempt++) {
    const found = await calculateStops(attempt === 1 ? plant : seenAnew(plant), line, range, {
      nowS,
      history: deps.histories.of(plant),
      thresholdS,
      isLeftOut: (event) => isReplaceable(event) && touches(event.span, range),
    })
    if (found.isLoading) throw problem('history_loading', { headers: { 'retry-after': '60' } })
    if (!line.autoDetectDowntime || found.rules.thresholdS <= 0) throw problem('not_detecting', { parameters: { line: line.lineName } })
    const stored = found.events.filter(({ span }) => touches(span, range))
    const plan = planOf(
      stored,
      storable(found, nowS).filter((span) => touches(span, range)),
    )
    const isEmpty = plan.insert.length + plan.update.length + plan.remove.length === 0
    if (isDryRun || isEmpty) return plan
    const ids = await found.idsAt([...plan.insert, ...plan.update.map(({ span }) => span)].flatMap(({ fromS, toS }) => [fromS, toS]))
    try {
      await changeLine(deps, plant, line, (store) => apply(deps, store, line, plan, ids, by))
      return plan
    } catch (error) {
      if (!(error instanceof StalePlanError)) throw error
      if (attempt === maxAttempts) throw problem('stops_busy', { headers: { 'retry-after': '5' } })
    }
  }
}

/** What Andon keeps of stops was read for the version that the plant was opened with, and somebody changed it since. */
function seenAnew({ db, model }: LinePlant): LinePlant {
  const { beside } = db
  return { db: beside ? { ...db, beside: { ...beside, stopStamp: randomUUID() } } : db, model }
}

/** A row is not what the plan saw: nothing of it is done. */
class StalePlanError extends Error {}

async function apply(
  deps: StopDeps,
  store: LineStore,
  { lineId }: Line,
  plan: Plan,
  ids: ReadonlyMap<number, number>,
  by: By,
): Promise<void> {
  const { insert, update, remove } = plan
  for (const event of [...remove, ...update.map((one) => one.event)]) {
    const now = await store.find(event.eventId)
    if (!now || versionOfEvent(now) !== versionOfEvent(event)) throw new StalePlanError()
  }
  for (const event of remove) await store.remove(event)
  await demandRoom(store, lineId, plan)
  for (const { event, span } of update) await store.update(event, automaticStop(span))
  for (const span of insert) {
    await store.insert(automaticStop(span), ids.get(span.toS) ?? ids.get(span.fromS) ?? 0)
  }
  const auditor = auditorOf(by)
  await recordAudit(store.tx, deps, auditor.actor, 'UPDATE', {
    tenantId: store.tx.tenantId,
    entityType: 'stops',
    entityId: lineId,
    ...auditor.origin,
    data: {
      line_id: lineId,
      what: 'recalculated',
      inserted: insert.map(({ fromS, toS }) => [fromS, toS]).slice(0, mostTold),
      updated: update.map(({ event, span }) => [event.eventId, event.span.fromS, event.span.toS, span.fromS, span.toS]).slice(0, mostTold),
      deleted: remove.map(({ eventId, span }) => [eventId, span.fromS, span.toS]).slice(0, mostTold),
      counts: [insert.length, update.length, remove.length],
    },
  })
  await noteChange(store.tx, lineId, deps.clock.nowMs())
}

/** Throws when something lies where a row is to be written: somebody made or deleted a stop since it was calculated. */
async function demandRoom(store: LineStore, lineId: number, { insert, update }: Plan): Promise<void> {
  const written = union([...insert, ...update.map(({ span }) => span)])
  const [first, last] = [written[0], written.at(-1)]
  if (!first || !last) return
  const hull = { fromS: first.fromS, toS: last.toS }
  const moving = new Set(update.map(({ event }) => event.eventId))
  const there = (await store.overlapping(hull)).filter(({ eventId }) => !moving.has(eventId)).map(({ span }) => span)
  const taken = union([...there, ...(await listSuppressed(store.tx, lineId, hull))])
  if (intersect(written, taken).length > 0) throw new StalePlanError()
}

const mostTold = 500

export type PreviewRow = {
  readonly action: 'insert' | 'update' | 'delete'
  readonly lineId: number
  readonly eventId: number | null
  readonly span: Span
  readonly startLocalS: LocalS
  readonly endLocalS: LocalS
  /** Of a row that moves. */
  readonly was: Span | null
}

export type Recalculated = {
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  /** Manual and explained stops, and automatic ones that are right as they are. */
  readonly kept: number
  /** By line and start. */
  readonly preview: readonly PreviewRow[]
}

export type RecalculationRequest = {
  readonly lineIds: readonly number[]
  readonly fromS: number
  readonly toS: number
  /** Null = each line's own. */
  readonly thresholdS?: number | null | undefined
  readonly isDryRun: boolean
}

/** Line by line, each in one transaction. Throws line_not_found, not_detecting, history_loading, stops_busy. */
export const recalculateStops = (deps: StopDeps, editor: Editor, request: RecalculationRequest): Promise<Recalculated> =>
  recalculateIn(deps, editor, request, (lineId, work) => inLine(deps, editor, lineId, work))

/** The same without a person, for the command line. */
export const recalculateAlone = (deps: StopDeps, tenantId: number, request: RecalculationRequest): Promise<Recalculated> =>
  recalculateIn(deps, null, request, (lineId, work) => deps.plants.withPlant(tenantId, async (plant) => work(plant, lineOf(plant, lineId))))

async function recalculateIn(
  deps: StopDeps,
  by: By,
  { lineIds, fromS, toS, thresholdS = null, isDryRun }: RecalculationRequest,
  open: (lineId: number, work: (plant: LinePlant, line: Line) => Promise<void>) => Promise<void>,
): Promise<Recalculated> {
  const sum = { inserted: 0, updated: 0, deleted: 0, kept: 0 }
  const preview: PreviewRow[] = []
  for (const lineId of lineIds)
    await open(lineId, async (plant, line) => {
      const plan = await replaceAutomatic(deps, plant, line, { range: { fromS, toS }, thresholdS, isDryRun, by })
      sum.inserted += plan.insert.length
      sum.updated += plan.update.length
      sum.deleted += plan.remove.length
      sum.kept += plan.kept.length
      preview.push(...previewOf(plant, lineId, plan))
    })
  return { ...sum, preview }
}

function previewOf({ model }: LinePlant, lineId: number, { insert, update, remove }: Plan): PreviewRow[] {
  const zone = zoneOf(model.settings.timeZone)
  const row = (action: PreviewRow['action'], eventId: number | null, span: Span, was: Span | null): PreviewRow => ({
    action,
    lineId,
    eventId,
    span,
    startLocalS: zone.toLocalS(span.fromS),
    endLocalS: zone.toLocalS(span.toS),
    was,
  })
  return [
    ...insert.map((span) => row('insert', null, span, null)),
    ...update.map(({ event, span }) => row('update', event.eventId, span, event.span)),
    ...remove.map((event) => row('delete', event.eventId, event.span, null)),
  ].sort((a, b) => a.span.fromS - b.span.fromS)
}
