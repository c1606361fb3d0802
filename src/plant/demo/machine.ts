/** A packing line as a machine that wears, jams and is changed over: one production day (06 to 06 h) of one line, from a seed.
 *  Days are independent of each other, so history, the live simulator and a filled gap give the same rows whenever they are asked. */
import { hourS, type LocalS } from '../../platform/time/index.ts'
import type { CauseKind, LinePlan, PlantPlan } from './plant-plan.ts'
import { type Random, randomOf } from './random.ts'
import { type Appointment, agendaOf, type Campaign, campaignsOf, type Halt, type Window, windowsOf } from './schedule.ts'
import { withTroubles } from './troubles.ts'

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

/** The next event of each kind, in running seconds from the start of the shift: a machine that stands does not wear. */
type Due = { microS: number; shortS: number; breakdownS: number }

/** Longest pause that the line's threshold still takes for running: a micro-stop plus the cycle around it stays below. */
const longestMicroStopS = (line: LinePlan, cycleS: number): number => line.thresholdS - 2.5 * cycleS - line.temper.transitS / 4

/** Running seconds until the next event of a kind. */
const waitS = (random: Random, perHour: number): number => random.exponential(hourS / perHour)

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

/** One line through one day. Times are wall seconds with fractions; rows are cut to whole seconds. */
type Run = {
  readonly plan: PlantPlan
  readonly line: LinePlan
  readonly random: Random
  readonly cameras: {
    readonly input: number | null
    readonly process: number | null
    readonly output: number | null
    readonly discard: number | null
  }
  /** Some days everything jams, some days nothing does. */
  readonly trouble: number
  readonly slowness: number
  readonly pieces: Piece[]
  readonly stops: RecordedStop[]
  lastOutputS: LocalS
}

/** One shift of a run. */
type Shift = {
  readonly window: Window
  readonly agenda: Appointment[]
  readonly campaigns: Campaign[]
  readonly wornBy: number
  readonly due: Due
  nowS: number
  /** Running time since the start of the shift, and since the machine last stood. */
  ranS: number
  sinceHaltS: number
  /** Why it stands now; recorded with the first good piece afterwards. */
  standsFor: CauseKind | null
}

/** Runs one line through one production day; rows in the order of detection. */
export function produceDay(plan: PlantPlan, line: LinePlan, day: number, anchor: ModelAnchor): LineDay {
  const random = randomOf(anchor.seed, plan.key, line.lineId, day)
  const cameraOf = (wanted: string) => line.areas.find(({ type }) => type === wanted)?.areaId ?? null
  const run: Run = {
    plan,
    line,
    random,
    cameras: { input: cameraOf('input'), process: cameraOf('process'), output: cameraOf('output'), discard: cameraOf('discard') },
    trouble: Math.min(1.8, Math.max(0.5, random.logNormal(1, 0.3))),
    slowness: random.between(1, 1.06),
    pieces: [],
    stops: [],
    lastOutputS: 0,
  }
  for (const window of windowsOf(plan, line, day)) workShift(run, startShift(run, window, day))
  return withTroubles(plan, line, day, anchor, {
    pieces: run.pieces.sort((one, other) => one.detectedS - other.detectedS),
    stops: run.stops,
  })
}

function startShift(run: Run, window: Window, day: number): Shift {
  const { random, line } = run
  const campaigns = campaignsOf(random, line, window)
  const agenda = agendaOf(random, window, day, line)
  const wornBy = run.trouble * (window.isQuiet ? 1.25 : 1)
  const due = {
    microS: waitS(random, line.temper.microStopsPerHour * wornBy),
    shortS: waitS(random, line.temper.shortStopsPerHour * wornBy),
    breakdownS: waitS(random, line.temper.breakdownsPerHour * wornBy),
  }
  if (!window.followsWork) run.lastOutputS = window.fromS
  return {
    window,
    agenda,
    campaigns,
    wornBy,
    due,
    nowS: window.fromS + (window.followsWork ? random.between(60, 330) : random.between(300, 900)),
    ranS: 0,
    sinceHaltS: 0,
    standsFor: window.followsWork ? 'shift_change' : 'start_up',
  }
}

