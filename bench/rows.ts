/** The rows of one line and working day, fast and always the same: a simpler machine than the demo's, with the same kinds of stops. */
import type { LinePlan, PlantPlan } from '../src/plant/demo/plant-plan.ts'
import { type Random, randomOf } from '../src/plant/demo/random.ts'
import { windowsOf } from '../src/plant/demo/schedule.ts'
import { dayS, type LocalS, minuteS } from '../src/platform/time/index.ts'
import { piecesPerDay } from './plan.ts'

export type RowBatch = {
  readonly length: number
  /** In order. */
  readonly detectedS: Float64Array
  readonly areaId: Int32Array
  readonly productId: Int32Array
}

export type BatchStop = { readonly startS: LocalS; readonly endS: LocalS; readonly incidentId: number | null; readonly isManual: boolean }
export type LineBatch = { readonly rows: RowBatch; readonly stops: readonly BatchStop[] }

type Pause = { readonly atS: LocalS; readonly lengthS: number; readonly kind: 'break' | 'stop' | 'micro' }

const transitS = 9
const rejectRate = 0.01
// A row in 32 bits, so that one sort of numbers puts the day in order: second of the day (18), camera (2), product (2).
const cameras = 4
const kindsPerSecond = cameras * 4

/** A break, about two stops above the threshold and thirty pauses below it in eight hours. */
function pausesOf(random: Random, line: LinePlan, fromS: LocalS, toS: LocalS): Pause[] {
  const shifts = (toS - fromS) / (8 * 3_600)
  const somewhere = () => random.between(fromS, toS)
  const pauses: Pause[] = [{ atS: fromS + (toS - fromS) / 2, lengthS: 30 * minuteS, kind: 'break' }]
  for (let left = random.whole(1, 3) * shifts; left >= 1; left -= 1)
    pauses.push({ atS: somewhere(), lengthS: line.thresholdS + 30 + random.exponential(500), kind: 'stop' })
  for (let left = random.whole(20, 40) * shifts; left >= 1; left -= 1)
    pauses.push({ atS: somewhere(), lengthS: random.between(20, 150), kind: 'micro' })
  return pauses.sort((one, other) => one.atS - other.atS)
}

/** Rows of the working day that begins on `day` (06:00 to 06:00), none at or after `untilS`. */
export function lineBatch(plan: PlantPlan, line: LinePlan, day: number, rowsPerLineDay: number, untilS: LocalS): LineBatch {
  const random = randomOf('bench', line.lineId, day)
  const windows = windowsOf(plan, line, day)
  const workedS = line.shiftIds.length * 8 * 3_600
  const packed = new Uint32Array(Math.ceil(2.2 * piecesPerDay(line, rowsPerLineDay)) + 16)
  const stops: BatchStop[] = []
  const midnightS = day * dayS
  const areaAt = ['input', 'process', 'output', 'discard'].map((type) => line.areas.find((area) => area.type === type)?.areaId ?? 0)
  let count = 0
  const see = (camera: number, atS: number, product: number) => {
    if (areaAt[camera] === 0 || atS >= untilS || count >= packed.length) return
    packed[count++] = (Math.floor(atS) - midnightS) * kindsPerSecond + camera * 4 + product
  }
  for (const { fromS, toS } of windows) {
    const pauses = pausesOf(random, line, fromS, toS)
    const pieces = Math.round((piecesPerDay(line, rowsPerLineDay) * (toS - fromS)) / workedS)
    const runningS = toS - fromS - pauses.reduce((sum, { lengthS }) => sum + lengthS, 0) - 8 * minuteS
    const cycleS = Math.max(0.2, runningS / Math.max(1, pieces))
    const firstProduct = random.whole(0, 3)
    const changeS = fromS + random.between(0.3, 0.9) * (toS - fromS)
    let nowS = fromS + 5 * minuteS
    let next = 0
    for (let piece = 0; piece < pieces && nowS < toS; piece += 1) {
      for (let pause = pauses[next]; pause && pause.atS <= nowS; pause = pauses[++next]) {
        const startS = Math.floor(nowS)
        nowS += pause.lengthS
        const stop = stopOf(random, pause, startS, Math.floor(nowS))
        if (stop && stop.endS < untilS) stops.push(stop)
      }
      const product = nowS < changeS ? firstProduct : (firstProduct + 1) % 4
      see(0, nowS - transitS, product)
      see(areaAt[3] !== 0 && random.next() < rejectRate ? 3 : 2, nowS, product)
      nowS += cycleS * (0.85 + 0.3 * random.next())
    }
  }
  return { rows: unpack(packed.subarray(0, count).sort(), midnightS, areaAt, line), stops }
}

function stopOf(random: Random, { kind }: Pause, startS: LocalS, endS: LocalS): BatchStop | null {
  if (kind === 'break') return { startS, endS, incidentId: 1, isManual: true }
  if (kind === 'micro' || !random.happens(0.7)) return null
  return { startS, endS, incidentId: random.happens(0.9) ? random.whole(7, 17) : null, isManual: false }
}

function unpack(packed: Uint32Array, midnightS: LocalS, areaAt: readonly number[], line: LinePlan): RowBatch {
  const length = packed.length
  const rows = { length, detectedS: new Float64Array(length), areaId: new Int32Array(length), productId: new Int32Array(length) }
  for (let i = 0; i < length; i += 1) {
    const row = packed[i] ?? 0
    rows.detectedS[i] = midnightS + Math.floor(row / kindsPerSecond)
    rows.areaId[i] = areaAt[Math.floor((row % kindsPerSecond) / 4)] ?? 0
    rows.productId[i] = line.products[row % 4]?.productId ?? 0
  }
  return rows
}

const newline = 10
const tab = 9

/** `YYYY-MM-DD HH:MM:SS ⇥ area ⇥ product` lines: what LOAD DATA and COPY both read. */
export function textOf({ length, detectedS, areaId, productId }: RowBatch, dateOf: (localS: LocalS) => string): Buffer {
  const text = Buffer.allocUnsafe(length * 44)
  let at = 0
  let day = Number.NaN
  let date = ''
  const digits = (value: number) => {
    if (value >= 10) digits(Math.floor(value / 10))
    text[at++] = 48 + (value % 10)
  }
  const two = (value: number) => {
    text[at++] = 48 + Math.floor(value / 10)
    text[at++] = 48 + (value % 10)
  }
  for (let i = 0; i < length; i += 1) {
    const localS = detectedS[i] ?? 0
    const second = localS % dayS
    if (localS - second !== day) {
      day = localS - second
      date = dateOf(localS)
    }
    at += text.write(date, at, 'latin1')
    text[at++] = 32
    two(Math.floor(second / 3_600))
    text[at++] = 58
    two(Math.floor(second / 60) % 60)
    text[at++] = 58
    two(second % 60)
    text[at++] = tab
    digits(areaId[i] ?? 0)
    text[at++] = tab
    digits(productId[i] ?? 0)
    text[at++] = newline
  }
  return text.subarray(0, at)
}
