/** The plants of all companies: opened when asked for, closed when idle, each behind its own circuit, so that one that is broken harms no other. */
import type { Db } from '../../platform/db/database.ts'
import {
  isDatabaseFull,
  isDatabaseUnavailable,
  isPlatformFault,
  openPlantKysely,
  type PoolInfo,
  type PoolLimits,
  parseDatabaseUrl,
} from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/problem.ts'
import type { Text } from '../../platform/i18n/index.ts'
import type { Log } from '../../platform/log/index.ts'
import { TargetRefusedError } from '../../platform/net/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import {
  type Attachment,
  bumpRevision,
  findPlantSource,
  listMappings,
  type PlantDb,
  type PlantSource,
  saveMappings,
  tableKinds,
} from '../source/index.ts'
import { type Cached, createCached } from './cached.ts'
import { type Circuit, createCircuit } from './circuit.ts'
import { guardedAddress } from './guarded.ts'
import { type LoadedModel, loadModel } from './load.ts'
import type { PlantModel } from './model.ts'
import { listOverlays } from './overlays.ts'
import { problem } from './problems.ts'
import { createQueryFigures, type QueryFigures, type QueryInfo } from './query-figures.ts'
import { readSettings } from './settings.ts'

export type PlantOptions = {
  readonly poolSize?: number
  readonly connectTimeoutMs?: number
  readonly statementTimeoutMs?: number
  readonly pools?: PoolLimits
  readonly cacheTtlS?: number
  /** Of companies that name none. */
  readonly defaultTimeZone?: string
  /** An idle plant is closed after this long. */
  readonly idleMs?: number
  /** Plants held open at once; the longest unused are closed. */
  readonly maxPlants?: number
  /** Private networks where companies' own people may have databases. */
  readonly openNetworks?: readonly string[]
}

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

type Opened = { readonly db: PlantDb; readonly close: () => Promise<void> }
type Entry = {
  /** Attachment and settings it was made of. */
  version: string
  readonly attachment: Attachment
  readonly circuit: Circuit
  readonly model: Cached<LoadedModel>
  readonly open: () => Promise<Opened>
  readonly closeIdle: () => Promise<void>
  users: number
  idleTimer: NodeJS.Timeout | null
}

const staleCopy: Text = {
  es: 'Los datos de la planta (líneas, turnos, productos) no se pudieron leer de nuevo: se usa la copia anterior',
  en: 'The plant metadata (lines, shifts, products) could not be read again: the earlier copy is used',
}

export function createPlants({ db, secrets, log, clock, options = {} }: PlantDeps): Plants {
  const { cacheTtlS = 3600, idleMs = 300_000, maxPlants = 50, defaultTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone } = options
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
  let isClosed = false

  const openPlant = async (tenantId: number, { url, isGuarded }: Attachment): Promise<Opened> => {
    const { poolSize, connectTimeoutMs, statementTimeoutMs } = options
    const hostAddress = isGuarded ? await guardedAddress(url, options.openNetworks ?? []) : undefined
    const { onStatement, onRead } = figuresOf(tenantId)
    const opened = await openPlantKysely(url, {
      ...options.pools,
      ...{ poolSize, connectTimeoutMs, statementTimeoutMs, onStatement, hostAddress },
    })
    pools.set(tenantId, opened.pool)
    return {
      db: { tenantId, kysely: opened.kysely, engine: opened.engine, onRead },
      close: async () => {
        if (pools.get(tenantId) === opened.pool) pools.delete(tenantId)
        await opened.close()
      },
    }
  }

  const load = async (tenantId: number, config: unknown, opened: Opened): Promise<LoadedModel> => {
    const tenantDb = { ...db, tenantId }
    const mappings = await listMappings(tenantDb)
    const overlays = await listOverlays(tenantDb)
    const { settings, warnings: settingsWarnings } = readSettings(config, defaultTimeZone)
    const loaded = await loadModel(opened.db, { settings, settingsWarnings, mappings, overlays, nowMs: clock.nowMs() })
    const isKnown = new Set(mappings.map((mapping) => `${mapping.lineId} ${mapping.kind} ${mapping.tableName}`))
    const settled = tableKinds
      .flatMap((kind) => [...loaded.tables[kind]].map(([lineId, tableName]) => ({ lineId, kind, tableName })))
      .filter((mapping) => !isKnown.has(`${mapping.lineId} ${mapping.kind} ${mapping.tableName}`))
    await saveMappings(tenantDb, settled, clock.nowMs())
    return loaded
  }

  const createEntry = (tenantId: number, version: string, attachment: Attachment, config: unknown): Entry => {
    let opened: Promise<Opened> | null = null
    const open = (): Promise<Opened> => {
      opened ??= openPlant(tenantId, attachment).catch((error: unknown) => {
        opened = null
        throw error
      })
      return opened
    }
    return {
      version,
      attachment,
      circuit: createCircuit(clock),
      model: createCached({
        ttlMs: cacheTtlS * 1000,
        clock,
        load: async () => load(tenantId, config, await open()),
        onRefreshFailed: (error) => log.warn({ tenantId, err: error }, 'plant metadata could not be read again: the old copy is used'),
      }),
      open,
      closeIdle: async () => {
        const current = opened
        opened = null
        await (await current?.catch(() => null))?.close()
      },
      users: 0,
      idleTimer: null,
    }
  }

  const discard = (entry: Entry): void => {
    if (entry.idleTimer) clearTimeout(entry.idleTimer)
    const closed = entry.closeIdle().catch((error: unknown) => log.warn({ err: error }, 'plant database did not close cleanly'))
    closing.add(closed)
    void closed.finally(() => closing.delete(closed))
  }

  const readSource = async (tenantId: number): Promise<PlantSource> => {
    const source = await findPlantSource({ ...db, tenantId }, secrets)
    if (!source) throw problem('plant_not_attached')
    return source
  }

  const createEntryOf = (tenantId: number, source: PlantSource): Entry => {
    const { attachment, config } = source.open()
    return createEntry(tenantId, source.version, attachment, config)
  }

  /** What the platform knows now decides: a new address or setting makes a new entry, and the old one goes when its last user has. */
  const entryOf = async (tenantId: number): Promise<{ readonly entry: Entry; readonly source: PlantSource }> => {
    if (isClosed) throw new Error('the plants are closed')
    const source = await readSource(tenantId)
    const known = entries.get(tenantId)
    const entry = known?.version === source.version ? known : createEntryOf(tenantId, source)
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
      try {
        const result = await work(entry, source)
        entry.circuit.succeeded()
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
        throw unavailable(entry.circuit.enter() ?? 1000, error)
      }
    } finally {
      release(tenantId, entry)
    }
  }

  return {
    withPlant: (tenantId, work) =>
      using(tenantId, async (entry, { stopStamp }) => {
        const loaded = await entry.model.get()
        const model =
          entry.model.info().staleBecause === null ? loaded.model : { ...loaded.model, warnings: [...loaded.model.warnings, staleCopy] }
        const { db: plantDb } = await entry.open()
        const { url, canManage } = entry.attachment
        const beside = { db: { ...db, tenantId }, stopStamp }
        return work({ db: { ...plantDb, beside }, model, loaded, canManage, writableFile: writableFile(url) })
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

function writableFile(url: string): string | null {
  const address = parseDatabaseUrl(url)
  return address.engine === 'sqlite' && !address.readOnly ? address.file : null
}

function describe(cached: Cached<LoadedModel> | null, nowMs: number): CacheInfo {
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
