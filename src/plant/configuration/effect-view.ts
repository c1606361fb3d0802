/** What yesterday would have been, for people: the OEE before and after in one sentence, then the factors of each line. */
import { defineMessages, formatDuration, formatLocalDate, formatRatio, type Language, translator } from '../../platform/i18n/index.ts'
import { parseLocal } from '../../platform/time/index.ts'
import { card, emptyState, type Html, html, icon, table } from '../../platform/ui/index.ts'
import type { BeforeAfter, Effect, EffectFigures } from './effect.ts'

const messages = defineMessages({
  title: { es: 'Efecto en ayer, {day}', en: 'Effect on yesterday, {day}' },
  oee: { es: 'OEE', en: 'OEE' },
  sentence: { es: 'Ayer: OEE {before} → {after}', en: 'Yesterday: OEE {before} → {after}' },
  same: { es: 'Ayer: OEE {before}, sin cambios', en: 'Yesterday: OEE {before}, unchanged' },
  unchanged: { es: 'Ningún número de ayer cambia.', en: 'No figure of yesterday changes.' },
  none: { es: 'No hay líneas activas: no hay nada que comparar.', en: 'There is no active line: nothing to compare.' },
  line: { es: 'Línea', en: 'Line' },
  all: { es: 'Todas', en: 'All' },
  availability: { es: 'Disponibilidad', en: 'Availability' },
  performance: { es: 'Rendimiento', en: 'Performance' },
  quality: { es: 'Calidad', en: 'Quality' },
  planned: { es: 'Tiempo planificado', en: 'Planned time' },
  stopped: { es: 'Paradas no planificadas', en: 'Unplanned stops' },
  becomes: { es: 'pasa a', en: 'becomes' },
  applies: {
    es: 'Los ajustes valen para todas las fechas: también cambian los números de los días pasados.',
    en: 'Settings hold for all dates: figures of past days change as well.',
  },
})

type Write = (figures: EffectFigures) => string

/** `actions`: what can be done with it, such as saving. */
export function effectCard(effect: Effect | null, language: Language, actions?: Html): Html {
  const t = translator(messages, language)
  if (!effect) return card({ title: t('oee'), body: html`${emptyState({ title: t('none'), icon: 'factory' })}${actions ?? ''}` })
  const ratio =
    (of: (figures: EffectFigures) => number | null): Write =>
    (figures) =>
      formatRatio(of(figures), language)
  const columns: readonly { readonly key: string; readonly label: string; readonly write: Write }[] = [
    { key: 'oee', label: t('oee'), write: ratio(({ oeeIndex }) => oeeIndex) },
    { key: 'availability', label: t('availability'), write: ratio((of) => of.availability) },
    { key: 'performance', label: t('performance'), write: ratio((of) => of.effectiveness) },
    { key: 'quality', label: t('quality'), write: ratio((of) => of.qualityRatio) },
    { key: 'planned', label: t('planned'), write: (of) => formatDuration(of.plannedBusyTimeS) },
    { key: 'stopped', label: t('stopped'), write: (of) => formatDuration(of.unplannedDowntimeS) },
  ]
  const cell = ({ before, after }: { readonly before: EffectFigures | null; readonly after: EffectFigures | null }, write: Write) => {
    const [old, now] = [before ? write(before) : '—', after ? write(after) : '—']
    if (old === now) return { content: html`<span class="muted">${old}</span>` }
    return {
      content: html`<span class="change"><span>${old}</span>${icon('arrow_forward', 16)}<span class="sr-only">${t('becomes')}</span><strong>${now}</strong></span>`,
    }
  }
  const rows = [
    { key: 'all', name: t('all'), ...effect.total },
    ...effect.lines.map((line) => ({ key: `line-${line.lineId}`, name: line.lineName, ...line })),
  ]
  return card({
    id: 'effect',
    title: t('title', { day: formatLocalDate(parseLocal(effect.day) ?? 0, language) }),
    subtitle: effect.isChanged ? t('applies') : t('unchanged'),
    body: html`<div class="stack">
      <p class="effect">${sentence(effect.total, language)}</p>
      ${table({
        id: 'effect-lines',
        caption: t('title', { day: effect.day }),
        language,
        isStacked: true,
        columns: [
          { key: 'line', label: t('line'), isSortable: false },
          ...columns.map(({ key, label }) => ({ key, label, isSortable: false })),
        ],
        rows: rows.map((row) => ({ key: row.key, cells: [{ content: row.name }, ...columns.map(({ write }) => cell(row, write))] })),
      })}
      ${actions ?? ''}
    </div>`,
  })
}

function sentence({ before, after }: BeforeAfter, language: Language): string {
  const t = translator(messages, language)
  const [old, now] = [formatRatio(before.oeeIndex, language), formatRatio(after.oeeIndex, language)]
  return old === now ? t('same', { before: old }) : t('sentence', { before: old, after: now })
}
