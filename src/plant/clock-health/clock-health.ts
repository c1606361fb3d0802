/** What a line's newest rows and day summaries tell about its cameras: clocks that are wrong, rows that come late, one camera that is silent while
 *  the others see pieces. Pure. Seconds are elapsed seconds unless they are called local. */
import { formatLocalDateTime, type Language, type Text } from '../../platform/i18n/index.ts'
import { dayS, formatDurationS, hourS, type LocalS, minuteS, type Zone } from '../../platform/time/index.ts'
import type { Detections } from '../detections/index.ts'
import type { Line } from '../model/index.ts'

/** A row that comes this much later than its neighbours was held back; less is the order in which cameras write. */
export const lateFromS = minuteS
/** Clocks of a camera and ours may differ by this much without meaning anything. */
export const toleranceS = 2 * minuteS
/** Between looks further apart than this rows may have come at a whole hour by chance. */
const narrowS = 15 * minuteS
/** A camera that should have seen this many pieces since its last one, by its share of the line's, is silent: a Poisson count of 20 is zero once in
 *  five hundred million. */
const missedPieces = 20
const shortestSilenceS = 15 * minuteS
/** No zone is further from another. */
const mostZoneHours = 14

export type FindingKind = 'no_data' | 'ahead' | 'behind' | 'whole_hours' | 'silent_camera' | 'late'
export type Finding = { readonly kind: FindingKind; readonly isSerious: boolean; readonly text: Text; readonly advice: Text }

/** What each area's camera saw lately. `othersSince`: pieces of the other areas after its last one. */
export type AreaTrace = {
  readonly areaId: number
  readonly lastS: number
  readonly count: number
  readonly othersSince: number
  readonly othersUntil: number
}

/** Rows that came between two looks of this process: their clock is behind by at least the one and at most the other. */
export type Arrival = { readonly behindAtLeastS: number; readonly behindAtMostS: number }

export type ClockInput = {
  readonly line: Line
  readonly zone: Zone
  readonly nowS: number
  /** Null = no limit set. */
  readonly noDataAfterS: number | null
  /** The newest rows by id, whatever their time. */
  readonly newest: Detections
  /** `newest` is all there is. */
  readonly isWholeTable: boolean
  readonly traces: readonly AreaTrace[]
  readonly arrival: Arrival | null
  /** Planned seconds of the line between two instants. */
  readonly plannedS: (fromS: number, toS: number) => number
}

export type SilentCamera = { readonly areaId: number; readonly areaName: string; readonly lastLocalS: LocalS; readonly silentS: number }

export type LineClock = {
  readonly line: Line
  /** Newest row that is not after now. */
  readonly lastLocalS: LocalS | null
  readonly silentS: number | null
  readonly isNoData: boolean
  /** Rows dated after now, and how far the furthest is. */
  readonly futureRows: number
  readonly aheadS: number
  /** Newest row a whole number of hours away from now: behind is positive, ahead negative; null = it is not. */
  readonly wholeHours: number | null
  /** Known once rows came while somebody was looking. */
  readonly arrival: Arrival | null
  /** Rows that came today with a higher id and an earlier time; `sinceLocalS` is where the rows that were looked at begin. */
  readonly late: { readonly count: number; readonly worstS: number; readonly sinceLocalS: LocalS | null }
  readonly silentCameras: readonly SilentCamera[]
  /** Worst first; empty = all is well. */
  readonly findings: readonly Finding[]
}

