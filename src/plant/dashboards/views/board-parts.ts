/** Parts of a board that every page with the dashboard's filters shows: its button of filters, what is asked for, warnings, refusal, and how fresh it is. */
import type { Language } from '../../../platform/i18n/index.ts'
import { banner, type Html, html, icon } from '../../../platform/ui/index.ts'
import type { Scope } from '../../scope/index.ts'
import type { Refusal } from '../refusal.ts'
import { ageText } from './amounts.ts'
import { words } from './model.ts'
import { linesText, rangeText } from './scope-text.ts'

export const filterButton = (language: Language): Html =>
  html`<a class="btn btn--secondary" href="#filters" data-drawer-open="filters">${icon('filter_list')}<span>${words(language)('filters.title')}</span></a>`

/** Where a board asks again: `live` is its own address, `events` the stream that says when. One that is refused by fault of its question does not;
 *  while the plant cannot be reached, the page asks by itself. */
export const liveAttributes = (
  board: Refusal | { readonly scope: Pick<Scope, 'lines'> },
  { live, events }: { readonly live: string; readonly events: string },
): Html => {
  const isRefused = 'fields' in board
  if (isRefused && board.status !== 503) return html``
  const lines = isRefused ? '' : board.scope.lines.map((line) => line.lineId).join(',')
  return html` data-live="${live}" data-events="${events}" data-lines="${lines}"${isRefused ? html` data-refused` : ''}`
}

type Asked = { readonly scope: Scope; readonly shiftName: string | null }

/** Lines, range and shift that are asked for. */
export const scopeLine = (asked: Asked, language: Language): Html =>
  html`<p class="board__scope"><strong>${linesText(asked, language)}</strong><span>${rangeText(asked, language)}</span>${asked.shiftName === null ? '' : html`<span>${asked.shiftName}</span>`}</p>`

export const refusalBanner = ({ title, detail, fields }: Refusal): Html =>
  banner({
    tone: 'danger',
    title,
    body: fields.length === 0 ? detail : html`<ul>${fields.map((f) => html`<li><strong>${f.label}</strong>: ${f.message}</li>`)}</ul>`,
  })

export function warningList(shown: readonly string[], language: Language): Html {
  if (shown.length === 0) return html``
  const t = words(language)
  return html`
  <details class="warnings" id="board-warnings"><summary class="warnings__summary">${icon('warning', 16)}<span>${shown.length === 1 ? t('board.warning') : t('board.warnings', { count: shown.length })}</span>${icon('expand_more', 16)}</summary>
    <ul class="warnings__list">${shown.map((warning) => html`<li>${warning}</li>`)}</ul></details>`
}

/** How fresh the page is; `ageS` of its newest row, null without any. The browser keeps the words true; without it the pill says how old the data was
 *  at load. */
export function freshnessPill(ageS: number | null, language: Language): Html {
  const t = words(language)
  return html`<p class="live" id="live" data-live-pill data-state="waiting" data-live-word="${t('live.live')}" data-ago-word="${t('live.ago', { age: '{age}' })}" data-offline-word="${t('live.offline')}" role="group" aria-label="${t('live.label')}"><span class="live__dot" aria-hidden="true"></span><span class="sr-only" role="status" data-live-said></span><span data-live-text>${ageS === null ? '—' : t('live.ago', { age: ageText(ageS) })}</span></p>`
}
