/** Clock health as a list: the widget's body and the system page's card. */
import { defineMessages, formatLocalDateTime, type Language, translator } from '../../platform/i18n/index.ts'
import { badge, type Html, html } from '../../platform/ui/index.ts'
import type { ClockHealthData } from './body.ts'

const messages = defineMessages({
  ok: { es: 'Bien', en: 'OK' },
  warn: { es: 'Atención', en: 'Warning' },
  error: { es: 'Revisar', en: 'Check' },
  last: { es: 'Última pieza: {time}', en: 'Last piece: {time}' },
  never: { es: 'Sin piezas todavía', en: 'No pieces yet' },
  none: { es: 'Ninguna línea tiene tabla de detecciones.', en: 'No line has a table of detections.' },
})

const tones = { ok: 'success', warn: 'warning', error: 'danger' } as const
const icons = { ok: 'check_circle', warn: 'warning', error: 'error' } as const

/** `idPrefix` keeps a line's identity across live refreshes. */
export function clockHealthList({ lines }: ClockHealthData, language: Language, idPrefix: string): Html {
  const t = translator(messages, language)
  if (lines.length === 0) return html`<p class="muted">${t('none')}</p>`
  const time = (isoLocal: string): string => formatLocalDateTime(Date.parse(`${isoLocal}Z`) / 1_000, language, true)
  return html`<ul class="clocks" tabindex="0">${lines.map(
    (line) => html`
    <li class="clocks__line" id="${idPrefix}-${line.line_id}">
      <div class="clocks__head"><strong>${line.line_name}</strong>${badge({ label: t(line.status), tone: tones[line.status], icon: icons[line.status] })}</div>
      <p class="muted small">${line.last_detection === null ? t('never') : t('last', { time: time(line.last_detection) })}</p>
      ${line.findings.length === 0 ? '' : html`<ul class="clocks__findings">${line.findings.map(({ text, advice }) => html`<li>${text} <span class="muted">${advice}</span></li>`)}</ul>`}
    </li>`,
  )}</ul>`
}
