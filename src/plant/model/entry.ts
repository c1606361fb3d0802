/** One company's plant as this process holds it: its attachment, connections and metadata, opened when first needed. */
import type { Db } from '../../platform/db/database.ts'
import { openPlantKysely, type PoolInfo, type PoolLimits, parseDatabaseUrl } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/index.ts'
import type { Log } from '../../platform/log/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type Attachment, listMappings, type PlantDb, type PlantSource, saveMappings, tableKinds } from '../source/index.ts'
import { type Cached, createCached } from './cached.ts'
import { type Circuit, createCircuit } from './circuit.ts'
import { guardedAddress } from './guarded.ts'
import { type LoadedModel, loadModel } from './load.ts'
import type { PlantModel } from './model.ts'
import { listOverlays } from './overlays.ts'
import type { QueryFigures } from './query-figures.ts'
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

type Opened = { readonly db: PlantDb; readonly close: () => Promise<void> }
export type Entry = {
  /** Attachment and settings it was made of. */
  version: string
  readonly attachment: Attachment
  readonly writableFile: string | null
  readonly circuit: Circuit
  readonly model: Cached<LoadedModel>
  readonly open: () => Promise<Opened>
  readonly closeIdle: () => Promise<void>
  /** Statements that the database answered. */
  answers: number
  users: number
  idleTimer: NodeJS.Timeout | null
}

const staleCopy: Text = {
  es: 'Los datos de la planta (líneas, turnos, productos) no se pudieron leer de nuevo: se usa la copia anterior',
  en: 'The plant metadata (lines, shifts, products) could not be read again: the earlier copy is used',
}

const staleModels = new WeakMap<LoadedModel, PlantModel>()

/** With a warning when the copy is older than it should be: one and the same object each time, since facts are kept under the model they come from. */
export function modelOf({ model: cached }: Pick<Entry, 'model'>, loaded: LoadedModel): PlantModel {
  if (cached.info().staleBecause === null) return loaded.model
  const model = staleModels.get(loaded) ?? { ...loaded.model, warnings: [...loaded.model.warnings, staleCopy] }
  staleModels.set(loaded, model)
  return model
}

type EntryDeps = { readonly db: Db; readonly log: Log; readonly clock: Clock; readonly options: PlantOptions }

/** `pools` is kept: of the plants that are open now. */
export function createEntries(
  { db, log, clock, options }: EntryDeps,
  figuresOf: (tenantId: number) => QueryFigures,
  pools: Map<number, () => PoolInfo | null>,
): (tenantId: number, source: PlantSource) => Entry {
  const { cacheTtlS = 3600, defaultTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone } = options

  const openPlant = async (tenantId: number, { url, isGuarded }: Attachment, onAnswer: () => void): Promise<Opened> => {
    const { poolSize, connectTimeoutMs, statementTimeoutMs } = options
    const hostAddress = isGuarded ? await guardedAddress(url, options.openNetworks ?? []) : undefined
    const { onStatement, onRead } = figuresOf(tenantId)
    const opened = await openPlantKysely(url, {
      ...options.pools,
      ...{ poolSize, connectTimeoutMs, statementTimeoutMs, hostAddress },
      onStatement(statement) {
        onStatement(statement)
        if (statement.isAnswered) onAnswer()
      },
    })
    pools.set(tenantId, opened.pool)
    return {
      db: {
        ...{ tenantId, kysely: opened.kysely, engine: opened.engine },
        onRead(read) {
          onRead(read)
          onAnswer()
        },
      },
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

  return (tenantId, { version, open: unseal }) => {
    const { attachment, config } = unseal()
    let opened: Promise<Opened> | null = null
    const open = (): Promise<Opened> => {
      opened ??= openPlant(tenantId, attachment, () => void entry.answers++).catch((error: unknown) => {
        opened = null
        throw error
      })
      return opened
    }
    const entry: Entry = {
      version,
      attachment,
      writableFile: writableFile(attachment.url),
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
      answers: 0,
      users: 0,
      idleTimer: null,
    }
    return entry
  }
}

function writableFile(url: string): string | null {
  const address = parseDatabaseUrl(url)
  return address.engine === 'sqlite' && !address.readOnly ? address.file : null
}
