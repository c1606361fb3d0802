/** One entry more or less in the plant's calendar. Pure. */
import type { SettingsBody, SettingsInput } from '../settings/schema.ts'

export const calendarLists = ['breaks', 'holidays', 'extra_shifts'] as const
export type CalendarList = (typeof calendarLists)[number]
export type Entry<List extends CalendarList = CalendarList> = SettingsBody[List][number]

export type CalendarChange =
  | { readonly kind: 'add'; readonly list: CalendarList; readonly entry: Entry }
  /** By what it says: a list that somebody else made longer is still read right. */
  | { readonly kind: 'remove'; readonly list: CalendarList; readonly entry: string }

export const keyOf = (entry: Entry): string => JSON.stringify(entry)

/** Null: nothing to remove, somebody was faster. */
export function changedList(body: SettingsBody, change: CalendarChange): SettingsInput | null {
  const list: readonly Entry[] = body[change.list]
  const changed = change.kind === 'add' ? [...list, change.entry] : list.filter((entry) => keyOf(entry) !== change.entry)
  return changed.length === list.length ? null : { [change.list]: changed }
}
