/** The plants of all companies: opened when asked for, closed when idle, each behind its own circuit, so that one that is broken harms no other. */
import { setImmediate } from 'node:timers/promises'
import type { Db } from '../../platform/db/database.ts'
import { isDatabaseFull, isDatabaseUnavailable, isPlatformFault, type PoolInfo } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/problem.ts'
import type { Log } from '../../platform/log/index.ts'
import { TargetRefusedError } from '../../platform/net/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { bumpRevision, findPlantSource, type PlantDb, type PlantSource } from '../source/index.ts'
import { type CacheInfo, describe } from './cache-info.ts'
import { createEntries, type Entry, modelOf, type PlantOptions } from './entry.ts'
import type { LoadedModel } from './load.ts'
import type { PlantModel } from './model.ts'
import { problem } from './problems.ts'
import { createQueryFigures, type QueryFigures, type QueryInfo } from './query-figures.ts'

export type PlantDeps = {
  readonly db: Db
  readonly secrets: Secrets
  readonly log: Log
  readonly clock: Clock
  readonly options?: PlantOptions
}

/** `loaded` is what the model was made from, for verification. */
export type OpenPlant = {
  readonly db: PlantDb
  /** The file of a SQLite plant that may be written; null for servers and read-only files. */
  readonly writableFile: string | null
  readonly model: PlantModel
  readonly loaded: LoadedModel
  readonly canManage: boolean
}

export type Plants = {
  /** Throws 404 `plant_not_attached`; 503 `plant_unavailable` when the database is broken, slow or hung, also out of `work`. */
  readonly withPlant: <T>(tenantId: number, work: (plant: OpenPlant) => Promise<T>) => Promise<T>
  /** Of this process. */
  readonly cacheInfo: (tenantId: number) => CacheInfo
  readonly isAnyLoaded: () => boolean
  /** Of the plants that this process has opened. */
  readonly queryInfo: () => ReadonlyMap<number, QueryInfo>
  /** Of those that are open now and are on a server. */
  readonly poolInfo: () => ReadonlyMap<number, PoolInfo>
  /** Reads the metadata now, here; other processes read it at their next request. Same problems; the old copy stays when it fails. */
  readonly refresh: (tenantId: number) => Promise<PlantModel>
  readonly close: () => Promise<void>
}

