/** The row of figures above everything. Null is "—" with its reason. */
import { formatDuration, formatNumber, formatRatio } from '../../../platform/i18n/index.ts'
import { type Html, html, hx, icon, kpiFigure } from '../../../platform/ui/index.ts'
import { meter } from '../../dashboards/index.ts'
import { downtimePaths } from '../paths.ts'
import { words } from './messages.ts'
import type { DowntimeBoard, DowntimePage } from './model.ts'

const tile = (label: string, figure: Html, more: Html = html``): Html =>
  html`<section class="card stat"><h2 class="stat__label">${label}</h2>${figure}${more}</section>`

export function figuresView(model: DowntimePage, { figures, model: plant }: DowntimeBoard): Html {
  const { language } = model.page
  const t = words(language)
  const time = (seconds: number): string => formatDuration(seconds).replace(/ 00 s$/, '')
  const mean = (id: string, label: string, seconds: number | null, note: string): Html =>
    tile(
      label,
      kpiFigure({
        id,
        value: seconds === null ? null : time(seconds),
        unit: '',
        reason: figures.reason === null ? undefined : t(`figure.${figures.reason}`),
        notes: seconds === null ? [] : [note],
      }),
    )
  return html`
  <div class="stats">
    ${tile(t('figure.stops'), kpiFigure({ id: 'stat-stops', value: formatNumber(figures.stopCount, language), unit: '', notes: [t('figure.stops.note', { time: time(figures.downtimeS) })] }))}
    ${unexplained(model, figures)}
    ${mean('stat-mtbf', t('figure.mtbf'), figures.mtbfS, t('figure.mtbf.note'))}
    ${mean('stat-mttr', t('figure.mttr'), figures.mttrS, t('figure.mttr.note'))}
    ${tile(
      t('figure.micro'),
      kpiFigure({
        id: 'stat-micro',
        value: formatNumber(figures.micro.count, language),
        unit: '',
        notes: [t('figure.micro.note', { limit: time(plant.settings.stopFromS), time: time(figures.micro.seconds) })],
      }),
    )}
  </div>`
}

function unexplained({ page }: DowntimePage, figures: DowntimeBoard['figures']): Html {
  const t = words(page.language)
  const { unexplainedS, unexplainedShare: share, downtimeS } = figures
  const note =
    share === 0
      ? t('figure.unexplained.all')
      : t('figure.unexplained.note', { time: formatDuration(unexplainedS), total: formatDuration(downtimeS) })
  return tile(
    t('figure.unexplained'),
    kpiFigure({
      id: 'stat-unexplained',
      value: share === null ? null : formatRatio(share, page.language),
      unit: '',
      reason: figures.reason === null ? undefined : t(`figure.${figures.reason}`),
      notes: share === null ? [] : [note],
    }),
    meter(share === null ? null : share * 100, 'warn'),
  )
}

/** Leads through the stops without reason, one after the other. */
export function explainAll({ page, slug, asked, rights }: DowntimePage, { figures, firstWaiting }: DowntimeBoard): Html {
  if (!rights.mayExplain || !firstWaiting) return html``
  const t = words(page.language)
  const query = new URLSearchParams(asked.query)
  query.set('walk', '1')
  const href = page.url(downtimePaths.stop(slug, firstWaiting.lineId, firstWaiting.ref, query))
  const count = figures.unexplainedCount
  return html`<a class="btn btn--primary" id="explain-all" href="${href}"${hx(page, { get: href, target: '#sheet-body', swap: 'innerHTML' })}>${icon('edit')}<span>${count === 1 ? t('figure.explain.one') : t('figure.explain', { count: formatNumber(count, page.language) })}</span></a>`
}
