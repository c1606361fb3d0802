/** What was said of a stop while it went on is put on it once it is over. */

import { isExplained } from '../downtime/index.ts'
import { calculateStops } from '../facts/index.ts'
import type { Line } from '../model/index.ts'
import { dropLiveReason, type LiveReason, readLiveReasons } from '../stop-store/index.ts'
import { changeLine, type LinePlant } from './line-store.ts'
import { nowSOf, type StopDeps } from './open.ts'
import { noteChanges } from './saving.ts'
import { settledUntilS } from './settled.ts'
import { closingId, put, take } from './target.ts'

/** Nothing is lost: a stop that somebody explained meanwhile keeps those words. */
export async function settlePending(deps: StopDeps, plant: LinePlant, line: Line): Promise<void> {
  const said = await saidOf(deps, plant, line)
  if (said) await settle(deps, plant, line, said, settledUntilS(line.downtimeThresholdS, nowSOf(deps)))
}

/** Before something is said of the stop that goes on since `liveFromS`: a line holds the words of one stop, and an earlier one is over, grace or not. */
export async function settleEarlier(deps: StopDeps, plant: LinePlant, line: Line, liveFromS: number): Promise<void> {
  const said = await saidOf(deps, plant, line)
  if (said && said.atS < liveFromS) await settle(deps, plant, line, said, nowSOf(deps))
}

const saidOf = async (deps: StopDeps, plant: LinePlant, { lineId }: Line): Promise<LiveReason | undefined> =>
  (await readLiveReasons({ ...deps.db, tenantId: plant.db.tenantId }, [lineId])).get(lineId)

/** `overUntilS`: a stop that ended until then does not go on. */
async function settle(deps: StopDeps, plant: LinePlant, line: Line, said: LiveReason, overUntilS: number): Promise<void> {
  const { lineId } = line
  const { atS } = said
  const options = { nowS: nowSOf(deps), history: deps.histories.of(plant) }
  const found = await calculateStops(plant, line, { fromS: atS, toS: atS + 1 }, options)
  const holds = ({ span }: { readonly span: { readonly fromS: number; readonly toS: number } }): boolean =>
    span.fromS <= atS && atS < span.toS
  const stop = found.stops.find(holds)
  if (stop && (stop.isLive || stop.span.toS > overUntilS)) return
  const stored = found.events.find(holds)
  const span = stop?.span ?? stored?.span
  // not known yet whether there was one
  if (!span && found.isLoading) return
  const lastDetectionId = stop ? await closingId(found, stop.span) : 0
  await changeLine(deps, plant, line, async (store) => {
    // somebody says something else just now: the next run sees to that
    const now = (await readLiveReasons(store.tx, [lineId])).get(lineId)
    if (JSON.stringify(now) !== JSON.stringify(said)) return
    if (span && Number.isFinite(span.fromS)) {
      const taken = await take(store, line, { kind: 'calculated', atS, span, lastDetectionId }, () => true)
      const { event } = taken
      if (!event || !isExplained({ recorded: event })) {
        const after = await put(store, taken, { ...taken.content, reasonCode: said.code, reasonText: said.text })
        await noteChanges(deps, { name: said.by, userId: said.userId }, store, lineId, [
          { action: 'explained', before: event, after, note: { said_while_it_went_on: true } },
        ])
      }
    }
    await dropLiveReason(store.tx, lineId)
  })
}
