/** A line's glance in words: the same on the television and on the tablet. Pure. */
import { formatLocalDateTime, type Language, translator } from '../../platform/i18n/index.ts'
import { dayOf, formatLocalTime, type LocalS } from '../../platform/time/index.ts'
import { personsText, reasonOf } from '../downtime/index.ts'
import type { Stop } from '../facts/index.ts'
import type { PlantModel } from '../model/index.ts'
import type { LineGlance } from './glance.ts'
import { boardMessages } from './messages.ts'

export const boardWords = (language: Language) => translator(boardMessages, language)

const two = (value: number): string => String(value).padStart(2, '0')

/** 751 → "00:12:31"; days are hours beyond 24. */
export const clockText = (seconds: number): string =>
  `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(Math.floor(seconds % 60))}`

export function shiftText({ shift }: LineGlance, language: Language): string {
  const t = boardWords(language)
  if (shift.kind === 'over') return shift.name === null ? t('shift.day') : t('shift.over.named', { name: shift.name })
  return shift.name ?? t(`shift.${shift.kind === 'extra' ? 'extra' : 'day'}`)
}

/** Why it stands: what was stored, what somebody said meanwhile, or that nobody said anything. */
export function reasonText(model: PlantModel, { currentStop, pending }: LineGlance, language: Language): string {
  if (pending) return labelOf(model, pending.code, pending.text, language)
  return stopText(currentStop, language)
}

export const stopText = (stop: Stop | null, language: Language): string =>
  stop?.recorded?.label ?? (stop && personsText(stop)) ?? boardWords(language)('reason.none')

const labelOf = (model: PlantModel, code: number | null, text: string | null, language: Language): string =>
  reasonOf(model, code).label ?? text ?? boardWords(language)('reason.none')

/** "14:03", with the date when it was another day. */
export const whenText = (localS: LocalS, nowLocalS: LocalS, language: Language): string =>
  dayOf(localS) === dayOf(nowLocalS) ? formatLocalTime(localS) : formatLocalDateTime(localS, language)