export function createPlants({ db, secrets, log, clock, options = {} }: PlantDeps): Plants {
  const { idleMs = 300_000, maxPlants = 50 } = options
  /** In order of last use. */
  const entries = new Map<number, Entry>()
  const closing = new Set<Promise<void>>()
  const figures = new Map<number, QueryFigures>()
  const pools = new Map<number, () => PoolInfo | null>()
  const figuresOf = (tenantId: number): QueryFigures => {
    const known = figures.get(tenantId) ?? createQueryFigures(tenantId, log, clock.nowMs)
    figures.set(tenantId, known)
    return known
  }
  const createEntry = createEntries({ db, log, clock, options }, figuresOf, pools)
  let isClosed = false

  const discard = (entry: Entry): void => {
    if (entry.idleTimer) clearTimeout(entry.idleTimer)
    const closed = entry.closeIdle().catch((error: unknown) => log.warn({ err: error }, 'plant database did not close cleanly'))
    closing.add(closed)
    void closed.finally(() => closing.delete(closed))
  }

  /** Who asks in the same turn of the event loop shares a read, which begins after all of them asked: nobody gets anything older than the question. */
  const asked = new Map<number, Promise<PlantSource | null>>()
  const askForSource = async (tenantId: number): Promise<PlantSource | null> => {
    await setImmediate()
    asked.delete(tenantId)
    return findPlantSource({ ...db, tenantId }, secrets)
  }
  const readSource = async (tenantId: number): Promise<PlantSource> => {
    const reading = asked.get(tenantId) ?? askForSource(tenantId)
    asked.set(tenantId, reading)
    const source = await reading
    if (!source) throw problem('plant_not_attached')
    return source
  }

  /** What the platform knows now decides: a new address or setting makes a new entry, and the old one goes when its last user has. */
  const entryOf = async (tenantId: number): Promise<{ readonly entry: Entry; readonly source: PlantSource }> => {
    if (isClosed) throw new Error('the plants are closed')
    const source = await readSource(tenantId)
    const known = entries.get(tenantId)
    const entry = known?.version === source.version ? known : createEntry(tenantId, source)
    entries.delete(tenantId)
    entries.set(tenantId, entry)
    // Counted before anybody else runs, so that it cannot be closed between here and its use.
    entry.users += 1
    if (known && known !== entry && known.users === 0) discard(known)
    for (const [oldest, candidate] of entries) {
      if (entries.size <= maxPlants) break
      if (candidate.users > 0 || candidate === entry) continue
      entries.delete(oldest)
      discard(candidate)
    }
    return { entry, source }
  }

  const release = (tenantId: number, entry: Entry): void => {
    entry.users -= 1
    if (entry.users > 0) return
    if (entries.get(tenantId) !== entry) {
      discard(entry)
      return
    }
    if (entry.idleTimer) clearTimeout(entry.idleTimer)
    entry.idleTimer = setTimeout(() => {
      if (entry.users === 0) void entry.closeIdle().catch(() => {})
    }, idleMs).unref()
  }

  const unavailable = (waitMs: number, cause: unknown) => {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000))
    return problem('plant_unavailable', {
      parameters: { seconds },
      headers: { 'retry-after': String(seconds) },
      extra: { retry_after_s: seconds },
      cause,
    })
  }

  const using = async <T>(tenantId: number, work: (entry: Entry, source: PlantSource) => Promise<T>): Promise<T> => {
    const { entry, source } = await entryOf(tenantId)
    try {
      const waitMs = entry.circuit.enter()
      if (waitMs !== null) throw unavailable(waitMs, entry.circuit.lastError())
      const { answers } = entry
      try {
        const result = await work(entry, source)
        // What read the kept metadata only says nothing of the database.
        if (entry.answers > answers) entry.circuit.succeeded()
        else entry.circuit.abandoned()
        return result
      } catch (error) {
        // A refusal may well have a timeout as its cause (a range too large): that is an answer, not a broken plant.
        // Nor does our own database's say anything of the plant, and one whose disk is full can be read.
        const isOfPlant =
          !isPlatformFault(error) && !isDatabaseFull(error) && (isDatabaseUnavailable(error) || error instanceof TargetRefusedError)
        if (error instanceof Problem || !isOfPlant) {
          entry.circuit.abandoned()
          throw error
        }
        entry.circuit.failed(error)
        log.warn({ tenantId, err: error }, 'plant database unavailable')
        throw unavailable(entry.circuit.waitMs() ?? 1000, error)
      }
    } finally {
      release(tenantId, entry)
    }
  }

  return {
    withPlant: (tenantId, work) =>
      using(tenantId, async (entry, { stopStamp }) => {
        const loaded = await entry.model.get()
        const { db: plantDb } = await entry.open()
        const { attachment, writableFile } = entry
        const beside = { db: { ...db, tenantId }, stopStamp }
        return work({ db: { ...plantDb, beside }, model: modelOf(entry, loaded), loaded, canManage: attachment.canManage, writableFile })
      }),
    cacheInfo: (tenantId) => describe(entries.get(tenantId)?.model ?? null, clock.nowMs()),
    isAnyLoaded: () => [...entries.values()].some((entry) => entry.model.peek() !== null),
    poolInfo: () =>
      new Map(
        [...pools].flatMap(([tenantId, read]) => {
          const info = read()
          return info === null ? [] : [[tenantId, info] as const]
        }),
      ),
    queryInfo: () => new Map([...figures].map(([tenantId, figure]) => [tenantId, figure.info()])),
    refresh: (tenantId) =>
      using(tenantId, async (entry) => {
        const { model } = await entry.model.refresh()
        await bumpRevision({ ...db, tenantId }, clock.nowMs())
        const current = await readSource(tenantId)
        if (current.open().attachment.url === entry.attachment.url) entry.version = current.version
        return model
      }),
    async close() {
      isClosed = true
      for (const entry of entries.values()) discard(entry)
      entries.clear()
      await Promise.all(closing)
    },
  }
}
