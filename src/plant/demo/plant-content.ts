/** The rows of a demo plant that do not move: lines, areas, products, shifts, reasons, cameras and the filters of its dashboard. */
import { zoneOf } from '../../platform/time/index.ts'
import type { PlantTables } from './fill.ts'
import type { ModelAnchor } from './machine.ts'
import type { PlantPlan } from './plant-plan.ts'
import { outageOf } from './troubles.ts'

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const clockTime = (hour: number): string => `${String(hour % 24).padStart(2, '0')}:00:00`

/** Every filter of the dashboard is a row here; their ids are their order. */
const filterRows = (plan: PlantPlan): readonly { name: string; description: string; extra: unknown }[] => [
  { name: 'DateRangeFilter', description: 'Rango de fechas', extra: null },
  {
    name: 'ProductionLineFilter',
    description: 'Línea de producción',
    extra: plan.lineGroups.length === 0 ? null : { groups: plan.lineGroups.map(({ alias, lineIds }) => ({ alias, line_ids: lineIds })) },
  },
  { name: 'ShiftFilter', description: 'Turno', extra: null },
  { name: 'AreaFilter', description: 'Áreas', extra: null },
  { name: 'ProductFilter', description: 'Productos', extra: null },
  { name: 'IntervalFilter', description: 'Intervalo', extra: { default_value: 'hour' } },
  { name: 'DowntimeThresholdFilter', description: 'Umbral de parada (s)', extra: null },
  { name: 'CurveTypeFilter', description: 'Tipo de curva', extra: null },
  { name: 'ShowDowntimeFilter', description: 'Mostrar paradas', extra: null },
  { name: 'HighlightPeaksFilter', description: 'Resaltar picos', extra: null },
  { name: 'SearchFilter', description: 'Buscar en tablas', extra: null },
]

export const filterCount = (plan: PlantPlan): number => filterRows(plan).length

/** What the platform must be told about the plant (`config_tenant`). */
export const settingsOf = (plan: PlantPlan): Readonly<Record<string, unknown>> => ({
  timezone: plan.timeZone,
  performance_unit: 'units_per_minute',
  planned_stop_codes: plan.plannedIncidentIds,
  line_shifts: Object.fromEntries(plan.lines.map(({ lineId, shiftIds }) => [lineId, shiftIds])),
})

export async function insertContent(kysely: PlantTables, plan: PlantPlan, anchor: ModelAnchor): Promise<void> {
  const insert = (table: string, rows: readonly Record<string, unknown>[]) => kysely.insertInto(table).values(rows).execute()
  await insert(
    'production_line',
    plan.lines.map((line) => ({
      line_id: line.lineId,
      line_name: line.name,
      line_code: line.code,
      is_active: 1,
      availability: line.targetAvailability,
      performance: line.ratePerMinute,
      downtime_threshold: line.thresholdS,
      auto_detect_downtime: 1,
    })),
  )
  const areas = plan.lines.flatMap((line) => line.areas.map((area, at) => ({ line, area, order: at + 1 })))
  await insert(
    'area',
    areas.map(({ line, area, order }) => ({
      area_id: area.areaId,
      line_id: line.lineId,
      area_name: area.name,
      area_type: area.type,
      area_order: order,
      coord_x1: 40 + 480 * (order - 1),
      coord_y1: 180,
      coord_x2: 480 * order,
      coord_y2: 620,
    })),
  )
  await insert(
    'camera_area',
    areas.map(({ area }) => ({ camara_id: 100 + area.areaId, area_id: area.areaId, status: 1 })),
  )
  await insert(
    'product',
    plan.products.map((product) => ({
      product_id: product.productId,
      product_name: product.name,
      product_code: product.code,
      product_weight: product.weightKg,
      product_color: product.color,
      production_std: product.standardPerHour,
      product_per_batch: product.perBatch,
    })),
  )
  await insert(
    'shift',
    plan.shifts.map((shift) => ({
      shift_id: shift.shiftId,
      shift_name: shift.name,
      description: shift.description,
      shift_status: 1,
      days_implemented: JSON.stringify(shift.isoWeekdays.map((weekday) => dayNames[weekday - 1])),
      start_time: clockTime(shift.startHour),
      end_time: clockTime(shift.endHour),
      is_overnight: shift.endHour <= shift.startHour ? 1 : 0,
    })),
  )
  await insert(
    'filter',
    filterRows(plan).map(({ name, description, extra }, at) => ({
      filter_id: at + 1,
      filter_name: name,
      description,
      filter_status: 1,
      display_order: at + 1,
      additional_filter: extra === null ? null : JSON.stringify(extra),
    })),
  )
  await insert(
    'failure',
    plan.failures.map(({ failureId, type, description }) => ({ failure_id: failureId, type_failure: type, description })),
  )
  await insert(
    'incident',
    plan.incidents.map((incident) => ({
      incident_id: incident.incidentId,
      failure_id: incident.failureId,
      incident_code: incident.code,
      description: incident.description,
      has_solution: incident.hasSolution ? 1 : 0,
      solution: null,
    })),
  )
  const outage = outageOf(plan, anchor)
  const camera = outage && plan.lines.find(({ lineId }) => lineId === outage.lineId)?.areas[0]
  if (!outage || !camera) return
  const { toEpochS } = zoneOf(plan.timeZone)
  await insert('camera_control_event', [
    {
      camera_id: 100 + camera.areaId,
      reason: 'Sin señal de video',
      action: 'Alarma',
      gpu_usage_percent: 4,
      created_at: toEpochS(outage.fromS),
    },
    {
      camera_id: 100 + camera.areaId,
      reason: 'Señal recuperada',
      action: 'Reinicio de la cámara',
      gpu_usage_percent: 47,
      created_at: toEpochS(outage.toS),
    },
  ])
}
