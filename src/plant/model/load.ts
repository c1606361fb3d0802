/** Reads a plant's metadata tables into a `PlantModel`: optional columns default, odd values are replaced and said, nothing is ever written. */
import { decodeJson } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import {
  type Catalog,
  type CustomerRow,
  type PartitionState,
  type PlantDb,
  type ResolvedTables,
  readCatalog,
  readPartitions,
  readTable,
  resolveTables,
  type TableMapping,
} from '../source/index.ts'
import { linesNamed, tableWarning } from './findings.ts'
import type {
  Area,
  AreaType,
  DetectionTable,
  Failure,
  FilterRow,
  Incident,
  Line,
  PlantModel,
  PlantSettings,
  Product,
  Shift,
} from './model.ts'
import { applyOverlays, type Entity, entities, type Overlay } from './overlays.ts'
import { flag, hundredths, isoWeekdays, text, timeOfDayS, wholeNumber } from './parse.ts'

export type LoadInput = {
  readonly settings: PlantSettings
  /** Of reading the settings. */
  readonly settingsWarnings?: readonly Text[]
  readonly mappings: readonly TableMapping[]
  /** Edits of people of the company, kept beside the customer's rows. */
  readonly overlays?: readonly Overlay[]
  readonly nowMs: number
}

export type LoadedModel = {
  readonly model: PlantModel
  readonly catalog: Catalog
  readonly tables: ResolvedTables
  readonly partitions: ReadonlyMap<string, PartitionState>
  /** Warnings about values that had to be replaced; tables and shifts have checks of their own. */
  readonly valueWarnings: readonly Text[]
  /** `system_config`: the last row of a key wins. */
  readonly systemConfig: ReadonlyMap<string, unknown>
}

/** Throws what the database throws; a missing table reads as empty (verification tells). */
export async function loadModel(
  db: PlantDb,
  { settings, settingsWarnings = [], mappings, overlays = [], nowMs }: LoadInput,
): Promise<LoadedModel> {
  const catalog = await readCatalog(db)
  const valueWarnings: Text[] = [...settingsWarnings]
  const rowsOf = async (entity: Entity, ...columns: string[]): Promise<readonly CustomerRow[]> => {
    const { table, idColumn } = entities[entity]
    const { rows, warnings } = applyOverlays(entity, await readTable(db, catalog.find(table), [idColumn, ...columns]), overlays)
    valueWarnings.push(...warnings)
    return rows
  }
  const partitions = await readPartitions(db)
  const lineRows = await rowsOf(
    'line',
    'line_name',
    'line_code',
    'is_active',
    'availability',
    'performance',
    'downtime_threshold',
    'auto_detect_downtime',
  )
  const areaRows = await rowsOf('area', 'line_id', 'area_name', 'area_type', 'area_order')
  const productRows = await rowsOf('product', 'product_name', 'product_code', 'product_weight', 'product_color', 'production_std')
  const shiftRows = await rowsOf('shift', 'shift_name', 'shift_status', 'days_implemented', 'start_time', 'end_time', 'is_overnight')
  const filterRows = await rowsOf(
    'filter',
    'filter_name',
    'description',
    'filter_status',
    'display_order',
    'default_value',
    'additional_filter',
  )
  const failureRows = await rowsOf('failure', 'type_failure', 'description')
  const incidentRows = await rowsOf('incident', 'failure_id', 'incident_code', 'description')
  const configRows = await readTable(db, catalog.find('system_config'), ['config_id', 'key', 'value'])

  const shiftWarnings: Text[] = []
  const warn = (es: string, en: string) => valueWarnings.push({ es, en })
  const warnShift = (es: string, en: string) => shiftWarnings.push({ es, en })
  const named = withIds(lineRows, 'line_id').map(([lineId, row]) => ({
    lineId,
    lineName: text(row.line_name),
    lineCode: text(row.line_code),
    row,
  }))
  const tables = resolveTables(named, catalog.tableNames, mappings)
  const areas = withIds(areaRows, 'area_id').map(([areaId, row]) => readArea(areaId, row))
  const lines = named.map(({ row, ...names }): Line => {
    const detectionName = tables.detection.get(names.lineId)
    return {
      ...names,
      isActive: flag(row.is_active, true),
      availabilityTarget: wholeOrDecimal(row.availability),
      performance: wholeOrDecimal(row.performance),
      downtimeThresholdS: wholeNumber(row.downtime_threshold) ?? 0,
      autoDetectDowntime: flag(row.auto_detect_downtime, true),
      areas: areas.filter((area) => area.lineId === names.lineId).sort((a, b) => a.areaOrder - b.areaOrder || a.areaId - b.areaId),
      detectionTable: detectionName === undefined ? null : detectionTableOf(detectionName, partitions.get(detectionName)),
      downtimeTable: tables.downtime.get(names.lineId) ?? null,
    }
  })
  const systemConfig = readSystemConfig(configRows, warn)
  const metadata = {
    tenantId: db.tenantId,
    settings,
    lines,
    products: new Map(withIds(productRows, 'product_id').map(([productId, row]) => [productId, readProduct(productId, row, warn)])),
    shifts: withIds(shiftRows, 'shift_id').flatMap(([shiftId, row]) => readShift(shiftId, row, warnShift)),
    filters: withIds(filterRows, 'filter_id')
      .map(([filterId, row]) => readFilter(filterId, row, warn))
      .sort((a, b) => a.displayOrder - b.displayOrder || a.filterId - b.filterId),
    failures: new Map(withIds(failureRows, 'failure_id').map(([failureId, row]) => [failureId, readFailure(failureId, row)])),
    incidents: new Map(withIds(incidentRows, 'incident_id').map(([incidentId, row]) => [incidentId, readIncident(incidentId, row)])),
  }
  const warnings = [
    ...tables.findings.map((finding) => ({ ...tableWarning(finding), lineIds: linesNamed(finding) })),
    ...shiftWarnings,
    ...valueWarnings,
  ]
  const model: PlantModel = { ...metadata, warnings, loadedAtMs: nowMs }
  return { model, catalog, tables, partitions, valueWarnings, systemConfig }
}