function workShift(run: Run, shift: Shift): void {
  while (shift.nowS < shift.window.toS) {
    const halt = nextHalt(run, shift)
    if (halt === null) {
      workCycle(run, shift)
      continue
    }
    shift.standsFor = halt.kind
    shift.nowS += halt.durationS
    // After a short stop the machine is still warm.
    shift.sinceHaltS = halt.kind === 'short_stop' ? Math.max(shift.sinceHaltS, 300) : 0
  }
}

/** Takes the next due halt off its list, planned ones first; null when the machine may run. */
function nextHalt({ random, line }: Run, shift: Shift): Halt | null {
  const { temper, thresholdS } = line
  const { due, ranS, wornBy, nowS } = shift
  if ((shift.agenda[0]?.atS ?? Number.POSITIVE_INFINITY) <= nowS) return shift.agenda.shift()?.halt ?? null
  if ((shift.campaigns[0]?.untilS ?? Number.POSITIVE_INFINITY) <= nowS) {
    shift.campaigns.shift()
    return { kind: 'changeover', durationS: Math.max(thresholdS + 60, random.logNormal(temper.changeoverMedianS, 0.35)) }
  }
  if (ranS >= due.breakdownS) {
    due.breakdownS = ranS + waitS(random, temper.breakdownsPerHour * wornBy)
    return { kind: 'breakdown', durationS: Math.min(3 * hourS, Math.max(600, random.logNormal(temper.breakdownMedianS, 0.6))) }
  }
  if (ranS >= due.shortS) {
    due.shortS = ranS + waitS(random, temper.shortStopsPerHour * wornBy)
    return { kind: 'short_stop', durationS: thresholdS + 20 + random.exponential(150) }
  }
  return null
}

/** One piece, good or rejected, and now and then a micro-stop after it. */
function workCycle(run: Run, shift: Shift): void {
  const { random, line, plan } = run
  const productId = shift.campaigns[0]?.productId ?? 0
  const idealS = hourS / (plan.products.find((product) => product.productId === productId)?.standardPerHour ?? 60)
  const rampUp = 1 + 0.5 * Math.exp(-shift.sinceHaltS / 240)
  const slowness = line.temper.slowness * run.slowness * (shift.window.isQuiet ? 1.1 : 1)
  const cycleS = idealS * slowness * rampUp * (1 + 0.12 * random.next())
  const isReject = random.happens(line.temper.rejectRate * (shift.sinceHaltS < 300 ? 3 : 1))
  if (!isReject) endHalt(run, shift)
  seePiece(run, shift.nowS, productId, isReject)
  shift.nowS += cycleS
  shift.ranS += cycleS
  shift.sinceHaltS += cycleS
  if (shift.ranS < shift.due.microS) return
  shift.nowS += Math.min(random.between(15, 90), longestMicroStopS(line, cycleS))
  shift.due.microS = shift.ranS + waitS(random, line.temper.microStopsPerHour * shift.wornBy)
}

function endHalt(run: Run, shift: Shift): void {
  const endS = Math.floor(shift.nowS)
  if (shift.standsFor !== null && endS - run.lastOutputS > run.line.thresholdS) {
    const record = recordOf(run.random, run.plan, shift.standsFor, run.lastOutputS, endS)
    if (record !== null) run.stops.push(record)
  }
  shift.standsFor = null
}

function seePiece(run: Run, outS: number, productId: number, isReject: boolean): void {
  const { cameras, pieces } = run
  const { transitS } = run.line.temper
  const see = (areaId: number | null, atS: number) => {
    const second = Math.floor(atS)
    if (areaId !== null) pieces.push({ detectedS: second, arrivedS: second, areaId, productId })
  }
  see(cameras.input, outS - transitS)
  see(cameras.process, outS - transitS / 2)
  if (isReject) see(cameras.discard, outS - transitS / 3)
  else {
    see(cameras.output, outS)
    run.lastOutputS = Math.floor(outS)
  }
}
