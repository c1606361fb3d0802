/** The board of the hall: readable from eight metres, so sizes follow the screen and not the reader's settings. */
import { formatNumber, formatRatio } from '../../platform/i18n/index.ts'
import { formatLocalTime } from '../../platform/time/index.ts'
import { barePage, emptyState, type Html, html, icon, type PageContext } from '../../platform/ui/index.ts'
import type { Board } from './board.ts'
import type { LineGlance } from './glance.ts'
import { stripView } from './strip-view.ts'
import { boardWords, clockText, reasonText, shiftText, whenText } from './words.ts'

export type BoardView = {
  readonly page: PageContext
  readonly company: string
  readonly companyName: string
  readonly board: Board
  /** Lines on one screenful, and seconds that each stays. */
  readonly perPage: number
  readonly everyS: number
  /** Where the page asks for itself again, with its query. */
  readonly liveUrl: string
  readonly version: string
}

export const boardPage = (view: BoardView): Html =>
  barePage({ page: view.page, title: boardWords(view.page.language)('title'), body: boardBody(view), kind: 'tv' })

/** `#tv`: the whole board, and what a refresh asks for. */
export function boardBody({ page, companyName, board, perPage, everyS, liveUrl, version }: BoardView): Html {
  const t = boardWords(page.language)
  const pages = pagesOf(board, perPage)
  // no blank before it: each refresh would leave one more in the page
  return html`<main class="tv" id="tv" data-live="${page.url(liveUrl)}" data-version="${version}" data-every-s="${everyS}" data-now-local-s="${board.nowLocalS}" data-stale-text="${t('stale')}" data-refused-text="${t('refused')}" data-is-quiet="${String(board.lines.every(({ state }) => state === 'idle'))}">
    <header class="tv__head">
      <h1 class="tv__name">${companyName}</h1>
      <p class="tv__stale" role="status" data-tv-stale data-keep hidden></p>
      <div class="tv__end">
        ${
          pages.length > 1
            ? html`<p class="tv__where js-only" data-tv-where data-keep data-text="${t('page.of')}"></p>
        <button class="tv__button js-only" type="button" data-tv-pause data-keep data-pause-text="${t('pause')}" data-resume-text="${t('resume')}" aria-pressed="false" aria-label="${t('pause')}">${icon('pause', 24)}</button>
        <button class="tv__button js-only" type="button" data-tv-next data-keep aria-label="${t('next')}">${icon('arrow_forward', 24)}</button>`
            : ''
        }
        <p class="tv__clock" data-tv-clock data-keep>${formatLocalTime(board.nowLocalS)}</p>
      </div>
    </header>
    ${
      pages.length === 0
        ? html`<div class="tv__none">${emptyState({ title: t('none'), detail: t('none.detail'), icon: 'tv' })}</div>`
        : pages.map(
            ({ name, lines }, index) => html`
    <section class="tv__page" id="tv-page-${index + 1}" data-tv-page${name === null ? '' : html` aria-label="${name}"`}>
      ${name === null ? '' : html`<h2 class="tv__group">${name}</h2>`}
      <div class="tv__grid tv__grid--${lines.length}">${lines.map((line) => lineCard(page, board, line))}</div>
    </section>`,
          )
    }
  </main>`
}

/** Screenfuls: no plant shares one with another. */
export function pagesOf(board: Pick<Board, 'groups' | 'lines'>, perPage: number): { name: string | null; lines: LineGlance[] }[] {
  return board.groups.flatMap(({ name, lineIds }) => {
    const lines = lineIds.flatMap((id) => board.lines.find(({ lineId }) => lineId === id) ?? [])
    return Array.from({ length: Math.ceil(lines.length / perPage) }, (_, at) => ({
      name,
      lines: lines.slice(at * perPage, (at + 1) * perPage),
    }))
  })
}

const stateIcons = { running: 'play_arrow', stopped: 'stop', planned: 'pause', idle: 'dark_mode', no_data: 'wifi_off' } as const
export const stateIcon = (state: LineGlance['state']): Html => icon(stateIcons[state], 24)

function lineCard(page: PageContext, board: Board, line: LineGlance): Html {
  const { language } = page
  const t = boardWords(language)
  const { target, state } = line
  return html`
  <article class="tv-line tv-line--${state}" id="tv-line-${line.lineId}">
    <header class="tv-line__head"><h3 class="tv-line__name">${line.lineName}</h3><p class="tv-line__shift">${shiftText(line, language)}</p></header>
    <p class="tv-line__state">${stateIcon(state)}<strong>${t(`state.${state}`)}</strong> ${sinceText(line, board, language)}</p>
    <p class="tv-line__reason">${state === 'stopped' || (state === 'planned' && line.currentStop) ? reasonText(board.model, line, language) : ''}</p>
    <div class="tv-line__figures">
      <p class="tv-line__count"><strong>${formatNumber(line.count, language)}</strong> <span>${target ? t('target.of', { target: formatNumber(target.soFar, language) }) : t('pieces')}</span></p>
      <p class="tv-line__oee"><span>${t('oee')}</span> <strong>${formatRatio(line.oeeIndex, language, 0)}</strong></p>
    </div>
    ${stripView(line.strip, language)}
  </article>`
}

export function sinceText(line: LineGlance, board: Pick<Board, 'nowLocalS'>, language: PageContext['language']): Html | string {
  const t = boardWords(language)
  if (line.state === 'no_data')
    return line.lastRowLocalS === null ? t('never') : t('since.no_data', { time: whenText(line.lastRowLocalS, board.nowLocalS, language) })
  return line.stateS === null ? '' : html`<span class="ticking" data-tick-s="${line.stateS}">${clockText(line.stateS)}</span>`
}
