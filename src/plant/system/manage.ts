/** What Andon may do to a plant that it manages: tables of new lines, standard filter rows, test data. Each plan can be told without doing it. */
import { sql } from 'kysely'
import { formatLocal, type LocalS, zoneOf } from '../../platform/time/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import {
  type CreatedTable,
  insertDetections,
  insertDowntimes,
  lineTableNames,
  monthOfLocal,
  type NewDetection,
  type NewDowntime,
  planLineTables,
  quoteName,
  type TableKind,
} from '../source/index.ts'
import { problem } from './problems.ts'

const mustManage = (plant: Pick<OpenPlant, 'canManage'>): void => {
  if (!plant.canManage) throw problem('plant_not_managed')
}

/** Tables that active lines lack. Throws `plant_not_managed` unless `dryRun`. */
export async function initLineTables(
  plant: OpenPlant,
  { dryRun, nowMs }: { readonly dryRun: boolean; readonly nowMs: number },
): Promise<CreatedTable[]> {
  const wanted = plant.model.lines
    .filter((line) => line.isActive)
    .flatMap((line): { kind: TableKind; name: string }[] => {
      const names = lineTableNames(line.lineCode.trim() === '' ? String(line.lineId) : line.lineCode)
      return [
        ...(line.detectionTable === null ? [{ kind: 'detection' as const, name: names.detectionTable }] : []),
        ...(line.downtimeTable === null ? [{ kind: 'downtime' as const, name: names.downtimeTable }] : []),
      ]
    })
  const nowLocalS = zoneOf(plant.model.settings.timeZone).toLocalS(Math.floor(nowMs / 1000))
  const plans = await planLineTables(plant.db, wanted, monthOfLocal(formatLocal(nowLocalS)))
  if (dryRun || plans.length === 0) return plans
  mustManage(plant)
  for (const plan of plans) for (const statement of plan.statements) await sql.raw(statement).execute(plant.db.kysely)
  return plans
}

/** Every filter of the dashboard, in the order of the panel. */
const standardFilters: readonly { readonly name: string; readonly description: string; readonly extra: unknown }[] = [
  { name: 'DateRangeFilter', description: 'Rango de fechas', extra: null },
  { name: 'ProductionLineFilter', description: 'Línea de producción', extra: null },
  { name: 'ShiftFilter', description: 'Turno', extra: null },
  { name: 'AreaFilter', description: 'Áreas', extra: null },
  { name: 'ProductFilter', description: 'Productos', extra: null },
  { name: 'IntervalFilter', description: 'Intervalo', extra: { default_value: 'hour' } },
  { name: 'DowntimeThresholdFilter', description: 'Umbral de parada (s)', extra: null },
  { name: 'ShowDowntimeFilter', description: 'Mostrar paradas', extra: null },
  { name: 'CurveTypeFilter', description: 'Tipo de curva', extra: null },
  { name: 'HighlightPeaksFilter', description: 'Resaltar picos', extra: null },
  { name: 'SearchFilter', description: 'Buscar en tablas', extra: null },
]

/** Adds the standard rows that are not there by name; returns their names. Throws `plant_not_managed` unless `dryRun`. */
export async function seedFilters(plant: OpenPlant, { dryRun }: { readonly dryRun: boolean }): Promise<string[]> {
  const known = new Set(plant.model.filters.map((filter) => filter.filterName.toLowerCase()))
  const missing = standardFilters.filter((filter) => !known.has(filter.name.toLowerCase()))
  if (dryRun || missing.length === 0) return missing.map((filter) => filter.name)
  mustManage(plant)
  const table = plant.loaded.catalog.find('filter')
  if (!table) throw new Error('The plant has no filter table')
  const last = Math.max(0, ...plant.model.filters.map((filter) => filter.displayOrder))
  for (const [index, filter] of missing.entries()) {
    const extra = filter.extra === null ? null : JSON.stringify(filter.extra)
    await sql`insert into ${sql.id(table.name)} (filter_name, description, filter_status, display_order, additional_filter)
      values (${filter.name}, ${filter.description}, 1, ${last + index + 1}, ${extra})`.execute(plant.db.kysely)
  }
  return missing.map((filter) => filter.name)
}

export type TestData = { readonly detections: readonly NewDetection[]; readonly downtimes: readonly Omit<NewDowntime, 'lastDetectionId'>[] }

const daysBack = 7
const testReasonCodes = [101, 102, 201, 301, 404] as const

/** Detections 10–20 s apart over the last 7 days and stops of 300–7200 s among them. `random` gives 0…1. */
export function testData(
  line: Line,
  productIds: readonly number[],
  counts: { readonly detections: number; readonly downtimes: number },
  nowLocalS: LocalS,
  random: () => number,
): TestData {
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)]
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1))
  const fromS = nowLocalS - daysBack * 86_400
  const downtimes = Array.from({ length: counts.downtimes }, (_, index) => {
    // Each in a slice of its own, so that none overlaps another.
    const sliceS = Math.floor((daysBack * 86_400) / counts.downtimes)
    const durationS = Math.min(between(300, 7200), Math.max(1, sliceS - 1))
    const startS = fromS + index * sliceS + Math.floor(random() * Math.max(1, sliceS - durationS))
    return { startS, endS: startS + durationS, durationS, reasonCode: pick(testReasonCodes) ?? null }
  })
  const times: number[] = []
  let atS = fromS
  while (times.length < counts.detections && atS <= nowLocalS) {
    const stop = downtimes.find((event) => atS >= event.startS && atS < event.endS)
    if (stop) atS = stop.endS
    else {
      times.push(atS)
      atS += between(10, 20)
    }
  }
  return {
    detections: times.map((timeS) => ({
      detectedAt: formatLocal(timeS),
      areaId: pick(line.areas)?.areaId ?? 0,
      productId: pick(productIds) ?? 0,
    })),
    downtimes: downtimes.map((event) => ({
      startTime: formatLocal(event.startS),
      endTime: formatLocal(event.endS),
      durationS: event.durationS,
      reasonCode: event.reasonCode,
      reason: null,
      isManual: false,
      createdAt: formatLocal(event.endS),
    })),
  }
}

/** Writes test rows into the tables of one line. Throws `plant_not_managed`. */
export async function loadTestData(
  plant: OpenPlant,
  line: Line,
  counts: { readonly detections: number; readonly downtimes: number },
  nowMs: number,
  random: () => number,
): Promise<{ detections: number; downtimes: number }> {
  mustManage(plant)
  const nowLocalS = zoneOf(plant.model.settings.timeZone).toLocalS(Math.floor(nowMs / 1000))
  const data = testData(line, [...plant.model.products.keys()], counts, nowLocalS, random)
  if (line.detectionTable) await insertDetections(plant.db, line.detectionTable.name, data.detections)
  if (line.downtimeTable && line.detectionTable) {
    const { rows } = await sql<{ id: unknown }>`select max(detection_id) as id from ${sql.id(line.detectionTable.name)}`.execute(
      plant.db.kysely,
    )
    const lastDetectionId = Number(rows[0]?.id ?? 0)
    await insertDowntimes(
      plant.db,
      line.downtimeTable,
      data.downtimes.map((event) => ({ ...event, lastDetectionId })),
    )
  }
  return { detections: line.detectionTable ? data.detections.length : 0, downtimes: line.downtimeTable ? data.downtimes.length : 0 }
}

/** For people: what `--dry-run` shows. */
export const describePlan = (engine: OpenPlant['db']['engine'], plan: CreatedTable): string =>
  `${quoteName(engine, plan.name)}${plan.template ? ` as a copy of ${plan.template}` : ''}`
