/** The box's tables, as the customer has them: columns that are missing are unknown, tables that are missing are not shown. */
import { sql } from 'kysely'
import { dayS, parseLocal, type Zone } from '../../platform/time/index.ts'
import type { PlantModel } from '../model/index.ts'
import { type Catalog, type PlantDb, type PlantTable, quoteName, readCatalog } from '../source/index.ts'
import { type CameraArea, type CameraEvent, celsius, type Newest, type Sample, type Telemetry, thinned } from './telemetry.ts'

const names = { monitor: 'system_monitor', events: 'camera_control_event', cameras: 'camera_area' } as const

/** Whether the plant has a box that ever said something: a plant of Andon's has the tables, and nobody who fills them. */
export async function hasTelemetry(db: PlantDb): Promise<boolean> {
  const catalog = await readCatalog(db)
  for (const name of [names.monitor, names.events]) {
    const table = catalog.find(name)
    if (table && (await selectRows(db, table, [[...table.columns.keys()].slice(0, 1)], 'limit 1')).length > 0) return true
  }
  return false
}

type Row = Readonly<Record<string, unknown>>

/** The first column of each group that the table has, under the group's first name. */
async function selectRows(db: PlantDb, table: PlantTable, wanted: readonly (readonly string[])[], rest: string): Promise<Row[]> {
  const columns = wanted.flatMap((group) => {
    const known = group.map((name) => table.columns.get(name)).find((column) => column !== undefined)
    return known ? [`${quoteName(db.engine, known.name)} as ${quoteName(db.engine, group[0] ?? '')}`] : []
  })
  if (columns.length === 0) return []
  const { rows } = await sql.raw<Row>(`select ${columns.join(', ')} from ${quoteName(db.engine, table.name)} ${rest}`).execute(db.kysely)
  return rows
}

const number = (value: unknown): number | null => {
  const read = value === null || value === undefined || value === '' ? Number.NaN : Number(value)
  return Number.isFinite(read) ? read : null
}

const sampleColumns = ['system_monitor_id', 'created_at', 'cpu_usage', 'gpu_usage', 'ram_usage', 'cpu_temp', 'cpu_temp_sensor', 'gpu_temp']
const newestColumns = [...sampleColumns, 'gpu_name', 'cpu_freq', 'ram_used_bytes', 'gpu_mem_used_bytes', 'gpu_mem_total_bytes']
const maxSamples = 240
const dayMs = dayS * 1_000

/** A `timestamp` is an instant, read in UTC; a `datetime` is the plant's own wall time. */
function instantReader(table: PlantTable, zone: Zone): (value: unknown) => number | null {
  const isLocal = table.columns.get('created_at')?.type.startsWith('datetime') ?? false
  return (value) => {
    const seconds = parseLocal(String(value ?? '').slice(0, 19))
    if (seconds === null) return null
    return isLocal ? zone.toEpochS(seconds) * 1_000 : seconds * 1_000
  }
}

export async function readTelemetry(db: PlantDb, model: PlantModel, zone: Zone, nowMs: number): Promise<Telemetry> {
  const catalog = await readCatalog(db)
  const monitor = catalog.find(names.monitor)
  const { newest, history } = monitor ? await readMonitor(db, monitor, zone, nowMs) : { newest: null, history: [] }
  return {
    newest,
    history,
    hasMonitor: monitor !== null,
    events: await readEvents(db, catalog),
    cameras: await readCameras(db, catalog, model),
  }
}

