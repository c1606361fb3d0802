/** Days that differ from the weekly shifts, plants and limits per line, as `config_tenant` writes them. */
import { dayOf, parseLocal } from '../../platform/time/index.ts'
import { members } from './json.ts'
import type { ExtraShift, Holiday, Site } from './model.ts'
import { flag, text, timeOfDayS, wholeNumber } from './parse.ts'

type Unreadable = (key: string, value: unknown) => void

/** Day number of `YYYY-MM-DD`; null when it is no date. */
export function dayNumber(value: unknown): number | null {
  const localS = /^\d{4}-\d{2}-\d{2}$/.test(text(value)) ? parseLocal(text(value)) : null
  return localS === null ? null : dayOf(localS)
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value])

/** Null = all lines. */
function lineIdsOf(value: unknown): ReadonlySet<number> | null {
  const ids = listOf(value)
    .map(wholeNumber)
    .filter((id) => id !== null)
  return ids.length === 0 ? null : new Set(ids)
}

/** `[{date, yearly?, name?, line_ids?}]`, or dates alone. */
export const readHolidays = (value: unknown, unreadable: Unreadable): readonly Holiday[] =>
  listOf(value).flatMap((entry) => {
    const { date, yearly, name, line_ids: lineIds } = typeof entry === 'string' ? { date: entry } : members(entry)
    const day = dayNumber(date)
    if (day !== null) return [{ day, isYearly: flag(yearly, false), name: text(name), lineIds: lineIdsOf(lineIds) }]
    unreadable('holidays', entry)
    return []
  })

/** `[{date, start, end, name?, line_ids?}]`; an end that is not after the start is on the next day. */
export const readExtraShifts = (value: unknown, unreadable: Unreadable): readonly ExtraShift[] =>
  listOf(value).flatMap((entry) => {
    const { date, start, end, name, line_ids: lineIds } = members(entry)
    const [day, startS, endS] = [dayNumber(date), timeOfDayS(start), timeOfDayS(end)]
    if (day !== null && startS !== null && endS !== null && startS !== endS)
      return [{ day, startS, endS, name: text(name), lineIds: lineIdsOf(lineIds) }]
    unreadable('extra_shifts', entry)
    return []
  })

/** `[{id, name, code?, line_ids}]`; a line that several name is in the first one. */
export function readSites(value: unknown, unreadable: Unreadable): readonly Site[] {
  const taken = new Set<number>()
  const sites = new Map<number, Site>()
  for (const entry of listOf(value)) {
    const { id, name, code, line_ids: lineIds } = members(entry)
    const siteId = wholeNumber(id)
    if (siteId === null || siteId < 1 || sites.has(siteId) || text(name).trim() === '') {
      unreadable('plants', entry)
      continue
    }
    const own = [...(lineIdsOf(lineIds) ?? [])].filter((lineId) => !taken.has(lineId))
    for (const lineId of own) taken.add(lineId)
    sites.set(siteId, { siteId, siteName: text(name).trim(), siteCode: text(code).trim(), lineIds: own.sort((a, b) => a - b) })
  }
  return [...sites.values()]
}

/** `{line id: seconds}`; a line that is absent, or has null, has no limit. */
export function readNoDataLimits(value: unknown, unreadable: Unreadable): ReadonlyMap<number, number> {
  const limits = new Map<number, number>()
  for (const [line, seconds] of Object.entries(members(value))) {
    const [lineId, limitS] = [wholeNumber(line), wholeNumber(seconds)]
    if (seconds === null) continue
    if (lineId === null || limitS === null || limitS < 1) unreadable(`no_data_after.${line}`, seconds)
    else limits.set(lineId, limitS)
  }
  return limits
}
