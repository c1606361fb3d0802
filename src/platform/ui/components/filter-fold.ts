/** Filters above a list: folded until they are wanted or in use, so that the list comes first on a phone. Works without JavaScript. */
import { type Language, translator } from '../../i18n/i18n.ts'
import { type Html, html } from '../html.ts'
import { icon } from '../icons.ts'
import { uiMessages } from '../messages.ts'
import { button, linkButton } from './button.ts'
import { badge } from './feedback.ts'
import { card } from './layout.ts'

export type FilterFold = {
  /** Where the form leads, with BASE_PATH. */
  readonly action: string
  /** The list without filters. */
  readonly clear: string
  /** How many are in use. */
  readonly inUse: number
  readonly fields: Html
  readonly language: Language
}

export function filterFold({ action, clear, inUse, fields, language }: FilterFold): Html {
  const t = translator(uiMessages, language)
  return card({
    body: html`
    <details class="fold"${inUse > 0 ? html` open` : ''}><summary>${icon('filter_list')}<span>${t('filter.title')}</span>${inUse > 0 ? badge({ label: t('filter.in_use', { count: inUse }), tone: 'info' }) : ''}</summary>
    <form class="filters-row" method="get" action="${action}">
      ${fields}
      <div class="cluster">${button({ label: t('filter.apply'), look: 'primary' })}${inUse > 0 ? linkButton({ label: t('filter.clear'), href: clear, look: 'quiet' }) : ''}</div>
    </form></details>`,
  })
}
