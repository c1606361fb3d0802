/** What is wrong with entries of the lists of settings. Pure. An entry that stays as it is stored is not judged, but what is new is held against it.
 *  A list of a thousand entries for five hundred lines is gone through once, never entry by entry. */
import type { Parameters } from '../../../platform/i18n/i18n.ts'
import { dayS, formatLocalDate } from '../../../platform/time/index.ts'
import { dayNumber, timeOfDayS } from '../../model/index.ts'
import type { rules } from './rules.ts'
import type { SettingsBody } from './schema.ts'

export type Refuse = (path: string, rule: keyof typeof rules, parameters?: Parameters) => void
export type Known = {
  readonly lineIds: ReadonlySet<number>
  readonly current: SettingsBody
  readonly refuse: Refuse
}

type List = 'breaks' | 'holidays' | 'extra_shifts' | 'plants'

/** Which entries are stored as they are; of two that say the same, as many as are stored. */
function keptOf<Key extends List>(key: Key, list: SettingsBody[Key], { current }: Known): readonly boolean[] {
  const left = new Map<string, number>()
  for (const one of current[key]) left.set(JSON.stringify(one), (left.get(JSON.stringify(one)) ?? 0) + 1)
  return list.map((one) => {
    const written = JSON.stringify(one)
    const count = left.get(written) ?? 0
    if (count > 0) left.set(written, count - 1)
    return count > 0
  })
}

/** A line that is gone since may stay in a list that named it before. The first one is told. */
function lineCheck<Key extends Exclude<List, 'breaks'>>(key: Key, { lineIds, current, refuse }: Known) {
  const before = new Set(current[key].flatMap(({ line_ids: ids }) => ids))
  return (path: string, ids: readonly number[]): void => {
    const unknown = ids.find((id) => !lineIds.has(id) && !before.has(id))
    if (unknown !== undefined) refuse(path, 'unknown_line', { id: unknown })
  }
}

const isTime = (value: string): boolean => /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(value)

/** Both are times of day, and not the same one. */
function checkTimes({ refuse }: Known, path: string, { start, end }: { readonly start: string; readonly end: string }): void {
  if (!isTime(start)) refuse(`${path}.start`, 'time')
  if (!isTime(end)) refuse(`${path}.end`, 'time')
  if (isTime(start) && isTime(end) && timeOfDayS(start) === timeOfDayS(end)) refuse(`${path}.end`, 'zero_length')
}

export function checkBreaks(known: Known, breaks: SettingsBody['breaks']): void {
  const kept = keptOf('breaks', breaks, known)
  for (const [i, one] of breaks.entries()) {
    if (kept[i]) continue
    checkTimes(known, `breaks.${i}`, one)
    if (one.days.length === 0) known.refuse(`breaks.${i}.days`, 'no_day')
  }
}

/** Years that a calendar may name: far enough for any plan, near enough to be no slip of the finger. */
const [firstDay, lastDay] = ['2000-01-01', '2099-12-31'].map((date) => dayNumber(date) ?? 0) as [number, number]

function checkDate({ refuse }: Known, path: string, date: string): void {
  const day = dayNumber(date)
  if (day === null) refuse(path, 'date')
  else if (day < firstDay || day > lastDay)
    refuse(path, 'date_range', { from: formatLocalDate(firstDay * dayS), to: formatLocalDate(lastDay * dayS) })
}

const checkName = ({ refuse }: Known, path: string, name: string): void => {
  if ([...name].length > 100) refuse(path, 'too_long', { limit: 100 })
}

export function checkHolidays(known: Known, holidays: SettingsBody['holidays']): void {
  const kept = keptOf('holidays', holidays, known)
  const checkLines = lineCheck('holidays', known)
  /** Lines by date; null stands for all of them. */
  const taken = new Map<string, Set<number | null>>()
  const take = ({ date, yearly, line_ids: ids }: SettingsBody['holidays'][number]): boolean => {
    const key = yearly ? date.slice(5) : date
    const lines = taken.get(key) ?? new Set()
    const isTaken = lines.has(null) || (ids.length === 0 ? lines.size > 0 : ids.some((id) => lines.has(id)))
    for (const id of ids.length === 0 ? [null] : ids) lines.add(id)
    taken.set(key, lines)
    return isTaken
  }
  for (const [i, one] of holidays.entries()) if (kept[i]) take(one)
  for (const [i, one] of holidays.entries()) {
    if (kept[i]) continue
    checkDate(known, `holidays.${i}.date`, one.date)
    checkName(known, `holidays.${i}.name`, one.name)
    checkLines(`holidays.${i}.line_ids`, one.line_ids)
    if (take(one)) known.refuse(`holidays.${i}.date`, 'twice')
  }
}

type ExtraSpan = { readonly i: number; readonly fromS: number; readonly toS: number; readonly lineIds: readonly number[] }

function spanOf({ date, start, end, line_ids: lineIds }: SettingsBody['extra_shifts'][number], i: number): ExtraSpan[] {
  const [day, startS, endS] = [dayNumber(date), timeOfDayS(start), timeOfDayS(end)]
  if (day === null || startS === null || endS === null || startS === endS) return []
  return [{ i, fromS: day * dayS + startS, toS: (endS < startS ? day + 1 : day) * dayS + endS, lineIds }]
}

