/** Files of what is shown: links that work by themselves; the script tells how far they are. */
import { formatNumber } from '../../../platform/i18n/index.ts'
import { banner, type Html, html, icon } from '../../../platform/ui/index.ts'
import { formats } from '../export.ts'
import { detectionPaths } from '../paths.ts'
import { words } from './messages.ts'
import type { DetectionBoard, DetectionPage } from './model.ts'

const mayBeWritten = ({ mayExport }: DetectionPage, { total }: DetectionBoard): boolean => mayExport && total > 0

export function exportLinks(model: DetectionPage, board: DetectionBoard): Html {
  if (!mayBeWritten(model, board) || board.total > board.mostRows) return html``
  const { page, slug, asked } = model
  const t = words(page.language)
  const count = formatNumber(board.total, page.language)
  return html`${formats.map((format) => {
    const href = page.url(detectionPaths.file(slug, asked.filters, format))
    return html`<a class="btn btn--secondary" id="export-${format}" href="${href}" download data-export="${board.total}" aria-label="${t('export.of', { count, format: t(`export.${format}`) })}">${icon('download')}<span>${t(`export.${format}`)}</span></a>`
  })}`
}

/** Why there are no links, and how far a file is. */
export function exportState(model: DetectionPage, board: DetectionBoard): Html {
  if (!mayBeWritten(model, board)) return html``
  const { language } = model.page
  const t = words(language)
  if (board.total > board.mostRows)
    return banner({
      tone: 'info',
      body: t('export.too_many', { count: formatNumber(board.total, language), limit: formatNumber(board.mostRows, language) }),
    })
  return html`
  <section class="card export" id="export-state" hidden data-export-state data-starting="${t('export.starting')}" data-progress="${t('export.progress', { done: '{done}', total: '{total}' })}" data-done="${t('export.done', { file: '{file}', total: '{total}' })}" data-cut="${t('export.cut', { done: '{done}', total: '{total}' })}" data-offline="${t('export.offline')}" data-cancelled="${t('export.cancelled')}" aria-label="${t('export.label')}">
    <p class="export__text" role="status" data-export-text></p><progress class="export__bar" data-export-bar aria-label="${t('export.label')}"></progress><button class="btn btn--secondary" type="button" data-export-cancel>${icon('close')}<span>${t('export.cancel')}</span></button>
  </section>`
}
