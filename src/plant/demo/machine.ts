/** A packing line as a machine that wears, jams and is changed over: one production day (06 to 06 h) of one line, from a seed.
 *  Days are independent of each other, so history, the live simulator and a filled gap give the same rows whenever they are asked. */
import { dayS, hourS, isoWeekdayOfDay as isoWeekday, type LocalS, minuteS } from '../../platform/time/index.ts'
import type { CauseKind, LinePlan, PlantPlan } from './plant-plan.ts'
import { type Random, randomOf } from './random.ts'

/** Production days start with the first shift. */
export const dayStartS = 6 * hourS

/** `arrivedS` is when the row reaches the database: later than `detectedS` when the network was down. */
export type Piece = { readonly detectedS: LocalS; readonly arrivedS: LocalS; readonly areaId: number; readonly productId: number }

/** A stop as operators record it; `arrivedS` is its end, when the line runs again. */
export type RecordedStop = {
  readonly startS: LocalS
  readonly endS: LocalS
  readonly arrivedS: LocalS
  readonly incidentId: number | null
  readonly reason: string | null
  readonly isManual: boolean
}

export type LineDay = { readonly pieces: readonly Piece[]; readonly stops: readonly RecordedStop[] }

/** Whole days since 1970-01-01 of the wall clock at which the plant's newest day of history begins: anchors the outage and the late batch. */
export type ModelAnchor = { readonly seed: string; readonly newestDay: number }

type Window = { readonly fromS: LocalS; readonly toS: LocalS; readonly isQuiet: boolean; readonly followsWork: boolean }

/** The shift instances that a line works in one production day, in order. */
function windowsOf(plan: PlantPlan, line: LinePlan, day: number): Window[] {
  const midnight = day * dayS
  const worked = plan.shifts
    .filter(({ shiftId, isoWeekdays }) => line.shiftIds.includes(shiftId) && isoWeekdays.includes(isoWeekday(day)))
    .map(({ startHour, endHour }) => ({
      fromS: midnight + startHour * hourS,
      toS: midnight + (endHour > startHour ? endHour : endHour + 24) * hourS,
      startHour,
    }))
    .sort((one, other) => one.fromS - other.fromS)
  return worked.map(({ fromS, toS, startHour }, at) => ({
    fromS,
    toS,
    isQuiet: startHour >= 18 || isoWeekday(day) > 5,
    followsWork: worked[at - 1]?.toS === fromS,
  }))
}

type Halt = { readonly kind: CauseKind; readonly durationS: number }

/** The next event of each kind, in running seconds from the start of the shift: a machine that stands does not wear. */
type Due = { microS: number; shortS: number; breakdownS: number }

/** Longest pause that the line's threshold still takes for running: a micro-stop plus the cycle around it stays below. */
const longestMicroStopS = (line: LinePlan, cycleS: number): number => line.thresholdS - 2.5 * cycleS - line.temper.transitS / 4

/** Planned pauses and changeovers of a shift, as wall times. */
function agendaOf(random: Random, window: Window, day: number, line: LinePlan): { readonly atS: number; readonly halt: Halt }[] {
  const agenda: { atS: number; halt: Halt }[] = []
  const hours = (window.toS - window.fromS) / hourS
  for (let meal = 1; meal <= Math.round(hours / 8); meal += 1) {
    const middleS = window.fromS + (meal * (window.toS - window.fromS)) / (Math.round(hours / 8) + 1)
    agenda.push({ atS: middleS + random.between(-15, 15) * minuteS, halt: { kind: 'break', durationS: random.between(24, 31) * minuteS } })
  }
  const hourOfDay = (window.fromS % dayS) / hourS
  if (isoWeekday(day) === 1 && hourOfDay === 6)
    agenda.push({ atS: window.fromS + 90, halt: { kind: 'cleaning', durationS: random.between(32, 45) * minuteS } })
  // Every second week, each line on a weekday of its own.
  if (day % 14 === (line.lineId * 3) % 14 && hourOfDay === 6)
    agenda.push({ atS: window.fromS + 2 * hourS, halt: { kind: 'maintenance', durationS: random.between(70, 110) * minuteS } })
  return agenda.sort((one, other) => one.atS - other.atS)
}

/** Running seconds until the next event of a kind. */
const waitS = (random: Random, perHour: number): number => random.exponential(hourS / perHour)

