/** The stops of a view: which are listed, and the page of them. Pure. */
import { isCounted, isExplained, keyBy } from '../downtime/index.ts'
import type { Stop } from '../facts/index.ts'

export const categories = ['micro_stop', 'stop', 'breakdown'] as const
export type Category = (typeof categories)[number]

export type ListChoice = {
  /** Stops that cost planned time and have no reason. */
  readonly isUnexplained: boolean
  readonly category: Category | null
  /** Keys of a Pareto: its row and the list beside it are the same stops. */
  readonly reason: string | null
  readonly failure: string | null
}

export const isWaiting = (stop: Stop): boolean => isCounted(stop) && !isExplained(stop)

const isChosen = (stop: Stop, { isUnexplained, category, reason, failure }: ListChoice): boolean =>
  (!isUnexplained || isWaiting(stop)) &&
  (category === null || stop.category === category) &&
  (reason === null || keyBy.reason(stop) === reason) &&
  (failure === null || keyBy.failure(stop) === failure)

export type ListPage = {
  readonly stops: readonly Stop[]
  readonly page: number
  readonly pages: number
  readonly total: number
  /** Of all pages: those that cost planned time, and what each cost. */
  readonly counted: { readonly count: number; readonly seconds: number }
}

export const listSize = 50

/** Newest first. A page beyond the last one is the last. */
export function listPage(stops: readonly Stop[], choice: ListChoice, page: number): ListPage {
  const chosen = stops.filter((stop) => isChosen(stop, choice)).reverse()
  const counted = chosen.filter(isCounted)
  const pages = Math.max(1, Math.ceil(chosen.length / listSize))
  const shown = Math.min(page, pages)
  return {
    stops: chosen.slice((shown - 1) * listSize, shown * listSize),
    page: shown,
    pages,
    total: chosen.length,
    counted: { count: counted.length, seconds: counted.reduce((sum, { countedS }) => sum + countedS, 0) },
  }
}

/** Next stop to explain after this one: the newest that began before it, of any line of the view, else the newest of all. */
export function nextWaiting(stops: readonly Stop[], after: { readonly lineId: number; readonly fromS: number }): Stop | null {
  const waiting = stops.filter(isWaiting).filter((stop) => stop.lineId !== after.lineId || stop.span.fromS !== after.fromS)
  return waiting.findLast((stop) => stop.span.fromS < after.fromS) ?? waiting.at(-1) ?? null
}