export function clockOf(input: ClockInput): LineClock {
  const { line, zone, nowS, newest, noDataAfterS, arrival } = input
  let lastS: number | null = null
  let [futureRows, aheadS] = [0, 0]
  for (let i = 0; i < newest.length; i++) {
    const atS = newest.epochS[i] as number
    if (atS <= nowS) lastS = lastS === null ? atS : Math.max(lastS, atS)
    else {
      futureRows++
      aheadS = Math.max(aheadS, atS - nowS)
    }
  }
  for (const trace of input.traces) if (trace.lastS <= nowS) lastS = Math.max(lastS ?? trace.lastS, trace.lastS)
  const silentS = lastS === null ? null : nowS - lastS
  const known = {
    line,
    lastLocalS: lastS === null ? null : zone.toLocalS(lastS),
    silentS,
    isNoData: isNoData(lastS, noDataAfterS, nowS),
    futureRows,
    aheadS,
    wholeHours: wholeHoursOf(futureRows > 0 ? -aheadS : silentS, input),
    arrival,
    late: lateRows(input),
    silentCameras: silentCameras(input),
  }
  return { ...known, findings: findingsOf(known) }
}

/** A line without rows for longer than its limit tells nothing: neither that it runs nor that it stands. */
export const isNoData = (lastS: number | null, noDataAfterS: number | null, nowS: number): boolean =>
  lastS === null || (noDataAfterS !== null && nowS - lastS > noDataAfterS)

/** Suspected from one look when the line should have worked meanwhile: off shift, silence is as long as it is. When rows were seen to come, they decide. */
function wholeHoursOf(behindS: number | null, { arrival, nowS, plannedS }: ClockInput): number | null {
  if (behindS === null) return null
  if (arrival && behindS >= 0) {
    const { behindAtLeastS, behindAtMostS } = arrival
    const hours = Math.round(behindAtMostS / hourS)
    const isInside = hours * hourS >= behindAtLeastS - toleranceS && hours * hourS <= behindAtMostS + toleranceS
    const isKnown = isInside && behindAtLeastS > toleranceS && behindAtMostS - behindAtLeastS <= narrowS
    return isKnown && hours > 0 && hours <= mostZoneHours ? hours : null
  }
  const hours = Math.round(behindS / hourS)
  if (hours === 0 || Math.abs(hours) > mostZoneHours || Math.abs(behindS - hours * hourS) > toleranceS) return null
  return hours < 0 || isMostly(plannedS(nowS - behindS, nowS), behindS) ? hours : null
}

export const isMostly = (partS: number, wholeS: number): boolean => partS > wholeS / 2

/** By id, which is the order of coming: the newest time so far is about when a row came. Each camera against itself, so that two clocks that differ
 *  do not make each other late. */
function lateRows({ newest, nowS, zone, isWholeTable }: ClockInput): LineClock['late'] {
  const todayS = zone.toEpochS(Math.floor(zone.toLocalS(nowS) / dayS) * dayS)
  const byId = Array.from({ length: newest.length }, (_, i) => i).sort((a, b) => (newest.id[a] as number) - (newest.id[b] as number))
  const seenS = new Map<number, number>()
  let [count, worstS, firstS] = [0, 0, Number.POSITIVE_INFINITY]
  for (const i of byId) {
    const [atS, areaId] = [newest.epochS[i] as number, newest.areaId[i] as number]
    if (atS > nowS) continue
    firstS = Math.min(firstS, atS)
    const cameS = Math.max(seenS.get(areaId) ?? atS, atS)
    seenS.set(areaId, cameS)
    if (cameS < todayS || cameS - atS < lateFromS) continue
    count++
    worstS = Math.max(worstS, cameS - atS)
  }
  const startsToday = isWholeTable || firstS < todayS
  return { count, worstS, sinceLocalS: !Number.isFinite(firstS) ? null : zone.toLocalS(startsToday ? todayS : firstS) }
}

function silentCameras({ line, traces, nowS, zone }: ClockInput): SilentCamera[] {
  const limitS = Math.max(line.downtimeThresholdS, shortestSilenceS)
  return line.areas.flatMap((area) => {
    const trace = traces.find(({ areaId }) => areaId === area.areaId)
    if (!trace || trace.othersUntil === 0 || nowS - trace.lastS <= limitS) return []
    const expected = (trace.count / trace.othersUntil) * trace.othersSince
    if (expected < missedPieces) return []
    return [{ areaId: area.areaId, areaName: area.areaName, lastLocalS: zone.toLocalS(trace.lastS), silentS: nowS - trace.lastS }]
  })
}

