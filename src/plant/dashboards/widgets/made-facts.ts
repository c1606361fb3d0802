/** Hand-made facts for the tests of the widgets: one or two lines on 2026-10-08 from 06:00 to 10:00 by hour. */
import { parseLocal } from '../../../platform/time/index.ts'
import type { Facts, LineFacts, ProductCount, Stop } from '../../facts/index.ts'
import type { Line, PlantModel, Product } from '../../model/index.ts'
import { type Scope, unfiltered } from '../../scope/index.ts'
import type { WidgetInput } from './widget.ts'

/** Wall time of the day; zone UTC, so it is the instant too. */
export const at = (time: string): number => {
  const local = parseLocal(`2026-10-08 ${time}`)
  if (local === null) throw new Error(`not a time: ${time}`)
  return local
}

export const madeLine = (lineId: number, lineName: string): Line => ({
  lineId,
  lineName,
  lineCode: `L${lineId}`,
  isActive: true,
  performance: 2,
  downtimeThresholdS: 300,
  autoDetectDowntime: true,
  areas: [
    { areaId: lineId * 10 + 1, lineId, areaName: 'Entrada', areaType: 'input', areaOrder: 1 },
    { areaId: lineId * 10 + 2, lineId, areaName: 'Salida', areaType: 'output', areaOrder: 2 },
  ],
  detectionTable: { name: `detection_line_${lineId}`, partitions: null },
  downtimeTable: `downtime_events_${lineId}`,
})

const product = (productId: number, productName: string, productCode: string, productColor: string): Product => ({
  productId,
  productName,
  productCode,
  productColor,
  weightCentikg: 2_500,
  productionStdPerHour: 120,
})

export const madeModel = (lines: readonly Line[]): PlantModel => ({
  tenantId: 1,
  settings: {
    timeZone: 'UTC',
    performanceUnit: 'units_per_minute',
    shiftRangeMode: 'clip',
    plannedStopCodes: new Set([1]),
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
  },
  lines,
  products: new Map([product(1, 'Cal', 'CAL-1', '#22c55e'), product(2, 'Cal', 'CAL-2', 'Rojo')].map((made) => [made.productId, made])),
  shifts: [],
  filters: [],
  failures: new Map(),
  incidents: new Map(),
  warnings: [],
  loadedAtMs: 0,
})

export const madeScope = (lines: readonly Line[], changes: Partial<Scope> = {}): Scope => ({
  lines,
  isMultiLine: lines.length > 1,
  fromLocalS: at('06:00'),
  toLocalS: at('10:00'),
  range: { fromS: at('06:00'), toS: at('10:00') },
  elapsed: { fromS: at('06:00'), toS: at('10:00') },
  ...unfiltered,
  now: { epochS: at('10:30'), localS: at('10:30') },
  parameters: { line_id: lines[0]?.lineId ?? 'all', interval: 'hour' },
  ...changes,
})

const madeKpi: Facts['kpi'] = {
  availability: 0.9,
  effectiveness: 1.2,
  qualityRatio: 0.95,
  oeeIndex: 1.026,
  qualityAssumed: false,
  ratedSpeedExceeded: true,
  utilisation: 1,
  weightEfficiency: 0.66406,
  actualWeightCentikg: 237_500,
  theoreticalWeightCentikg: 357_649,
  time: {
    scheduledS: 14_400,
    plannedStopS: 0,
    plannedBusyTimeS: 14_400,
    unplannedDowntimeS: 1_440,
    actualProductionTimeS: 12_960,
    stopCount: 2,
  },
  elapsedS: 14_400,
  goodQuantity: 95,
  processedQuantity: 100,
  idealMinutes: 259.2,
  ratedProductionTimeS: 12_960,
  mtbfS: 6_480,
  mttrS: 720,
  totalProduction: 95,
  totalWeightCentikg: 237_500,
  rejectedRatio: null,
  scrapQuantity: 0,
}

const madeLineFacts = (line: Line): LineFacts => ({
  line,
  thresholdS: 300,
  kpi: madeKpi,
  quantities: {
    goodQuantity: 95,
    processedQuantity: 100,
    inputQuantity: 100,
    scrapQuantity: 0,
    qualityBasis: 'input_output',
    unaccountedQuantity: null,
    idealMinutes: 259.2,
    unplannedProduction: 0,
    outputWeightCentikg: 237_500,
    theoreticalWeightCentikg: 357_649,
  },
  counts: { total: 195, output: 95, input: 100, scrap: 0 },
  status: 'running',
  lastDetectionLocalS: at('10:29:00'),
  minutesSinceLast: 1,
})

