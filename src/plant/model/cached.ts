/** One value kept for a while: loaded once however many ask, served stale while it is read anew, kept when reading fails (spec plant 10). */
import type { Clock } from '../../platform/time/index.ts'

export type CachedInfo = {
  readonly loadedAtMs: number | null
  readonly hits: number
  readonly misses: number
  /** Why the copy is older than it should be; null when it is not. */
  readonly staleBecause: unknown
}

export type Cached<T> = {
  /** Throws what loading throws, only when there is no copy at all. */
  readonly get: () => Promise<T>
  /** Loads now; throws when loading fails (the old copy stays). */
  readonly refresh: () => Promise<T>
  readonly peek: () => T | null
  readonly info: () => CachedInfo
}

export function createCached<T>({
  ttlMs,
  clock,
  load,
  onRefreshFailed,
}: {
  readonly ttlMs: number
  readonly clock: Clock
  readonly load: () => Promise<T>
  readonly onRefreshFailed: (error: unknown) => void
}): Cached<T> {
  let copy: { readonly value: T; readonly loadedAtMs: number } | null = null
  let loading: Promise<T> | null = null
  let staleBecause: unknown = null
  let retryAtMs = 0
  let hits = 0
  let misses = 0

  const refresh = (): Promise<T> => {
    loading ??= load()
      .then((value) => {
        copy = { value, loadedAtMs: clock.nowMs() }
        staleBecause = null
        return value
      })
      .catch((error: unknown) => {
        staleBecause = error
        throw error
      })
      .finally(() => {
        loading = null
      })
    return loading
  }

  return {
    async get() {
      if (copy === null) {
        misses++
        return refresh()
      }
      hits++
      const nowMs = clock.nowMs()
      if (nowMs - copy.loadedAtMs >= ttlMs && nowMs >= retryAtMs && loading === null) {
        // A plant that cannot be read is not asked again by every request.
        retryAtMs = nowMs + Math.min(ttlMs, 60_000)
        refresh().catch(onRefreshFailed)
      }
      return copy.value
    },
    refresh,
    peek: () => copy?.value ?? null,
    info: () => ({ loadedAtMs: copy?.loadedAtMs ?? null, hits, misses, staleBecause: copy === null ? null : staleBecause }),
  }
}
