/** The plant that is measured: ten lines of a packing plant, most on one shift, one on two, one round the clock. Data only. */
import { plantaDemo } from '../src/plant/demo/company-plans.ts'
import type { LinePlan, PlantPlan, ProductPlan, ShiftPlan } from '../src/plant/demo/plant-plan.ts'

const mondayToSaturday = [1, 2, 3, 4, 5, 6]
const mondayToFriday = [1, 2, 3, 4, 5]

const shifts: readonly ShiftPlan[] = [
  { shiftId: 1, name: 'Mañana', description: 'Lunes a sábado, 06 a 14 h', isoWeekdays: mondayToSaturday, startHour: 6, endHour: 14 },
  { shiftId: 2, name: 'Tarde', description: 'Lunes a sábado, 14 a 22 h', isoWeekdays: mondayToSaturday, startHour: 14, endHour: 22 },
  { shiftId: 3, name: 'Noche', description: 'Lunes a viernes, 22 a 06 h', isoWeekdays: mondayToFriday, startHour: 22, endHour: 6 },
]

const lineCount = 10
const productsPerLine = 4

const shiftIdsOf = (lineId: number): readonly number[] => (lineId === 10 ? [1, 2, 3] : lineId === 9 ? [1, 2] : [1 + (lineId % 2)])

/** Cameras of a line: every line sees its output; half of them their input, two of three their scrap. */
const areasOf = (lineId: number): LinePlan['areas'] => [
  ...(lineId % 2 === 1 ? [{ areaId: 3 * lineId - 2, name: 'Entrada', type: 'input' as const }] : []),
  { areaId: 3 * lineId - 1, name: 'Salida', type: 'output' },
  ...(lineId % 3 === 0 ? [] : [{ areaId: 3 * lineId, name: 'Descarte', type: 'discard' as const }]),
]

const productId = (lineId: number, at: number): number => (lineId - 1) * productsPerLine + at + 1

const productsOf = (lineId: number, ratePerMinute: number): ProductPlan[] =>
  Array.from({ length: productsPerLine }, (_, at) => ({
    productId: productId(lineId, at),
    name: `Producto ${lineId}.${at + 1}`,
    code: `P-${lineId}-${at + 1}`,
    weightKg: 5 * (at + 1),
    color: `#${((productId(lineId, at) * 0x2f_6b_35) & 0xff_ff_ff).toString(16).padStart(6, '0')}`,
    standardPerHour: Math.max(1, Math.round(60 * ratePerMinute)),
    perBatch: 60,
  }))

const lineOf = (lineId: number, ratePerMinute: number, temper: LinePlan['temper']): LinePlan => ({
  lineId,
  name: `Envasadora ${lineId}`,
  code: `ENV${String(lineId).padStart(2, '0')}`,
  ratePerMinute: Math.max(1, Math.round(ratePerMinute)),
  targetAvailability: 85,
  thresholdS: 300,
  areas: areasOf(lineId),
  shiftIds: shiftIdsOf(lineId),
  products: Array.from({ length: productsPerLine }, (_, at) => ({ productId: productId(lineId, at), weight: productsPerLine - at })),
  temper,
})

/** Pieces of a line on a working day, when each line leaves `rowsPerLineDay` rows on the mean calendar day. */
export const piecesPerDay = (line: LinePlan, rowsPerLineDay: number): number =>
  (rowsPerLineDay * 7) / 6 / (line.areas.some(({ type }) => type === 'input') ? 2 : 1)

export function benchPlan(rowsPerLineDay: number): PlantPlan {
  const [template] = plantaDemo.lines
  if (!template) throw new Error('the demo has no line')
  const lines = Array.from({ length: lineCount }, (_, at) => {
    const line = lineOf(at + 1, 1, template.temper)
    // A tenth faster than what the year's stops leave of it.
    const ratePerMinute = (1.3 * piecesPerDay(line, rowsPerLineDay)) / (480 * line.shiftIds.length)
    return { line: lineOf(line.lineId, ratePerMinute, template.temper), products: productsOf(line.lineId, ratePerMinute) }
  })
  return {
    ...plantaDemo,
    key: 'bench',
    companyName: 'Planta de medición',
    slug: 'planta-de-medicion',
    shifts,
    products: lines.flatMap(({ products }) => products),
    lines: lines.map(({ line }) => line),
    lineGroups: [],
    outage: null,
    lateBatch: null,
  }
}
