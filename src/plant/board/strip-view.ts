/** The last hour as a drawing: states differ by height and pattern, not by colour alone. */
import type { Language } from '../../platform/i18n/index.ts'
import { type Html, html } from '../../platform/ui/index.ts'
import type { LineState, StripPart } from './strip.ts'
import { boardWords } from './words.ts'

/** Of 24 units: a stop is full height, running low, the plan's own pauses half. */
const heights: Readonly<Record<LineState, number>> = { running: 10, stopped: 24, planned: 16, idle: 3, no_data: 24 }

/** What a screen reader says: how many minutes of each state. */
function spoken(parts: readonly StripPart[], language: Language): string {
  const t = boardWords(language)
  const seconds = new Map<LineState, number>()
  for (const { state, fromS, toS } of parts) seconds.set(state, (seconds.get(state) ?? 0) + toS - fromS)
  const told = [...seconds].map(([state, s]) => t('strip.part', { state: t(`state.${state}`), minutes: Math.round(s / 60) }))
  return `${t('strip.label')}: ${told.join(', ')}`
}

export const stripView = (parts: readonly StripPart[], language: Language): Html => {
  const startS = parts[0]?.fromS ?? 0
  return html`
  <svg class="hour-strip" viewBox="0 0 3600 24" preserveAspectRatio="none" role="img" aria-label="${spoken(parts, language)}">
    ${parts.map(({ state, fromS, toS }) => html`<rect class="hour-strip__part hour-strip__part--${state}" x="${fromS - startS}" y="${24 - heights[state]}" width="${toS - fromS}" height="${heights[state]}"/>`)}
  </svg>`
}
