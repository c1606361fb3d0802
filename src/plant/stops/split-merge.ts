/** One stop made two, and several made one: what a person cut or joined is a person's, so recalculation leaves it alone. */
import { personsText, type StoredEvent } from '../downtime/index.ts'
import { checkedReason, checkedSplit, mergedReason, mergedSpan } from './content.ts'
import { finish, refuseOverlap } from './edit.ts'
import { changeLine } from './line-store.ts'
import { inLine, nowSOf, type StopDeps } from './open.ts'
import { problem } from './problems.ts'
import { type Change, noteChanges } from './saving.ts'
import type { Editor, Reason, StopRef, StoredStop } from './stored-stop.ts'
import { put, type Taken, type Target, take, targetOf } from './target.ts'

/** Both keep the reason; what the job wrote of the whole length is none. Throws stop_not_found, edited_meanwhile, stop_still_open, invalid_stop. */
export const splitStop = (deps: StopDeps, editor: Editor, ref: StopRef, atS: number): Promise<readonly [StoredStop, StoredStop]> =>
  inLine(deps, editor, ref.lineId, async (plant, line) => {
    const aim = await targetOf(plant, deps.histories.of(plant), line, ref, nowSOf(deps))
    return changeLine(deps, plant, line, async (store) => {
      const taken = await take(store, line, aim)
      const { event, lastDetectionId } = taken
      const content = { ...taken.content, reasonText: personsText({ recorded: taken.content }) }
      checkedSplit(content.span, atS)
      const first = await put(store, taken, { ...content, span: { fromS: content.span.fromS, toS: atS }, isManual: true })
      const second = await store.insert({ ...content, span: { fromS: atS, toS: content.span.toS }, isManual: true }, lastDetectionId)
      const [one, other] = await finish(deps, editor, store, line.lineId, [
        { action: 'split', before: event, after: first },
        { action: 'split', before: null, after: second, note: { split_from: first.eventId } },
      ])
      return [one as StoredStop, other as StoredStop] as const
    })
  })

/** What lies between them may be production, but no longer than the line tolerates silence. Throws stop_not_found, edited_meanwhile,
 *  stop_still_open, invalid_stop; stop_overlaps for one between them that was not chosen. */
export const mergeStops = (deps: StopDeps, editor: Editor, refs: readonly StopRef[], given: Reason | null = null): Promise<StoredStop> => {
  const lineId = refs[0]?.lineId
  if (lineId === undefined || refs.some((ref) => ref.lineId !== lineId)) throw problem('invalid_stop', { fields: [ofOneLine] })
  return inLine(deps, editor, lineId, async (plant, line) => {
    const reason = given && checkedReason(plant.model, given)
    const aims: Target[] = []
    for (const ref of refs) aims.push(await targetOf(plant, deps.histories.of(plant), line, ref, nowSOf(deps)))
    return changeLine(deps, plant, line, async (store) => {
      const all: Taken[] = []
      for (const aim of aims) all.push(await take(store, line, aim))
      const distinct = [...new Map(all.map((taken) => [keyOf(taken), taken])).values()].sort(
        (a, b) => a.content.span.fromS - b.content.span.fromS,
      )
      const span = mergedSpan(
        distinct.map(({ content }) => content.span),
        line.downtimeThresholdS,
      )
      const isChosen = ({ eventId }: StoredEvent): boolean => distinct.some(({ event }) => event?.eventId === eventId)
      refuseOverlap((await store.overlapping(span)).filter((event) => !isChosen(event)))
      const words = mergedReason(
        distinct.map(({ content }) => ({ code: content.reasonCode, text: personsText({ recorded: content }) })),
        reason,
      )
      // the first one that has a row stays
      const kept = distinct.find(({ event }) => event !== null) ?? (distinct[0] as Taken)
      const gone: StoredEvent[] = distinct.flatMap(({ event }) => (event && event !== kept.event ? [event] : []))
      for (const event of gone) await store.remove(event)
      const after = await put(store, kept, { span, reasonCode: words.code, reasonText: words.text, isManual: true })
      const deleted = gone.map((before): Change => ({ action: 'merged', before, after: null, note: { merged_into: after.eventId } }))
      await noteChanges(deps, editor, store, lineId, deleted)
      const note = { merged: distinct.map(({ content }) => [content.span.fromS, content.span.toS]) }
      const [merged] = await finish(deps, editor, store, lineId, [{ action: 'merged', before: kept.event, after, note }])
      return merged as StoredStop
    })
  })
}

/** The same stop may be named twice: by its id, and by an instant inside it. */
const keyOf = ({ event, content }: Taken): string => (event ? `e${event.eventId}` : `t${content.span.fromS}`)

const ofOneLine = {
  path: 'stops',
  rule: 'sameLine',
  message: { es: 'Elija paradas de una misma línea', en: 'Choose stops of one line' },
} as const
