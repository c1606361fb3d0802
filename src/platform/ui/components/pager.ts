/** Leads from page to page of a list: plain links, so that an address is a page. */
import { type Language, translator } from '../../i18n/i18n.ts'
import { type Html, html } from '../html.ts'
import { uiMessages } from '../messages.ts'

export type Pager = {
  /** From 1. */
  readonly page: number
  readonly pages: number
  readonly total: number
  readonly href: (page: number) => string
  readonly language: Language
}

/** Nothing where there is nothing: the empty state says it. */
export function pager({ page, pages, total, href, language }: Pager): Html {
  if (total === 0) return html``
  const t = translator(uiMessages, language)
  const link = (to: number, key: 'pager.previous' | 'pager.next', isThere: boolean) =>
    isThere
      ? html`<a class="btn btn--secondary" href="${href(to)}" rel="${key === 'pager.next' ? 'next' : 'prev'}"><span>${t(key)}</span></a>`
      : html`<span class="btn btn--secondary btn--off" aria-hidden="true"><span>${t(key)}</span></span>`
  const where = pages <= 1 ? t('pager.total', { total }) : t('pager.where', { page, pages, total })
  return html`
  <nav class="pager" aria-label="${t('pager.label')}">
    <p class="pager__where">${where}</p>
    ${pages > 1 ? html`<div class="cluster">${link(page - 1, 'pager.previous', page > 1)}${link(page + 1, 'pager.next', page < pages)}</div>` : ''}
  </nav>`
}
