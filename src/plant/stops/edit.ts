/** Explaining, adding, changing and deleting a stop. Each is one transaction of one line, audited with before and after. */
import { hasPermission, recordAudit } from '../../identity/index.ts'
import { transaction } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/problem.ts'
import { personsText, type StoredEvent } from '../downtime/index.ts'
import type { Line } from '../model/index.ts'
import {
  dropLiveReason,
  ensureStopLine,
  liftSuppression,
  noteChange,
  readLiveReasons,
  saveLiveReason,
  suppress,
} from '../stop-store/index.ts'
import { checkedReason, checkedSpan, versionOfEvent } from './content.ts'
import { changeLine, type LinePlant, type LineStore } from './line-store.ts'
import { inLine, nowSOf, type StopDeps } from './open.ts'
import { settleEarlier } from './pending.ts'
import { problem } from './problems.ts'
import { type Change, nameOf, noteChanges, storedStop } from './saving.ts'
import type { Editor, Reason, StopRef, StoredStop } from './stored-stop.ts'
import { put, take, targetOf } from './target.ts'

/** `pending`: the stop goes on; the reason is put on it when it is stored. */
export type Justified =
  | { readonly kind: 'stored'; readonly stop: StoredStop }
  | { readonly kind: 'pending'; readonly lineId: number; readonly atS: number }
export type JustifyOutcome = { readonly ok: true; readonly result: Justified } | { readonly ok: false; readonly problem: Problem }

const target = (deps: StopDeps, plant: LinePlant, line: Line, ref: StopRef) =>
  targetOf(plant, deps.histories.of(plant), line, ref, nowSOf(deps))

/** As the editor left it. */
export async function finish(
  deps: StopDeps,
  editor: Editor,
  store: LineStore,
  lineId: number,
  changes: readonly (Change & { readonly after: StoredEvent })[],
): Promise<StoredStop[]> {
  await noteChanges(deps, editor, store, lineId, changes)
  const atMs = deps.clock.nowMs()
  return changes.map(({ action, after }) =>
    storedStop(lineId, after, store.storedIn, {
      lineId,
      eventId: after.eventId,
      action,
      version: versionOfEvent(after),
      by: nameOf(editor),
      userId: editor.actor.userId,
      atMs,
    }),
  )
}

const one = (stops: readonly StoredStop[]): StoredStop => stops[0] as StoredStop

const saysThat = ({ reasonCode, reasonText }: StoredEvent, { code, text }: Reason): boolean => reasonCode === code && reasonText === text

/** Throws stop_not_found, edited_meanwhile, invalid_stop. */
export const justifyStop = (deps: StopDeps, editor: Editor, ref: StopRef, asked: Reason): Promise<Justified> =>
  inLine(deps, editor, ref.lineId, async (plant, line) => {
    const reason = checkedReason(plant.model, asked)
    const { lineId } = line
    const aim = await target(deps, plant, line, ref)
    if (aim.kind === 'live') {
      await settleEarlier(deps, plant, line, aim.fromS)
      await justifyLive(deps, editor, plant, line, aim.atS, reason)
      return { kind: 'pending', lineId, atS: aim.atS }
    }
    const saysSo = (event: StoredEvent): boolean => saysThat(event, reason)
    const stop = await changeLine(deps, plant, line, async (store) => {
      const taken = await take(store, line, aim, saysSo)
      const { event } = taken
      // sent twice, or two people said the same
      if (event && saysSo(event)) return storedStop(lineId, event, store.storedIn, undefined)
      const after = await put(store, taken, { ...taken.content, reasonCode: reason.code, reasonText: reason.text })
      const pending = (await readLiveReasons(store.tx, [lineId])).get(lineId)
      if (pending && after.span.fromS <= pending.atS && pending.atS < after.span.toS) await dropLiveReason(store.tx, lineId)
      return one(await finish(deps, editor, store, lineId, [{ action: 'explained', before: event, after }]))
    })
    return { kind: 'stored', stop }
  })

