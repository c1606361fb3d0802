/** The job's part of the system page: until when each line's stops are stored, where, and what kept it from storing. */
import { defineMessages, formatLocalDateTime, formatNumber, type Language, noValue, translator } from '../../platform/i18n/index.ts'
import { parseLocal } from '../../platform/time/index.ts'
import { badge, banner, card, type Html, html, table } from '../../platform/ui/index.ts'
import type { JobReport } from '../stops/index.ts'

const messages = defineMessages({
  title: { es: 'Paradas guardadas', en: 'Stored stops' },
  hint: {
    es: 'Cada 15 minutos se guarda lo que ya terminó; lo más nuevo se calcula al mirar.',
    en: 'What is over is stored every 15 minutes; what is newer is worked out when somebody looks.',
  },
  off: {
    es: 'No se guardan paradas solas: está apagado en los ajustes de la planta o en el servidor.',
    en: 'No stops are stored by themselves: it is off in the plant’s settings or on the server.',
  },
  line: { es: 'Línea', en: 'Line' },
  outcome: { es: 'Última vez', en: 'Last time' },
  where: { es: 'Dónde', en: 'Where' },
  until: { es: 'Guardadas hasta', en: 'Stored until' },
  stored: { es: 'Agregadas', en: 'Added' },
  plant: { es: 'En la base de la planta', en: 'In the plant database' },
  platform: { es: 'En Andon', en: 'In Andon' },
  none: { es: 'La planta no tiene líneas activas.', en: 'The plant has no active line.' },
  stored_well: { es: 'Bien', en: 'Done' },
  never: { es: 'Todavía no', en: 'Not yet' },
  failed: { es: 'Falló', en: 'Failed' },
  no_table: { es: 'Sin tabla', en: 'No table' },
  no_right: { es: 'Sin permiso de escritura', en: 'May not write' },
  not_detecting: { es: 'La línea no detecta paradas', en: 'The line detects no stops' },
  no_data: { es: 'Sin datos', en: 'No data' },
  loading: { es: 'Historia en carga', en: 'History is loading' },
})

/** What the job noted, its words and its colour. `off` is told above the table. */
const outcomes = {
  stored: ['stored_well', 'success'],
  failed: ['failed', 'danger'],
  no_table: ['no_table', 'warning'],
  no_right: ['no_right', 'warning'],
  no_data: ['no_data', undefined],
  not_detecting: ['not_detecting', undefined],
  loading: ['loading', 'info'],
} as const

export function stopsSection({ enabled, lines }: JobReport, language: Language): Html {
  const t = translator(messages, language)
  const badgeOf = (said: string | null): Html => {
    if (said === 'off') return html`${noValue}`
    const [word, tone] =
      said !== null && Object.hasOwn(outcomes, said) ? outcomes[said as keyof typeof outcomes] : (['never', undefined] as const)
    return badge({ label: t(word), ...(tone && { tone }) })
  }
  const untilText = (wall: string | null): string => {
    const localS = wall === null ? null : parseLocal(wall.replace('T', ' '))
    return localS === null ? noValue : formatLocalDateTime(localS, language)
  }
  return card({
    title: t('title'),
    subtitle: t('hint'),
    id: 'stored-stops',
    body: html`<div class="stack">
      ${enabled ? '' : banner({ tone: 'info', body: t('off') })}
      ${table({
        id: 'stored-stops-lines',
        caption: t('title'),
        language,
        isStacked: true,
        columns: [
          ...(['line', 'outcome', 'where', 'until'] as const).map((key) => ({ key, label: t(key), isSortable: false })),
          { key: 'stored', label: t('stored'), align: 'end', isSortable: false },
        ],
        rows: lines.map((line) => ({
          key: String(line.line_id),
          cells: [
            { content: line.line_name },
            { content: badgeOf(line.outcome) },
            { content: line.stored_in === null ? noValue : t(line.stored_in) },
            { content: untilText(line.scanned_until) },
            { content: line.last_run_at === null ? noValue : formatNumber(line.stored, language) },
          ],
        })),
        emptyText: t('none'),
      })}</div>`,
  })
}