export function checkExtraShifts(known: Known, extraShifts: SettingsBody['extra_shifts']): void {
  const kept = keptOf('extra_shifts', extraShifts, known)
  const checkLines = lineCheck('extra_shifts', known)
  const overlapping = extraOverlaps(extraShifts.flatMap(spanOf), kept)
  for (const [i, one] of extraShifts.entries()) {
    if (kept[i]) continue
    checkDate(known, `extra_shifts.${i}.date`, one.date)
    checkTimes(known, `extra_shifts.${i}`, one)
    checkName(known, `extra_shifts.${i}.name`, one.name)
    checkLines(`extra_shifts.${i}.line_ids`, one.line_ids)
    if (overlapping.has(i)) known.refuse(`extra_shifts.${i}.start`, 'extra_overlap')
  }
}

/** Of spans of the same lines that overlap, the new one; of two new ones the later in the list. Not each pair: at least one wherever there is any. */
function extraOverlaps(spans: readonly ExtraSpan[], kept: readonly boolean[]): ReadonlySet<number> {
  const found = new Set<number>()
  const [stored, fresh] = [lastEnds(), lastEnds()]
  for (const span of [...spans].sort((a, b) => a.fromS - b.fromS)) {
    const other = fresh.busy(span)
    if (kept[span.i]) {
      if (other) found.add(other.i)
      stored.add(span)
    } else {
      if (stored.busy(span)) found.add(span.i)
      else if (other) found.add(Math.max(span.i, other.i))
      fresh.add(span)
    }
  }
  return found
}

/** Of each line the span that ends last, spans coming in order of their begin. */
function lastEnds() {
  const byLine = new Map<number, ExtraSpan>()
  let ofAll: ExtraSpan | undefined
  let ofAny: ExtraSpan | undefined
  const later = (one: ExtraSpan | undefined, other: ExtraSpan): ExtraSpan => (one && one.toS >= other.toS ? one : other)
  return {
    add(span: ExtraSpan): void {
      for (const id of span.lineIds) byLine.set(id, later(byLine.get(id), span))
      if (span.lineIds.length === 0) ofAll = later(ofAll, span)
      ofAny = later(ofAny, span)
    },
    busy({ fromS, lineIds }: ExtraSpan): ExtraSpan | undefined {
      const goesOn = (other: ExtraSpan | undefined): boolean => other !== undefined && other.toS > fromS
      if (lineIds.length === 0) return goesOn(ofAny) ? ofAny : undefined
      if (goesOn(ofAll)) return ofAll
      const id = lineIds.find((one) => goesOn(byLine.get(one)))
      return id === undefined ? undefined : byLine.get(id)
    },
  }
}

const nameKey = (name: string): string => name.normalize('NFKC').trim().toLowerCase()

/** Entries with a key that another one has: one that stays, or a new one before it. Empty keys are nobody's. */
function clashes(keys: readonly (string | number)[], isKept: (i: number) => boolean): ReadonlySet<number> {
  const seen = new Set(keys.filter((_, i) => isKept(i)))
  const found = new Set<number>()
  for (const [i, key] of keys.entries()) {
    if (isKept(i) || key === '') continue
    if (seen.has(key)) found.add(i)
    seen.add(key)
  }
  return found
}

/** Field by field: a code that we would not take stays when the plant gets another line. */
export function checkPlants(known: Known, plants: SettingsBody['plants']): void {
  const { refuse, current } = known
  const kept = keptOf('plants', plants, known)
  const checkLines = lineCheck('plants', known)
  const storedById = new Map(current.plants.map((plant) => [plant.id, plant]))
  const before = plants.map(({ id }) => storedById.get(id))
  const isNameKept = (i: number): boolean => before[i]?.name === plants[i]?.name
  const isCodeKept = (i: number): boolean => before[i]?.code === plants[i]?.code
  const names = clashes(
    plants.map(({ name }) => nameKey(name)),
    isNameKept,
  )
  const codes = clashes(
    plants.map(({ code }) => nameKey(code)),
    isCodeKept,
  )
  const ids = clashes(
    plants.map(({ id }) => id),
    (i) => kept[i] === true,
  )
  const ownLines = before.map((plant) => new Set(plant?.line_ids))
  const taken = new Set(plants.flatMap(({ line_ids: lineIds }, i) => lineIds.filter((id) => ownLines[i]?.has(id))))
  for (const [i, plant] of plants.entries()) {
    const [name, code] = [plant.name.trim(), plant.code.trim()]
    if (!isNameKept(i) && ([...name].length < 1 || [...name].length > 100)) refuse(`plants.${i}.name`, 'length', { limit: 100 })
    else if (names.has(i)) refuse(`plants.${i}.name`, 'name_taken')
    if (!isCodeKept(i) && !/^[\p{L}\p{N}_.-]{0,20}$/u.test(code)) refuse(`plants.${i}.code`, 'code', { limit: 20 })
    else if (codes.has(i)) refuse(`plants.${i}.code`, 'code_taken')
    if (ids.has(i)) refuse(`plants.${i}.id`, 'twice')
    checkLines(`plants.${i}.line_ids`, plant.line_ids)
    const added = plant.line_ids.filter((id) => !ownLines[i]?.has(id))
    const twice = added.find((id) => taken.has(id))
    if (twice !== undefined) refuse(`plants.${i}.line_ids`, 'line_taken', { id: twice })
    for (const id of added) taken.add(id)
  }
}