async function justifyLive(deps: StopDeps, editor: Editor, plant: LinePlant, { lineId }: Line, atS: number, reason: Reason): Promise<void> {
  const atMs = deps.clock.nowMs()
  const db = { ...deps.db, tenantId: plant.db.tenantId }
  await ensureStopLine(db, lineId, atMs)
  await transaction(db, async (tx) => {
    const before = (await readLiveReasons(tx, [lineId])).get(lineId)
    await saveLiveReason(tx, { lineId, atS, ...reason, userId: editor.actor.userId, by: nameOf(editor), atMs })
    await recordAudit(tx, deps, editor.actor, 'UPDATE', {
      entityType: 'live_stop',
      entityId: lineId,
      ...(editor.origin && { origin: editor.origin }),
      data: {
        line_id: lineId,
        at_epoch: atS,
        before: before ? { reason_code: before.code, reason: before.text } : null,
        after: { reason_code: reason.code, reason: reason.text },
        ...(editor.signedBy !== undefined && { signed_by: editor.signedBy }),
      },
    })
    await noteChange(tx, lineId, atMs)
  })
}

/** One after the other, each by itself: one that is refused leaves the others as they are. */
export async function justifyStops(deps: StopDeps, editor: Editor, refs: readonly StopRef[], reason: Reason): Promise<JustifyOutcome[]> {
  const outcomes: JustifyOutcome[] = []
  for (const ref of refs) {
    try {
      outcomes.push({ ok: true, result: await justifyStop(deps, editor, ref, reason) })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      outcomes.push({ ok: false, problem: error })
    }
  }
  return outcomes
}

/** How far back somebody who may only explain stops may add one: what they saw themselves. */
const operatorS = 86_400

export type NewStop = {
  readonly lineId: number
  /** Epoch seconds. */
  readonly startS: number
  readonly endS: number
  readonly reason: Reason
  /** Also above stored stops. */
  readonly force?: boolean | undefined
  /** Asked before, without an answer: the stop may be there already. */
  readonly isAgain?: boolean | undefined
}

const isManager = ({ actor }: Editor): boolean => hasPermission(actor, 'recalculate_downtime')

/** A manual stop. Throws invalid_stop, stop_overlaps, stop_too_old. */
export const createStop = (
  deps: StopDeps,
  editor: Editor,
  { lineId, startS, endS, reason: asked, force = false, isAgain = false }: NewStop,
): Promise<StoredStop> =>
  inLine(deps, editor, lineId, async (plant, line) => {
    const nowS = nowSOf(deps)
    const reason = checkedReason(plant.model, asked)
    const span = checkedSpan({ fromS: startS, toS: endS }, nowS)
    if (!isManager(editor) && (force || startS < nowS - operatorS)) throw problem('stop_too_old')
    return changeLine(deps, plant, line, async (store) => {
      const there = await store.overlapping(span)
      const isSame = (event: StoredEvent): boolean =>
        event.isManual && event.span.fromS === span.fromS && event.span.toS === span.toS && saysThat(event, reason)
      const made = isAgain ? there.find(isSame) : undefined
      if (made) return storedStop(lineId, made, store.storedIn, undefined)
      if (!force) refuseOverlap(there)
      const after = await store.insert({ span, reasonCode: reason.code, reasonText: reason.text, isManual: true }, 0)
      return one(await finish(deps, editor, store, lineId, [{ action: 'created', before: null, after, note: { force } }]))
    })
  })

/** Throws `stop_overlaps`. */
export function refuseOverlap(events: readonly StoredEvent[]): void {
  if (events.length === 0) return
  const overlaps = events.slice(0, 20).map(({ eventId, span }) => ({ event_id: eventId, start_epoch: span.fromS, end_epoch: span.toS }))
  throw problem('stop_overlaps', { parameters: { count: events.length }, extra: { overlaps } })
}

export type StopChanges = {
  readonly startS?: number | undefined
  readonly endS?: number | undefined
  /** Neither code nor text: the explanation is taken back. */
  readonly reason?: Reason | undefined
  readonly force?: boolean | undefined
}

/** Times that a person gave are a person's stop: recalculation leaves it alone. Throws stop_not_found, edited_meanwhile, stop_still_open,
 *  stop_overlaps, invalid_stop, times_not_allowed. */