/** Products in the order of their campaigns and the wall times of the changes. */
function campaignsOf(random: Random, line: LinePlan, window: Window): { readonly productId: number; readonly untilS: number }[] {
  const lengthS = window.toS - window.fromS
  const changes =
    line.products.length > 1
      ? random.pick([
          { count: 0, weight: 4 },
          { count: 1, weight: 5 },
          { count: 2, weight: 1 },
        ]).count
      : 0
  const campaigns: { productId: number; untilS: number }[] = []
  for (let at = 0; at <= changes; at += 1) {
    const before = campaigns.at(-1)?.productId
    const { productId } = random.pick(line.products.filter((product) => product.productId !== before))
    const share = (at + 1) / (changes + 1)
    campaigns.push({
      productId,
      untilS: at === changes ? Number.POSITIVE_INFINITY : window.fromS + lengthS * (share + random.between(-0.1, 0.1)),
    })
  }
  return campaigns
}

const planned: ReadonlySet<CauseKind> = new Set(['break', 'cleaning', 'maintenance'])
const remarks: Partial<Record<CauseKind, readonly string[]>> = {
  breakdown: ['Se llamó a mantenimiento', 'Se cambió el repuesto', 'Queda en observación', 'Reparación provisoria'],
  short_stop: ['Se liberó y se siguió', 'Repetido en el turno'],
}

/** What the line wrote down about a halt: nine of ten unplanned ones, and most of those with their cause. */
function recordOf(random: Random, plan: PlantPlan, kind: CauseKind, startS: LocalS, endS: LocalS): RecordedStop | null {
  const isPlanned = planned.has(kind)
  const isSeen = isPlanned || random.happens(0.88)
  const isExplained = isPlanned || random.happens(0.93)
  const { incidentId } = random.pick(plan.incidents.filter((incident) => incident.kind === kind))
  const remark = random.happens(0.12) ? remarks[kind]?.[random.whole(0, (remarks[kind]?.length ?? 1) - 1)] : undefined
  if (!isSeen) return null
  return {
    startS,
    endS,
    arrivedS: endS,
    incidentId: isExplained ? incidentId : null,
    reason: isExplained ? (remark ?? null) : null,
    isManual: isPlanned,
  }
}

/** Runs one line through one production day; rows in the order of detection. */
export function produceDay(plan: PlantPlan, line: LinePlan, day: number, anchor: ModelAnchor): LineDay {
  const random = randomOf(anchor.seed, plan.key, line.lineId, day)
  const { temper } = line
  const inputId = line.areas.find(({ type }) => type === 'input')?.areaId
  const processId = line.areas.find(({ type }) => type === 'process')?.areaId
  const outputId = line.areas.find(({ type }) => type === 'output')?.areaId ?? 0
  const discardId = line.areas.find(({ type }) => type === 'discard')?.areaId
  const pieces: Piece[] = []
  const stops: RecordedStop[] = []
  const see = (detectedS: number, areaId: number, productId: number) => {
    const second = Math.floor(detectedS)
    pieces.push({ detectedS: second, arrivedS: second, areaId, productId })
  }
  // Some days everything jams, some days nothing does.
  const trouble = Math.min(1.8, Math.max(0.5, random.logNormal(1, 0.3)))
  const daySlowness = random.between(1, 1.06)

  let lastOutputS = 0

  for (const window of windowsOf(plan, line, day)) {
    const campaigns = campaignsOf(random, line, window)
    const agenda = agendaOf(random, window, day, line)
    let campaign = campaigns.shift()
    const wornBy = trouble * (window.isQuiet ? 1.25 : 1)
    const due: Due = {
      microS: waitS(random, temper.microStopsPerHour * wornBy),
      shortS: waitS(random, temper.shortStopsPerHour * wornBy),
      breakdownS: waitS(random, temper.breakdownsPerHour * wornBy),
    }
    let ranS = 0
    let sinceHaltS = 0
    if (!window.followsWork) lastOutputS = window.fromS
    let pending: CauseKind | null = window.followsWork ? 'shift_change' : 'start_up'
    let t = window.fromS + (window.followsWork ? random.between(60, 330) : random.between(300, 900))
    const slowness = temper.slowness * daySlowness * (window.isQuiet ? 1.1 : 1)

    while (t < window.toS) {
      const halt = nextHalt()
      if (halt !== null) {
        pending = halt.kind
        t += halt.durationS
        sinceHaltS = halt.kind === 'short_stop' ? Math.max(sinceHaltS, 300) : 0
        continue
      }
      const productId = campaign?.productId ?? 0
      const idealS = hourS / (plan.products.find((product) => product.productId === productId)?.standardPerHour ?? 60)
      const cycleS = idealS * slowness * (1 + 0.5 * Math.exp(-sinceHaltS / 240)) * (1 + 0.12 * random.next())
      const rejectRate = temper.rejectRate * (sinceHaltS < 300 ? 3 : 1)
      const isReject = random.happens(rejectRate)
      if (pending !== null && !isReject) {
        if (Math.floor(t) - lastOutputS > line.thresholdS) {
          const record = recordOf(random, plan, pending, lastOutputS, Math.floor(t))
          if (record !== null) stops.push(record)
        }
        pending = null
      }
      if (inputId !== undefined) see(t - temper.transitS, inputId, productId)
      if (processId !== undefined) see(t - temper.transitS / 2, processId, productId)
      if (!isReject) see(t, outputId, productId)
      else if (discardId !== undefined) see(t - temper.transitS / 3, discardId, productId)
      if (!isReject) lastOutputS = Math.floor(t)
      t += cycleS
      ranS += cycleS
      sinceHaltS += cycleS
      if (ranS >= due.microS) {
        t += Math.min(random.between(15, 90), longestMicroStopS(line, cycleS))
        due.microS = ranS + waitS(random, temper.microStopsPerHour * wornBy)
      }
    }

    /** Takes the next due halt off its list, planned ones first. */
    function nextHalt(): Halt | null {
      const entry = agenda[0]
      if (entry !== undefined && entry.atS <= t) {
        agenda.shift()
        return entry.halt
      }
      if (campaign !== undefined && campaign.untilS <= t) {
        campaign = campaigns.shift()
        return { kind: 'changeover', durationS: Math.max(line.thresholdS + 60, random.logNormal(temper.changeoverMedianS, 0.35)) }
      }
      if (ranS >= due.breakdownS) {
        due.breakdownS = ranS + waitS(random, temper.breakdownsPerHour * wornBy)
        return { kind: 'breakdown', durationS: Math.min(3 * hourS, Math.max(600, random.logNormal(temper.breakdownMedianS, 0.6))) }
      }
      if (ranS >= due.shortS) {
        due.shortS = ranS + waitS(random, temper.shortStopsPerHour * wornBy)
        return { kind: 'short_stop', durationS: line.thresholdS + 20 + random.exponential(150) }
      }
      return null
    }
  }
  return troubled(plan, line, day, anchor, { pieces: pieces.sort((one, other) => one.detectedS - other.detectedS), stops })
}