async function readMonitor(
  db: PlantDb,
  table: PlantTable,
  zone: Zone,
  nowMs: number,
): Promise<{ readonly newest: Newest | null; readonly history: readonly Sample[] }> {
  const instant = instantReader(table, zone)
  const key = table.columns.get('system_monitor_id')
  const sample = (row: Row): Sample | null => {
    const atMs = instant(row.created_at)
    if (atMs === null) return null
    const sensor = number(row.cpu_temp_sensor)
    return {
      atMs,
      cpu: number(row.cpu_usage),
      gpu: number(row.gpu_usage),
      ram: number(row.ram_usage),
      cpuTemp: sensor !== null && sensor > 0 ? sensor : celsius(number(row.cpu_temp)),
      gpuTemp: number(row.gpu_temp),
    }
  }
  if (!key) return { newest: null, history: [] }
  const id = quoteName(db.engine, key.name)
  const one = (columns: readonly string[]) => columns.map((name) => [name])
  // The newest thousand tell how often the box writes; from there every n-th row of a day is read by its key.
  const recent = await selectRows(db, table, one(['system_monitor_id', 'created_at']), `order by ${id} desc limit 1000`)
  const [last] = await selectRows(db, table, one(newestColumns), `order by ${id} desc limit 1`)
  const base = last && sample(last)
  if (!last || !base) return { newest: null, history: [] }
  const newest: Newest = {
    ...base,
    gpuName: typeof last.gpu_name === 'string' && last.gpu_name !== '' ? last.gpu_name : null,
    cpuMhz: number(last.cpu_freq),
    ramUsedBytes: number(last.ram_used_bytes),
    gpuMemoryUsedBytes: number(last.gpu_mem_used_bytes),
    gpuMemoryTotalBytes: number(last.gpu_mem_total_bytes),
  }
  const newestId = number(last.system_monitor_id) ?? 0
  const oldest = recent.at(-1)
  const spanMs = Math.max(1_000, base.atMs - (instant(oldest?.created_at) ?? base.atMs))
  const spanIds = Math.max(1, newestId - (number(oldest?.system_monitor_id) ?? newestId))
  const idsPerDay = Math.min(Math.ceil((spanIds * dayMs) / spanMs), 1_000_000)
  const step = Math.max(1, Math.floor(idsPerDay / maxSamples))
  const where = `where ${id} > ${newestId - idsPerDay - 1} and ${id} <= ${newestId} and (${newestId} - ${id}) % ${step} = 0 order by ${id} limit 2000`
  const rows = await selectRows(db, table, one(sampleColumns), where)
  const history = rows.flatMap((row) => sample(row) ?? []).filter(({ atMs }) => atMs > base.atMs - dayMs && atMs <= nowMs + dayMs)
  return { newest, history: thinned(history, maxSamples) }
}

async function readEvents(db: PlantDb, catalog: Catalog): Promise<CameraEvent[] | null> {
  const table = catalog.find(names.events)
  const key = table?.columns.get('event_id')
  if (!table || !key) return null
  const columns = [['created_at'], ['camera_id', 'camara_id'], ['action'], ['reason'], ['gpu_usage_percent']]
  const rows = await selectRows(db, table, columns, `order by ${quoteName(db.engine, key.name)} desc limit 50`)
  return rows.map((row) => ({
    atMs: (number(row.created_at) ?? 0) * 1_000,
    cameraId: number(row.camera_id) ?? 0,
    action: String(row.action ?? ''),
    reason: String(row.reason ?? ''),
    gpu: number(row.gpu_usage_percent),
  }))
}

async function readCameras(db: PlantDb, catalog: Catalog, model: PlantModel): Promise<CameraArea[] | null> {
  const table = catalog.find(names.cameras)
  if (!table) return null
  const rows = await selectRows(db, table, [['camara_id', 'camera_id'], ['area_id'], ['status']], 'limit 500')
  const places = new Map(
    model.lines.flatMap(({ lineName, areas }) => areas.map(({ areaId, areaName }) => [areaId, { areaName, lineName }] as const)),
  )
  return rows
    .map((row) => {
      const areaId = number(row.area_id) ?? 0
      const place = places.get(areaId)
      return {
        cameraId: number(row.camara_id) ?? 0,
        areaId,
        areaName: place?.areaName ?? null,
        lineName: place?.lineName ?? null,
        isActive: number(row.status) === 1,
      }
    })
    .sort((a, b) => a.cameraId - b.cameraId || a.areaId - b.areaId)
}
