/** Why a stop happened, and until when, in words. */
import { formatLocalDateTime, type Language } from '../../../platform/i18n/index.ts'
import { dayOf } from '../../../platform/time/index.ts'
import { personsText, reasonOf } from '../../downtime/index.ts'
import type { Stop } from '../../facts/index.ts'
import type { PlantModel } from '../../model/index.ts'
import { words } from './messages.ts'
import type { PendingReason } from './model.ts'

/** The code's words, and what a person added; "Sin motivo" without either. */
export function reasonText(stop: Pick<Stop, 'recorded'>, language: Language): string {
  const text = personsText(stop)
  const label = stop.recorded?.label ?? null
  if (label === null) return text ?? words(language)('no_reason')
  return text === null ? label : `${label}: ${text}`
}

export const pendingText = (model: PlantModel, { code, text }: PendingReason): string =>
  [reasonOf(model, code).label, text].filter((part) => part !== null).join(': ')

/** The time alone on the day it began. */
export const endText = ({ startLocalS, endLocalS }: Stop, language: Language): string => {
  const text = formatLocalDateTime(endLocalS, language, true)
  return dayOf(startLocalS) === dayOf(endLocalS) ? text.slice(-8) : text
}