/** Applies the camera outage and the late batch, if they fall on this day. */
function troubled(plan: PlantPlan, line: LinePlan, day: number, anchor: ModelAnchor, produced: LineDay): LineDay {
  const isHit = (trouble: { readonly lineId: number; readonly daysBack: number } | null): boolean =>
    trouble !== null && trouble.lineId === line.lineId && day === workdayBefore(anchor.newestDay - trouble.daysBack)
  const midnight = day * dayS
  if (plan.outage !== null && isHit(plan.outage)) {
    const { fromS, toS } = {
      fromS: midnight + plan.outage.fromHour * hourS,
      toS: midnight + (plan.outage.fromHour + plan.outage.hours) * hourS,
    }
    return {
      pieces: produced.pieces.filter(({ detectedS }) => detectedS < fromS || detectedS >= toS),
      stops: produced.stops.filter(({ startS, endS }) => endS <= fromS || startS >= toS),
    }
  }
  if (plan.lateBatch !== null && isHit(plan.lateBatch)) {
    const fromS = midnight + plan.lateBatch.fromHour * hourS
    const toS = fromS + plan.lateBatch.minutes * minuteS
    const arrivedS = toS + plan.lateBatch.delayS
    return {
      ...produced,
      pieces: produced.pieces.map((piece) => (piece.detectedS >= fromS && piece.detectedS < toS ? { ...piece, arrivedS } : piece)),
    }
  }
  return produced
}

/** The day itself, or the Friday before a weekend: troubles are to be seen on a normal day. */
export const workdayBefore = (day: number): number => day - Math.max(0, isoWeekday(day) - 5)

/** Wall times between which the outage's camera saw nothing. */
export function outageOf(
  plan: PlantPlan,
  anchor: ModelAnchor,
): { readonly fromS: LocalS; readonly toS: LocalS; readonly lineId: number } | null {
  if (plan.outage === null) return null
  const fromS = workdayBefore(anchor.newestDay - plan.outage.daysBack) * dayS + plan.outage.fromHour * hourS
  return { fromS, toS: fromS + plan.outage.hours * hourS, lineId: plan.outage.lineId }
}
