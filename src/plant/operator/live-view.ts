/** What the page asks for again every few seconds: how the line stands, how the shift goes, its latest stops. */
import { formatDuration, formatNumber, formatRatio, type Language, translator } from '../../platform/i18n/index.ts'
import { type Html, html, type PageContext } from '../../platform/ui/index.ts'
import { boardWords, reasonText, shiftText, sinceText, stateIcon, stopText, stripView, whenText } from '../board/index.ts'
import { operatorMessages } from './messages.ts'
import type { ListedStop, OperatorModel } from './model.ts'

export const words = (language: Language) => translator(operatorMessages, language)

export type LiveView = {
  readonly page: PageContext
  readonly model: OperatorModel
  readonly liveUrl: string
  readonly here: string
  readonly mayAct: boolean
  readonly version: string
}

export function liveView(view: LiveView): Html {
  const { page, model, liveUrl, version } = view
  const { language } = page
  const { line, board } = model
  const t = boardWords(language)
  const isStopped = line.state === 'stopped' || (line.state === 'planned' && line.currentStop !== null)
  // no blank before it: each refresh would leave one more in the page
  return html`<div class="op-live" id="op-live" data-live="${page.url(liveUrl)}" data-version="${version}" data-now-local-s="${board.nowLocalS}" data-now-ms="${board.nowS * 1_000}">
    <section class="op-state op-state--${line.state}" aria-labelledby="op-state">
      <p class="op-state__line">${line.lineName} <span>${shiftText(line, language)}</span></p>
      <h2 class="op-state__word" id="op-state">${stateIcon(line.state)}<span>${t(`state.${line.state}`)}</span> <span class="op-state__since">${sinceText(line, board, language)}</span></h2>
      ${isStopped ? html`<p class="op-state__reason">${reasonText(board.model, line, language)}</p>` : ''}
      ${stripView(line.strip, language)}
    </section>
    ${figures(view)}
    ${stopList(view)}
  </div>`
}

function figures({ page: { language }, model: { line } }: LiveView): Html {
  const t = words(language)
  const { target } = line
  const share = target && target.soFar > 0 ? line.count / target.soFar : null
  const figure = (label: string, value: string, note: string | null = null) =>
    html`<div class="op-figure"><dt>${label}</dt><dd><strong>${value}</strong>${note === null ? '' : html`<span>${note}</span>`}</dd></div>`
  return html`
  <dl class="op-figures">
    ${figure(t('figures.count'), formatNumber(line.count, language), share === null ? null : t('target.done', { share: formatRatio(share, language, 0) }))}
    ${
      target
        ? html`${figure(t('figures.target'), formatNumber(target.soFar, language))}${figure(t('figures.whole'), formatNumber(target.whole, language))}`
        : figure(t('figures.target'), '—', t('target.none'))
    }
    ${figure(t('figures.oee'), formatRatio(line.oeeIndex, language, 0))}
    ${figure(t('figures.quality'), formatRatio(line.qualityRatio, language))}
    ${figure(t('figures.scrap'), formatNumber(line.notedScrap, language), line.notedScrap > 0 ? t('figures.scrap.apart') : null)}
  </dl>`
}

export const stopWhen = ({ startLocalS }: ListedStop, model: OperatorModel, language: Language): string =>
  whenText(startLocalS, model.board.nowLocalS, language)

function stopList({ page: { language }, model, here, mayAct }: LiveView): Html {
  const t = words(language)
  const { stops } = model
  return html`
  <section class="op-card" aria-labelledby="op-stops">
    <h2 class="op-card__title" id="op-stops">${t('stops.title')}</h2>
    ${
      stops.length === 0
        ? html`<p class="op-card__none">${t('stops.none')}</p>`
        : html`<ul class="op-stops">${stops.map((listed) => {
            const time = stopWhen(listed, model, language)
            const label = listed.isLive ? reasonText(model.board.model, model.line, language) : stopText(listed.stop, language)
            return html`
      <li class="op-stop ${listed.isOpen ? 'op-stop--open' : ''}" id="op-stop-${listed.name.key}">
        <span class="op-stop__when">${time}${listed.isLive ? html` <em>${t('stops.now')}</em>` : ''}</span>
        <span class="op-stop__long">${formatDuration(listed.durationS)}</span>
        <span class="op-stop__why">${label}</span>
        ${mayAct && !listed.stop.isPlanned ? html`<a class="op-btn ${listed.isOpen ? 'op-btn--primary' : ''}" href="${here}&stop=${listed.name.key}#explain" aria-label="${t(listed.isOpen ? 'stops.explain_of' : 'stops.change_of', { time })}" data-op-stop="${JSON.stringify(stopData(listed, model, language))}"${listed.isOpen ? html` data-open` : ''}>${t(listed.isOpen ? 'stops.explain' : 'stops.change')}</a>` : ''}
      </li>`
          })}</ul>`
    }
  </section>`
}

/** What the script needs to put a stop into the form without asking the server. */
export function stopData(listed: ListedStop, model: OperatorModel, language: Language): Readonly<Record<string, string | number>> {
  const { name } = listed
  return {
    key: name.key,
    title: stopTitle(listed, model, language),
    ...('eventId' in name ? { event_id: name.eventId, version: name.version } : { at_s: name.atS }),
  }
}

export function stopTitle(listed: ListedStop, model: OperatorModel, language: Language): string {
  const t = words(language)
  const time = stopWhen(listed, model, language)
  return listed.isLive ? t('explain.live', { time }) : t('explain.stop', { time, duration: formatDuration(listed.durationS) })
}