type Warn = (es: string, en: string) => void

/** Rows whose key is a whole number; drivers give it as number, bigint or text. */
const withIds = (rows: readonly CustomerRow[], key: string): (readonly [id: number, row: CustomerRow])[] =>
  rows.flatMap((row) => {
    const id = wholeNumber(row[key])
    return id === null ? [] : [[id, row] as const]
  })

const detectionTableOf = (name: string, state: PartitionState | undefined): DetectionTable => ({
  name,
  partitions: state?.kind === 'monthly' && state.scheme === 'year_month' ? state.partitions : null,
})

const wholeOrDecimal = (value: unknown): number => {
  const number = Number(text(value) || 0)
  return Number.isFinite(number) ? number : 0
}

/** Not a column of the customer's: said by an overlay. */
const retired = (row: CustomerRow): { readonly isRetired?: true } => (flag(row.is_retired, false) ? { isRetired: true } : {})

const areaTypes: Readonly<Record<string, AreaType>> = {
  input: 'input',
  output: 'output',
  discard: 'scrap',
  reject: 'scrap',
  scrap: 'scrap',
}

function readArea(areaId: number, row: CustomerRow): Area {
  const typeText = text(row.area_type).trim().toLowerCase()
  const areaType = Object.hasOwn(areaTypes, typeText) ? areaTypes[typeText] : undefined
  return {
    areaId,
    lineId: wholeNumber(row.line_id) ?? 0,
    areaName: text(row.area_name),
    areaType: areaType ?? 'process',
    ...(areaType || typeText === '' || typeText === 'process' ? {} : { otherType: typeText }),
    areaOrder: wholeNumber(row.area_order) ?? 0,
    ...retired(row),
  }
}

function readProduct(productId: number, row: CustomerRow, warn: Warn): Product {
  const weightCentikg = hundredths(row.product_weight)
  if (weightCentikg === null && row.product_weight !== undefined && row.product_weight !== null)
    warn(
      `Producto ${productId}: el peso "${text(row.product_weight)}" no es un número; se toma 0`,
      `Product ${productId}: weight "${text(row.product_weight)}" is not a number; 0 is used`,
    )
  return {
    productId,
    productName: text(row.product_name),
    productCode: text(row.product_code),
    weightCentikg: weightCentikg ?? 0,
    productColor: text(row.product_color),
    productionStdPerHour: Math.max(0, wholeOrDecimal(row.production_std)),
    ...retired(row),
  }
}

function readShift(shiftId: number, row: CustomerRow, warn: Warn): Shift[] {
  const [startS, endS] = [timeOfDayS(row.start_time), timeOfDayS(row.end_time)]
  const shiftName = text(row.shift_name)
  if (startS === null || endS === null) {
    warn(
      `El turno "${shiftName}" tiene un horario que no se entiende y no se usa`,
      `Shift "${shiftName}" has times that cannot be read and is not used`,
    )
    return []
  }
  const parsed = decodeJson(row.days_implemented)
  // Text that is no JSON may still be a plain list of days.
  const { days, unknown } = isoWeekdays(parsed.ok ? parsed.value : row.days_implemented)
  if (unknown.length > 0)
    warn(
      `El turno "${shiftName}" tiene días que no se entienden: ${unknown.join(', ')}`,
      `Shift "${shiftName}" has days that cannot be read: ${unknown.join(', ')}`,
    )
  return [
    {
      shiftId,
      shiftName,
      isActive: flag(row.shift_status, true),
      isoWeekdays: days,
      startS,
      endS,
      endsNextDay: flag(row.is_overnight, false) || endS <= startS,
    },
  ]
}

function readFilter(filterId: number, row: CustomerRow, warn: Warn): FilterRow {
  const [defaults, extra] = [decodeJson(row.default_value), decodeJson(row.additional_filter)]
  if (!defaults.ok || !extra.ok)
    warn(
      `El filtro ${filterId} ("${text(row.filter_name)}") tiene un JSON que no se puede leer`,
      `Filter ${filterId} ("${text(row.filter_name)}") has JSON that cannot be read`,
    )
  return {
    filterId,
    filterName: text(row.filter_name),
    description: text(row.description),
    isActive: flag(row.filter_status, true),
    displayOrder: wholeNumber(row.display_order) ?? 0,
    defaultValue: defaults.ok ? defaults.value : null,
    additionalFilter: extra.ok ? extra.value : null,
  }
}

const readFailure = (failureId: number, row: CustomerRow): Failure => ({
  failureId,
  typeFailure: text(row.type_failure),
  description: text(row.description),
  ...retired(row),
})

const readIncident = (incidentId: number, row: CustomerRow): Incident => ({
  incidentId,
  failureId: wholeNumber(row.failure_id) ?? 0,
  incidentCode: text(row.incident_code),
  description: text(row.description),
  ...retired(row),
})

function readSystemConfig(rows: readonly CustomerRow[], warn: Warn): ReadonlyMap<string, unknown> {
  const config = new Map<string, unknown>()
  for (const row of rows) {
    const parsed = decodeJson(row.value)
    if (!parsed.ok) warn(`system_config "${text(row.key)}" no es JSON`, `system_config "${text(row.key)}" is not JSON`)
    config.set(text(row.key), parsed.ok ? parsed.value : null)
  }
  return config
}