export const madeProducts: readonly ProductCount[] = [
  { productId: 1, productName: 'Cal', productCode: 'CAL-1', productColor: '#22c55e', weightCentikg: 150_000, count: 60 },
  { productId: 2, productName: 'Cal', productCode: 'CAL-2', productColor: 'Rojo', weightCentikg: 75_000, count: 30 },
  { productId: 999, productName: null, productCode: '', productColor: null, weightCentikg: 0, count: 5 },
]

export const madeStop = (lineId: number, from: string, to: string, changes: Partial<Stop> = {}): Stop => ({
  lineId,
  eventId: null,
  source: 'calculated',
  isPlanned: false,
  visualType: 'calculated',
  category: 'stop',
  span: { fromS: at(from), toS: at(to) },
  startLocalS: at(from),
  endLocalS: at(to),
  durationS: at(to) - at(from),
  countedS: at(to) - at(from),
  fullS: at(to) - at(from),
  recorded: null,
  ...changes,
})

export const madeRecorded = (label: string | null): NonNullable<Stop['recorded']> => ({
  startLocalS: at('08:00'),
  endLocalS: at('08:10'),
  reasonCode: label === null ? null : 101,
  reasonText: label,
  label,
  failureType: label === null ? null : 'Mecánica',
  failureDescription: label === null ? null : 'Cinta',
  incidentCode: label === null ? null : 'M-01',
  incidentDescription: label,
})

const madeStops = [
  madeStop(1, '07:30', '07:44'),
  madeStop(1, '08:00', '08:10', { eventId: 7, source: 'recorded', visualType: 'db_confirmed', recorded: madeRecorded('<b>Atasco</b>') }),
]

/** Of a list short enough to be shown whole. */
const stopFacts = (stops: readonly Stop[]): Pick<Facts, 'stops' | 'latestStops' | 'longestStops' | 'stopTotals'> => ({
  stops,
  latestStops: stops,
  longestStops: stops,
  stopTotals: {
    count: stops.length,
    durationS: stops.reduce((sum, { durationS }) => sum + durationS, 0),
    countedS: stops.reduce((sum, { countedS }) => sum + countedS, 0),
  },
})

export const madeFacts = (lines: readonly Line[], changes: Partial<Facts> = {}): Facts => ({
  kpi: madeKpi,
  lines: lines.map(madeLineFacts),
  downtime: { stopCount: 2, downtimeS: 1_440 },
  ...stopFacts(changes.stops ?? madeStops),
  series: {
    bucketStartsLocalS: ['06:00', '07:00', '08:00', '09:00'].map(at),
    outputByProduct: new Map([
      [1, [10, 20, 0, 30]],
      [2, [0, 10, 20, 0]],
      [999, [0, 0, 0, 5]],
    ]),
    flow: {
      entrada: [12, 30, 21, 37],
      salida: [10, 30, 20, 35],
      descarte: [2, 0, 1, 2],
      total: { entrada: 100, salida: 95, descarte: 5 },
    },
  },
  products: madeProducts,
  areas: [
    { areaId: 11, areaName: 'Entrada', areaType: 'input', lineId: 1, count: 100 },
    { areaId: 12, areaName: 'Salida', areaType: 'output', lineId: 1, count: 95 },
  ],
  summary: {
    totalDetections: 195,
    outputCount: 95,
    totalWeightCentikg: 225_000,
    uniqueProducts: 3,
    spanS: 14_000,
    firstDetectionLocalS: at('06:00:10'),
    lastDetectionLocalS: at('09:53:30'),
  },
  recentDetections: [
    { detectionId: 9, detectedAtLocalS: at('09:53:30'), lineId: 1, areaId: 12, productId: 1 },
    { detectionId: 8, detectedAtLocalS: at('07:50:00'), lineId: 1, areaId: 777, productId: 999 },
  ],
  previous: {
    kpi: { ...madeKpi, availability: 0.8544, totalProduction: 100, totalWeightCentikg: 250_001, oeeIndex: null },
    downtime: { stopCount: 5, downtimeS: 3_000 },
  },
  newestDetectionLocalS: at('10:29:00'),
  warnings: [],
  clocks: [],
  external: new Map(),
  ...changes,
})

/** One line unless `lineCount` says two. */
export const madeInput = (
  changes: {
    readonly facts?: Partial<Facts>
    readonly scope?: Partial<Scope>
    readonly lineCount?: 1 | 2
    readonly language?: 'es' | 'en'
    readonly config?: Record<string, unknown>
  } = {},
): WidgetInput => {
  const lines = [madeLine(1, 'Bolsa25kg'), madeLine(2, 'Tecmar 1')].slice(0, changes.lineCount ?? 1)
  return {
    facts: madeFacts(lines, changes.facts),
    scope: madeScope(lines, changes.scope),
    model: madeModel(lines),
    language: changes.language ?? 'es',
    config: changes.config ?? {},
  }
}
