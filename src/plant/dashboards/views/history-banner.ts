/** Says that the history of the chosen lines is not read to its end; asks again by itself, and has the board drawn anew when it is. */
import { banner, type Html, html, hx } from '../../../platform/ui/index.ts'
import { plantPaths } from '../../navigation.ts'
import { type DashboardPage, type HistoryLoading, words } from './model.ts'

type Model = Pick<DashboardPage, 'page' | 'companySlug' | 'query'> & { readonly tab: string | null }

const address = ({ page, companySlug, query, tab }: Model, under: '' | '/history'): string => {
  const parameters = new URLSearchParams(query)
  if (tab) parameters.set('tab', tab)
  return page.url(`${plantPaths.dashboard(companySlug)}${under}?${parameters}`)
}

/** Whole page and fragment. Without JavaScript it tells the state at load. */
export function historyBanner(model: Model, { loadedFraction, lineNames }: HistoryLoading): Html {
  const { page } = model
  const t = words(page.language)
  const percent = Math.floor(loadedFraction * 100)
  const ask = hx(page, {
    get: address(model, '/history'),
    trigger: 'every 3s',
    swap: 'outerHTML',
  })
  return html`<div id="history-progress" data-percent="${percent}"${ask}>${banner({
    tone: 'info',
    title: t('history.loading', { percent }),
    body: html`<span>${t('history.loading.detail', { lines: lineNames.join(', ') })}</span>
      <progress class="load-bar" max="100" value="${percent}" aria-label="${t('history.loading.label')}">${percent} %</progress>`,
  })}</div>`
}

/** The loading is over: the board is asked for again, once. */
export function historyLoaded(model: Model): Html {
  const { page } = model
  const ask = hx(page, {
    get: address(model, ''),
    trigger: 'load',
    target: '#board',
    swap: 'outerHTML',
  })
  return html`<div id="history-progress"${ask}>${banner({ tone: 'success', body: words(page.language)('history.loaded') })}</div>`
}
