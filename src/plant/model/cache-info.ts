/** How the kept copy of a plant's metadata is doing. */
import type { Cached } from './cached.ts'
import type { LoadedModel } from './load.ts'

export type CacheInfo = {
  readonly isLoaded: boolean
  readonly loadedAtMs: number | null
  readonly ageS: number | null
  /** Rows by metadata table. */
  readonly counts: Readonly<Record<string, number>>
  readonly hits: number
  readonly misses: number
  /** Null before the first request. */
  readonly hitRatio: number | null
  /** The last reading failed: what is shown is older than it should be. */
  readonly isStale: boolean
}

export function describe(cached: Cached<LoadedModel> | null, nowMs: number): CacheInfo {
  const info = cached?.info() ?? { loadedAtMs: null, hits: 0, misses: 0, staleBecause: null }
  const loaded = cached?.peek() ?? null
  const asked = info.hits + info.misses
  return {
    isLoaded: loaded !== null,
    loadedAtMs: info.loadedAtMs,
    ageS: info.loadedAtMs === null ? null : Math.max(0, Math.floor((nowMs - info.loadedAtMs) / 1000)),
    counts: loaded === null ? {} : rowCounts(loaded),
    hits: info.hits,
    misses: info.misses,
    hitRatio: asked === 0 ? null : info.hits / asked,
    isStale: info.staleBecause !== null,
  }
}

const rowCounts = ({ model, systemConfig }: LoadedModel): Readonly<Record<string, number>> => ({
  production_line: model.lines.length,
  area: model.lines.reduce((count, line) => count + line.areas.length, 0),
  product: model.products.size,
  shift: model.shifts.length,
  filter: model.filters.length,
  failure: model.failures.size,
  incident: model.incidents.size,
  system_config: systemConfig.size,
  detection_tables: model.lines.filter((line) => line.detectionTable !== null).length,
  downtime_tables: model.lines.filter((line) => line.downtimeTable !== null).length,
})
