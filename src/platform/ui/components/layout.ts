/** Cards, tabs, dialogs, tables. */
import { type Language, translator } from '../../i18n/i18n.ts'
import { type Html, html } from '../html.ts'
import { icon } from '../icons.ts'
import { uiMessages } from '../messages.ts'

export const card = ({
  title,
  body,
  actions,
  subtitle,
  id,
}: {
  title?: string
  subtitle?: string
  body: Html
  actions?: Html
  id?: string
}): Html => html`
  <section class="card"${id ? html` id="${id}"` : ''}>
    ${title ? html`<header class="card__head"><div><h2 class="card__title">${title}</h2>${subtitle ? html`<p class="card__subtitle">${subtitle}</p>` : ''}</div>${actions ? html`<div class="card__actions">${actions}</div>` : ''}</header>` : ''}
    <div class="card__body">${body}</div>
  </section>`

/** Heading of a page with what can be done there. */
export const pageHead = ({ title, subtitle, actions }: { title: string; subtitle?: Html | string; actions?: Html }): Html => html`
  <header class="page-head"><div><h1 class="page-head__title">${title}</h1>${subtitle ? html`<p class="page-head__subtitle">${subtitle}</p>` : ''}</div>${actions ? html`<div class="page-head__actions">${actions}</div>` : ''}</header>`

/** Tabs are links: each has an address and works without JavaScript. `attributes` are put on each link (hx-*). */
export const tabs = ({
  label,
  items,
}: {
  label: string
  items: readonly { label: string; href: string; isCurrent: boolean; attributes?: Html }[]
}): Html => html`
  <nav class="tabs" aria-label="${label}">${items.map((i) => html`<a class="tabs__tab" href="${i.href}"${i.isCurrent ? html` aria-current="page"` : ''}${i.attributes ?? ''}>${i.label}</a>`)}</nav>`

/** Opened by `dialogOpener` with the same id; a popover, so that it opens without JavaScript and survives refreshes behind it. */
export const dialog = ({ id, title, body, language }: { id: string; title: string; body: Html; language: Language }): Html => html`
  <dialog class="dialog" id="${id}" popover aria-labelledby="${id}-title">
    <header class="dialog__head"><h2 class="dialog__title" id="${id}-title">${title}</h2><button class="icon-btn" type="button" popovertarget="${id}" popovertargetaction="hide" aria-label="${translator(uiMessages, language)('dialog.close')}">${icon('close')}</button></header>
    <div class="dialog__body" tabindex="0">${body}</div>
  </dialog>`

export const dialogOpener = ({ id, label }: { id: string; label: string }): Html =>
  html`<button class="icon-btn" type="button" popovertarget="${id}" aria-label="${label}" title="${label}">${icon('help')}</button>`

/** `sort` is what the browser orders by when it is not the shown text (numbers, ISO dates). */
export type Cell = { readonly content: Html | string | number; readonly sort?: string | number }
export type Column = {
  readonly key: string
  readonly label: string
  readonly align?: 'start' | 'end'
  readonly isSortable?: boolean
  readonly isHidden?: 'phone'
  readonly isNowrap?: boolean
}
export type Table = {
  readonly id: string
  readonly caption: string
  readonly columns: readonly Column[]
  /** `key` keeps a row's identity across live refreshes. */
  readonly rows: readonly { readonly key: string; readonly cells: readonly Cell[] }[]
  readonly language: Language
  /** A search box above; without JavaScript it is not shown. */
  readonly hasSearch?: boolean
  readonly emptyText?: string
  /** Scrolls inside at this height class. */
  readonly isTall?: boolean
  /** On a phone each row becomes a list of its cells under their labels: for rows to be read, not compared. */
  readonly isStacked?: boolean
}

export function table({
  id,
  caption,
  columns,
  rows,
  language,
  hasSearch = false,
  emptyText,
  isTall = false,
  isStacked = false,
}: Table): Html {
  const t = translator(uiMessages, language)
  return html`
  <div class="table-box" data-table id="${id}-box">
    ${hasSearch ? html`<label class="table-search js-only">${icon('search', 16)}<input type="search" class="table-search__input" id="${id}-search" aria-label="${t('table.search')}" placeholder="${t('table.search')}" data-table-query maxlength="1000" autocomplete="off"></label>` : ''}
    <div class="table-scroll ${isTall ? 'table-scroll--tall' : ''}" tabindex="0" role="region" aria-label="${caption}">
      <table class="table ${isStacked ? 'table--stacked' : ''}" id="${id}">
        <caption class="sr-only">${caption}</caption>
        <thead><tr>${columns.map(
          (c, index) =>
            html`<th scope="col" class="${c.align === 'end' ? 'num' : ''} ${c.isHidden === 'phone' ? 'hide-phone' : ''}">${
              c.isSortable === false
                ? c.label
                : html`<button class="th-sort" type="button" data-table-sort="${index}" title="${t('table.sort', { column: c.label })}"><span>${c.label}</span>${icon('unfold_more', 16)}</button>`
            }</th>`,
        )}</tr></thead>
        <tbody>${rows.map(
          (row) =>
            html`<tr id="${id}-${row.key}">${row.cells.map((cell, index) => {
              const column = columns[index]
              return html`<td class="${column?.align === 'end' ? 'num' : ''} ${column?.isHidden === 'phone' ? 'hide-phone' : ''} ${column?.isNowrap ? 'nowrap' : ''}"${cell.sort === undefined ? '' : html` data-sort="${cell.sort}"`}${isStacked ? html` data-label="${column?.label ?? ''}"` : ''}>${cell.content}</td>`
            })}</tr>`,
        )}</tbody>
      </table>
      ${rows.length === 0 ? html`<p class="table-none">${emptyText ?? t('table.empty')}</p>` : html`<p class="table-none" hidden data-table-none>${t('table.no_match')}</p>`}
    </div>
  </div>`
}