export const changeStop = (
  deps: StopDeps,
  editor: Editor,
  ref: StopRef,
  { startS, endS, reason: asked, force = false }: StopChanges,
): Promise<StoredStop> =>
  inLine(deps, editor, ref.lineId, async (plant, line) => {
    const reason = asked && checkedReason(plant.model, asked, true)
    if ((startS !== undefined || endS !== undefined || force) && !isManager(editor)) throw problem('times_not_allowed')
    const aim = await target(deps, plant, line, ref)
    return changeLine(deps, plant, line, async (store) => {
      const taken = await take(store, line, aim)
      const { content, event } = taken
      const span = { fromS: startS ?? content.span.fromS, toS: endS ?? content.span.toS }
      const isMoved = span.fromS !== content.span.fromS || span.toS !== content.span.toS
      if (isMoved) checkedSpan(span, nowSOf(deps))
      if (isMoved && !force) refuseOverlap((await store.overlapping(span)).filter(({ eventId }) => eventId !== event?.eventId))
      // what the job wrote tells of the length that it had
      const kept = isMoved ? { reasonText: personsText({ recorded: content }) } : {}
      const words = reason ? { reasonCode: reason.code, reasonText: reason.text } : kept
      const after = await put(store, taken, { ...content, span, ...words, isManual: content.isManual || isMoved })
      const action = isMoved ? 'changed' : 'explained'
      return one(await finish(deps, editor, store, line.lineId, [{ action, before: event, after, ...(force && { note: { force } }) }]))
    })
  })

/** An automatic or calculated stop is suppressed: its silence is no stop any more, and nobody stores it again. Below a deleted manual stop what is
 *  calculated comes back. Throws stop_not_found, edited_meanwhile, stop_still_open. */
export const deleteStop = (deps: StopDeps, editor: Editor, ref: StopRef): Promise<void> =>
  inLine(deps, editor, ref.lineId, async (plant, line) => {
    const aim = await target(deps, plant, line, ref)
    await changeLine(deps, plant, line, async (store) => {
      const { event, content } = await take(store, line, aim)
      const { lineId } = line
      if (event) await store.remove(event)
      const isSuppressed = !content.isManual
      if (isSuppressed)
        await suppress(store.tx, lineId, {
          eventId: event?.eventId ?? null,
          span: content.span,
          by: nameOf(editor),
          nowMs: deps.clock.nowMs(),
        })
      if (event)
        return noteChanges(deps, editor, store, lineId, [
          { action: 'deleted', before: event, after: null, note: { suppressed: isSuppressed } },
        ])
      await recordAudit(store.tx, deps, editor.actor, 'DELETE', {
        entityType: 'stop',
        entityId: `${lineId}/calculated`,
        ...(editor.origin && { origin: editor.origin }),
        data: { line_id: lineId, what: 'suppressed', start_epoch: content.span.fromS, end_epoch: content.span.toS },
      })
      await noteChange(store.tx, lineId, deps.clock.nowMs())
    })
  })

/** Undo of deleting an automatic or calculated stop: its silence counts again. Throws stop_not_found. */
export const restoreStop = (
  deps: StopDeps,
  editor: Editor,
  ref: { readonly lineId: number } & ({ readonly eventId: number } | { readonly atS: number }),
): Promise<void> =>
  inLine(deps, editor, ref.lineId, async (plant, line) => {
    const { lineId } = line
    await changeLine(deps, plant, line, async ({ tx }) => {
      const lifted = await liftSuppression(tx, lineId, ref)
      if (lifted.length === 0) throw problem('stop_not_found')
      await recordAudit(tx, deps, editor.actor, 'UPDATE', {
        entityType: 'stop',
        entityId: 'eventId' in ref ? `${lineId}/${ref.eventId}` : `${lineId}/calculated`,
        ...(editor.origin && { origin: editor.origin }),
        data: { line_id: lineId, what: 'restored', spans: lifted.map(({ fromS, toS }) => [fromS, toS]) },
      })
      await noteChange(tx, lineId, deps.clock.nowMs())
    })
  })
