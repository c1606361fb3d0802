/** How a stop reads in tables, feeds and charts. */
import type { Language } from '../../../platform/i18n/index.ts'
import { translator } from '../../../platform/i18n/index.ts'
import type { Stop } from '../../facts/index.ts'
import type { PlantModel } from '../../model/index.ts'
import { messages } from '../messages.ts'

/** What its reason code says; "Sin motivo" without one. */
export const stopLabel = (stop: Stop, language: Language): string =>
  stop.recorded?.label ?? translator(messages, language)('stop.no_reason')

/** What people read: the code's words, else the free text as stored, else "Sin motivo". */
export const stopReason = (stop: Stop, language: Language): string =>
  stop.recorded?.label ?? (stop.recorded?.reasonText || stopLabel(stop, language))

/** Its code is one the plant knows. */
export const hasIncident = ({ recorded }: Stop): boolean =>
  recorded !== null && (recorded.incidentCode !== null || recorded.failureType !== null)

export const stopSource = (stop: Stop, language: Language): string => translator(messages, language)(`stop.source.${stop.source}`)

export const stopBadge = (stop: Stop, language: Language): string =>
  stop.isPlanned ? translator(messages, language)('stop.planned') : stopSource(stop, language)

export const lineNames = (model: PlantModel): ReadonlyMap<number, string> =>
  new Map(model.lines.map((line) => [line.lineId, line.lineName]))
