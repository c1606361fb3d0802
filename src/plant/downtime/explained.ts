/** Whether somebody said why a stop happened. Pure. */
import { formatDurationS } from '../../platform/time/index.ts'
import type { Stop } from './stop.ts'
import type { StoredEvent } from './stops.ts'

/** What the job writes into the customer's `reason` when it stores a stop that nobody explained (spec plant 7.3). */
export const automaticReason = (durationS: number): string => `Auto-detected downtime (gap: ${formatDurationS(durationS)})`
const automaticText = /^Auto-detected downtime \(gap: /

/** A row of the job that nobody touched: what it says is calculated, not recorded. */
export const isAutomatic = ({ isManual, reasonCode, reasonText }: Pick<StoredEvent, 'isManual' | 'reasonCode' | 'reasonText'>): boolean =>
  !isManual && reasonCode === null && automaticText.test(reasonText ?? '')

/** What is read of a stop here. */
type Said = { readonly recorded: Pick<NonNullable<Stop['recorded']>, 'reasonCode' | 'reasonText'> | null }

/** Text that a person wrote; null for none, and for the job's own. */
export const personsText = ({ recorded }: Said): string | null => {
  const text = recorded?.reasonText?.trim() ?? ''
  return text === '' || automaticText.test(text) ? null : text
}

/** A code, known or not, or words of a person. */
export const isExplained = (stop: Said): boolean => (stop.recorded?.reasonCode ?? null) !== null || personsText(stop) !== null

/** Unplanned, and it cost planned time: what KPIs, Pareto and meter count. */
export const isCounted = ({ isPlanned, countedS }: Pick<Stop, 'isPlanned' | 'countedS'>): boolean => !isPlanned && countedS > 0
