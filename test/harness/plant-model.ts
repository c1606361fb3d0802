/** Small plant models for tests of scope, facts and downtime: one line, one output area, no shift, unless said. */
import type { Area, Line, PlantModel, PlantSettings, Product, Shift } from '../../src/plant/model/index.ts'

export const everyDay: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7])
export const workdays: ReadonlySet<number> = new Set([1, 2, 3, 4, 5])

export const area = (areaId: number, areaType: Area['areaType'], more: Partial<Area> = {}): Area => ({
  areaId,
  lineId: 1,
  areaName: `${areaType} ${areaId}`,
  areaType,
  areaOrder: areaId,
  ...more,
})

export const line = (more: Partial<Line> = {}): Line => ({
  lineId: 1,
  lineName: 'Envasado',
  lineCode: 'L1',
  isActive: true,
  performance: 10,
  downtimeThresholdS: 300,
  autoDetectDowntime: true,
  areas: [area(2, 'output')],
  detectionTable: { name: 'detection_line_l1', partitions: null },
  downtimeTable: 'downtime_events_l1',
  ...more,
})

/** Times as hours. */
export const shift = (shiftId: number, fromHour: number, toHour: number, more: Partial<Shift> = {}): Shift => ({
  shiftId,
  shiftName: `Turno ${shiftId}`,
  isActive: true,
  isoWeekdays: workdays,
  startS: fromHour * 3_600,
  endS: toHour * 3_600,
  endsNextDay: toHour <= fromHour,
  ...more,
})

export const product = (productId: number, more: Partial<Product> = {}): Product => ({
  productId,
  productName: `Producto ${productId}`,
  productCode: `P-${productId}`,
  weightCentikg: 2_500,
  productColor: '#3b82f6',
  productionStdPerHour: 0,
  ...more,
})

export const settings = (more: Partial<PlantSettings> = {}): PlantSettings => ({
  timeZone: 'America/Bogota',
  performanceUnit: 'units_per_minute',
  shiftRangeMode: 'clip',
  plannedStopCodes: new Set([1, 2]),
  breaks: [],
  shiftIdsByLine: new Map(),
  holidays: [],
  extraShifts: [],
  sites: [],
  noDataAfterS: new Map(),
  isStopJobOn: true,
  reasonTarget: 'incident',
  stopFromS: 300,
  breakdownFromS: 1_800,
  ...more,
})

export const plantModel = (more: Partial<PlantModel> = {}): PlantModel => ({
  tenantId: 1,
  settings: settings(),
  lines: [line()],
  products: new Map([1, 2, 3].map((id) => [id, product(id)])),
  shifts: [],
  filters: [],
  failures: new Map(),
  incidents: new Map(),
  warnings: [],
  loadedAtMs: 0,
  ...more,
})
