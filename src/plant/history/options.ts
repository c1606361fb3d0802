/** What every part of the history is given, and how it speaks of one line. */
import type { Db } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { DetectionTable } from '../model/model.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { gapFloorS } from './bursts.ts'
import type { DayCache } from './cache.ts'
import { codecVersion } from './codec.ts'
import type { LineState } from './store.ts'
import type { LineView } from './view.ts'

export type HistoryOptions = {
  /** Ids are settled this long after a higher one was first seen: lower ones may still be committed by then. */
  readonly settleMs: number
  /** The settled prefix is moved on at most this often, unless the tail is long. */
  readonly persistEveryMs: number
  /** Ids read at once by the first attach and by long catch-ups. */
  readonly batchIds: number
  /** A first attach of at most this many ids is done before the first answer; a longer one beside the answers. */
  readonly inlineIds: number
}

export const defaultOptions: HistoryOptions = { settleMs: 10_000, persistEveryMs: 60_000, batchIds: 100_000, inlineIds: 200_000 }

export type HistoryLog = { readonly warn: (data: object, message: string) => void; readonly error: (data: object, message: string) => void }

/** Whoever waits longest comes first. */
export type Room = { readonly take: () => Promise<void>; readonly giveBack: () => void }

export type HistoryDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly log: HistoryLog
  readonly cache: DayCache
  /** Room for batches in the memory of this process: one that is folded, one that is read. */
  readonly room: Room
  readonly hold: <T>(tenantId: number, work: () => Promise<T>) => Promise<T>
  readonly options: HistoryOptions
}

/** Where the line's rows are, as the request's model says. */
export type LineSource = { readonly plantDb: PlantDb; readonly lineId: number; readonly table: DetectionTable; readonly timeZone: string }

/** Of this process. `lagRows`: above the watermark at the last catch-up, in every answer but not stored yet. */
export type LineFigures = { readonly tenantId: number; readonly lineId: number; readonly rebuilds: number; readonly lagRows: number }

/** 0…1 of the ids. */
export type Loading = { readonly loadedFraction: number }
/** While loading there is a view when the newest days are loaded, and it tells from when on it can answer. */
export type Answer = { readonly view: LineView; readonly loading: Loading | null } | { readonly view: null; readonly loading: Loading }

export const readLimitMs = 30_000

/** What decides the contents of a summary. Area types and orders do not: gaps and counts are kept per area, and areas get their meaning on reading. */
export const signatureOf = ({ table, timeZone }: LineSource): string =>
  `${codecVersion} ${gapFloorS} ${timeZone} ${table.name}`.slice(0, 200)

export function loadingOf({ loadedFromId, lowestId, settledId }: Pick<LineState, 'loadedFromId' | 'lowestId' | 'settledId'>): Loading {
  if (loadedFromId === null || lowestId === null || settledId === null) return { loadedFraction: 1 }
  const all = settledId - lowestId + 1
  return { loadedFraction: Math.min(1, Math.max(0, (settledId + 1 - loadedFromId) / Math.max(1, all))) }
}
