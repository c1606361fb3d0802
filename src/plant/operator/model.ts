/** What the operator's view shows, worked out before it is drawn. Pure. */
import type { LocalS } from '../../platform/time/index.ts'
import type { Board, LineGlance } from '../board/index.ts'
import { isCounted, isExplained } from '../downtime/index.ts'
import type { Stop } from '../facts/index.ts'
import type { ScrapNote } from '../scrap/index.ts'
import type { ReasonTree } from '../stops/index.ts'
import { versionOf } from '../stops/index.ts'

/** A stop as the forms name it: stored by id and version, calculated by an instant inside it. */
export type StopName =
  | { readonly key: string; readonly eventId: number; readonly version: string }
  | { readonly key: string; readonly atS: number }

export type ListedStop = {
  readonly name: StopName
  readonly stop: Stop
  readonly startLocalS: LocalS
  readonly durationS: number
  readonly isLive: boolean
  /** It costs planned time and nobody said why. */
  readonly isOpen: boolean
}

export type OperatorModel = {
  readonly board: Pick<Board, 'nowS' | 'nowLocalS' | 'model'>
  readonly line: LineGlance
  readonly stops: readonly ListedStop[]
  /** The one that the reasons go to: as asked, else the newest that nobody explained. */
  readonly target: ListedStop | null
  readonly tree: ReasonTree
  readonly notes: readonly ScrapNote[]
}

/** A stop that goes on is shown from an hour ago at most; its key is when it began. */
export function stopName(stop: Stop, isLive: boolean): StopName {
  const version = versionOf(stop)
  return stop.eventId !== null && version !== null
    ? { key: `e${stop.eventId}`, eventId: stop.eventId, version }
    : { key: `t${isLive ? stop.span.toS - stop.fullS : stop.span.fromS}`, atS: stop.span.fromS }
}

/** The stop that goes on comes first. */
export function listedStops(line: LineGlance): ListedStop[] {
  const live = line.currentStop
  const listed = (stop: Stop, isLive: boolean): ListedStop => ({
    name: stopName(stop, isLive),
    stop,
    startLocalS: stop.startLocalS - (stop.fullS - stop.durationS) * (isLive ? 1 : 0),
    durationS: isLive ? stop.fullS : stop.durationS,
    isLive,
    isOpen: !stop.isPlanned && !isExplained(stop) && (isLive ? line.pending === null : isCounted(stop)),
  })
  return [...(live ? [listed(live, true)] : []), ...line.stops.map((stop) => listed(stop, false))]
}

export const chosenStop = (stops: readonly ListedStop[], asked: string | undefined): ListedStop | null =>
  stops.find(({ name }) => name.key === asked) ?? stops.find(({ isOpen }) => isOpen) ?? null
