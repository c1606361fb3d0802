/** From where the last run ended to now, month by month: stops that are over get their rows, and how far it came is noted with them. */
import { recordAudit } from '../../identity/index.ts'
import { dayS, type Span, subtract, union } from '../../platform/time/index.ts'
import { type CalculatedStops, calculateStops } from '../facts/index.ts'
import type { Line } from '../model/index.ts'
import { listSuppressed, noteChange, updateStopLine } from '../stop-store/index.ts'
import { changeLine, type LinePlant, type LineStore } from './line-store.ts'
import type { StopDeps } from './open.ts'
import { isReplaceable, storable } from './recalculate.ts'
import { settledUntilS } from './settled.ts'
import { automaticStop } from './target.ts'

const chunkS = 31 * dayS

type Outcome = { readonly outcome: 'stored' | 'loading' | 'no_data'; readonly stored: number; readonly extended: number }

/** `fromS` null = since the first detection ever. `goesOn` is asked after each month. */
export async function storeClosed(
  deps: StopDeps,
  plant: LinePlant,
  line: Line,
  fromS: number | null,
  nowS: number,
  goesOn: () => Promise<boolean>,
): Promise<Outcome> {
  const untilS = settledUntilS(line.downtimeThresholdS, nowS)
  let [stored, extended] = [0, 0]
  let atS = fromS
  do {
    const span: Span =
      atS === null ? { fromS: nowS - 1, toS: nowS } : { fromS: atS, toS: Math.min(atS + chunkS, Math.max(untilS, atS + 1)) }
    const found = await calculateStops(plant, line, span, { nowS, history: deps.histories.of(plant) })
    if (found.isLoading) return { outcome: 'loading', stored, extended }
    if (found.firstS === null) return { outcome: 'no_data', stored, extended }
    if (atS === null) {
      atS = found.firstS
      continue
    }
    const nextS = reachedS(found, span, nowS)
    const wanted = storable(found, nowS)
    const ids = await found.idsAt(wanted.flatMap((one) => [one.fromS, one.toS]))
    if (wanted.length > 0 || nextS > atS) {
      const done = await changeLine(deps, plant, line, (store) => storeSpans(deps, store, line, wanted, ids, nextS))
      stored += done.stored
      extended += done.extended
    }
    if (nextS <= atS) break
    atS = nextS
  } while ((atS as number) < untilS && (await goesOn()))
  return { outcome: 'stored', stored, extended }
}

/** Every stop that ended until then has its row: the first one that may still grow holds it back. */
function reachedS({ stops, rules }: CalculatedStops, span: Span, nowS: number): number {
  const settledS = settledUntilS(rules.thresholdS, nowS)
  const open = stops.filter((stop) => stop.isLive || stop.span.toS > settledS).map((stop) => stop.span.fromS)
  return Math.max(span.fromS, Math.min(span.toS, settledS, ...open))
}

/** In the transaction, against what is stored by now: whoever came between is seen. */
async function storeSpans(
  deps: StopDeps,
  store: LineStore,
  { lineId, downtimeThresholdS }: Line,
  wanted: readonly Span[],
  ids: ReadonlyMap<number, number>,
  untilS: number,
): Promise<{ stored: number; extended: number }> {
  let [stored, extended] = [0, 0]
  const first = wanted[0]
  if (first) {
    // one second more, where a row may end that is carried on
    const hull = { fromS: first.fromS - 1, toS: Math.max(...wanted.map(({ toS }) => toS)) }
    const there = await store.overlapping(hull)
    const taken = union([...there.map(({ span }) => span), ...(await listSuppressed(store.tx, lineId, hull))])
    for (const span of subtract(wanted, taken).filter(({ fromS, toS }) => toS - fromS > downtimeThresholdS)) {
      const before = there.find((event) => event.span.toS === span.fromS && isReplaceable(event))
      if (before) {
        await store.update(before, automaticStop({ fromS: before.span.fromS, toS: span.toS }))
        extended++
      } else {
        await store.insert(automaticStop(span), ids.get(span.toS) ?? ids.get(span.fromS) ?? 0)
        stored++
      }
    }
  }
  if (stored + extended > 0) {
    await recordAudit(store.tx, deps, null, 'CREATE', {
      tenantId: store.tx.tenantId,
      entityType: 'stops',
      entityId: lineId,
      data: { line_id: lineId, what: 'stored', stored, extended, from_epoch: first?.fromS, until_epoch: untilS },
    })
    await noteChange(store.tx, lineId, deps.clock.nowMs())
  }
  await updateStopLine(store.tx, lineId, { scanned_until_s: untilS })
  return { stored, extended }
}