const at = (localS: LocalS, language: Language): string => formatLocalDateTime(localS, language)

const zoneAdvice: Text = {
  es: 'Compare el reloj de la cámara con la zona horaria de la planta (Planta → Ajustes).',
  en: "Compare the camera's clock with the plant's time zone (Plant → Settings).",
}
const clockAdvice: Text = {
  es: 'Ponga en hora la cámara y active su sincronización (NTP).',
  en: 'Set the clock of the camera and turn on its synchronisation (NTP).',
}

function findingsOf(clock: Omit<LineClock, 'findings'>): Finding[] {
  const { lastLocalS, silentS, futureRows, aheadS, wholeHours, arrival, late, silentCameras: silent } = clock
  const findings: Finding[] = []
  const add = (kind: FindingKind, isSerious: boolean, es: string, en: string, advice: Text) =>
    findings.push({ kind, isSerious, text: { es, en }, advice })
  if (clock.isNoData) {
    const age = formatDurationS(silentS ?? 0)
    add(
      'no_data',
      true,
      lastLocalS === null ? 'Nunca registró piezas.' : `Sin datos desde ${at(lastLocalS, 'es')} (hace ${age}).`,
      lastLocalS === null ? 'It never recorded a piece.' : `No data since ${at(lastLocalS, 'en')} (${age} ago).`,
      {
        es: 'Revise que la cámara esté encendida, con red, y que escriba en la base.',
        en: 'Check that the camera is on, has network, and writes to the database.',
      },
    )
  }
  if (wholeHours !== null) {
    const [hours, isBehind] = [Math.abs(wholeHours), wholeHours > 0]
    add(
      'whole_hours',
      arrival !== null || !isBehind,
      `La fila más nueva está a ${hours} h justas de la hora de la planta (${isBehind ? 'atrás' : 'adelante'}): parece otra zona horaria.`,
      `The newest row is exactly ${hours} h ${isBehind ? 'behind' : 'ahead of'} plant time: it looks like another time zone.`,
      zoneAdvice,
    )
  } else if (arrival && arrival.behindAtLeastS > toleranceS) {
    const behind = formatDurationS(arrival.behindAtLeastS)
    add('behind', true, `Las filas llegan con fecha de hace ${behind} o más.`, `Rows come dated ${behind} ago or more.`, clockAdvice)
  }
  if (futureRows > 0) {
    const ahead = formatDurationS(aheadS)
    add(
      'ahead',
      aheadS > toleranceS,
      `El reloj adelanta ${ahead} o más: las filas con fecha futura (${futureRows}) quedan fuera de los números.`,
      `The clock is ahead by ${ahead} or more: rows dated in the future (${futureRows}) are left out of the figures.`,
      clockAdvice,
    )
  }
  for (const { areaName, lastLocalS: last } of silent)
    add(
      'silent_camera',
      true,
      `La cámara de ${areaName} no ve piezas desde ${at(last, 'es')}, y las demás de la línea sí.`,
      `The camera of ${areaName} has seen nothing since ${at(last, 'en')}, while others of the line have.`,
      {
        es: `La línea no está parada: revise la cámara de ${areaName} (lente, luz, energía, red).`,
        en: `The line is not stopped: check the camera of ${areaName} (lens, light, power, network).`,
      },
    )
  if (late.count > 0) {
    const worst = formatDurationS(late.worstS)
    add(
      'late',
      false,
      late.count === 1 ? `1 fila llegó tarde hoy: ${worst}.` : `${late.count} filas llegaron tarde hoy; la más atrasada, ${worst}.`,
      late.count === 1 ? `1 row came late today: by ${worst}.` : `${late.count} rows came late today; the latest by ${worst}.`,
      {
        es: 'Las cifras ya las incluyen. Si se repite, revise la red entre la cámara y la base.',
        en: 'The figures include them already. If it goes on, check the network between camera and database.',
      },
    )
  }
  return findings.sort((a, b) => Number(b.isSerious) - Number(a.isSerious))
}
