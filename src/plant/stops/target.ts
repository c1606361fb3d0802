/** From what a person points at to the stop that is changed: a stored one, or one that is only calculated and is stored by the change. */

import { Problem } from '../../platform/http/problem.ts'
import type { Text } from '../../platform/i18n/index.ts'
import { formatLocal, type Span, subtract, union } from '../../platform/time/index.ts'
import { automaticReason, isExplained, type StoredEvent } from '../downtime/index.ts'
import { type CalculatedStops, calculateStops } from '../facts/index.ts'
import type { PlantHistory } from '../history/index.ts'
import type { Line } from '../model/index.ts'
import { editKey, readEdits, type StopContent } from '../stop-store/index.ts'
import { versionOfEvent } from './content.ts'
import type { LinePlant, LineStore } from './line-store.ts'
import { apiStoredStop } from './present.ts'
import { problem, stopProblems } from './problems.ts'
import { storedStop } from './saving.ts'
import type { StopRef } from './stored-stop.ts'

export type Target =
  | { readonly kind: 'event'; readonly eventId: number; readonly version: string | null }
  | { readonly kind: 'calculated'; readonly atS: number; readonly span: Span; readonly lastDetectionId: number }
  /** `fromS`: since when it goes on. */
  | { readonly kind: 'live'; readonly atS: number; readonly fromS: number }

/** Worked out before the transaction: calculating reads much. Throws `stop_not_found`. */
export async function targetOf(plant: LinePlant, history: PlantHistory, line: Line, ref: StopRef, nowS: number): Promise<Target> {
  if ('eventId' in ref) return { kind: 'event', eventId: ref.eventId, version: ref.version ?? null }
  const { atS } = ref
  const found = await calculateStops(plant, line, { fromS: atS, toS: atS + 1 }, { nowS, history })
  const holds = ({ fromS, toS }: Span): boolean => fromS <= atS && atS < toS
  const stop = found.stops.find(({ span }) => holds(span))
  if (stop?.isLive) return { kind: 'live', atS, fromS: stop.span.fromS }
  if (stop && Number.isFinite(stop.span.fromS))
    return { kind: 'calculated', atS, span: stop.span, lastDetectionId: await closingId(found, stop.span) }
  // stored since the page was made
  const stored = found.events.find(({ span }) => holds(span))
  if (!stored) throw problem('stop_not_found')
  return { kind: 'calculated', atS, span: stored.span, lastDetectionId: 0 }
}

/** Id of the detection that ends the stop (spec plant 7.3); of the one before it where the plan ends it; 0 = neither. */
export async function closingId(found: CalculatedStops, { fromS, toS }: Span): Promise<number> {
  const ids = await found.idsAt([fromS, toS])
  return ids.get(toS) ?? ids.get(fromS) ?? 0
}

/** What is changed: `event` null = a stop that is stored by the change. */
export type Taken = { readonly event: StoredEvent | null; readonly content: StopContent; readonly lastDetectionId: number }

/** Stores what was taken with new words or times. */
export const put = (store: LineStore, { event, lastDetectionId }: Taken, content: StopContent): Promise<StoredEvent> =>
  event ? store.update(event, content) : store.insert(content, lastDetectionId)

export const automaticStop = (span: Span): StopContent => ({
  span,
  reasonCode: null,
  reasonText: automaticReason(span.toS - span.fromS),
  isManual: false,
})

/** In the transaction. `isAsAsked`: the stop says already what is asked, so nobody's words are lost. Throws `stop_not_found`, `edited_meanwhile`,
 *  `stop_still_open`. */
export async function take(
  store: LineStore,
  line: Line,
  target: Target,
  isAsAsked: (event: StoredEvent) => boolean = () => false,
): Promise<Taken> {
  if (target.kind === 'live') throw problem('stop_still_open')
  if (target.kind === 'event') {
    const event = await store.find(target.eventId)
    if (!event) throw await goneProblem(store, line, target.eventId, target.version)
    if (target.version !== null && target.version !== versionOfEvent(event) && !isAsAsked(event))
      throw await editedProblem(store, line, event)
    return { event, content: event, lastDetectionId: 0 }
  }
  const stored = await store.overlapping(target.span)
  const holds = ({ fromS, toS }: Span): boolean => fromS <= target.atS && target.atS < toS
  const span = subtract([target.span], union(stored.map((event) => event.span))).find(holds)
  if (span) return { event: null, content: automaticStop(span), lastDetectionId: target.lastDetectionId }
  const event = stored.find((one) => holds(one.span))
  if (!event) throw problem('stop_not_found')
  // whoever points at a calculated stop saw no reason
  if (isExplained({ recorded: event }) && !isAsAsked(event)) throw await editedProblem(store, line, event)
  return { event, content: event, lastDetectionId: 0 }
}

const inPlant: Text = {
  es: 'Esta parada cambió en la base de la planta. Revise lo que dice ahora y vuelva a guardar.',
  en: 'This stop changed in the plant’s own database. Look at what it says now and save again.',
}

/** Who and when, and what the stop says now. */
async function editedProblem(store: LineStore, { lineId }: Line, event: StoredEvent): Promise<Problem> {
  const { eventId } = event
  const edit = (await readEdits(store.tx, [{ lineId, eventId }])).get(editKey(lineId, eventId))
  const current = storedStop(lineId, event, store.storedIn, edit)
  const { editedBy, editedAtMs } = current
  const extra = {
    edited_by: editedBy,
    edited_at: editedAtMs === null ? null : new Date(editedAtMs).toISOString(),
    current: apiStoredStop(current),
  }
  if (editedBy === null || editedAtMs === null)
    return new Problem('edited_meanwhile', { ...stopProblems.edited_meanwhile, detail: inPlant }, { extra })
  return problem('edited_meanwhile', { parameters: { by: editedBy, at: atText(store, editedAtMs) }, extra })
}

async function goneProblem(store: LineStore, { lineId }: Line, eventId: number, version: string | null): Promise<Problem> {
  const edit = (await readEdits(store.tx, [{ lineId, eventId }])).get(editKey(lineId, eventId))
  if (version === null || !edit || !['deleted', 'merged'].includes(edit.action)) return problem('stop_not_found')
  const extra = { edited_by: edit.by, edited_at: new Date(edit.atMs).toISOString(), current: null }
  return problem('edited_meanwhile', { parameters: { by: edit.by, at: atText(store, edit.atMs) }, extra })
}

const atText = ({ zone }: LineStore, atMs: number): string => formatLocal(zone.toLocalS(Math.floor(atMs / 1000))).slice(0, 16)
